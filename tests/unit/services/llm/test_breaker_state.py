from modules.backend.services.llm.breaker_state import (
    Admission,
    BreakerPolicy,
    Change,
    ProcessBreakerState,
    Verdict,
)
from tests.fixtures.clock import FakeClock

GOOD, BAD, NONE = Verdict.GOOD, Verdict.BAD, Verdict.NONE
POLICY = BreakerPolicy()


class State:
    """A breaker's state and a clock."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self._state = ProcessBreakerState(self.clock, POLICY)
        self._calls = 0

    async def admit(self, call: str = "") -> Admission:
        return await self._state.admit(call)

    async def report(self, verdict: Verdict, call: str = "") -> Change:
        return await self._state.report(call, verdict)

    async def end(self, *verdicts: Verdict) -> list[Change]:
        return [await self.report(verdict) for verdict in verdicts]

    async def open(self) -> None:
        assert (await self.end(*[BAD] * POLICY.least_calls))[-1] is Change.OPENED

    async def fail_probe(self) -> None:
        assert (await self.admit("probe")).is_probe
        assert await self.report(BAD, "probe") is Change.OPENED


class TestClosed:
    async def test_few_calls_do_not_open_it(self) -> None:
        state = State()

        assert set(await state.end(*[BAD] * (POLICY.least_calls - 1))) == {Change.NONE}
        assert await state.admit() == Admission(is_allowed=True)

    async def test_half_of_the_calls_failing_opens_it(self) -> None:
        state = State()

        assert set(await state.end(*[GOOD] * 6, *[BAD] * 5)) == {Change.NONE}
        assert await state.end(BAD) == [Change.OPENED]

    async def test_what_left_the_window_is_forgotten(self) -> None:
        state = State()
        await state.end(*[BAD] * (POLICY.least_calls - 1))
        state.clock.advance(POLICY.window)

        assert await state.end(BAD) == [Change.NONE]

    async def test_no_verdict_is_no_call(self) -> None:
        state = State()
        await state.end(*[BAD] * (POLICY.least_calls - 1), *[NONE] * 20)

        assert (await state.admit()).is_allowed


class TestOpen:
    async def test_nobody_passes_until_it_is_time(self) -> None:
        state = State()
        await state.open()
        state.clock.advance(POLICY.open - 1)

        assert await state.admit() == Admission(is_allowed=False, wait=1.0)

    async def test_then_one_call_is_the_probe(self) -> None:
        state = State()
        await state.open()
        state.clock.advance(POLICY.open)

        assert await state.admit("first") == Admission(is_allowed=True, is_probe=True)
        assert await state.admit("second") == Admission(is_allowed=False, wait=POLICY.probe)
        assert (await state.admit("first")).is_probe

    async def test_a_good_probe_closes_it(self) -> None:
        state = State()
        await state.open()
        state.clock.advance(POLICY.open)
        await state.admit("probe")

        assert await state.report(GOOD, "probe") is Change.CLOSED
        assert await state.admit("next") == Admission(is_allowed=True)

    async def test_bad_probes_double_the_time_up_to_a_limit(self) -> None:
        state, lasted = State(), []
        await state.open()
        for _ in range(6):
            lasted.append((await state.admit("asks")).wait)
            state.clock.advance(lasted[-1])
            await state.fail_probe()

        assert lasted == [15, 30, 60, 120, 120, 120]

    async def test_however_long_it_lasts_it_can_be_counted(self) -> None:
        state = State()
        await state.open()
        for _ in range(2000):
            state.clock.advance(POLICY.longest_open)
            await state.fail_probe()

        assert (await state.admit("asks")).wait == POLICY.longest_open

    async def test_a_probe_that_is_never_heard_of_again_is_replaced(self) -> None:
        state = State()
        await state.open()
        state.clock.advance(POLICY.open)
        await state.admit("killed")
        state.clock.advance(POLICY.probe)

        assert (await state.admit("next")).is_probe
        assert await state.report(GOOD, "killed") is Change.NONE

    async def test_a_probe_without_verdict_makes_room_for_the_next(self) -> None:
        state = State()
        await state.open()
        state.clock.advance(POLICY.open)
        await state.admit("stopped")
        await state.report(NONE, "stopped")

        assert (await state.admit("next")).is_probe

    async def test_calls_from_before_change_nothing(self) -> None:
        state = State()
        await state.open()

        assert await state.end(GOOD, BAD) == [Change.NONE, Change.NONE]
        assert (await state.admit()).wait == POLICY.open
