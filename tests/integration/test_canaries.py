"""Words and secrets planted wherever they could leak: no log line and no span holds one of them."""

import json
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
import pytest_asyncio

from modules.sandbox.launcher.processes import Child, Command
from tests.fixtures.chat import Chat, new_id, open_chat, run_input
from tests.fixtures.collector import Collector
from tests.fixtures.servers import StartWeb, WebServer, program
from tests.fixtures.stores import ROOT, SANDBOX_KEY, SandboxClient

pytestmark = pytest.mark.integration

KEY = f"{SANDBOX_KEY}-{secrets.token_hex(12)}"
"""A wrong key is named in the refusals of vendors, and a refusal is logged."""


@dataclass
class Canaries:
    """Words that nobody else uses, each made for one place."""

    words: list[str]

    def new(self, place: str) -> str:
        word = f"canary-{place}-{secrets.token_hex(8)}"
        self.words.append(word)
        return word


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    return Canaries([KEY])


@pytest.fixture(scope="module")
def talkative(start_web: StartWeb, collector: Collector, redis_url: str) -> WebServer:
    """A process that logs all it may, and tells the collector."""
    return start_web(**_environment(collector, redis_url))


@pytest.fixture(scope="module")
def wrongly_keyed(start_web: StartWeb, collector: Collector, redis_url: str) -> WebServer:
    return start_web(**_environment(collector, redis_url), OPENAI_API_KEY=KEY)


@pytest.fixture(scope="module")
def talkative_worker(
    settings_env: dict[str, str],
    collector: Collector,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Child]:
    argv = [program("taskiq"), "worker", "modules.backend.tasks.broker:broker", "--workers", "1"]
    env = settings_env | _environment(collector, redis_url)
    command = Command(name="worker", argv=argv, env=env, cwd=ROOT)
    child = Child(command, tmp_path_factory.mktemp("worker") / "worker.log")
    yield child
    child.stop()


def _environment(collector: Collector, redis_url: str) -> dict[str, str]:
    return {
        # What fails here opens breakers, which must not hold up the tests beside it.
        "REDIS_URL": urlsplit(redis_url)._replace(path="/9").geturl(),
        "APP_LOG_LEVEL": "debug",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "TELEMETRY_TRACES_PER_SECOND": "1000",
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "OTEL_BLRP_SCHEDULE_DELAY": "100",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
    }


@pytest_asyncio.fixture
async def chat(talkative: WebServer, sandbox: SandboxClient) -> AsyncIterator[Chat]:
    async with open_chat(talkative, sandbox.token("employee")) as chat:
        yield chat


async def _converse(chat: Chat, canaries: Canaries) -> None:
    """Questions that end in every way."""
    word = canaries.new("question")
    await chat.ask(f"Tell me about {word}")
    await chat.ask(f"I need {canaries.new('item')} because {canaries.new('reason')}")
    for fault in ("400", "429", "500", "cut", "garbage"):
        await chat.ask(f"{canaries.new(fault)} [[sandbox tokens=5 fault={fault} after=2]]")
    thread = new_id()
    await chat.ask(f"First {canaries.new('thread')}", thread_id=thread)
    await chat.ask("x", thread_id=canaries.new("id"))


async def _send_what_is_none(chat: Chat, canaries: Canaries) -> None:
    """Frames and ids that are refused."""
    await chat.socket.send(canaries.new("not-json"))
    await chat.receive()
    await chat.socket.send(json.dumps({"type": canaries.new("type")}))
    await chat.receive()
    await chat.socket.send(json.dumps({"type": "run", "input": {"x": canaries.new("input")}}))
    await chat.receive()
    bad_text = run_input(f"\x00 {canaries.new('control')}")
    await chat.socket.send(json.dumps({"type": "run", "input": bad_text}))
    await chat.receive()


async def _ask_over_rest(web: WebServer, token: str, canaries: Canaries) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=web.url, headers=headers, trust_env=False) as http:
        await http.get("/api/conversations", params={"query": canaries.new("search")})
        await http.get("/api/conversations", params={"cursor": canaries.new("cursor")})
        await http.get(f"/api/conversations/{canaries.new('path')}")
        await http.post("/api/proposals", json={"kind": canaries.new("kind"), "arguments": {}})
        reason = {"type": "role", "id": "none", "reason": canaries.new("proposal")}
        await http.post("/api/proposals", json={"kind": "request_access", "arguments": reason})
        await http.get("/api/requestable", params={"query": canaries.new("wanted")})
        for page in (await http.get("/api/conversations")).json()["items"][:1]:
            title = {"title": canaries.new("title")}
            await http.patch(f"/api/conversations/{page['id']}", json=title)
        bad = {"Authorization": f"Bearer {canaries.new('token')}"}
        await http.get("/api/me", headers=bad)


async def test_no_log_line_and_no_span_holds_what_was_planted(
    chat: Chat,
    talkative: WebServer,
    wrongly_keyed: WebServer,
    talkative_worker: Child,
    sandbox: SandboxClient,
    collector: Collector,
    canaries: Canaries,
) -> None:
    token = sandbox.token("employee")
    await _converse(chat, canaries)
    await _send_what_is_none(chat, canaries)
    await _ask_over_rest(talkative, token, canaries)
    async with open_chat(wrongly_keyed, token) as refused:
        await refused.ask(canaries.new("refused"))
    # What comes after all that: when it has arrived, so has what was before it.
    trace = secrets.token_hex(16)
    last = run_input("Hello") | {"forwardedProps": {"traceparent": f"00-{trace}-{'1' * 16}-01"}}
    await chat.run(last)
    collector.wait_until(
        lambda: (
            {"task conversations.title", "invoke_agent icarus"}
            <= {span.name for span in collector.of_trace(trace)}
        )
    )

    logs = [talkative.child.log, wrongly_keyed.child.log, talkative_worker.log]
    written = "\n".join(log.read_text(errors="replace") for log in logs)
    told = b"\n".join(collector.bodies)
    assert len(canaries.words) > 20
    assert [w for w in (*canaries.words, token) if w in written] == []
    assert [w for w in (*canaries.words, token) if w.encode() in told] == []
