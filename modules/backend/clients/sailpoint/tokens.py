"""Whose token a call carries.

Here: one service identity's for all, shared by all processes. `personal_tokens` has people's own.
"""

import asyncio
import random
from typing import Protocol
from uuid import uuid4

from modules.backend.clients.sailpoint.errors import (
    Fault,
    SailPointError,
    SailPointSignedOut,
    ServiceIdentityMissing,
)
from modules.backend.clients.sailpoint.token_cache import Token, TokenCache
from modules.backend.clients.sailpoint.token_endpoint import OPERATION, TokenEndpoint
from modules.backend.clients.sailpoint.watch import RedisWatch
from modules.backend.core.background import ended
from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger
from modules.backend.core.redis import REDIS_AWAY

log = get_logger(__name__)

WAIT_SECONDS = 15.0
"""How long to wait for a token that another process fetches."""
LOOK_SECONDS = 0.05
AFTER_FAILURE_SECONDS = 1.0
"""The endpoint is not asked again sooner, however many calls want a token."""


async def until_next_look() -> None:
    """Waits a little for what another process fetches: not all who wait look at once."""
    await asyncio.sleep(LOOK_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311  # jitter, no secret


class TokenSource(Protocol):
    async def token_for(self, operation: str, actor: str | None) -> Token:
        """The token for an operation on behalf of an identity; None where it is not known yet.

        Raises SailPointSignedOut, SailPointLimited, SailPointUnavailable.
        """
        ...

    async def renewed(self, operation: str, actor: str | None, failed: Token) -> Token:
        """Another token, after SailPoint refused that one. Raises as `token_for`."""
        ...


class ServiceTokens:
    """The service identity's token. Without Redis each process has one of its own."""

    def __init__(
        self, endpoint: TokenEndpoint, cache: TokenCache, watch: RedisWatch, clock: Clock
    ) -> None:
        self._endpoint = endpoint
        self._cache = cache
        self._watch = watch
        self._clock = clock
        self._known: Token | None = None
        self._renewal: asyncio.Task[Token] | None = None
        self._failure: tuple[SailPointError, float] | None = None

    async def token_for(self, operation: str, actor: str | None) -> Token:
        """See TokenSource. An ageing token serves while a new one is fetched."""
        token = await self._cached()
        if token is None:
            return await asyncio.shield(self._renew())
        if token.fresh_until <= self._now() and not self._has_just_failed():
            self._renew()
        return token

    async def renewed(self, operation: str, actor: str | None, failed: Token) -> Token:
        if self._known is not None and self._known.name == failed.name:
            self._known = None
        if not self._watch.is_away:
            try:
                await self._cache.forget(failed)
            except REDIS_AWAY as error:
                self._watch.lost(error)
        return await self.token_for(operation, actor)

    async def check_service_identity(self) -> str:
        """The id of the identity that all calls are made as.

        Raises ServiceIdentityMissing for a token of nobody, and as `token_for`.
        """
        try:
            token = await self.token_for("checkServiceIdentity", None)
        except SailPointSignedOut as error:
            if error.code == Fault.SAILPOINT_NO_USER.name.lower():
                raise ServiceIdentityMissing from error
            raise
        assert token.identity_id is not None
        return token.identity_id

    async def close(self) -> None:
        if self._renewal is not None:
            await ended(self._renewal)

    async def _cached(self) -> Token | None:
        """The token that can be used now. Without Redis, the last one that this process saw."""
        token = self._known
        if not self._watch.is_away:
            try:
                token = await self._cache.read()
                self._watch.found()
            except REDIS_AWAY as error:
                self._watch.lost(error)
        self._known = token if token and _serves(token, self._now()) else None
        return self._known

    def _renew(self) -> "asyncio.Task[Token]":
        """One renewal for all callers of this process; none of them can cancel it."""
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renewing(), name="sailpoint token")
            self._renewal.add_done_callback(_look_at)
        return self._renewal

    async def _renewing(self) -> Token:
        if self._failure is not None and self._has_just_failed():
            raise self._failure[0]
        try:
            token = await self._alone() if self._watch.is_away else await self._in_turn()
        except SailPointError as error:
            self._failure = (error, self._clock.monotonic())
            raise
        self._known, self._failure = token, None
        return token

    async def _in_turn(self) -> Token:
        owner = uuid4().hex
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not await self._cache.lock(owner):
                    await until_next_look()
                    if token := await self._fresh():
                        return token
            return await self._fetch_locked(owner)
        except TimeoutError:
            raise Fault.SAILPOINT_TIMEOUT.error(OPERATION) from None
        except REDIS_AWAY as error:
            self._watch.lost(error)
            return await self._alone()

    async def _fetch_locked(self, owner: str) -> Token:
        try:
            # Somebody may have stored one between our look and our lock.
            if token := await self._fresh():
                return token
            token = await self._alone()
            await self._keep(token, owner)
            return token
        finally:
            await self._unlock(owner)

    async def _keep(self, token: Token, owner: str) -> None:
        try:
            if not await self._cache.store(token, owner, self._now()):
                log.warning("sailpoint.token_lock_lost")
        except REDIS_AWAY as error:
            self._watch.lost(error)

    async def _unlock(self, owner: str) -> None:
        try:
            await self._cache.unlock(owner)
        except REDIS_AWAY as error:  # the lock goes by itself
            self._watch.lost(error)

    async def _alone(self) -> Token:
        issued = await self._endpoint.client_credentials()
        if issued.identity_id is None:
            raise Fault.SAILPOINT_NO_USER.error(OPERATION)
        log.info("sailpoint.token_issued", lifetime=issued.lifetime)
        return Token.issued(issued.access_token, issued.lifetime, issued.identity_id, self._now())

    async def _fresh(self) -> Token | None:
        token = await self._cache.read()
        return token if token and token.fresh_until > self._now() else None

    def _has_just_failed(self) -> bool:
        if self._failure is None:
            return False
        return self._clock.monotonic() - self._failure[1] < AFTER_FAILURE_SECONDS

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _serves(token: Token, now: float) -> bool:
    return token.usable_until > now and token.identity_id is not None


def _look_at(renewal: "asyncio.Task[Token]") -> None:
    """A renewal that nobody waits for must not end in a complaint about its exception."""
    if not renewal.cancelled():
        renewal.exception()
