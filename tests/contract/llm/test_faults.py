"""What every adapter makes of a vendor that refuses, breaks off or keeps silent."""

import asyncio
from contextlib import aclosing

import pytest
from pydantic import SecretStr

from modules.backend.core.errors import LLMError, LLMMisconfigured, LLMRejected, LLMUnavailable
from modules.backend.services.llm.provider import LLMPart, LLMProvider, Usage
from modules.sandbox.launcher.ports import free_port
from tests.contract.llm.conftest import MakeProvider
from tests.fixtures.chat import new_id
from tests.fixtures.stores import SandboxClient
from tests.fixtures.vendors import (
    ANTHROPIC,
    LOOK_UP,
    OPENAI,
    TINY_SECONDS,
    Vendor,
    asking,
    error_of,
    parts_of,
    text_of,
    words,
)

pytestmark = pytest.mark.integration

PASSING = {
    408: "llm_timeout",
    409: "llm_unavailable",
    429: "llm_busy",
    500: "llm_unavailable",
    502: "llm_unavailable",
    503: "llm_unavailable",
    504: ("llm_unavailable", "llm_timeout"),  # Anthropic says what kind of 504 it is
    529: "llm_unavailable",
}
LASTING = {
    400: (LLMRejected, "llm_rejected"),
    401: (LLMMisconfigured, "llm_unauthorized"),
    402: (LLMMisconfigured, "llm_quota_exceeded"),
    403: (LLMMisconfigured, "llm_unauthorized"),
    404: (LLMMisconfigured, "llm_deployment_missing"),
    410: (LLMMisconfigured, "llm_model_retired"),
    413: (LLMRejected, "llm_context_too_long"),
    422: (LLMRejected, "llm_rejected"),
}


class TestRefusals:
    @pytest.mark.parametrize("status", PASSING)
    async def test_that_may_pass_are_told_and_tried_once(
        self, provider: LLMProvider, sandbox: SandboxClient, status: int
    ) -> None:
        question = f"{new_id()} [[sandbox fault={status}]]"

        error, came = await error_of(provider, question)

        assert (type(error), came) == (LLMUnavailable, [])
        assert error.code in PASSING[status]
        assert error.retry_after is None
        assert len(sandbox.calls(question)) == 1

    @pytest.mark.parametrize("status", LASTING)
    async def test_that_would_come_again_say_who_must_act(
        self, provider: LLMProvider, status: int
    ) -> None:
        error, came = await error_of(provider, f"[[sandbox fault={status}]]")

        assert (type(error), error.code, came) == (*LASTING[status], [])
        assert str(status) in error.remedy

    @pytest.mark.parametrize("seconds", [0.25, 7])
    async def test_keep_a_wish_to_be_left_alone(
        self, vendor: Vendor, provider: LLMProvider, seconds: float
    ) -> None:
        error, _ = await error_of(provider, f"[[sandbox fault=429 retry_after={seconds}]]")

        assert (error.code, error.retry_after) == ("llm_busy", seconds)

    @pytest.mark.parametrize(
        ("fault", "kind", "code"),
        [
            ("quota", LLMMisconfigured, "llm_quota_exceeded"),
            ("context", LLMRejected, "llm_context_too_long"),
            ("prompt_filter", LLMRejected, "llm_content_filtered"),
        ],
    )
    async def test_with_a_reason_are_told_by_it(
        self, provider: LLMProvider, fault: str, kind: type[LLMError], code: str
    ) -> None:
        error, came = await error_of(provider, f"[[sandbox fault={fault}]]")

        assert (type(error), error.code, text_of(came)) == (kind, code, "")

    async def test_of_an_unknown_model_are_the_operators(
        self, vendor: Vendor, make_provider: MakeProvider
    ) -> None:
        error, _ = await error_of(make_provider(**{vendor.model: "nobody-knows"}), "Hello")

        assert (type(error), error.code) == (LLMMisconfigured, "llm_deployment_missing")

    async def test_say_nothing_of_what_was_asked(self, provider: LLMProvider) -> None:
        error, _ = await error_of(provider, "[[sandbox fault=500]]")

        assert "sandbox" not in error.message.lower()
        assert "sandbox" not in error.remedy.lower()
        assert error.__cause__ is not None


class TestConfiguration:
    @pytest.mark.parametrize("vendor", [OPENAI, ANTHROPIC], ids=lambda vendor: vendor.name)
    async def test_a_wrong_key_is_the_operators(
        self, vendor: Vendor, make_provider: MakeProvider
    ) -> None:
        key = {f"{vendor.name}_api_key": SecretStr("sk-wrong")}

        error, _ = await error_of(make_provider(**key), "Hello")

        assert (type(error), error.code) == (LLMMisconfigured, "llm_unauthorized")

    async def test_an_address_without_model_is_unreachable(
        self, vendor: Vendor, make_provider: MakeProvider
    ) -> None:
        nowhere = {vendor.base_url: f"http://127.0.0.1:{free_port()}/v1"}

        error, _ = await error_of(make_provider(**nowhere), "Hello")

        assert (type(error), error.code) == (LLMUnavailable, "llm_unreachable")


class TestInTheMiddle:
    @pytest.mark.parametrize(
        ("fault", "codes"),
        [
            ("cut", ["llm_interrupted"]),
            ("garbage", ["llm_interrupted"]),
            ("oversize", ["llm_interrupted"]),
            ("error", ["llm_unavailable"]),
        ],
    )
    async def test_a_fault_comes_after_the_text(
        self, provider: LLMProvider, fault: str, codes: list[str]
    ) -> None:
        error, came = await error_of(provider, f"[[sandbox tokens=9 fault={fault} after=3]]")

        assert type(error) is LLMUnavailable
        assert error.code in codes
        assert text_of(came) == words(3)

    async def test_a_fault_in_the_same_read_comes_after_the_text(
        self, provider: LLMProvider
    ) -> None:
        question = "[[sandbox tokens=9 fault=garbage after=3 split=1000000]]"

        error, came = await error_of(provider, question)

        assert error.code == "llm_interrupted"
        assert text_of(came) == words(3)

    async def test_a_filter_keeps_the_usage(self, provider: LLMProvider) -> None:
        error, came = await error_of(provider, "[[sandbox tokens=9 fault=filter after=3]]")

        assert (type(error), error.code) == (LLMRejected, "llm_content_filtered")
        assert text_of(came) == words(3)
        assert isinstance(came[-1], Usage)

    async def test_a_cut_leaves_no_half_of_a_tool_call(self, provider: LLMProvider) -> None:
        request = asking("[[sandbox tools=3 fault=cut after=4]]", tools=[LOOK_UP])

        error, came = await error_of(provider, request)

        assert (error.code, came) == ("llm_interrupted", [])

    async def test_a_cut_is_no_usage(self, provider: LLMProvider) -> None:
        _, came = await error_of(provider, "[[sandbox tokens=9 fault=cut after=3]]")

        assert [part for part in came if isinstance(part, Usage)] == []


class TestSilence:
    @pytest.mark.parametrize(
        ("fault", "text"), [("hang", ""), ("stall", words(3)), ("idle", words(3))]
    )
    async def test_ends_by_itself(self, make_provider: MakeProvider, fault: str, text: str) -> None:
        impatient = make_provider(llm_silence_seconds=TINY_SECONDS)

        error, came = await error_of(impatient, f"[[sandbox tokens=9 fault={fault} after=3]]")

        assert (type(error), error.code) == (LLMUnavailable, "llm_timeout")
        assert text_of(came) == text

    async def test_is_not_an_answer_that_takes_long(self, make_provider: MakeProvider) -> None:
        # Each piece comes in time; all of them together take longer than one may.
        impatient = make_provider(llm_silence_seconds=1)

        parts = await parts_of(impatient, asking("[[sandbox tokens=30 delay_ms=60]]"))

        assert text_of(parts) == words(30)


async def test_a_slow_reader_is_no_silence(make_provider: MakeProvider) -> None:
    impatient = make_provider(llm_silence_seconds=TINY_SECONDS)
    came: list[LLMPart] = []
    async with aclosing(impatient.stream(asking("[[sandbox tokens=3 delay_ms=20]]"))) as parts:
        async for part in parts:
            came.append(part)
            await asyncio.sleep(1.5 * TINY_SECONDS)

    assert text_of(came) == words(3)
