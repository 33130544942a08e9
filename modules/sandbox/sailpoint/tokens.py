"""Access tokens, refresh tokens and authorization codes: issued, checked, spent, revoked."""

import base64
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

from modules.sandbox.sailpoint.clients import DEFAULT_LIFETIME
from modules.sandbox.sailpoint.errors import OAuthError, TokenError

ALGORITHM = "HS256"
MAX_KEPT = 20_000
CODE_SECONDS = 60
REFRESH_DAYS = 30
EXPIRED = "JWT is expired"
INVALID = "Invalid JWT"


@dataclass(frozen=True)
class Grant:
    """What a token allows, to whom. `family` is the line of refresh tokens that it comes from."""

    client_id: str
    identity_id: str | None
    scopes: frozenset[str]
    family: str | None = None


@dataclass
class _Issued:
    grant: Grant
    expires: datetime
    spent: bool = False
    redirect_uri: str = ""
    challenge: str | None = None


class TokenDesk:
    """Keeps the latest `MAX_KEPT` of each kind; what is forgotten is unknown, and refused."""

    def __init__(self) -> None:
        self.lifetime = DEFAULT_LIFETIME
        self._key = secrets.token_bytes(32)
        self._access: OrderedDict[str, _Issued] = OrderedDict()
        self._refresh: OrderedDict[str, _Issued] = OrderedDict()
        self._codes: OrderedDict[str, _Issued] = OrderedDict()

    def restore_lifetime(self) -> None:
        self.lifetime = DEFAULT_LIFETIME

    def issue(self, grant: Grant, now: datetime, claims: dict[str, Any]) -> tuple[str, str]:
        """A signed token with the claims, and its `jti`."""
        jti = secrets.token_hex(16)
        expires = now + timedelta(seconds=self.lifetime)
        _keep(self._access, jti, _Issued(grant, expires))
        times = {"iat": int(now.timestamp()), "exp": int(expires.timestamp())}
        return jwt.encode({**claims, **times, "jti": jti}, self._key, algorithm=ALGORITHM), jti

    def check(self, token: str, now: datetime) -> tuple[Grant, str]:
        """What a token allows, and its `jti`. Raises `TokenError`."""
        try:
            # The tenant's clock decides about expiry, not the computer's.
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                options={"verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise TokenError(INVALID) from error
        issued = self._access.get(claims["jti"])
        if issued is None:
            raise TokenError(INVALID)
        if issued.spent or issued.expires <= now:
            raise TokenError(EXPIRED)
        return issued.grant, claims["jti"]

    def expire(self, jti: str) -> None:
        if issued := self._access.get(jti):
            issued.spent = True

    def expire_all(self, client_id: str = "") -> int:
        """Voids the access tokens of a client, or all. How many there were."""
        live = [
            issued
            for issued in self._access.values()
            if not issued.spent and client_id in ("", issued.grant.client_id)
        ]
        for issued in live:
            issued.spent = True
        return len(live)

    def issue_refresh(self, grant: Grant, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        _keep(self._refresh, token, _Issued(grant, now + timedelta(days=REFRESH_DAYS)))
        return token

    def spend_refresh(self, token: str, client_id: str, now: datetime) -> Grant:
        """What a refresh token is good for, once.

        Raises `OAuthError`. A token that was spent before may have been stolen: its whole line is
        revoked, access tokens included.
        """
        issued = self._refresh.get(token)
        if issued is None or issued.grant.client_id != client_id or issued.expires <= now:
            raise OAuthError(400, "invalid_grant", "Invalid refresh token")
        if issued.spent:
            self._revoke(issued.grant.family)
            raise OAuthError(400, "invalid_grant", "Refresh token was used before")
        issued.spent = True
        return issued.grant

    def revoke_refresh(self, token: str, client_id: str) -> None:
        """Ends the line of a refresh token. One that is unknown is no error (RFC 7009, 2.2)."""
        issued = self._refresh.get(token)
        if issued is not None and issued.grant.client_id == client_id:
            self._revoke(issued.grant.family)

    def issue_code(
        self, grant: Grant, redirect_uri: str, now: datetime, challenge: str | None = None
    ) -> str:
        """`challenge` is the S256 one of RFC 7636; then spending needs what it was made of."""
        code = secrets.token_urlsafe(24)
        expires = now + timedelta(seconds=CODE_SECONDS)
        issued = _Issued(grant, expires, redirect_uri=redirect_uri, challenge=challenge)
        _keep(self._codes, code, issued)
        return code

    def spend_code(
        self, code: str, client_id: str, redirect_uri: str, now: datetime, verifier: str = ""
    ) -> Grant:
        """What an authorization code is good for, once. Raises `OAuthError`."""
        issued = self._codes.get(code)
        valid = (
            issued is not None
            and issued.grant.client_id == client_id
            and issued.redirect_uri == redirect_uri
            and issued.expires > now
            and issued.challenge in (None, _challenge_of(verifier))
        )
        if issued is None or not valid:
            raise OAuthError(400, "invalid_grant", "Invalid authorization code")
        if issued.spent:
            self._revoke(issued.grant.family)
            raise OAuthError(400, "invalid_grant", "Authorization code was used before")
        issued.spent = True
        return issued.grant

    def _revoke(self, family: str | None) -> None:
        for kept in (self._access, self._refresh):
            for issued in kept.values():
                if issued.grant.family == family:
                    issued.spent = True


def _challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _keep(kept: OrderedDict[str, _Issued], key: str, issued: _Issued) -> None:
    kept[key] = issued
    while len(kept) > MAX_KEPT:
        kept.popitem(last=False)
