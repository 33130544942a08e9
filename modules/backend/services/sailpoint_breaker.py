"""A circuit breaker before SailPoint, which all processes share: while it fails it is left alone.

The state is the one that spares deployments of models. Held back, a read says at once that
SailPoint is unavailable, and a confirmed change waits in its place: neither adds to the load.
"""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.services.llm.breaker_state import (
    Admission,
    BreakerPolicy,
    BreakerState,
    Change,
    ProcessBreakerState,
    SharedBreakerState,
    Verdict,
)
from modules.backend.services.llm.shared import Away, SharedState

log = get_logger(__name__)


@dataclass(slots=True)
class _Passage:
    """One try, and what it says of SailPoint."""

    state: BreakerState
    id: str
    verdict: Verdict = Verdict.NONE

    def came_out(self, *, is_failure: bool) -> None:
        self.verdict = Verdict.BAD if is_failure else Verdict.GOOD


class SailPointBreaker:
    def __init__(
        self, shared: SharedState, tenant: str, clock: Clock, policy: BreakerPolicy
    ) -> None:
        """`tenant` tells apart what is counted apart."""
        self._shared = SharedBreakerState(shared, f"sailpoint:{tenant}", policy)
        self._alone = ProcessBreakerState(clock, policy)

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[_Passage | None]:
        """See `clients.sailpoint.transport.Breaker`."""
        passage, admission = await self._admit(uuid.uuid4().hex)
        if not admission.is_allowed:
            yield None
            return
        try:
            yield passage
        finally:
            if passage.verdict is not Verdict.NONE or admission.is_probe:
                await self._report(passage)

    async def _admit(self, call: str) -> tuple[_Passage, Admission]:
        try:
            return _Passage(self._shared, call), await self._shared.admit(call)
        except Away:
            return _Passage(self._alone, call), await self._alone.admit(call)

    async def _report(self, passage: _Passage) -> None:
        try:
            change = await passage.state.report(passage.id, passage.verdict)
        except Away:
            return  # the verdict is lost with the state that it was for
        if change is Change.OPENED:
            log.error("sailpoint.breaker_opened")
        elif change is Change.CLOSED:
            log.info("sailpoint.breaker_closed")
