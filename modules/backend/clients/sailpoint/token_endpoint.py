"""SailPoint's token endpoint: the three grants it knows (RFC 6749, without token exchange).

What is secret goes into the body of the form, never into an address.
"""

import asyncio
import base64
import binascii
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from modules.backend.clients.sailpoint.errors import (
    Fault,
    SailPointError,
    SailPointUnavailable,
    fault_of_status,
    words_of,
)
from modules.backend.clients.sailpoint.wire import Answer, NoAnswer, Outgoing, Wire
from modules.backend.core.observability import get_logger

log = get_logger(__name__)

OPERATION = "oauthToken"
REVOKE = "oauthRevoke"
TRIES = 3
DEADLINE_SECONDS = 10.0
FIRST_DELAY_SECONDS = 0.2
DEFAULT_LIFETIME_SECONDS = 300.0
"""If the answer does not say; shorter than any that SailPoint gives by default."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """What the endpoint gives out. `lifetime` is in seconds from its answer."""

    access_token: str = field(repr=False)
    lifetime: float
    identity_id: str | None
    refresh_token: str | None = field(default=None, repr=False)


class TokenEndpoint:
    def __init__(
        self,
        wire: Wire,
        client_id: str,
        client_secret: str,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wire = wire
        self._client = {"client_id": client_id, "client_secret": client_secret}
        self._sleep = sleep

    async def client_credentials(self) -> IssuedToken:
        """A token of the client's own identity, in at most `DEADLINE_SECONDS`.

        Raises SailPointSignedOut for credentials that are refused, SailPointLimited,
        SailPointUnavailable.
        """
        return await self._ask({"grant_type": "client_credentials"}, tries=TRIES)

    async def authorization_code(
        self, code: str, redirect_uri: str, verifier: str | None = None
    ) -> IssuedToken:
        """The first tokens of a person. A code is good once. Raises as `client_credentials`.

        verifier: what the challenge was made of that the code was asked for with (RFC 7636)
        """
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        if verifier is not None:
            grant["code_verifier"] = verifier
        return await self._ask(grant, tries=1)

    async def refresh_token(self, token: str) -> IssuedToken:
        """New tokens for a refresh token, which is spent by it. Raises as `client_credentials`.

        SailPointUnavailable leaves open whether it was spent; the next try tells.
        """
        return await self._ask({"grant_type": "refresh_token", "refresh_token": token}, tries=1)

    async def revoke(self, token: str) -> None:
        """Ends a refresh token, as RFC 7009 has it. Raises SailPointError if that was not said."""
        form = {"token": token, "token_type_hint": "refresh_token", **self._client}
        outgoing = Outgoing("POST", "/oauth/revoke", form=form)
        try:
            answer = await self._wire.send(outgoing, within=DEADLINE_SECONDS)
        except NoAnswer:
            raise Fault.SAILPOINT_UNREACHABLE.error(REVOKE) from None
        if not answer.is_success:
            fault = fault_of_status(answer.status, is_write=False)
            raise fault.error(REVOKE, answered=answer.status)

    async def _ask(self, grant: Mapping[str, str], *, tries: int) -> IssuedToken:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + DEADLINE_SECONDS
        attempt = 1
        while True:
            issued = await self._try(grant, within=deadline - loop.time())
            if isinstance(issued, IssuedToken):
                return issued
            log.warning("sailpoint.token_not_issued", attempt=attempt, **issued.fields)
            delay = FIRST_DELAY_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.0)  # noqa: S311  # jitter, no secret
            is_final = not isinstance(issued, SailPointUnavailable) or attempt == tries
            if is_final or loop.time() + delay >= deadline:
                raise issued
            await self._sleep(delay)
            attempt += 1

    async def _try(
        self, grant: Mapping[str, str], *, within: float
    ) -> IssuedToken | SailPointError:
        form = {**grant, **self._client}
        try:
            answer = await self._wire.send(
                Outgoing("POST", "/oauth/token", form=form), within=within
            )
        except NoAnswer as error:
            fault = Fault.SAILPOINT_TIMEOUT if error.timed_out else Fault.SAILPOINT_UNREACHABLE
            return fault.error(OPERATION)
        return _read(answer)


def payload_of(token: str) -> Mapping[str, Any]:
    """What a JWT says, unverified: it is not for us to trust. Empty for any other token."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        decoded = orjson.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _read(answer: Answer) -> IssuedToken | SailPointError:
    if not answer.is_success:
        return _refusal(answer)
    body = answer.body if isinstance(answer.body, dict) else {}
    token, lifetime = body.get("access_token"), body.get("expires_in")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
        return Fault.SAILPOINT_UNREADABLE.error(OPERATION, answered=answer.status)
    if not isinstance(lifetime, int | float) or lifetime <= 0:
        lifetime = DEFAULT_LIFETIME_SECONDS
    identity = body.get("identity_id") or payload_of(token).get("identity_id")
    refresh = body.get("refresh_token")
    return IssuedToken(
        access_token=token,
        lifetime=float(lifetime),
        identity_id=identity if isinstance(identity, str) and identity else None,
        refresh_token=refresh if isinstance(refresh, str) and refresh else None,
    )


def _refusal(answer: Answer) -> SailPointError:
    fault = fault_of_status(answer.status, is_write=False)
    if 400 <= answer.status < 500 and fault is not Fault.SAILPOINT_BUSY:
        is_grant = isinstance(answer.body, dict) and answer.body.get("error") == "invalid_grant"
        fault = Fault.SAILPOINT_GRANT if is_grant else Fault.SAILPOINT_CREDENTIALS
    return fault.error(
        OPERATION,
        answered=answer.status,
        said=words_of(answer.body),
        retry_after=answer.retry_after,
    )
