"""Letting us act for a person: the authorization code flow (RFC 6749, 4.1) with PKCE (RFC 7636).

SailPoint's documents say nothing of PKCE; a server that does not know it ignores it.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from modules.backend.clients.sailpoint.errors import Fault
from modules.backend.clients.sailpoint.token_endpoint import IssuedToken, TokenEndpoint
from modules.backend.clients.sailpoint.wire import NoAnswer, Outgoing, Wire

INFO = "oauthInfo"
SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Begun:
    """A flow that began: where the person goes, and what only we know of it."""

    url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class Authorization:
    def __init__(
        self, wire: Wire, endpoint: TokenEndpoint, client_id: str, redirect_uri: str
    ) -> None:
        self._wire = wire
        self._endpoint = endpoint
        self._client_id = client_id
        self._redirect_uri = redirect_uri

    async def begin(self) -> Begun:
        """A new flow. Raises SailPointUnavailable if SailPoint does not say where it is."""
        address = await self._address()
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect_uri,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return Begun(f"{address}?{urlencode(query)}", state, verifier)

    async def finish(self, code: str, verifier: str) -> IssuedToken:
        """The person's first tokens. Raises as `TokenEndpoint.client_credentials`."""
        return await self._endpoint.authorization_code(code, self._redirect_uri, verifier)

    async def _address(self) -> str:
        """Where people sign in: a host of its own, which differs between tenants."""
        try:
            answer = await self._wire.send(Outgoing("GET", "/oauth/info"), within=SECONDS)
        except NoAnswer:
            raise Fault.SAILPOINT_UNREACHABLE.error(INFO) from None
        body = answer.body if answer.is_success and isinstance(answer.body, dict) else {}
        address = body.get("authorizeEndpoint")
        if not isinstance(address, str) or urlsplit(address).scheme not in ("https", "http"):
            raise Fault.SAILPOINT_UNREADABLE.error(INFO, answered=answer.status)
        return address
