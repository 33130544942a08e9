"""What a fault of SailPoint or of the way there means, for a read and for a write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from modules.backend.clients.sailpoint.client import SailPoint
from modules.backend.clients.sailpoint.errors import (
    SailPointError,
    SailPointLimited,
    SailPointOutcomeUnknown,
    SailPointRefused,
    SailPointSignedOut,
    SailPointUnavailable,
)
from modules.backend.clients.sailpoint.transport import Caller
from tests.integration.sailpoint.calls import Call, create, error_of, read, write
from tests.integration.sailpoint.conftest import OpenClient
from tests.integration.sailpoint.server import Hang, Reply, Reset, Server

pytestmark = pytest.mark.integration

API_ERROR = {
    "detailCode": "400.1 Bad Request Content",
    "trackingId": "e7eab60924f64aa284175b9fa3309599",
    "messages": [{"locale": "en-US", "localeOrigin": "DEFAULT", "text": "The item is gone."}],
    "causes": [],
}
TRUNCATED = Reply(202, {"newRequests": [{"requestedFor": "x"}]}, sent=20)
LOST_BODY = Reply(202, {"newRequests": [{"requestedFor": "x"}]}, sent=20, reset=True)


class TestStatuses:
    @pytest.mark.parametrize("call", [read, write])
    @pytest.mark.parametrize(
        ("status", "code", "page"),
        [
            (400, "sailpoint_invalid", 422),
            (403, "sailpoint_forbidden", 403),
            (404, "sailpoint_not_found", 404),
            (409, "sailpoint_conflict", 409),
            (422, "sailpoint_refused", 409),
        ],
    )
    async def test_a_refusal_is_a_refusal_and_is_not_tried_again(
        self, client: SailPoint, server: Server, call: Call, status: int, code: str, page: int
    ) -> None:
        server.will(Reply(status, API_ERROR))

        error = await error_of(call, client)

        assert type(error) is SailPointRefused
        assert (error.code, error.status, error.answered) == (code, page, status)
        assert error.tracking_id == API_ERROR["trackingId"]
        assert error.said == "The item is gone."
        assert len(server.requests) == 1

    @pytest.mark.parametrize(
        ("call", "kind", "tries"),
        [(read, SailPointUnavailable, 3), (write, SailPointOutcomeUnknown, 1)],
    )
    @pytest.mark.parametrize("status", [502, 503, 504])
    async def test_a_gateway_error_is_tried_again_for_reads_only(
        self,
        client: SailPoint,
        server: Server,
        call: Call,
        kind: type[SailPointError],
        tries: int,
        status: int,
    ) -> None:
        server.will(*[Reply(status, raw=b"<html>Bad gateway</html>")] * tries)

        error = await error_of(call, client)

        assert (type(error), error.answered) == (kind, status)
        assert len(server.requests) == tries

    @pytest.mark.parametrize(
        ("call", "kind"), [(read, SailPointUnavailable), (write, SailPointOutcomeUnknown)]
    )
    @pytest.mark.parametrize("status", [302, 408, 500])
    async def test_what_leaves_a_write_open_is_never_tried_again(
        self,
        client: SailPoint,
        server: Server,
        call: Call,
        kind: type[SailPointError],
        status: int,
    ) -> None:
        server.will(Reply(status, API_ERROR))

        assert type(await error_of(call, client)) is kind
        assert len(server.requests) == 1

    @pytest.mark.parametrize("call", [read, write])
    async def test_too_many_calls_are_waited_for(
        self, client: SailPoint, server: Server, call: Call
    ) -> None:
        server.will(
            Reply(429, {"message": " Rate Limit Exceeded "}, {"retry-after": "1"}),
            Reply(200, [{"id": "person-1"}]),
        )

        await call(client)

        first, second = server.requests
        assert second.at - first.at >= 1

    @pytest.mark.parametrize("call", [read, write])
    async def test_longer_than_the_caller_has_is_not_waited_for(
        self, client: SailPoint, server: Server, call: Call
    ) -> None:
        server.will(Reply(429, {"message": " Rate Limit Exceeded "}, {"retry-after": "30"}))

        error = await error_of(call, client.acting(Caller(seconds=5)))

        assert type(error) is SailPointLimited
        assert error.retry_after == pytest.approx(30, abs=1)
        assert len(server.requests) == 1

    @pytest.mark.parametrize("call", [read, write])
    async def test_a_token_that_is_refused_twice_is_the_end(
        self, client: SailPoint, server: Server, call: Call
    ) -> None:
        refused = Reply(401, {"error": "JWT validation failed: JWT is expired"})
        server.will(refused, refused)

        error = await error_of(call, client)

        assert type(error) is SailPointSignedOut
        assert error.said == "JWT validation failed: JWT is expired"
        assert [request.token for request in server.requests] == ["token-1", "token-2"]


class TestTheWay:
    @pytest.mark.parametrize("call", [read, write, create])
    async def test_no_connection_means_that_nothing_was_done(
        self, client: SailPoint, server: Server, call: Call
    ) -> None:
        await client.check_service_identity()  # a token is there
        server.go_away()

        error = await error_of(call, client)

        assert type(error) is SailPointUnavailable
        assert error.code == "sailpoint_unreachable"

    @pytest.mark.parametrize("call", [write, create])
    @pytest.mark.parametrize(
        "behaviour", [Reset(), Reply(500, API_ERROR), Reply(503, API_ERROR, sent=5, reset=True)]
    )
    async def test_a_write_that_may_have_arrived_is_unknown_and_sent_once(
        self, client: SailPoint, server: Server, call: Call, behaviour: Any
    ) -> None:
        server.will(behaviour)

        assert type(await error_of(call, client)) is SailPointOutcomeUnknown
        assert len(server.requests) == 1

    async def test_a_read_goes_on_after_a_broken_connection(
        self, client: SailPoint, server: Server
    ) -> None:
        cut = Reply(200, [{"id": "person-1"}], sent=5, reset=True)
        server.will(Reset(), cut, Reply(200, [{"id": "person-1"}]))

        assert (await client.identities.public("person-1")).id == "person-1"
        assert len(server.requests) == 3

    @pytest.mark.parametrize(
        ("call", "kind"),
        [(read, SailPointUnavailable), (write, SailPointOutcomeUnknown)],
    )
    @pytest.mark.parametrize("is_the_callers", [True, False])
    async def test_silence_is_waited_for_only_so_long(
        self,
        open_client: OpenClient,
        server: Server,
        call: Call,
        kind: type[SailPointError],
        is_the_callers: bool,
    ) -> None:
        client = await open_client(sailpoint_read_seconds=30.0 if is_the_callers else 0.3)
        server.will(Hang())

        error = await error_of(call, client.acting(Caller(seconds=0.3 if is_the_callers else 30)))

        assert type(error) is kind
        assert len(server.requests) == 1

    async def test_a_read_that_is_no_json_is_tried_again_and_then_unreadable(
        self, client: SailPoint, server: Server
    ) -> None:
        server.will(*[Reply(200, raw=b"<html>")] * 3)

        error = await error_of(read, client)

        assert (type(error), error.code) == (SailPointUnavailable, "sailpoint_unreadable")
        assert len(server.requests) == 3

    async def test_an_answer_that_is_too_long_is_not_taken_in(
        self, client: SailPoint, server: Server
    ) -> None:
        server.will(*[Reply(200, raw=b'["' + b"x" * (9 * 1024 * 1024) + b'"]')] * 3)

        assert (await error_of(read, client)).code == "sailpoint_unreadable"


class TestSuccess:
    @pytest.mark.parametrize(
        "behaviour",
        [
            TRUNCATED,
            LOST_BODY,
            Reply(202, raw=b""),
            Reply(202, raw=b"<html>"),
            Reply(202, []),
            Reply(202, {"newRequests": "soon"}),
            Reply(202, {"newRequests": [{"requestedFor": 5}], "existingRequests": 7}),
            Reply(200, raw=b"x" * (9 * 1024 * 1024)),
        ],
    )
    async def test_of_a_write_needs_nothing_but_its_status(
        self, client: SailPoint, server: Server, behaviour: Reply
    ) -> None:
        server.will(behaviour, behaviour)

        submitted = await create(client)
        await write(client)

        assert submitted.is_readable is (b'requestedFor": 5' in behaviour.payload())
        assert len(server.requests) == 2

    async def test_says_whether_anything_new_was_filed(
        self, client: SailPoint, server: Server
    ) -> None:
        tracked = {"requestedFor": "person-1", "attributesHash": "odd", "accessRequestIds": ["r"]}
        server.will(Reply(202, {"newRequests": [], "existingRequests": [tracked]}))

        submitted = await create(client)

        assert (submitted.new_requests, submitted.is_readable) == ([], True)
        assert submitted.existing_requests[0].access_request_ids == ["r"]


class Held:
    """A breaker that remembers, and lets through what it is told to."""

    def __init__(self, allowed: bool) -> None:
        self.allowed = allowed
        self.failures: list[bool] = []

    @asynccontextmanager
    async def passage(self) -> AsyncIterator["Held | None"]:
        yield self if self.allowed else None

    def came_out(self, *, is_failure: bool) -> None:
        self.failures.append(is_failure)


class TestBreaker:
    @pytest.mark.parametrize("call", [read, write])
    async def test_that_is_open_means_that_nothing_was_sent(
        self, open_client: OpenClient, server: Server, call: Call
    ) -> None:
        client = await open_client(breaker=Held(allowed=False))

        error = await error_of(call, client)

        assert (type(error), error.code) == (SailPointUnavailable, "sailpoint_paused")
        assert server.requests == []

    async def test_counts_faults_and_not_refusals(
        self, open_client: OpenClient, server: Server
    ) -> None:
        breaker = Held(allowed=True)
        client = await open_client(breaker=breaker)
        server.will(Reply(404, API_ERROR), Reply(500, API_ERROR), Reset(), Reply(202, {}))
        for call in (write, write, write):
            await error_of(call, client)
        await write(client)

        assert breaker.failures == [False, True, True, False]
