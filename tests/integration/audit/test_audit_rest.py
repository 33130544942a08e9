"""What an administrator reads in the audit, and a packet that proves itself."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from modules.backend.core.database import Database
from tests.fixtures.chat import new_id, open_chat, run_input
from tests.fixtures.rest import Meet, Shelf, Someone
from tests.fixtures.servers import WebServer
from tests.fixtures.stores import ROOT, SandboxClient
from tests.integration.proposals.test_rest_proposals import decide, proposed

pytestmark = pytest.mark.integration

LINKED_SECONDS = 60.0
SECRETS = ("secret", "sk-", "password", "postgresql+asyncpg", "redis://")

Packet = dict[str, Any]


@pytest_asyncio.fixture
async def admin(web: WebServer, sandbox: SandboxClient) -> AsyncIterator[httpx.AsyncClient]:
    token = sandbox.token("admin", claims=json.dumps({"oid": new_id()}))
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, timeout=30) as client:
        yield client


async def records(admin: httpx.AsyncClient, **which: Any) -> list[dict[str, Any]]:
    """What is found, oldest first, once all of it has its place in the chain."""
    async with asyncio.timeout(LINKED_SECONDS):
        while True:
            answer = await admin.get("/api/audit", params={"limit": 200, **which})
            items = answer.raise_for_status().json()["items"]
            # To look is recorded, too: the last look never has its place yet.
            found = [r for r in items if r["details"].get("what") != "/api/audit"]
            if found and all(record["position"] for record in found):
                return list(reversed(found))
            await asyncio.sleep(0.1)


def kinds(found: list[dict[str, Any]]) -> list[str]:
    return [record["kind"] for record in found]


async def test_a_question_leaves_its_trail(
    web: WebServer, admin: httpx.AsyncClient, someone: Someone
) -> None:
    asked = run_input("What access do I have?")
    async with open_chat(web, someone.token) as chat:
        await chat.run(asked)

    found = await records(admin, runId=asked["runId"])

    assert kinds(found)[0] == "run.accepted"
    assert kinds(found)[-1] == "run.ended"
    assert "tool.called" in kinds(found)
    tool = next(record for record in found if record["kind"] == "tool.called")
    assert tool["details"].keys() == {
        "tool",
        "step",
        "argumentsHash",
        "resultHash",
        "milliseconds",
        "isError",
    }
    assert {record["actorId"] for record in found} == {str(someone.id)}
    assert "What access" not in json.dumps(found)


async def test_a_sign_in_is_recorded_once_for_a_token(
    web: WebServer, admin: httpx.AsyncClient, someone: Someone
) -> None:
    for _ in range(3):
        await someone.http.get("/api/me")
    async with open_chat(web, someone.token):
        pass

    found = await records(admin, personId=str(someone.id), kind="person.signed_in")

    assert len(found) == 1
    assert someone.token not in json.dumps(found)


async def test_exports_and_views_are_recorded(
    admin: httpx.AsyncClient, someone: Someone, shelf: Shelf
) -> None:
    conversation = await shelf.put(someone, "Mine", "Yours")
    await someone.http.get(f"/api/conversations/{conversation}/export?format=json")
    await admin.get("/api/usage", params={"scope": "all"})
    await admin.get("/api/jobs")
    me = (await admin.get("/api/me")).json()["id"]

    exported = await records(admin, conversationId=conversation)
    viewed = await records(admin, personId=me, kind="admin.viewed")

    assert [(r["kind"], r["details"]["format"]) for r in exported] == [("data.exported", "json")]
    assert [r["details"]["what"] for r in viewed][:2] == ["/api/usage", "/api/jobs"]


async def test_the_configuration_is_recorded_without_its_secrets(
    admin: httpx.AsyncClient,
) -> None:
    found = await records(admin, kind="process.configured")

    configured = found[-1]["details"]
    text = json.dumps(configured)
    assert configured["settings"]["APP_ENV"] == "development"
    assert configured["settings"]["DATABASE_URL"] == "(set)"
    assert [word for word in SECRETS if word in text] == []


async def test_pages_hold_each_record_once(admin: httpx.AsyncClient, meet: Meet) -> None:
    someone = await meet()
    for _ in range(5):
        await someone.http.get("/api/me/export")
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"personId": str(someone.id), "limit": 2} | ({"cursor": cursor} if cursor else {})
        body = (await admin.get("/api/audit", params=params)).raise_for_status().json()
        seen += [record["id"] for record in body["items"]]
        cursor = body["nextCursor"]
        if cursor is None:
            break

    assert len(seen) == len(set(seen)) == 6
    bad = await admin.get("/api/audit", params={"cursor": "x"})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_input")


async def test_the_chain_holds(admin: httpx.AsyncClient) -> None:
    await records(admin)
    report = (await admin.get("/api/audit/verification")).raise_for_status().json()

    assert report["holds"] is True, report["faults"]
    assert report["links"] > 0


@pytest_asyncio.fixture
async def packet(admin: httpx.AsyncClient, database: Database, someone: Someone) -> Packet:
    """Of a proposal that was shown and confirmed, with other people's records in between."""
    proposal_id = await proposed(database, someone)
    await admin.get("/api/jobs")
    await decide(someone, proposal_id, "confirm")
    await records(admin, proposalId=proposal_id)
    answer = await admin.get(f"/api/audit/proposals/{proposal_id}/packet")
    found: Packet = answer.raise_for_status().json()
    return found


def verify(packet: Packet, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script as somebody else runs it: without this product, without the network."""
    file = folder / "packet.json"
    file.write_text(json.dumps(packet))
    script = ROOT / "tools" / "verify_audit_packet.py"
    return subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(file), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={},
    )


async def test_a_packet_proves_itself_offline(packet: Packet, tmp_path: Path) -> None:
    last = packet["links"][-1]
    done = verify(packet, tmp_path, "--head", f"{last['position']}:{last['digest']}")

    assert done.returncode == 0, done.stdout + done.stderr
    told = [record["kind"] for record in packet["records"]]
    assert told == ["card.shown", "card.decided"]
    assert len(packet["links"]) > len(packet["records"])


def replaced(packet: Packet, part: str, index: int, name: str, value: Any) -> None:
    packet[part][index][name] = value


FORGERIES: dict[str, Callable[[Packet], Any]] = {
    "card": lambda p: p["proposal"]["card"].update(title="Something harmless"),
    "arguments": lambda p: p["proposal"]["arguments"].update(x=1),
    "decision": lambda p: replaced(p, "records", 1, "details", '{"decision":"decline"}'),
    "who": lambda p: replaced(p, "records", 1, "actorId", new_id()),
    "when": lambda p: replaced(p, "records", 0, "atMicroseconds", 0),
    "a record left out of the chain": lambda p: p["links"].pop(0),
    "a link left out": lambda p: p["links"].pop(1),
    "a link": lambda p: replaced(p, "links", 1, "linkedAtMicroseconds", 0),
    "no records": lambda p: p["records"].clear(),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
async def test_a_packet_that_was_changed_does_not(
    packet: Packet, tmp_path: Path, forge: Callable[[Packet], Any]
) -> None:
    forge(packet)
    done = verify(packet, tmp_path)

    assert done.returncode == 1
    assert done.stdout
    assert done.stderr == ""


async def test_a_packet_against_another_head_does_not(packet: Packet, tmp_path: Path) -> None:
    position = packet["links"][-1]["position"]

    assert verify(packet, tmp_path, "--head", f"{position}:{'0' * 64}").returncode == 1
