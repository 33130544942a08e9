"""How a call is carried out: a token, a place at the limiter, tries, and what the outcome means.

A read is tried again after whatever may pass. A write is tried again only where the try before
provably did nothing: it was refused by the rate limit or for its token, or no connection was made.
Everything else leaves a write's outcome unknown, and trying again is not for this layer to decide.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from modules.backend.clients.sailpoint.errors import (
    Fault,
    SailPointError,
    SailPointOutcomeUnknown,
    fault_of_status,
    tracking_id_of,
    words_of,
)
from modules.backend.clients.sailpoint.limiter import Limiter
from modules.backend.clients.sailpoint.observed import observed
from modules.backend.clients.sailpoint.token_cache import Token
from modules.backend.clients.sailpoint.tokens import TokenSource
from modules.backend.clients.sailpoint.window import Priority
from modules.backend.clients.sailpoint.wire import Answer, NoAnswer, Outgoing, Wire
from modules.backend.core.observability import get_logger

log = get_logger(__name__)

TRIES = 3
FIRST_DELAY_SECONDS = 0.2
DEFAULT_PAUSE_SECONDS = 2.0
"""After a 429 that does not say for how long."""
CALL_SECONDS = 15.0

FAILED_FROM = 500
"""A status from here on is SailPoint's own trouble."""

_PASSING = frozenset({502, 503, 504})
_EXPERIMENTAL = {"X-SailPoint-Experimental": "true"}


class Passage(Protocol):
    """One try that a breaker has let through."""

    def came_out(self, *, is_failure: bool) -> None:
        """Says how it went. A refusal is no failure: SailPoint was there. Unsaid counts nothing."""
        ...


class Breaker(Protocol):
    """Holds calls back while SailPoint fails; what it knows is shared by all processes."""

    def passage(self) -> AbstractAsyncContextManager[Passage | None]:
        """Around one try. None if none may be made now."""
        ...


class _Free:
    def came_out(self, *, is_failure: bool) -> None:
        """Nobody counts."""


class NoBreaker:
    """Lets every call through."""

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[Passage | None]:
        yield _Free()


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a call is for, and how long it may take with all its waits and tries, in seconds."""

    actor: str | None = None
    priority: Priority = Priority.INTERACTIVE
    seconds: float = CALL_SECONDS


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of SailPoint's API, by the name that its OpenAPI document gives it.

    `path` may hold placeholders; a search is a read although it is a POST.
    """

    name: str
    method: str
    path: str
    is_write: bool = False
    is_experimental: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    operation: Operation
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(slots=True)
class _Try:
    """Where a call stands between its tries."""

    number: int = 1
    token: Token | None = None
    refused: Token | None = None
    """A token that was not accepted and has to be replaced before the next try."""
    was_signed_out: bool = False


class Transport:
    def __init__(
        self,
        wire: Wire,
        tokens: TokenSource,
        limiter: Limiter,
        breaker: Breaker | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wire = wire
        self._tokens = tokens
        self._limiter = limiter
        self._breaker = breaker or NoBreaker()
        self._sleep = sleep
        self._deprecated: set[str] = set()

    async def call(self, call: Call, caller: Caller) -> Answer:
        """The successful answer. A read's has a body; a write's may have none that can be read.

        Raises SailPointError; see `errors` for what each class says of a write. A caller that is
        cancelled while a write is out must take its outcome for unknown.
        """
        operation = call.operation
        with observed(operation.name, operation.method, operation.path, self._wire.host):
            return await self._call(call, caller)

    async def _call(self, call: Call, caller: Caller) -> Answer:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + caller.seconds
        attempt = _Try()
        while True:
            result = await self._try(call, caller, attempt, deadline)
            if isinstance(result, Answer):
                return result
            delay = await self._delay(call, attempt, result)
            if delay is None or loop.time() + delay >= deadline:
                log.warning(
                    "sailpoint.failed",
                    tries=attempt.number,
                    said=bool(result.said),
                    **result.fields,
                )
                raise result
            await self._sleep(delay)
            attempt.number += 1

    async def _try(
        self, call: Call, caller: Caller, attempt: _Try, deadline: float
    ) -> Answer | SailPointError:
        name = call.operation.name
        token = await self._token(call, caller, attempt, deadline)
        async with self._breaker.passage() as passage:
            if passage is None:
                return Fault.SAILPOINT_PAUSED.error(name)
            return await self._sent(call, caller, token, passage, deadline)

    async def _sent(
        self, call: Call, caller: Caller, token: Token, passage: Passage, deadline: float
    ) -> Answer | SailPointError:
        name, loop = call.operation.name, asyncio.get_running_loop()
        asked = loop.time()
        async with self._limiter.place(name, caller.priority, within=deadline - asked):
            began = loop.time()
            try:
                answer = await self._wire.send(_signed(call, token), within=deadline - began)
            except NoAnswer as error:
                passage.came_out(is_failure=True)
                return _unanswered(call.operation, error)
        passage.came_out(is_failure=answer.status >= FAILED_FROM)
        self._log(call.operation, answer, loop.time() - began, began - asked)
        return self._judged(call.operation, answer)

    async def _token(self, call: Call, caller: Caller, attempt: _Try, deadline: float) -> Token:
        name, refused = call.operation.name, attempt.refused
        try:
            async with asyncio.timeout_at(deadline):
                if refused is None:
                    token = await self._tokens.token_for(name, caller.actor)
                else:
                    token = await self._tokens.renewed(name, caller.actor, refused)
        except TimeoutError:
            raise Fault.SAILPOINT_TIMEOUT.error(name) from None
        attempt.token, attempt.refused = token, None
        return token

    async def _delay(self, call: Call, attempt: _Try, error: SailPointError) -> float | None:
        """Seconds until the next try; None for none. Sees to what has to happen before it."""
        if error.answered == 429:
            pause = error.retry_after
            await self._limiter.pause(DEFAULT_PAUSE_SECONDS if pause is None else pause)
            return 0.0 if attempt.number < TRIES else None  # the limiter knows how long
        if error.answered == 401:
            is_first, attempt.was_signed_out = not attempt.was_signed_out, True
            attempt.refused = attempt.token
            return 0.0 if is_first else None
        if attempt.number >= TRIES or not _may_pass(call.operation, error):
            return None
        spread = random.uniform(0.5, 1.0)  # noqa: S311  # jitter, no secret
        return FIRST_DELAY_SECONDS * float(2 ** (attempt.number - 1)) * spread

    def _judged(self, operation: Operation, answer: Answer) -> Answer | SailPointError:
        tracking_id = tracking_id_of(answer.headers, answer.body)
        if not answer.is_success:
            fault = fault_of_status(answer.status, is_write=operation.is_write)
            return fault.error(
                operation.name,
                answered=answer.status,
                tracking_id=tracking_id,
                said=words_of(answer.body),
                retry_after=answer.retry_after,
            )
        if answer.body is None and not operation.is_write:
            return Fault.SAILPOINT_UNREADABLE.error(
                operation.name, answered=answer.status, tracking_id=tracking_id
            )
        return answer

    def _log(self, operation: Operation, answer: Answer, seconds: float, waited: float) -> None:
        log.info(
            "sailpoint.answered",
            operation=operation.name,
            answered=answer.status,
            tracking_id=tracking_id_of(answer.headers, answer.body),
            milliseconds=round(seconds * 1000),
            waited=round(waited * 1000),
        )
        is_deprecated = answer.headers.get("x-deprecated", "").lower() == "true"
        if is_deprecated and operation.name not in self._deprecated:
            self._deprecated.add(operation.name)
            log.warning("sailpoint.deprecated", operation=operation.name)


def _signed(call: Call, token: Token) -> Outgoing:
    headers = {"Authorization": f"Bearer {token.access_token}"}
    if call.operation.is_experimental:
        headers |= _EXPERIMENTAL
    return Outgoing(call.operation.method, call.path, call.params, call.body, headers=headers)


def _unanswered(operation: Operation, error: NoAnswer) -> SailPointError:
    if error.was_sent and operation.is_write:
        fault = Fault.SAILPOINT_OUTCOME_UNKNOWN
    elif error.timed_out and error.was_sent:
        fault = Fault.SAILPOINT_TIMEOUT
    else:
        fault = Fault.SAILPOINT_UNREACHABLE
    return fault.error(operation.name)


_PASSING_FAULTS = frozenset({"sailpoint_unreachable", "sailpoint_unreadable"})


def _may_pass(operation: Operation, error: SailPointError) -> bool:
    """Whether another try may do, and does no harm.

    A write that may have arrived is an unknown outcome, never unreachable. A read that was silent
    past its time is not asked again: it would cost the caller as much once more.
    """
    if isinstance(error, SailPointOutcomeUnknown):
        return False
    return error.code in _PASSING_FAULTS or (error.answered in _PASSING and not operation.is_write)
