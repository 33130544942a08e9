"""Proposals over REST: a person's own, decided once."""

import uuid
from typing import Any

import pytest

from modules.backend.core.clock import SystemClock
from modules.backend.core.database import Database
from modules.backend.services.chat.proposals import Proposals
from modules.backend.services.people import Person
from tests.fixtures.actions import draft
from tests.fixtures.rest import Meet, Someone

pytestmark = pytest.mark.integration

LIST = "/api/proposals"


async def proposed(database: Database, someone: Someone) -> str:
    """The id of a proposal of theirs, of a kind that no process executes."""

    async def nobody(_proposal_id: uuid.UUID) -> None:
        raise AssertionError

    proposals = Proposals(database, nobody, SystemClock(), uuid.uuid4)
    person = Person(someone.id, "Somebody", None, frozenset())
    return str((await proposals.open(person, draft())).id)


async def decide(someone: Someone, proposal_id: str, decision: Any) -> tuple[int, dict[str, Any]]:
    answer = await someone.http.post(f"{LIST}/{proposal_id}/decision", json={"decision": decision})
    return answer.status_code, answer.json()


async def test_a_proposal_is_its_persons_to_see(database: Database, meet: Meet) -> None:
    owner, other = await meet(), await meet()
    proposal_id = await proposed(database, owner)

    shown = (await owner.http.get(f"{LIST}/{proposal_id}")).raise_for_status().json()
    assert (shown["status"], shown["card"]) == ("pending", {"title": "Change it"})
    assert [p["id"] for p in (await owner.http.get(LIST)).json()] == [proposal_id]
    assert (await other.http.get(f"{LIST}/{proposal_id}")).status_code == 404
    assert (await other.http.get(LIST)).json() == []
    assert (await decide(other, proposal_id, "confirm"))[0] == 404


async def test_it_is_decided_once(database: Database, someone: Someone) -> None:
    confirmed, declined = await proposed(database, someone), await proposed(database, someone)

    assert (await decide(someone, confirmed, "confirm"))[1]["status"] == "confirmed"
    assert (await decide(someone, declined, "decline"))[1]["status"] == "declined"
    for proposal_id in (confirmed, declined):
        for decision in ("confirm", "decline", "send_again"):
            status, body = await decide(someone, proposal_id, decision)
            assert (status, body["code"]) == (409, "proposal_decided")


async def test_of_a_conversation_only_its_own_are_listed(
    database: Database, someone: Someone
) -> None:
    await proposed(database, someone)

    answer = await someone.http.get(LIST, params={"conversationId": str(uuid.uuid4())})

    assert answer.raise_for_status().json() == []


@pytest.mark.parametrize("decision", ["approve", "", None, 1, ["confirm"]])
async def test_a_word_that_is_none_changes_nothing(
    database: Database, someone: Someone, decision: Any
) -> None:
    proposal_id = await proposed(database, someone)

    status, body = await decide(someone, proposal_id, decision)

    assert (status, body["code"]) == (422, "invalid_input")
    assert (await someone.http.get(f"{LIST}/{proposal_id}")).json()["status"] == "pending"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "teleport", "arguments": {}}, "unknown_kind"),
        ({"kind": "teleport"}, "invalid_input"),
        ({"kind": "x" * 65, "arguments": {}}, "invalid_input"),
        ({"kind": "teleport", "arguments": []}, "invalid_input"),
    ],
)
async def test_what_cannot_be_prepared_is_named(
    someone: Someone, body: dict[str, Any], code: str
) -> None:
    answer = await someone.http.post(LIST, json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
