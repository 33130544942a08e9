import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from modules.backend.core.settings_llm import LLMSettings, Vendor
from modules.backend.services.llm.readiness import LLMReadiness, ModelRetired, addresses
from tests.fixtures.clock import FakeClock

ENDPOINT = "https://one.openai.azure.com"
DAY_OF_GPT_4O = date(2026, 10, 1)


def settings(**fields: Any) -> LLMSettings:
    defaults = {
        "llm_provider": Vendor.AZURE_OPENAI,
        "azure_openai_endpoint": ENDPOINT,
        "azure_openai_model": "gpt-4o",
    }
    return LLMSettings(_env_file=None, **defaults | fields)


def clock_at(day: date) -> FakeClock:
    clock = FakeClock()
    clock.advance((day - clock.now().date()).days * 86_400)
    return clock


def http(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


def readiness(day: date, **fields: Any) -> LLMReadiness:
    return LLMReadiness(settings(**fields), http(lambda _: httpx.Response(404)), clock_at(day))


class TestRetirement:
    async def test_that_is_past_is_a_fault(self) -> None:
        gone = readiness(DAY_OF_GPT_4O)

        with pytest.raises(ModelRetired):
            await gone.check()
        assert gone.notes() == ["gpt-4o was retired on 2026-10-01; use gpt-5.1"]

    async def test_that_is_near_is_only_told(self) -> None:
        going = readiness(date(2026, 9, 1))

        await going.check()
        assert going.notes() == ["gpt-4o will be retired on 2026-10-01; use gpt-5.1"]

    async def test_that_is_far_is_not_told(self) -> None:
        staying = readiness(date(2026, 8, 31))

        await staying.check()
        assert staying.notes() == []

    def test_is_in_the_log_at_the_start(self) -> None:
        with capture_logs() as logs:
            readiness(DAY_OF_GPT_4O).warn()
            readiness(date(2026, 9, 15)).warn()
            readiness(date(2026, 1, 5)).warn()

        assert [(log["event"], log["log_level"]) for log in logs] == [
            ("llm.model_retired", "error"),
            ("llm.model_retires_soon", "warning"),
        ]
        assert logs[0]["day"] == "2026-10-01"
        assert logs[0]["successor"] == "gpt-5.1"

    def test_of_the_small_model_and_the_fallback_counts_too(self) -> None:
        notes = readiness(
            date(2026, 12, 1),
            azure_openai_model="gpt-5.1",
            azure_openai_model_small="gpt-4o-mini",
            llm_fallback_provider=Vendor.ANTHROPIC,
            anthropic_model="claude-sonnet-4-5-20250929",
        ).notes()

        assert [note.split()[0] for note in notes] == ["gpt-4o-mini", "claude-sonnet-4-5-20250929"]

    @pytest.mark.parametrize(
        ("base_url", "told"),
        [
            ("https://api.openai.com/v1", True),
            ("http://localhost:11434/v1", False),
            ("https://notopenai.com/v1", False),
        ],
    )
    def test_of_openai_is_not_that_of_a_gateway(self, base_url: str, told: bool) -> None:
        fields = {"openai_model": "gpt-4o", "openai_base_url": base_url}

        notes = readiness(date(2027, 2, 1), llm_provider=Vendor.OPENAI, **fields).notes()

        assert bool(notes) is told


class TestAddresses:
    def test_are_those_of_the_vendors_in_use(self) -> None:
        assert addresses(settings()) == [ENDPOINT]
        assert addresses(settings(llm_fallback_provider=Vendor.ANTHROPIC)) == [
            ENDPOINT,
            "https://api.anthropic.com",
        ]

    @pytest.mark.parametrize("away", ["one.openai.azure.com", "api.anthropic.com"])
    async def test_must_all_answer(self, away: str) -> None:
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request.url.host)
            if request.url.host == away:
                raise httpx.ConnectError("away")
            return httpx.Response(404)

        configured = settings(azure_openai_model="gpt-5.1", llm_fallback_provider=Vendor.ANTHROPIC)
        both = LLMReadiness(configured, http(answer), FakeClock())

        with pytest.raises(httpx.ConnectError):
            async with asyncio.timeout(10):
                await both.check()
        assert sorted(asked) == ["api.anthropic.com", "one.openai.azure.com"]
