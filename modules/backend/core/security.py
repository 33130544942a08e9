"""Who a token is. PyJWT does the cryptography; the rules are those of Entra ID v2 access tokens.

A token must be RS256, from our issuer, for our audience, within its time, and delegated: `scp`
holds `access_as_user`. A person is `tid` and `oid`, never an e-mail address.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt

from modules.backend.core.clock import Clock
from modules.backend.core.config import AuthSettings
from modules.backend.core.errors import NotSignedIn

LEEWAY_SECONDS = 30
SCOPE = "access_as_user"
ADMIN_ROLE = "Chat.Admin"
MAX_TOKEN_CHARACTERS = 16_384


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says."""

    tenant_id: str
    object_id: str
    name: str
    email: str | None
    roles: frozenset[str]
    expires_at: datetime


class KeySource(Protocol):
    async def key(self, kid: str) -> Any:
        """The public key of that id. Raises NotSignedIn if the issuer does not have it."""
        ...


class TokenVerifier:
    def __init__(self, settings: AuthSettings, keys: KeySource, clock: Clock) -> None:
        self._settings = settings
        self._keys = keys
        self._clock = clock

    async def verify(self, token: str) -> Claims:
        """The claims of a token that holds. Raises NotSignedIn for any other."""
        claims = await self._decode(token)
        self._check_time(claims)
        if SCOPE not in str(claims.get("scp", "")).split():
            raise _invalid("It was not made for this application.")
        if self._settings.entra_tenant_id not in (None, claims.get("tid")):
            raise _invalid("It comes from another organisation.")
        return _claims(claims)

    async def _decode(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_CHARACTERS:
            raise _invalid("It is too long.")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
                raise _invalid("It is not signed as it should be.")
            decoded: dict[str, Any] = jwt.decode(
                token,
                await self._keys.key(header["kid"]),
                algorithms=["RS256"],
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                # Time is checked by our clock, below.
                options={
                    "require": ["exp", "iat", "iss", "aud"],
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                },
            )
        except jwt.PyJWTError as error:
            raise _invalid("It was not issued for this application.") from error
        return decoded

    def _check_time(self, claims: dict[str, Any]) -> None:
        now = self._clock.now().timestamp()
        expires, starts = claims["exp"], claims.get("nbf", claims["iat"])
        if not isinstance(expires, int | float) or not isinstance(starts, int | float):
            raise _invalid("It has no valid time.")
        if expires + LEEWAY_SECONDS <= now:
            raise NotSignedIn("token_expired", "Your sign-in has expired. Sign in again.")
        if starts - LEEWAY_SECONDS > now:
            raise _invalid("It is not valid yet.")


def _claims(claims: dict[str, Any]) -> Claims:
    tenant, person = claims.get("tid"), claims.get("oid")
    if not isinstance(tenant, str) or not isinstance(person, str) or not tenant or not person:
        raise _invalid("It does not say who you are.")
    email = claims.get("preferred_username")
    roles = claims.get("roles")
    return Claims(
        tenant_id=tenant,
        object_id=person,
        name=str(claims.get("name") or email or person)[:200],
        email=str(email)[:320] if email else None,
        roles=frozenset(r for r in roles if isinstance(r, str))
        if isinstance(roles, list)
        else frozenset(),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )


def _invalid(why: str) -> NotSignedIn:
    return NotSignedIn("token_invalid", f"Your sign-in could not be checked. {why} Sign in again.")
