"""Each way in which the model can fail, as the vendor's client sees it."""

import asyncio
from collections.abc import AsyncIterator

import openai
import pytest
from openai import AsyncOpenAI

from tests.fixtures.stores import SANDBOX_KEY, SandboxClient

pytestmark = pytest.mark.integration

# A fault that keeps silent is recognised by the reader's patience running out.
PATIENCE_SECONDS = 0.5


@pytest.fixture
async def client(sandbox: SandboxClient) -> AsyncIterator[AsyncOpenAI]:
    sandbox.reset()
    async with AsyncOpenAI(
        base_url=sandbox.llm_base_url, api_key=SANDBOX_KEY, max_retries=0, timeout=20
    ) as vendor:
        yield vendor


async def read(client: AsyncOpenAI, content: str, received: list[str], **options) -> None:
    chunks = await client.chat.completions.create(
        model=options.pop("model", "sandbox-chat"),
        messages=[{"role": "user", "content": content}],
        stream=True,
        **options,
    )
    async for chunk in chunks:
        if chunk.choices and chunk.choices[0].delta.content:
            received.append(chunk.choices[0].delta.content)


async def journal_says(sandbox: SandboxClient, match: str, outcome: str) -> dict:
    """The latest call, as soon as it has ended so."""
    async with asyncio.timeout(10):
        while True:
            if calls := [call for call in sandbox.calls(match) if call["outcome"] == outcome]:
                return calls[-1]
            await asyncio.sleep(0.02)


class TestStatus:
    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (400, openai.BadRequestError),
            (429, openai.RateLimitError),
            (500, openai.InternalServerError),
            (503, openai.InternalServerError),
        ],
    )
    async def test_is_the_vendors_error(self, client, status, error):
        with pytest.raises(error) as raised:
            await read(client, f"[[sandbox fault={status}]]", [])

        assert raised.value.status_code == status
        assert set(raised.value.body) == {"message", "type", "param", "code"}

    async def test_says_when_to_come_back(self, client):
        with pytest.raises(openai.RateLimitError) as raised:
            await read(client, "[[sandbox fault=429 retry_after=1.5]]", [])

        assert raised.value.response.headers["retry-after"] == "1.5"
        assert raised.value.code == "rate_limit_exceeded"

    async def test_ends_after_so_many_times(self, client):
        message, received = "[[sandbox tokens=2 fault=503 times=2]]", []
        for _ in range(2):
            with pytest.raises(openai.InternalServerError):
                await read(client, message, received)
        await read(client, message, received)

        assert received == ["w1", " w2"]

    async def test_missing_key(self, sandbox):
        body = {"model": "sandbox-chat", "messages": [{"role": "user", "content": "hi"}]}
        answer = sandbox.http.post("/llm/v1/chat/completions", json=body)

        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "invalid_request_error"

    async def test_foreign_key(self, client):
        with pytest.raises(openai.AuthenticationError) as raised:
            await read(client.with_options(api_key="sk-real"), "hi", [])

        assert raised.value.code == "invalid_api_key"

    async def test_unknown_model(self, client):
        with pytest.raises(openai.NotFoundError) as raised:
            await read(client, "hi", [], model="unheard-of")

        assert raised.value.code == "model_not_found"

    async def test_unreadable_directive(self, client):
        with pytest.raises(openai.BadRequestError, match="directive"):
            await read(client, "[[sandbox tokens=many]]", [])


class TestMidStream:
    async def test_cut(self, client, sandbox):
        received: list[str] = []
        with pytest.raises(openai.APIConnectionError):
            await read(client, "[[sandbox tokens=9 fault=cut after=4]]", received)

        assert received == ["w1", " w2", " w3", " w4"]
        await journal_says(sandbox, "fault=cut", "broken")

    async def test_error_object(self, client):
        received: list[str] = []
        with pytest.raises(openai.APIError, match="server had an error"):
            await read(client, "[[sandbox tokens=9 fault=error after=2]]", received)

        assert received == ["w1", " w2"]

    async def test_garbage(self, client):
        received: list[str] = []
        with pytest.raises(ValueError, match="Unterminated string"):
            await read(client, "[[sandbox tokens=9 fault=garbage after=1]]", received)

        assert received == ["w1"]

    @pytest.mark.parametrize(("fault", "expected"), [("stall", ["w1", " w2"]), ("hang", [])])
    async def test_silence(self, client, sandbox, fault, expected):
        received: list[str] = []
        message = f"[[sandbox tokens=9 fault={fault} after=2]]"
        with pytest.raises(openai.APITimeoutError):
            await read(client, message, received, timeout=PATIENCE_SECONDS)

        assert received == expected
        await journal_says(sandbox, message, "aborted")

    async def test_slow_is_complete(self, client):
        received: list[str] = []
        await read(client, "[[sandbox tokens=2 fault=slow]]", received)

        assert received == ["w1", " w2"]


class TestWholeAnswer:
    @pytest.mark.parametrize(
        ("fault", "error"),
        [("cut", openai.APIConnectionError), ("garbage", ValueError), ("error", openai.APIError)],
    )
    async def test_breaks_too(self, client, fault, error):
        message = {"role": "user", "content": f"[[sandbox fault={fault}]]"}
        with pytest.raises(error):
            await client.chat.completions.create(model="sandbox-small", messages=[message])


class TestQueue:
    async def test_hits_only_what_it_names(self, client, sandbox):
        sandbox.fault("status", status=500, match="this one", model="sandbox-small")

        await read(client, "another", [])
        await read(client, "this one", [])
        with pytest.raises(openai.InternalServerError):
            await read(client, "this one", [], model="sandbox-small")
        await read(client, "this one", [], model="sandbox-small")

    async def test_can_be_emptied(self, client, sandbox):
        sandbox.fault("status", times=1000)
        assert len(sandbox.http.get("/control/faults").json()) == 1
        sandbox.http.delete("/control/faults").raise_for_status()

        await read(client, "hello", [])

    async def test_refuses_what_it_does_not_know(self, sandbox):
        answer = sandbox.http.post("/control/faults", json={"kind": "explode"})

        assert answer.status_code == 422


class TestJournal:
    async def test_counts_a_reader_who_leaves(self, client, sandbox):
        chunks = await client.chat.completions.create(
            model="sandbox-chat",
            messages=[{"role": "user", "content": "leaving [[sandbox tokens=500 delay_ms=50]]"}],
            stream=True,
        )
        await anext(aiter(chunks))
        await chunks.close()

        call = await journal_says(sandbox, "leaving", "aborted")
        assert call["model"] == "sandbox-chat"
        assert call["messages"] == 1
        assert call["stream"] is True
        assert sandbox.http.get("/control/journal").json()["aborted"] == 1
