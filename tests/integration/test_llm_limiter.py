"""The limiter in two processes at once, each with its own connection to the same Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

from modules.backend.core.clock import SystemClock
from modules.backend.core.redis import Purpose
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.limiter import LONGEST_PAUSE_SECONDS, Limited
from modules.backend.services.llm.line_script import LINE_KEYS
from modules.backend.services.llm.metered import Metered
from modules.backend.services.llm.provider import ChatMessage, LLMRequest, ModelRole, TextDelta
from modules.backend.services.llm.shared import SharedState, deployment_keys
from tests.fixtures.chat import new_id
from tests.fixtures.llm import held_in, llm_settings, read, redis_stores, shared_state, until
from tests.fixtures.scripted import WAIT, ScriptedProvider, Step

pytestmark = pytest.mark.integration

HELLO: list[Step] = [TextDelta("Hello")]


class Process:
    """A process with its own connection and limiter, on the Redis of all."""

    def __init__(self, shared: SharedState, name: str, **settings: Any) -> None:
        self.model = ScriptedProvider()
        self.model.name = name
        counted = Metered(self.model, SystemClock())
        self.limiter = Limited(counted, shared, llm_settings(**settings))
        self.tasks: list[asyncio.Task[Any]] = []

    def ask(self, script: list[Step], person: str = "ada", places: list[int] | None = None) -> None:
        self.model.plays(*self.model._scripts[self.model.calls :], script)
        request = LLMRequest(
            [ChatMessage("user", "Hello")],
            person=person,
            on_wait=(places if places is not None else []).append,
        )
        self.tasks.append(asyncio.create_task(read(self.limiter, request)))

    async def stop(self, number: int) -> None:
        self.tasks[number].cancel()
        await asyncio.wait([self.tasks[number]])

    async def code(self, number: int) -> str | None:
        return (await self.tasks[number])[1]


class Processes:
    """Two of them, before one deployment."""

    def __init__(self, redis_url: str, stack: AsyncExitStack) -> None:
        self._redis_url = redis_url
        self._stack = stack
        self.name = new_id()
        self.deployment = f"{self.name}:scripted-chat"
        stores = redis_stores(redis_url)
        stack.push_async_callback(stores.close)
        self.redis = stores.client(Purpose.LIMIT)

    async def start(self, **settings: Any) -> tuple[Process, Process]:
        clock = SystemClock()
        processes = []
        for _ in range(2):
            shared = await self._stack.enter_async_context(shared_state(self._redis_url, clock))
            processes.append(Process(shared, self.name, **settings))
            self._stack.push_async_callback(processes[-1].limiter.close)
        return processes[0], processes[1]

    async def held(self) -> dict[str, int]:
        return await held_in(self.redis, [self.deployment])


@pytest_asyncio.fixture
async def processes(redis_url: str) -> AsyncIterator[Processes]:
    async with AsyncExitStack() as stack:
        yield Processes(redis_url, stack)


class TestProcesses:
    async def test_a_waiter_gets_the_permit_of_another_process(self, processes: Processes) -> None:
        one, other = await processes.start(llm_concurrency=1)
        places: list[int] = []
        one.ask([WAIT])
        await until(lambda: one.model.open == 1)
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])
        await one.stop(0)

        assert await other.code(0) is None

    async def test_a_waiter_who_is_cancelled_leaves_nothing(self, processes: Processes) -> None:
        one, other = await processes.start(llm_concurrency=1)
        places: list[int] = []
        one.ask([WAIT])
        await until(lambda: one.model.open == 1)
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])
        await other.stop(0)
        await other.limiter.close()

        assert await processes.held() == {"permits": 1, "line": 0, "probes": 0}
        await one.stop(0)
        await one.limiter.close()
        assert await processes.held() == {"permits": 0, "line": 0, "probes": 0}

    @pytest.mark.parametrize("turns", range(6))
    async def test_wherever_a_call_is_cancelled_it_leaves_nothing(
        self, processes: Processes, turns: int
    ) -> None:
        one, _ = await processes.start(llm_concurrency=1)
        one.ask([WAIT])
        for _ in range(turns):
            await asyncio.sleep(0)
        await one.stop(0)
        await one.limiter.close()

        assert await processes.held() == {"permits": 0, "line": 0, "probes": 0}

    async def test_a_vendor_that_asks_for_a_pause_has_it_from_all(
        self, processes: Processes
    ) -> None:
        one, other = await processes.start()
        one.ask([Fault.LLM_BUSY.error(retry_after=3600)])
        assert await one.code(0) == "llm_busy"
        await one.limiter.close()
        places: list[int] = []
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])

        key, *_ = deployment_keys(processes.deployment, "numbers")
        seconds, _ = await processes.redis.time()
        until_then = int(await processes.redis.hget(key, "paused")) / 1000 - seconds
        assert 0 < until_then <= LONGEST_PAUSE_SECONDS + 1
        assert other.model.calls == 0
        await other.stop(0)

    async def test_an_emptied_redis_costs_places_and_nothing_else(
        self, processes: Processes
    ) -> None:
        one, other = await processes.start(llm_concurrency=1)
        places: list[int] = []
        one.ask([WAIT])
        await until(lambda: one.model.open == 1)
        other.ask(HELLO, places=places)
        await until(lambda: places == [1])
        await processes.redis.delete(*deployment_keys(processes.deployment, *LINE_KEYS))
        await one.stop(0)

        assert await other.code(0) is None

    async def test_roles_that_share_a_model_share_its_line(self, processes: Processes) -> None:
        one, _ = await processes.start()
        one.model.model = lambda _role: "the same"

        assert one.limiter._line(ModelRole.CHAT) is one.limiter._line(ModelRole.SMALL)

    async def test_hundreds_wait_and_all_are_served(self, processes: Processes) -> None:
        both = await processes.start(llm_concurrency=8)
        for number in range(300):
            both[number % 2].ask(HELLO, person=f"person {number % 20}")

        codes = [await task for process in both for task in process.tasks]

        assert {code for _, code in codes} == {None}
        for process in both:
            await process.limiter.close()
        assert await processes.held() == {"permits": 0, "line": 0, "probes": 0}
