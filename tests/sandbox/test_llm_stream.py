"""The model's wire format, read by the vendor's own client."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk

from tests.fixtures.stores import SANDBOX_KEY, SandboxClient

pytestmark = pytest.mark.integration

LOOKUP_TOOL = {
    "type": "function",
    "function": {"name": "find_access", "parameters": {"type": "object"}},
}


@pytest.fixture
async def client(sandbox: SandboxClient) -> AsyncIterator[AsyncOpenAI]:
    sandbox.reset()
    async with AsyncOpenAI(
        base_url=sandbox.llm_base_url, api_key=SANDBOX_KEY, max_retries=0, timeout=20
    ) as openai:
        yield openai


async def stream(client: AsyncOpenAI, *messages: dict, **options) -> list[ChatCompletionChunk]:
    chunks = await client.chat.completions.create(
        model="sandbox-chat", messages=list(messages), stream=True, **options
    )
    return [chunk async for chunk in chunks]


def user(content: str) -> dict:
    return {"role": "user", "content": content}


def text_of(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


class TestText:
    async def test_opens_with_the_role_and_ends_with_the_reason(self, client):
        chunks = await stream(client, user("hello"))

        assert chunks[0].choices[0].delta.role == "assistant"
        assert chunks[0].choices[0].delta.content == ""
        assert chunks[-1].choices[0].finish_reason == "stop"
        assert {chunk.id for chunk in chunks} == {chunks[0].id}
        assert "sandbox" in text_of(chunks)

    async def test_ordered_tokens_are_one_chunk_each(self, client):
        chunks = await stream(client, user("[[sandbox tokens=200]]"))

        pieces = [chunk.choices[0].delta.content for chunk in chunks[1:-1]]
        assert len(pieces) == 200
        assert "".join(pieces) == " ".join(f"w{number}" for number in range(1, 201))

    async def test_usage_comes_in_a_last_chunk_without_choices(self, client):
        orders = "[[sandbox tokens=8 cached=3 reasoning=5]]"
        chunks = await stream(client, user(orders), stream_options={"include_usage": True})

        *earlier, last = chunks
        assert last.choices == []
        assert last.usage.completion_tokens == 13
        assert last.usage.total_tokens == last.usage.prompt_tokens + 13
        assert last.usage.prompt_tokens_details.cached_tokens == 3
        assert last.usage.completion_tokens_details.reasoning_tokens == 5
        assert all(chunk.usage is None for chunk in earlier)

    async def test_stops_at_the_token_limit(self, client):
        chunks = await stream(client, user("[[sandbox tokens=9]]"), max_completion_tokens=4)

        assert text_of(chunks) == "w1 w2 w3 w4"
        assert chunks[-1].choices[0].finish_reason == "length"

    async def test_scripted_answer_fits_the_token_limit(self, client):
        chunks = await stream(client, user("long answer"), max_tokens=10)

        assert 0 < len(text_of(chunks)) <= 40

    async def test_whole_answer_is_the_streamed_one(self, client):
        question = user("How do I request access?")
        whole = await client.chat.completions.create(model="sandbox-chat", messages=[question])

        assert whole.choices[0].message.content == text_of(await stream(client, question))
        assert whole.choices[0].finish_reason == "stop"
        assert whole.usage.completion_tokens > 0

    async def test_ends_with_done(self, sandbox):
        body = {"model": "sandbox-chat", "stream": True, "messages": [user("hello")]}
        headers = {"authorization": f"Bearer {SANDBOX_KEY}"}
        answer = sandbox.http.post("/llm/v1/chat/completions", json=body, headers=headers)

        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.text.endswith("data: [DONE]\n\n")


class TestTools:
    async def test_arguments_arrive_in_pieces(self, client):
        arguments = {"person": "Lena Marsh", "application": "Ledger"}
        question = f"please call tool find_access with {json.dumps(arguments)}"
        chunks = await stream(client, user(question), tools=[LOOKUP_TOOL])

        deltas = [delta for c in chunks for delta in c.choices[0].delta.tool_calls or ()]
        assert deltas[0].function.name == "find_access"
        assert deltas[0].id.startswith("call_")
        assert len(deltas) > 2
        assert json.loads("".join(d.function.arguments for d in deltas)) == arguments
        assert chunks[-1].choices[0].finish_reason == "tool_calls"

    async def test_parallel_calls_have_their_own_index(self, client):
        question = 'call tool find_access with {"a": 1} and call tool find_access with {"b": {}}'
        chunks = await stream(client, user(question), tools=[LOOKUP_TOOL])

        pieces: dict[int, str] = {}
        for chunk in chunks:
            for delta in chunk.choices[0].delta.tool_calls or ():
                pieces[delta.index] = pieces.get(delta.index, "") + delta.function.arguments
        assert [json.loads(pieces[index]) for index in sorted(pieces)] == [{"a": 1}, {"b": {}}]

    async def test_result_is_summarised(self, client):
        call = {"id": "c1", "type": "function", "function": {"name": "find_access"}}
        call["function"]["arguments"] = "{}"
        chunks = await stream(
            client,
            user("call tool find_access"),
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": '{"items": [1, 2]}'},
            tools=[LOOKUP_TOOL],
        )

        assert "`find_access` returned 2 entries" in text_of(chunks)

    async def test_tool_that_was_not_offered_is_not_called(self, client):
        chunks = await stream(client, user("call tool drop_access"), tools=[LOOKUP_TOOL])

        assert chunks[-1].choices[0].finish_reason == "stop"


class TestHistory:
    async def test_knows_the_previous_question(self, client):
        chunks = await stream(
            client,
            user("Who approves the ledger?"),
            {"role": "assistant", "content": "Ingrid."},
            user("What did I just ask?"),
        )

        assert "> Who approves the ledger?" in text_of(chunks)

    async def test_first_question_has_none_before_it(self, client):
        assert "first question" in text_of(await stream(client, user("What did I just ask?")))


class TestModels:
    async def test_are_listed(self, client):
        names = [model.id async for model in client.models.list()]

        assert names == ["sandbox-chat", "sandbox-small"]


async def test_pacing_is_set_from_outside(sandbox, client):
    pacing = {"ttft_ms": 1, "delay_ms": 2}
    assert sandbox.http.post("/control/pacing", json=pacing).json() == pacing
    assert sandbox.http.post("/control/pacing", json={"delay_ms": -1}).status_code == 422


def test_answers_any_page_on_this_computer(sandbox):
    for origin, allowed in (("http://localhost:5173", True), ("https://evil.example", False)):
        answer = httpx.get(f"{sandbox.issuer}/people", headers={"origin": origin})
        assert ("access-control-allow-origin" in answer.headers) is allowed
