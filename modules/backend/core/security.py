"""Who a token is. PyJWT does the cryptography; the rules are those of Entra ID v2 access tokens.

A token must be RS256, from our issuer, for our audience, of version 2 if it says which, within its
time, and delegated: `scp` holds `access_as_user`. A person is `tid` and `oid`, never an e-mail
address. Guests and applications (no `scp`, but the role `Chat.Smoke`) come in by configuration.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import jwt

from modules.backend.core.clock import Clock
from modules.backend.core.errors import NotSignedIn
from modules.backend.core.settings import AuthSettings
from modules.backend.core.text import is_storable

LEEWAY_SECONDS = 30
SCOPE = "access_as_user"
ADMIN_ROLE = "Chat.Admin"
APP_ROLE = "Chat.Smoke"
MAX_CLAIM_CHARACTERS = 128
MAX_TIME = 253_402_300_800
"""The year 10000."""
MAX_TOKEN_CHARACTERS = 16_384


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says."""

    tenant_id: str
    object_id: str
    name: str
    email: str | None
    roles: frozenset[str]
    issued_at: datetime
    expires_at: datetime
    fingerprint: str
    """Tells this token from every other one, and nobody what it is."""
    is_app: bool = False
    """An application by itself, with no person behind it."""


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
        if claims.get("ver", "2.0") != "2.0":
            raise _invalid("It is of another version.")
        if self._settings.entra_tenant_id not in (None, claims.get("tid")):
            raise _invalid("It comes from another organisation.")
        is_app = self._check_bearer(claims)
        fingerprint = hashlib.sha256(token.encode()).hexdigest()
        app_email = self._settings.auth_app_email if is_app else None
        return _claims(claims, fingerprint, is_app=is_app, app_email=app_email)

    def _check_bearer(self, claims: dict[str, Any]) -> bool:
        """Whether it is an application's own. Raises NotSignedIn for one that may not come in."""
        if SCOPE in str(claims.get("scp", "")).split():
            if _is_guest(claims) and not self._settings.auth_guests:
                raise _invalid("Guests of the organisation cannot sign in here.")
            return False
        # The claim is there for people, whatever was granted to their client.
        if "scp" not in claims and self._settings.auth_apps and APP_ROLE in _roles(claims):
            return True
        raise _invalid("It was not made for this application.")

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
        if not all(_is_time(moment) for moment in (expires, starts, claims["iat"])):
            raise _invalid("It has no valid time.")
        if expires + LEEWAY_SECONDS <= now:
            raise NotSignedIn("token_expired", "Your sign-in has expired. Sign in again.")
        if starts - LEEWAY_SECONDS > now:
            raise _invalid("It is not valid yet.")


def _claims(
    claims: dict[str, Any], fingerprint: str, *, is_app: bool, app_email: str | None
) -> Claims:
    tenant, person = claims.get("tid"), claims.get("oid")
    if not _is_id(tenant) or not _is_id(person):
        raise _invalid("It does not say who you are.")
    email = app_email or _text(claims.get("preferred_username"))[:320]
    # An application has its one role, whatever else it was given: it never administers.
    roles = frozenset({APP_ROLE}) if is_app else _roles(claims)
    return Claims(
        tenant_id=str(tenant),
        object_id=str(person),
        name=(_text(claims.get("name")) or email or str(person))[:200],
        email=email or None,
        roles=roles,
        issued_at=datetime.fromtimestamp(claims["iat"], UTC),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        fingerprint=fingerprint,
        is_app=is_app,
    )


def _roles(claims: dict[str, Any]) -> frozenset[str]:
    roles = claims.get("roles")
    if not isinstance(roles, list):
        return frozenset()
    return frozenset(role for role in roles if isinstance(role, str))


def _is_guest(claims: dict[str, Any]) -> bool:
    """By `acct` where the application asks for that claim, else by who vouched for the person."""
    if "acct" in claims:
        return claims["acct"] not in (0, "0")
    vouched = claims.get("idp")
    return vouched is not None and vouched not in (
        claims["iss"],
        f"https://sts.windows.net/{claims.get('tid')}/",
    )


def _is_time(value: object) -> bool:
    """Seconds since 1970 that a calendar has."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < MAX_TIME


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_CLAIM_CHARACTERS and is_storable(value)


def _text(value: object) -> str:
    """A claim for people to read, without what no name holds."""
    if value is None:
        return ""
    return "".join(c for c in str(value) if c.isprintable())


def _invalid(why: str) -> NotSignedIn:
    return NotSignedIn("token_invalid", f"Your sign-in could not be checked. {why} Sign in again.")
