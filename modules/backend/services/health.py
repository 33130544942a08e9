"""Whether this process can serve."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.core.telemetry import untraced

log = get_logger(__name__)

Outcome = Literal["ok", "degraded", "failed"]
Check = Callable[[], Awaitable[None]]

Notes = Callable[[], list[str]]
"""What an operator should know of a part although it works."""

CHECK_SECONDS = 3.0
KEEP_SECONDS = 10.0
"""Outside systems are asked at most this often, however often a prober asks us."""


class Health:
    """`essential` checks fail the process, `outside` ones only degrade it."""

    def __init__(
        self,
        *,
        essential: dict[str, Check],
        outside: dict[str, Check],
        clock: Clock,
        notes: dict[str, Notes] | None = None,
    ) -> None:
        self._essential = essential
        self._outside = outside
        self._clock = clock
        self._notes = notes or {}
        self._kept: dict[str, tuple[float, Outcome]] = {}

    async def checks(self) -> dict[str, Outcome]:
        """The outcome of every check; all of them run side by side, each with its deadline."""
        names = [*self._essential, *self._outside]
        outcomes = await asyncio.gather(
            *(self._try(name, check, "failed") for name, check in self._essential.items()),
            *(self._try_or_remember(name, check) for name, check in self._outside.items()),
        )
        return dict(zip(names, outcomes, strict=True))

    def details(self) -> dict[str, list[str]]:
        """The notes of the parts that have any."""
        noted = {name: notes() for name, notes in self._notes.items()}
        return {name: sentences for name, sentences in noted.items() if sentences}

    async def _try_or_remember(self, name: str, check: Check) -> Outcome:
        now = self._clock.monotonic()
        at, outcome = self._kept.get(name, (float("-inf"), "ok"))
        if now - at >= KEEP_SECONDS:
            outcome = await self._try(name, check, "degraded")
            self._kept[name] = (now, outcome)
        return outcome

    @staticmethod
    async def _try(name: str, check: Check, otherwise: Outcome) -> Outcome:
        try:
            with untraced():
                async with asyncio.timeout(CHECK_SECONDS):
                    await check()
        except Exception as error:  # whatever a check raises, it means that it did not succeed
            log.warning("health.check_failed", check=name, error=type(error).__name__)
            return otherwise
        return "ok"


def overall(checks: dict[str, Outcome]) -> Outcome:
    """The worst of them."""
    for outcome in ("failed", "degraded"):
        if outcome in checks.values():
            return outcome
    return "ok"
