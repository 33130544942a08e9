"""The whole stack around two models in one process whose Redis is away."""

import pytest

from modules.backend.core.redis import RedisStores
from modules.backend.core.settings_llm import Vendor
from modules.backend.services.llm.failover import Failover
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    ChatMessage,
    Finished,
    LLMProvider,
    LLMRequest,
    ModelRole,
    TextDelta,
)
from modules.backend.services.llm.registry import make_provider, stacked
from modules.backend.services.llm.retry import Retrying
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm import llm_settings, nothing_shared, read, redis_stores
from tests.fixtures.llm_stack import Life, ends_of
from tests.fixtures.scripted import ScriptedProvider

REQUEST = LLMRequest([ChatMessage("user", "Hello")])
BATCHES = 5
LIVES = 120


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_whatever_happens_each_run_ends_once_and_leaves_nothing(batch: int) -> None:
    lives = [Life(batch * LIVES + number) for number in range(LIVES)]
    for life in lives:
        async with life.lived(nothing_shared):
            pass

    ends = ends_of(lives)
    assert all(ends[way] for way in ("finished", "left", "cancelled", "budget_exceeded")), ends
    assert all(ends[way] for way in ("retried", "failed over", "llm_paused")), ends
    assert {fault.code for fault in Fault if fault is not Fault.LLM_CROWDED} <= set(ends), ends


async def test_an_open_breaker_is_the_other_vendors_turn_at_once() -> None:
    clock, slept = FakeClock(), list[float]()
    first, second = ScriptedProvider(), ScriptedProvider()
    first.name, second.name = "first", "second"
    first.plays(*[[Fault.LLM_UNREACHABLE.error()]] * 12)
    second.plays(*[[TextDelta("Hello")]] * 9)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with nothing_shared(clock) as shared:
        adapters: list[LLMProvider] = [first, second]
        provider = stacked(adapters, llm_settings(), shared, clock, sleep=sleep)
        for _ in range(3):
            assert (await read(provider, REQUEST))[1] is None
        slept.clear()
        answer = await read(provider, REQUEST)
        await provider.close()

    assert answer == ([TextDelta("Hello"), Finished("stop")], None)
    # Ten failures opened it; nothing was sent and nothing waited for since.
    assert (first.calls, second.calls, slept) == (10, 4, [])


@pytest.fixture
def stores() -> RedisStores:
    return redis_stores("redis://127.0.0.1:1/0")


def test_one_vendor_needs_no_failover(stores: RedisStores) -> None:
    settings = llm_settings(openai_api_key="sk-1", openai_model="m")
    provider = make_provider(settings, stores, FakeClock())

    assert isinstance(provider, Retrying)
    assert (provider.name, provider.model(ModelRole.CHAT)) == (Vendor.OPENAI, "m")


async def test_two_vendors_stand_in_for_each_other() -> None:
    first, second = ScriptedProvider(), ScriptedProvider()
    async with nothing_shared(FakeClock()) as shared:
        provider = stacked([first, second], llm_settings(), shared, FakeClock())

    assert isinstance(provider, Failover)
