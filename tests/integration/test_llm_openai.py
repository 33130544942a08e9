"""The adapter for OpenAI-compatible models, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr

from modules.backend.core.config import LLMSettings
from modules.backend.core.errors import (
    LLMError,
    LLMMisconfigured,
    LLMRejected,
    LLMUnavailable,
)
from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMPart,
    LLMRequest,
    ModelRole,
    TextDelta,
    Tool,
    ToolCall,
    Usage,
)
from modules.backend.services.llm.providers.openai import OpenAIProvider
from modules.sandbox.launcher.ports import free_port
from tests.fixtures.chat import new_id
from tests.fixtures.stores import SANDBOX_KEY, SandboxClient, outcome_of_call

pytestmark = pytest.mark.integration

MakeProvider = Callable[..., OpenAIProvider]

LOOK_UP = Tool("look_up", "Finds access.", {"type": "object", "properties": {}})
TINY_SECONDS = 0.3


@pytest_asyncio.fixture
async def make_provider(sandbox: SandboxClient) -> AsyncIterator[MakeProvider]:
    """Providers that speak to the sandbox, with settings as keywords."""
    made: list[OpenAIProvider] = []

    def make(**settings: Any) -> OpenAIProvider:
        fields = {
            "openai_base_url": sandbox.llm_base_url,
            "openai_api_key": SecretStr(SANDBOX_KEY),
            "openai_model": "sandbox-chat",
            "openai_model_small": "sandbox-small",
        }
        made.append(OpenAIProvider(LLMSettings(_env_file=None, **fields | settings)))
        return made[-1]

    yield make
    for provider in made:
        await provider.close()


@pytest.fixture
def provider(make_provider: MakeProvider) -> OpenAIProvider:
    return make_provider()


def asking(text: str, **fields: Any) -> LLMRequest:
    return LLMRequest([ChatMessage("user", text)], **fields)


async def parts_of(provider: OpenAIProvider, request: LLMRequest) -> list[LLMPart]:
    async with aclosing(provider.stream(request)) as parts:
        return [part async for part in parts]


async def error_of(provider: OpenAIProvider, text: str) -> tuple[LLMError, list[LLMPart]]:
    """What a question ends with, and what came before it."""
    came: list[LLMPart] = []
    with pytest.raises(LLMError) as failed:
        await _collect(provider, text, came)
    return failed.value, came


async def _collect(provider: OpenAIProvider, text: str, came: list[LLMPart]) -> None:
    async with asyncio.timeout(30), aclosing(provider.stream(asking(text))) as parts:
        async for part in parts:
            came.append(part)


def text_of(parts: list[LLMPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, TextDelta))


class TestAnswers:
    async def test_text_comes_whole_and_usage_at_the_end(self, provider: OpenAIProvider) -> None:
        question = "[[sandbox tokens=500 cached=3 reasoning=7]]"

        *text, usage, finished = await parts_of(provider, asking(question))

        assert {type(part) for part in text} == {TextDelta}
        assert text_of(text) == " ".join(f"w{n}" for n in range(1, 501))
        assert isinstance(usage, Usage)
        assert (usage.output_tokens, usage.reasoning_tokens) == (507, 7)
        assert usage.cached_input_tokens == 3
        assert usage.input_tokens == usage.raw["prompt_tokens"]
        assert usage.raw["completion_tokens_details"]["reasoning_tokens"] == 7
        assert finished == Finished("stop")

    async def test_an_answer_may_be_empty(self, provider: OpenAIProvider) -> None:
        usage, finished = await parts_of(provider, asking("[[sandbox tokens=0]]"))

        assert (usage.output_tokens, finished) == (0, Finished("stop"))

    async def test_a_limit_of_tokens_is_sent(self, provider: OpenAIProvider) -> None:
        parts = await parts_of(provider, asking("[[sandbox tokens=50]]", max_output_tokens=5))

        assert text_of(parts) == "w1 w2 w3 w4 w5"
        assert parts[-1] == Finished("length")

    async def test_each_role_has_its_model(
        self, provider: OpenAIProvider, sandbox: SandboxClient
    ) -> None:
        question = f"{new_id()} [[sandbox tokens=1]]"
        await parts_of(provider, asking(question))
        await parts_of(provider, asking(question, role=ModelRole.SMALL))

        models = [call["model"] for call in sandbox.calls(question)]
        assert models == ["sandbox-chat", "sandbox-small"]
        assert models == [provider.model(role) for role in (ModelRole.CHAT, ModelRole.SMALL)]


class TestTools:
    async def test_calls_come_whole_and_apart(self, provider: OpenAIProvider) -> None:
        first = {"name": "Zugriff für “Lena” – 🌍", "filters": {"source": ["SAP"] * 20}}
        second = {"id": 7}
        question = (
            f"call tool look_up with {json.dumps(first)} "
            f"and call tool look_up with {json.dumps(second)}"
        )

        parts = await parts_of(provider, asking(question, tools=[LOOK_UP]))

        calls = [part for part in parts if isinstance(part, ToolCall)]
        assert [call.name for call in calls] == ["look_up", "look_up"]
        assert [json.loads(call.arguments) for call in calls] == [first, second]
        assert len({call.id for call in calls} - {""}) == 2
        assert parts[-1] == Finished("tool_calls")

    async def test_results_go_back_to_the_model(self, provider: OpenAIProvider) -> None:
        call = ToolCall("call_1", "look_up", '{"id": 7}')
        messages = [
            ChatMessage("user", "Look it up"),
            ChatMessage("assistant", "", tool_calls=[call]),
            ChatMessage("tool", '{"items": [1, 2, 3]}', tool_call_id="call_1"),
        ]

        parts = await parts_of(provider, LLMRequest(messages, tools=[LOOK_UP]))

        assert text_of(parts).startswith("The tool `look_up` returned 3 entries")


class TestFailures:
    @pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
    async def test_that_may_pass_are_unavailable(
        self, provider: OpenAIProvider, sandbox: SandboxClient, status: int
    ) -> None:
        question = f"{new_id()} [[sandbox fault={status}]]"

        error, came = await error_of(provider, question)

        assert (type(error), came) == (LLMUnavailable, [])
        assert len(sandbox.calls(question)) == 1

    @pytest.mark.parametrize(
        ("status", "kind", "code"),
        [
            (400, LLMRejected, "llm_rejected"),
            (401, LLMMisconfigured, "llm_unauthorized"),
            (403, LLMMisconfigured, "llm_unauthorized"),
            (404, LLMMisconfigured, "llm_deployment_missing"),
            (410, LLMMisconfigured, "llm_model_retired"),
            (413, LLMRejected, "llm_rejected"),
            (422, LLMRejected, "llm_rejected"),
        ],
    )
    async def test_that_would_come_again_say_who_must_act(
        self, provider: OpenAIProvider, status: int, kind: type[LLMError], code: str
    ) -> None:
        error, came = await error_of(provider, f"[[sandbox fault={status}]]")

        assert (type(error), error.code, came) == (kind, code, [])
        assert error.remedy

    async def test_a_wish_to_be_left_alone_is_kept(self, provider: OpenAIProvider) -> None:
        error, _ = await error_of(provider, "[[sandbox fault=429 retry_after=7]]")

        assert (error.code, error.retry_after) == ("llm_busy", 7.0)

    @pytest.mark.parametrize(
        "settings",
        [{"openai_api_key": SecretStr("sk-wrong")}, {"openai_model": "nobody-knows"}],
        ids=["key", "model"],
    )
    async def test_of_configuration_are_the_operators(
        self, make_provider: MakeProvider, settings: dict[str, Any]
    ) -> None:
        error, _ = await error_of(make_provider(**settings), "Hello")

        assert type(error) is LLMMisconfigured

    async def test_an_address_without_model_is_unavailable(
        self, make_provider: MakeProvider
    ) -> None:
        nowhere = make_provider(openai_base_url=f"http://127.0.0.1:{free_port()}/v1")

        error, _ = await error_of(nowhere, "Hello")

        assert type(error) is LLMUnavailable

    @pytest.mark.parametrize("kind", ["cut", "garbage", "error"])
    async def test_in_the_middle_come_after_the_text(
        self, provider: OpenAIProvider, kind: str
    ) -> None:
        # The pieces come one by one, so that the fault does not share a read with the text.
        question = f"[[sandbox tokens=9 delay_ms=20 fault={kind} after=3]]"

        error, came = await error_of(provider, question)

        assert type(error) is LLMUnavailable
        assert text_of(came) == "w1 w2 w3"

    @pytest.mark.parametrize(("kind", "text"), [("hang", ""), ("stall", "w1 w2 w3")])
    async def test_silence_ends_by_itself(
        self, make_provider: MakeProvider, kind: str, text: str
    ) -> None:
        impatient = make_provider(llm_silence_seconds=TINY_SECONDS)

        error, came = await error_of(impatient, f"[[sandbox tokens=9 fault={kind} after=3]]")

        assert type(error) is LLMUnavailable
        assert text_of(came) == text

    async def test_say_nothing_of_the_vendor(self, provider: OpenAIProvider) -> None:
        error, _ = await error_of(provider, "[[sandbox fault=500]]")

        assert "sandbox" not in error.message.lower()
        assert "fault=500" not in error.remedy
        assert error.__cause__ is not None


async def test_closing_early_ends_the_vendors_stream(
    provider: OpenAIProvider, sandbox: SandboxClient
) -> None:
    question = f"{new_id()} [[sandbox tokens=100000 delay_ms=10]]"
    async with aclosing(provider.stream(asking(question))) as parts:
        await anext(parts)

    assert await outcome_of_call(sandbox, question) == "aborted"
