"""The whole stack with the real Redis, and with a vendor that is killed under load."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, aclosing, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from modules.backend.core.clock import SystemClock
from modules.backend.core.errors import LLMError
from modules.backend.core.redis import Purpose
from modules.backend.core.settings_llm import LLMSettings
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    Attempt,
    ChatMessage,
    Finished,
    LLMPart,
    LLMProvider,
    LLMRequest,
    TextDelta,
)
from modules.backend.services.llm.providers.openai import OpenAIProvider
from modules.backend.services.llm.registry import stacked
from modules.backend.services.llm.shared import SharedState
from modules.sandbox.launcher.ports import free_port
from modules.sandbox.launcher.processes import Child
from tests.fixtures.chat import new_id
from tests.fixtures.clock import FakeClock
from tests.fixtures.llm import (
    DEADLINE_SECONDS,
    held_in,
    llm_settings,
    redis_stores,
    shared_state,
    until,
)
from tests.fixtures.llm_stack import Life, ends_of
from tests.fixtures.stores import SANDBOX_KEY, SandboxClient, start_sandbox

pytestmark = pytest.mark.integration

BATCHES = 4
LIVES = 60
NOTHING = {"permits": 0, "line": 0, "probes": 0}


@pytest.mark.parametrize("batch", range(BATCHES))
async def test_whatever_happens_each_run_ends_once_and_leaves_nothing(
    redis_url: str, batch: int
) -> None:
    stores = redis_stores(redis_url)

    @asynccontextmanager
    async def in_redis(clock: FakeClock) -> AsyncIterator[SharedState]:
        yield SharedState(stores, clock, now=lambda: round(clock.now().timestamp() * 1000))

    lives = [Life(batch * LIVES + number) for number in range(LIVES)]
    try:
        for life in lives:
            async with life.lived(in_redis):
                held = await held_in(stores.client(Purpose.LIMIT), life.deployments)
                assert held == NOTHING, life
    finally:
        await stores.close()

    ends = ends_of(lives)
    assert all(ends[way] for way in ("finished", "left", "cancelled", "budget_exceeded")), ends
    assert all(ends[way] for way in ("retried", "failed over", "llm_paused")), ends


CALLS = 30
TEXT = "[[sandbox tokens=5000 delay_ms=20]]"
"""Longer than any machine needs to come to the kill."""
SILENCE = "[[sandbox tokens=5 ttft_ms=5000]]"


class Call:
    """One call that is under way."""

    def __init__(self, provider: LLMProvider, orders: str) -> None:
        self.parts: list[LLMPart] = []
        self.attempts: list[Attempt] = []
        self.error: LLMError | None = None
        messages = [ChatMessage("user", f"{new_id()} {orders}")]
        request = LLMRequest(messages, person=new_id(), on_attempt=self._account)
        self.task = asyncio.create_task(self._read(provider, request))

    @property
    def has_text(self) -> bool:
        return any(isinstance(part, TextDelta) for part in self.parts)

    async def _account(self, attempt: Attempt) -> None:
        self.attempts.append(attempt)

    async def _read(self, provider: LLMProvider, request: LLMRequest) -> None:
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                async with aclosing(provider.stream(request)) as parts:
                    async for part in parts:
                        self.parts.append(part)
        except LLMError as error:
            self.error = error


@pytest.fixture
def vendors(tmp_path: Path) -> Iterator[list[tuple[Child, SandboxClient]]]:
    """Two sandboxes; the first may be killed."""
    with ExitStack() as running:
        started = []
        for name in ("first", "second"):
            base_url = f"http://127.0.0.1:{free_port()}"
            child = start_sandbox(base_url, tmp_path / name)
            running.callback(child.stop)
            http = running.enter_context(httpx.Client(base_url=base_url, trust_env=False))
            started.append((child, SandboxClient(base_url, http)))
        for child, client in started:
            child.wait_until(lambda client=client: _answers(client), timeout=60)
        yield started


def _answers(client: SandboxClient) -> bool:
    try:
        return client.http.get("/health").is_success
    except httpx.TransportError:
        return False


def _settings_of(client: SandboxClient) -> LLMSettings:
    """Those of a vendor that takes all calls at once."""
    return llm_settings(
        openai_base_url=client.llm_base_url,
        openai_api_key=SANDBOX_KEY,
        openai_model=f"sandbox-{new_id()}",
        llm_concurrency=CALLS,
        llm_tokens_per_minute=10**9,
    )


async def test_a_vendor_killed_under_load_costs_only_what_was_being_read(
    vendors: list[tuple[Child, SandboxClient]], redis_url: str
) -> None:
    (doomed, _), (_, other) = vendors
    clock = SystemClock()
    settings = [_settings_of(client) for _, client in vendors]
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(shared_state(redis_url, clock))
        adapters: list[LLMProvider] = [OpenAIProvider(one) for one in settings]
        provider = stacked(adapters, settings[0], shared, clock)
        stack.push_async_callback(provider.close)

        speaking = [Call(provider, TEXT) for _ in range(CALLS // 2)]
        await until(lambda: all(call.has_text for call in speaking))
        silent = [Call(provider, SILENCE) for _ in range(CALLS - len(speaking))]
        await until(lambda: all(call.attempts for call in silent))
        doomed.kill()
        await asyncio.gather(*(call.task for call in speaking + silent))

    for call in speaking:
        assert call.error is not None
        assert (call.error.code, call.error.retryable) == (Fault.LLM_INTERRUPTED.code, True)
        assert [attempt.outcome for attempt in call.attempts] == ["llm_interrupted"]
    for call in silent:
        assert call.error is None
        assert isinstance(call.parts[-1], Finished)
        assert call.attempts[-1].model == settings[1].openai_model
    assert {one["outcome"] for one in other.calls()} == {"answered"}

    stores = redis_stores(redis_url)
    deployments = [f"openai:{one.openai_model}" for one in settings]
    assert await held_in(stores.client(Purpose.LIMIT), deployments) == NOTHING
    await stores.close()
