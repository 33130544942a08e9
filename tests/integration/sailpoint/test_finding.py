"""Finding requests by their ids, whichever of two ways of asking the tenant understands.

The contract knows `eq` for the id of a request, announcements only `in`.
"""

import pytest

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.clients.sailpoint.errors import SailPointRefused
from tests.integration.sailpoint.server import Answering, Reply, Request, Server

pytestmark = pytest.mark.integration


def understanding(operator: str) -> Answering:
    """A tenant that knows only that one, and has three requests of person-1."""

    def answer(request: Request) -> Reply:
        filters = request.query["filters"]
        if f"accessRequestId {operator} " not in filters:
            return Reply(400, {"messages": [{"text": "The operator is not supported."}]})
        rows = [
            {"accessRequestId": id, "requestedFor": {"id": "person-1"}}
            for id in ("r-1", "r-2", "r-3")
            if f'"{id}"' in filters
        ]
        return Reply(200, rows)

    return answer


def asked(server: Server) -> list[str]:
    return [request.query["filters"] for request in server.requests]


@pytest.mark.parametrize(
    ("operator", "tried"),
    [
        ("eq", ['accessRequestId eq "r-1"']),
        ("in", ['accessRequestId eq "r-1"', 'accessRequestId in ("r-1")']),
    ],
)
async def test_one_is_found_either_way(
    client: SailPoint, server: Server, operator: str, tried: list[str]
) -> None:
    server.otherwise = understanding(operator)

    (row,) = await client.requests.find("r-1", requested_for="person-1")

    assert row.access_request_id == "r-1"
    assert asked(server) == tried


@pytest.mark.parametrize(
    ("operator", "tried"),
    [
        ("in", ['accessRequestId in ("r-1","r-3")']),
        (
            "eq",
            [
                'accessRequestId in ("r-1","r-3")',
                'accessRequestId eq "r-1"',
                'accessRequestId eq "r-3"',
            ],
        ),
    ],
)
async def test_several_are_found_at_once_or_one_by_one(
    client: SailPoint, server: Server, operator: str, tried: list[str]
) -> None:
    server.otherwise = understanding(operator)

    rows = await client.requests.find_several(["r-1", "r-3"], requested_for="person-1")

    assert [row.access_request_id for row in rows] == ["r-1", "r-3"]
    assert asked(server) == tried


async def test_another_refusal_is_not_asked_around(client: SailPoint, server: Server) -> None:
    server.will(Reply(403, {"messages": [{"text": "No."}]}))

    with pytest.raises(SailPointRefused):
        await client.requests.find_several(["r-1", "r-3"], requested_for="person-1")

    assert len(server.requests) == 1
