"""Telemetry as a collector receives it: one trace from the click to the task, every metric."""

import re
import secrets
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio

from modules.backend.core.instruments import INSTRUMENTS, OF_THE_FRAMEWORK
from modules.sandbox.launcher.processes import Child, Command
from tests.fixtures.chat import Chat, open_chat, run_input, text_of
from tests.fixtures.collector import Collector, SpanSeen
from tests.fixtures.servers import StartWeb, WebServer, program
from tests.fixtures.stores import ROOT, SandboxClient

pytestmark = pytest.mark.integration

QUESTION = "What access do I have?"
UNSEEN = {
    # Nothing of the kind happens in these tests.
    "icarus.run.takeovers",
    "icarus.sailpoint.errors",
    "icarus.task.failures",
    "icarus.llm.budget.left",
}


@pytest.fixture(scope="module")
def observed_web(start_web: StartWeb, collector: Collector) -> WebServer:
    return start_web(**_environment(collector))


@pytest.fixture(scope="module")
def observed_worker(
    settings_env: dict[str, str],
    collector: Collector,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Child]:
    argv = [program("taskiq"), "worker", "modules.backend.tasks.broker:broker", "--workers", "1"]
    env = settings_env | _environment(collector)
    command = Command(name="worker", argv=argv, env=env, cwd=ROOT)
    child = Child(command, tmp_path_factory.mktemp("worker") / "worker.log")
    yield child
    child.stop()


def _environment(collector: Collector) -> dict[str, str]:
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "TELEMETRY_TRACES_PER_SECOND": "1000",
        # The SDK's own settings: soon, not once a minute.
        "OTEL_BSP_SCHEDULE_DELAY": "100",
        "OTEL_BLRP_SCHEDULE_DELAY": "100",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "LLM_PRICES": '{"sandbox-chat": {"input": "1", "output": "2"}}',
    }


@pytest_asyncio.fixture
async def chat(
    observed_web: WebServer, observed_worker: Child, sandbox: SandboxClient
) -> AsyncIterator[Chat]:
    async with open_chat(observed_web, sandbox.token("employee")) as chat:
        yield chat


def _click() -> tuple[str, str]:
    """A trace that a page has begun: its id, and how it is told."""
    trace = secrets.token_hex(16)
    return trace, f"00-{trace}-{secrets.token_hex(8)}-01"


async def test_a_click_and_all_that_follows_from_it_are_one_trace(
    chat: Chat, collector: Collector
) -> None:
    trace, traceparent = _click()
    asked = run_input(QUESTION) | {"forwardedProps": {"traceparent": traceparent}}
    events = await chat.run(asked)
    assert text_of(events)

    collector.wait_until(
        lambda: _has(collector, trace, "task conversations.title", "invoke_agent icarus")
    )
    spans = collector.of_trace(trace)
    names = {span.name for span in spans}
    (run,) = [span for span in spans if span.name == "invoke_agent icarus"]
    assert run.attributes["icarus.run.id"] == asked["runId"]
    assert run.attributes["gen_ai.conversation.id"] == asked["threadId"]
    assert run.attributes["icarus.run.outcome"] == "success"
    assert {"execute_tool list_my_access", "chat sandbox-chat", "chat sandbox-small"} <= names
    assert any(name.startswith("sailpoint ") for name in names)
    assert any(span.attributes.get("db.system") == "postgresql" for span in spans)
    assert {span.service for span in spans} == {"icarus-web", "icarus-worker"}
    assert _is_within(spans, "sailpoint ", "execute_tool list_my_access")
    assert _is_within(spans, "execute_tool list_my_access", "invoke_agent icarus")
    assert _is_within(spans, "chat sandbox-chat", "invoke_agent icarus")


async def test_a_model_call_has_the_attributes_of_the_conventions(
    chat: Chat, collector: Collector
) -> None:
    trace, traceparent = _click()
    await chat.run(run_input("Hello") | {"forwardedProps": {"traceparent": traceparent}})

    collector.wait_until(lambda: _has(collector, trace, "chat sandbox-chat"))
    call = next(s for s in collector.of_trace(trace) if s.name == "chat sandbox-chat")
    assert call.attributes["gen_ai.operation.name"] == "chat"
    assert call.attributes["gen_ai.provider.name"] == "openai"
    assert call.attributes["gen_ai.request.model"] == "sandbox-chat"
    assert call.attributes["gen_ai.usage.input_tokens"] > 0
    assert call.attributes["gen_ai.usage.output_tokens"] > 0
    assert call.attributes["gen_ai.response.time_to_first_chunk"] > 0


async def test_a_request_is_one_span_and_its_query_is_nobodys(
    observed_web: WebServer, sandbox: SandboxClient, collector: Collector
) -> None:
    trace, traceparent = _click()
    headers = {
        "Authorization": f"Bearer {sandbox.token('employee')}",
        "traceparent": traceparent,
    }
    async with httpx.AsyncClient(base_url=observed_web.url, trust_env=False) as http:
        answer = await http.get(
            "/api/conversations", params={"query": "very-private-words"}, headers=headers
        )
    assert answer.status_code == 200

    collector.wait_until(lambda: _has(collector, trace, "GET /api/conversations"))
    request = next(s for s in collector.of_trace(trace) if s.name == "GET /api/conversations")
    assert request.attributes["http.response.status_code"] == 200
    assert request.attributes["url.query"] == "REDACTED"
    assert not any(b"very-private-words" in body for body in collector.bodies)


async def test_frames_of_a_socket_make_no_spans(chat: Chat, collector: Collector) -> None:
    before = len(collector.spans)
    for _ in range(20):
        await chat.send(type="ping")
        assert (await chat.receive())["type"] == "pong"
    trace, traceparent = _click()
    await chat.run(run_input("Hello") | {"forwardedProps": {"traceparent": traceparent}})
    collector.wait_until(lambda: _has(collector, trace, "invoke_agent icarus"))

    # A socket as a whole has one span, which comes when it is closed, as late as it may be.
    named = [s.name for s in collector.spans[before:]]
    assert [name for name in named if re.search("websocket|frame|receive|send", name)] == []


async def test_every_metric_arrives_with_its_unit(
    chat: Chat, observed_web: WebServer, sandbox: SandboxClient, collector: Collector
) -> None:
    run = await chat.run(run_input(QUESTION))
    await chat.attach(run[0]["runId"])
    answer_id = next(e["messageId"] for e in run if e["type"] == "TEXT_MESSAGE_START")
    headers = {"Authorization": f"Bearer {sandbox.token('employee')}"}
    async with httpx.AsyncClient(
        base_url=observed_web.url, headers=headers, trust_env=False
    ) as http:
        answer = await http.put(f"/api/feedback/{answer_id}", json={"rating": "up"})
        answer.raise_for_status()
    units = {name: i.unit for name, i in INSTRUMENTS.items() if name not in UNSEEN}
    units |= {name: unit for name, (_, unit, _) in OF_THE_FRAMEWORK.items()}

    collector.wait_until(lambda: units.keys() <= collector.units.keys())
    assert {name: collector.units[name] for name in units} == units


async def test_events_of_the_log_arrive_apart_from_their_fields(
    chat: Chat, collector: Collector
) -> None:
    await chat.run(run_input("Hello"))

    collector.wait_until(lambda: "run.ended" in collector.log_bodies)


def _has(collector: Collector, trace: str, *names: str) -> bool:
    seen = {span.name for span in collector.of_trace(trace)}
    return seen >= set(names)


def _is_within(spans: list[SpanSeen], inner: str, outer: str) -> bool:
    """Whether a span of the first name lies below one of the second."""
    by_id = {span.id: span for span in spans}
    for span in spans:
        if not span.name.startswith(inner):
            continue
        above = by_id.get(span.parent)
        while above is not None and above.name != outer:
            above = by_id.get(above.parent)
        if above is not None:
            return True
    return False
