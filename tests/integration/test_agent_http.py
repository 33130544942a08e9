"""The same runs over HTTP."""

import pytest

from tests.fixtures.chat import cursors, new_id, open_chat, run_input, text_of
from tests.fixtures.rest_client import RestClient
from tests.fixtures.servers import StartWeb, WebServer
from tests.fixtures.sse import read_stream
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


async def test_a_run_streams_with_its_cursors_as_ids(rest: RestClient) -> None:
    async with rest.stream(
        "POST", "/api/agent", json=run_input("[[sandbox tokens=20 delay_ms=2]]")
    ) as response:
        stream = await read_stream(response)

    events = [event for _, event in stream]
    assert response.headers["content-type"].startswith("text/event-stream")
    assert [event_id for event_id, _ in stream] == [f"{g}-{s}" for g, s in cursors(events)]
    assert cursors(events) == [(1, n) for n in range(1, len(events) + 1)]
    assert text_of(events) == " ".join(f"w{n}" for n in range(1, 21))


async def test_a_run_goes_on_from_the_last_id_a_reader_has(rest: RestClient) -> None:
    asked = run_input("[[sandbox tokens=20 delay_ms=2]]")
    async with rest.stream("POST", "/api/agent", json=asked) as response:
        events = [event for _, event in await read_stream(response)]
    path = f"/api/runs/{asked['runId']}/events"
    async with rest.stream("GET", path, headers={"Last-Event-ID": "1-5"}) as response:
        by_header = [event for _, event in await read_stream(response)]
    async with rest.stream("GET", path, params={"after": "1-5"}) as response:
        by_parameter = [event for _, event in await read_stream(response)]

    assert by_header == events[5:]
    assert by_parameter == events[5:]


async def test_a_run_that_is_posted_again_brings_the_history_first(rest: RestClient) -> None:
    first = run_input("[[sandbox tokens=1]]")
    asked = run_input("[[sandbox tokens=2]]", thread_id=first["threadId"])
    for posted in (first, asked, asked):
        async with rest.stream("POST", "/api/agent", json=posted) as response:
            stream = await read_stream(response)

    assert [event["type"] for _, event in stream[:2]] == ["RUN_STARTED", "MESSAGES_SNAPSHOT"]
    assert stream[1][0] is None
    assert [m["role"] for m in stream[1][1]["messages"]] == ["user", "assistant", "user"]
    assert text_of([event for _, event in stream]) == "w1 w2"


async def test_a_followed_stream_ends_and_is_asked_for_again(
    start_web: StartWeb, sandbox: SandboxClient
) -> None:
    web = start_web(SSE_MAX_SECONDS="0.2", SSE_COMMENT_SECONDS="0.05")
    token = sandbox.token("employee")
    asked = run_input("[[sandbox tokens=20 delay_ms=50]]")
    events: list[dict[str, object]] = []
    rounds = 0
    async with (
        open_chat(web, token) as chat,
        RestClient(base_url=web.url, headers={"Authorization": f"Bearer {token}"}) as rest,
    ):
        await chat.send(type="run", input=asked)
        whole = await chat.receive_until("RUN_STARTED")
        last = "0"
        while not events or events[-1]["type"] != "RUN_FINISHED":
            path = f"/api/runs/{asked['runId']}/events"
            async with rest.stream("GET", path, params={"after": last}) as response:
                stream = await read_stream(response)
            events += [event for _, event in stream]
            last = str(stream[-1][0]) if stream else last
            rounds += 1
        whole += await chat.receive_until("RUN_FINISHED")

    assert rounds > 1
    assert events == whole


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 422, "not_json"),
        (b"[]", 422, "invalid_input"),
        (b"{}", 422, "invalid_input"),
        (b'{"threadId": "1", "runId": "2", "messages": []}', 422, "invalid_input"),
        (b'{"x": "' + b"x" * 5_000_000 + b'"}', 413, "body_too_large"),
    ],
    ids=["cut", "list", "empty", "ids", "large"],
)
async def test_what_is_refused_has_a_status_and_no_stream(
    rest: RestClient, body: bytes, status: int, code: str
) -> None:
    answer = await rest.post(
        "/api/agent", content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["message"]


async def test_a_run_of_somebody_else_is_not_found(
    web: WebServer, sandbox: SandboxClient, rest: RestClient
) -> None:
    async with open_chat(web, sandbox.token("manager")) as chat:
        events = await chat.ask("[[sandbox tokens=1]]")
    run_id = events[0]["runId"]
    read = await rest.get(f"/api/runs/{run_id}/events")
    stopped = await rest.post(f"/api/runs/{run_id}/cancel")
    absent = await rest.get(f"/api/runs/{new_id()}/events")

    assert {a.status_code for a in (read, stopped, absent)} == {404}
    assert {a.json()["code"] for a in (read, stopped, absent)} == {"run_not_found"}
