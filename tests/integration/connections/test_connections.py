"""Each person's own token at SailPoint: given, used for them, refreshed once, taken back."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from modules.backend.core.database import Database
from modules.backend.models import Connection
from modules.sandbox.data.people import PEOPLE_BY_ID
from tests.fixtures.stores import SandboxClient
from tests.integration.connections.conftest import Visit, Visitor

pytestmark = pytest.mark.integration

DESK = ("/api/access", "/api/requests", "/api/approvals", "/api/certifications")


def counts(sandbox: SandboxClient) -> dict[str, int]:
    """How often each operation of the tenant was called."""
    journal = sandbox.http.get("/control/sailpoint/journal").raise_for_status().json()
    return dict(journal["by_operation"])


def identities(sandbox: SandboxClient, operation: str) -> set[str]:
    """As whom an operation was called."""
    answer = sandbox.http.get("/control/sailpoint/journal", params={"operation": operation})
    return {call["identity"] for call in answer.raise_for_status().json()["calls"]}


async def status_of(visitor: Visitor, path: str) -> tuple[int, Any]:
    answer = await visitor.http.get(path)
    return answer.status_code, answer.json().get("code")


class TestConnecting:
    async def test_without_a_connection_the_person_is_asked_to_connect(self, visit: Visit) -> None:
        employee = visit("employee")

        assert await employee.connection() == {"mode": "user", "connected": False}
        for path in DESK:
            if path != "/api/access":
                assert await status_of(employee, path) == (409, "sailpoint_not_connected")

    async def test_what_is_read_and_done_is_in_the_persons_name(
        self, visit: Visit, sandbox: SandboxClient
    ) -> None:
        manager = visit("manager")
        await manager.connect()
        assert await manager.connection() == {"mode": "user", "connected": True}
        for path in DESK:
            assert (await status_of(manager, path))[0] == 200

        mine = identities(sandbox, "listPendingApprovalsV1")
        assert len(mine) == 1
        for operation in ("listAccessRequestStatusV1", "listIdentityCertificationsV1"):
            assert identities(sandbox, operation) == mine
        assert identities(sandbox, "searchPostV1").isdisjoint(mine)

    async def test_a_state_is_good_once_for_its_own_flow(self, visit: Visit) -> None:
        employee = visit("employee")
        back = await employee.authorize(await employee.begin())

        assert await employee.come_back(code=back["code"], state="made-up") == "expired"
        assert await employee.come_back(**back) == "connected"
        assert await employee.come_back(**back) == "expired"

    async def test_whoever_signs_in_there_must_be_who_signed_in_here(
        self, visit: Visit, sandbox: SandboxClient
    ) -> None:
        employee = visit("employee")

        back = await employee.authorize(await employee.begin(), person="manager")
        ending = await employee.come_back(**back)

        assert ending == "somebody_else"
        assert not (await employee.connection())["connected"]
        assert counts(sandbox)["oauthRevoke"] == 1

    async def test_a_code_of_another_flow_is_worth_nothing(self, visit: Visit) -> None:
        employee = visit("employee")
        first = await employee.authorize(await employee.begin())
        second = await employee.authorize(await employee.begin())

        ending = await employee.come_back(code=first["code"], state=second["state"])

        assert ending == "failed"
        assert not (await employee.connection())["connected"]

    async def test_who_declines_is_not_connected(self, visit: Visit) -> None:
        employee = visit("employee")
        state = (await employee.authorize(await employee.begin()))["state"]

        assert await employee.come_back(error="access_denied", state=state) == "declined"

    async def test_what_is_kept_cannot_be_read(self, visit: Visit, database: Database) -> None:
        employee = visit("employee")
        await employee.connect()

        async with database.read() as session:
            kept = (await session.execute(select(Connection))).scalar_one()

        assert kept.sealed.startswith(b"gAAAA")
        assert kept.identity_id.encode() not in kept.sealed


class TestRefreshing:
    async def test_two_processes_refresh_once(self, visit: Visit, sandbox: SandboxClient) -> None:
        here, there = visit("employee"), visit("employee", web=1)
        await here.connect()
        await status_of(there, "/api/requests")
        before = counts(sandbox)["oauthToken"]
        sandbox.http.post(
            "/control/sailpoint/tokens", json={"expire": True, "client_id": "code-client"}
        ).raise_for_status()

        answers = await asyncio.gather(
            *(status_of(visitor, "/api/requests") for visitor in (here, there) for _ in range(6))
        )

        assert {status for status, _ in answers} == {200}
        assert counts(sandbox)["oauthToken"] == before + 1

    async def test_a_spent_refresh_token_ends_the_connection(
        self, visit: Visit, sandbox: SandboxClient
    ) -> None:
        employee = visit("employee")
        await employee.connect()
        sandbox.http.post(
            "/control/sailpoint/clock", json={"advance_seconds": 40 * 86_400}
        ).raise_for_status()

        assert await status_of(employee, "/api/requests") == (409, "sailpoint_not_connected")
        assert not (await employee.connection())["connected"]

    async def test_a_fault_of_the_tenant_ends_nothing(
        self, visit: Visit, sandbox: SandboxClient
    ) -> None:
        employee = visit("employee")
        await employee.connect()
        sandbox.http.post("/control/sailpoint/tokens", json={"expire": True}).raise_for_status()
        fault = {"kind": "status", "status": 503, "operation": "oauthToken"}
        sandbox.http.post("/control/sailpoint/faults", json=fault).raise_for_status()
        first = await status_of(employee, "/api/requests")

        assert first == (503, "sailpoint_unavailable")
        assert (await employee.connection())["connected"]
        assert await status_of(employee, "/api/requests") == (200, None)


class TestEnding:
    async def test_at_sign_out_the_tokens_are_forgotten_and_ended(
        self, visit: Visit, sandbox: SandboxClient, database: Database
    ) -> None:
        here, there = visit("employee"), visit("employee", web=1)
        await here.connect()
        assert await status_of(there, "/api/requests") == (200, None)

        assert (await here.http.delete("/api/sailpoint/connection")).status_code == 204

        assert counts(sandbox)["oauthRevoke"] == 1
        assert await status_of(there, "/api/requests") == (409, "sailpoint_not_connected")
        async with database.read() as session:
            assert (await session.execute(select(Connection))).all() == []
        assert (await here.http.delete("/api/sailpoint/connection")).status_code == 204

    async def test_one_persons_end_is_not_anothers(self, visit: Visit) -> None:
        employee, manager = visit("employee"), visit("manager")
        await employee.connect()
        await manager.connect()

        await employee.http.delete("/api/sailpoint/connection")

        assert (await manager.connection())["connected"]


async def done(visitor: Visitor, kind: str, **arguments: str) -> None:
    """Prepares, confirms, and waits until it is done."""
    order = {"kind": kind, "arguments": arguments}
    prepared = await visitor.http.post("/api/proposals", json=order)
    path = f"/api/proposals/{prepared.raise_for_status().json()['id']}"
    await visitor.http.post(f"{path}/decision", json={"decision": "confirm"})
    async with asyncio.timeout(20):
        while (await visitor.http.get(path)).json()["status"] in ("confirmed", "sending"):
            await asyncio.sleep(0.05)
    shown = (await visitor.http.get(path)).json()
    assert shown["status"] == "done", shown["outcome"]


class TestManagers:
    async def test_ask_for_reports_whom_sailpoint_shows_to_administrators_alone(
        self, visit: Visit
    ) -> None:
        manager = visit("manager")
        await manager.connect()
        team = (await manager.http.get("/api/team")).raise_for_status().json()["items"]
        report = next(p for p in team if p["name"] == PEOPLE_BY_ID["employee"].name)
        of_report = {"personId": report["id"]}

        held = await manager.http.get("/api/access", params=of_report)
        can_have = await manager.http.get("/api/requestable", params=of_report)

        assert held.raise_for_status().json()["person"]["name"] == report["name"]
        assert can_have.raise_for_status().json()["items"]

    async def test_follow_and_cancel_what_they_requested_for_a_report(self, visit: Visit) -> None:
        manager = visit("manager")
        await manager.connect()
        team = (await manager.http.get("/api/team")).raise_for_status().json()["items"]
        report = next(p for p in team if p["name"] == PEOPLE_BY_ID["employee"].name)
        can_have = await manager.http.get("/api/requestable", params={"personId": report["id"]})
        item = next(i for i in can_have.json()["items"] if i["status"] == "available")
        wanted = {"type": item["type"], "id": item["id"], "for_person_id": report["id"]}
        await done(manager, "request_access", **wanted, reason="She stands in")

        (mine, *_) = (await manager.http.get("/api/requests")).raise_for_status().json()["items"]
        assert (mine["item"]["name"], mine["forSomebodyElse"]) == (item["name"], True)
        await done(manager, "cancel_request", request_id=mine["id"], reason="She is back")
        (mine, *_) = (await manager.http.get("/api/requests")).raise_for_status().json()["items"]
        assert mine["state"] == "cancelled"

    async def test_decide_in_their_own_name(self, visit: Visit, sandbox: SandboxClient) -> None:
        manager = visit("manager")
        await manager.connect()
        waiting = (await manager.http.get("/api/approvals")).raise_for_status().json()["items"]
        approval = next(item for item in waiting if item["decidable"])
        await done(manager, "decide_approval", approval_id=approval["id"], decision="approve")

        assert identities(sandbox, "approveAccessRequestV1") == identities(
            sandbox, "listPendingApprovalsV1"
        )


async def test_with_one_identity_for_all_there_is_nothing_to_connect(
    sandbox: SandboxClient, rest: Any
) -> None:
    status = (await rest.get("/api/sailpoint/connection")).raise_for_status().json()
    begun = await rest.post("/api/sailpoint/connection")

    assert status == {"mode": "service", "connected": True}
    assert (begun.status_code, begun.json()["code"]) == (409, "not_personal")
