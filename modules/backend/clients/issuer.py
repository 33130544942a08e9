"""The keys of the OpenID issuer, fetched when needed and kept."""

import asyncio
from typing import Any

import httpx
import jwt

from modules.backend.core.clock import Clock
from modules.backend.core.errors import NotSignedIn, Unavailable
from modules.backend.core.observability import get_logger

log = get_logger(__name__)

KEEP_SECONDS = 24 * 3600.0
REFETCH_SECONDS = 30.0
"""Keys are asked for at most this often, so that tokens with made-up key ids cost nothing."""


class IssuerKeys:
    """Public keys by id. Safe to share between all requests of a process."""

    def __init__(self, jwks_url: str, http: httpx.AsyncClient, clock: Clock) -> None:
        self._url = jwks_url
        self._http = http
        self._clock = clock
        self._keys: dict[str, Any] = {}
        self._fetched_at: float | None = None
        self._asked_at: float | None = None
        self._failures = 0
        self._fetching = asyncio.Lock()

    async def key(self, kid: str) -> Any:
        """The key of that id.

        Raises NotSignedIn if the issuer does not have it, Unavailable if it cannot be asked.
        """
        if kid not in self._keys or self._since(self._fetched_at) > KEEP_SECONDS:
            await self._fetch(kid)
        try:
            return self._keys[kid]
        except KeyError:
            raise NotSignedIn(
                "token_invalid", "Your sign-in was not made by our issuer. Sign in again."
            ) from None

    def _since(self, moment: float | None) -> float:
        return float("inf") if moment is None else self._clock.monotonic() - moment

    async def _fetch(self, kid: str) -> None:
        failures = self._failures
        async with self._fetching:
            if kid not in self._keys and self._failures > failures:
                raise _away()  # or all who wait would wait in turn for an issuer that is silent
            if kid in self._keys and self._since(self._asked_at) < REFETCH_SECONDS:
                return
            if self._since(self._fetched_at) < REFETCH_SECONDS:
                return
            self._asked_at = self._clock.monotonic()
            try:
                response = await self._http.get(self._url)
                response.raise_for_status()
                keys = jwt.PyJWKSet.from_json(response.text)
            except (httpx.HTTPError, ValueError, AttributeError, jwt.PyJWTError) as error:
                self._failures += 1
                log.warning("issuer.keys_not_fetched", error=type(error).__name__)
                if kid in self._keys:
                    return  # an old key is better than nobody signing in
                raise _away() from error
            self._keys = {k.key_id: k.key for k in keys.keys if k.key_id}
            self._fetched_at = self._clock.monotonic()


def _away() -> Unavailable:
    return Unavailable("unavailable", "Sign-in cannot be checked right now. Try again soon.")
