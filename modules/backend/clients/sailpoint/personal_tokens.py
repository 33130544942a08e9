"""People's own tokens: each kept where it lasts, refreshed by one process at a time.

SailPoint replaces a refresh token at each use, and takes the second use of one for a theft. So
whoever refreshes claims it first, and what came back is kept before it is used.
"""

import asyncio
from dataclasses import dataclass
from typing import Protocol

from modules.backend.clients.sailpoint.errors import Fault, SailPointError
from modules.backend.clients.sailpoint.token_cache import Token
from modules.backend.clients.sailpoint.token_endpoint import OPERATION, IssuedToken, TokenEndpoint
from modules.backend.clients.sailpoint.tokens import WAIT_SECONDS, TokenSource, until_next_look
from modules.backend.core.clock import Clock
from modules.backend.core.observability import get_logger

log = get_logger(__name__)

SERVICE_READS = frozenset(
    {
        "searchPostV1",
        "getIdentityV1",
        "getRoleAssignmentsV1",
        "getAccessRequestConfigV2",
        "startPredictSodViolationsV1",
        "getAccessProfileV1",
        "getRoleV1",
    }
)
"""Reads that SailPoint gives to administrators alone. We ask them for the person's own records, or
for those of somebody who, by the record of now, reports to them."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A person's access token, and the version of the refresh token behind it."""

    token: Token
    version: int


class TokenKeeper(Protocol):
    """Where people's tokens last, sealed. `person` is our own id of a person."""

    async def get(self, person: str) -> Kept | None:
        """None if the person is not connected."""
        ...

    async def claim(self, person: str, version: int) -> str | None:
        """The refresh token of that version, for whoever may spend it now; None for all others."""
        ...

    async def release(self, person: str, version: int) -> None:
        """It was not spent: somebody else may try."""
        ...

    async def replace(self, person: str, version: int, issued: IssuedToken, token: Token) -> bool:
        """Keeps what came for that version. False if the person has disconnected meanwhile."""
        ...

    async def drop(self, person: str, version: int) -> None:
        """SailPoint does not accept that version any more."""
        ...


class PersonalTokens:
    """A TokenSource. Whatever only administrators may read is read by the service identity."""

    def __init__(
        self, endpoint: TokenEndpoint, keeper: TokenKeeper, service: TokenSource, clock: Clock
    ) -> None:
        self._endpoint = endpoint
        self._keeper = keeper
        self._service = service
        self._clock = clock

    async def token_for(self, operation: str, actor: str | None) -> Token:
        """See TokenSource. Raises SailPointNotConnected, too."""
        if actor is None or operation in SERVICE_READS:
            return await self._service.token_for(operation, actor)
        kept = await self._kept(actor)
        if kept.token.fresh_until > self._now():
            return kept.token
        return await self._refreshed(actor, kept)

    async def renewed(self, operation: str, actor: str | None, failed: Token) -> Token:
        """See TokenSource."""
        if actor is None or operation in SERVICE_READS:
            return await self._service.renewed(operation, actor, failed)
        kept = await self._kept(actor)
        if kept.token.name != failed.name:
            return kept.token
        return await self._refreshed(actor, kept, unless=failed.name)

    async def _kept(self, actor: str) -> Kept:
        kept = await self._keeper.get(actor)
        if kept is None:
            raise Fault.SAILPOINT_NOT_CONNECTED.error(OPERATION)
        return kept

    async def _refreshed(self, actor: str, kept: Kept, *, unless: str | None = None) -> Token:
        """A new token, from us or from whoever refreshes now. An ageing one serves meanwhile."""
        version = kept.version
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while True:
                    spent = await self._keeper.claim(actor, version)
                    if spent is not None:
                        # Not to be cut short: what comes back must be kept.
                        return await asyncio.shield(self._spend(actor, version, spent))
                    token = kept.token
                    if token.name != unless and token.usable_until > self._now():
                        return token
                    await until_next_look()
                    kept = await self._kept(actor)
                    if kept.version != version:
                        return kept.token
        except TimeoutError:
            raise Fault.SAILPOINT_TIMEOUT.error(OPERATION) from None

    async def _spend(self, actor: str, version: int, spent: str) -> Token:
        try:
            issued = await self._endpoint.refresh_token(spent)
        except SailPointError as error:
            if error.code != Fault.SAILPOINT_GRANT.name.lower():
                await self._keeper.release(actor, version)
                raise
            await self._keeper.drop(actor, version)
            log.warning("sailpoint.connection_refused", person_id=actor)
            raise Fault.SAILPOINT_NOT_CONNECTED.error(OPERATION) from error
        token = Token.issued(issued.access_token, issued.lifetime, issued.identity_id, self._now())
        if not await self._keeper.replace(actor, version, issued, token):
            await self.forget(issued.refresh_token)
            raise Fault.SAILPOINT_NOT_CONNECTED.error(OPERATION)
        return token

    async def forget(self, refresh_token: str | None) -> None:
        """Ends a refresh token at SailPoint, as far as it can be reached."""
        if refresh_token is None:
            return
        try:
            await self._endpoint.revoke(refresh_token)
        except SailPointError as error:
            log.warning("sailpoint.not_revoked", **error.fields)

    def _now(self) -> float:
        return self._clock.now().timestamp()
