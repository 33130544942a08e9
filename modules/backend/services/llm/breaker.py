"""A circuit breaker: a deployment that fails is left alone for a while, by every process at once.

Faults of the vendor count: its errors, silence, broken streams. Its being busy does not, that is
the limiter's business; nor does a question that it rejects, a mistake in our settings, a call that
somebody stopped, or one that never reached it.

It stands around the limiter: whom an open breaker refuses does not wait in line. A call that did
wait asks again when its turn has come, so that a line does not march into a wall.
"""

import uuid
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from modules.backend.core.clock import Clock
from modules.backend.core.errors import LLMError, LLMUnavailable
from modules.backend.core.observability import get_logger
from modules.backend.services.llm.breaker_state import (
    BreakerPolicy,
    BreakerState,
    Change,
    ProcessBreakerState,
    SharedBreakerState,
    Verdict,
)
from modules.backend.services.llm.delivery import is_delivery
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.provider import (
    Attempt,
    LLMPart,
    LLMProvider,
    LLMRequest,
    ModelRole,
)
from modules.backend.services.llm.shared import Away, SharedState

log = get_logger(__name__)


@dataclass(slots=True)
class _Call:
    deployment: str
    id: str
    state: BreakerState
    may_hold_token: bool = False
    """It is the probe, or was cancelled before it heard whether it is."""
    has_waited: bool = False
    has_reached_vendor: bool = False


class Breaker:
    """Raises `llm_paused` while it is open, without asking the vendor."""

    def __init__(
        self,
        inner: LLMProvider,
        shared: SharedState,
        clock: Clock,
        policy: BreakerPolicy | None = None,
    ) -> None:
        self._inner = inner
        self._shared = shared
        self._clock = clock
        self._policy = policy or BreakerPolicy()
        self._states: dict[str, tuple[SharedBreakerState, ProcessBreakerState]] = {}
        self.name = inner.name

    def model(self, role: ModelRole) -> str:
        return self._inner.model(role)

    async def stream(self, request: LLMRequest) -> AsyncGenerator[LLMPart, None]:
        call, verdict = self._new_call(request), Verdict.NONE
        try:
            await self._admit(call)
            async with aclosing(self._inner.stream(self._observed(request, call))) as parts:
                async for part in parts:
                    if call.may_hold_token and is_delivery(part):
                        # A long answer need not end before others may ask.
                        await self._report(call, Verdict.GOOD)
                    yield part
            verdict = Verdict.GOOD
        except LLMError as error:
            verdict = _verdict(error, call)
            raise
        finally:
            await self._report(call, verdict)

    async def close(self) -> None:
        await self._inner.close()

    def _new_call(self, request: LLMRequest) -> _Call:
        deployment = f"{self.name}:{self.model(request.role)}"
        shared, _ = self._both_states(deployment)
        return _Call(deployment, uuid.uuid4().hex, shared)

    def _both_states(self, deployment: str) -> tuple[SharedBreakerState, ProcessBreakerState]:
        if deployment not in self._states:
            self._states[deployment] = (
                SharedBreakerState(self._shared, deployment, self._policy),
                ProcessBreakerState(self._clock, self._policy),
            )
        return self._states[deployment]

    def _observed(self, request: LLMRequest, call: _Call) -> LLMRequest:
        """The request, with the call told of how far it gets."""

        def on_wait(position: int) -> None:
            call.has_waited = True
            request.on_wait(position)

        async def on_attempt(attempt: Attempt) -> None:
            if call.has_waited:
                await self._admit(call)
            await request.on_attempt(attempt)
            call.has_reached_vendor = True

        return replace(request, on_wait=on_wait, on_attempt=on_attempt)

    async def _admit(self, call: _Call) -> None:
        call.may_hold_token = True
        try:
            admission = await call.state.admit(call.id)
        except Away:
            _, call.state = self._both_states(call.deployment)
            admission = await call.state.admit(call.id)
        call.may_hold_token = admission.is_probe
        if not admission.is_allowed:
            raise Fault.LLM_PAUSED.error(retry_after=admission.wait)

    async def _report(self, call: _Call, verdict: Verdict) -> None:
        if verdict is Verdict.NONE and not call.may_hold_token:
            return
        call.may_hold_token = False
        try:
            change = await call.state.report(call.id, verdict)
        except Away:
            return  # the verdict is lost with the state that it was for
        if change is Change.OPENED:
            log.error("llm.breaker_opened", deployment=call.deployment)
        elif change is Change.CLOSED:
            log.info("llm.breaker_closed", deployment=call.deployment)


def _verdict(error: LLMError, call: _Call) -> Verdict:
    if not call.has_reached_vendor:
        return Verdict.NONE
    if isinstance(error, LLMUnavailable) and error.code != Fault.LLM_BUSY.code:
        return Verdict.BAD
    # A vendor that refuses is there, which is what a probe asks; otherwise that says nothing.
    return Verdict.GOOD if call.may_hold_token else Verdict.NONE
