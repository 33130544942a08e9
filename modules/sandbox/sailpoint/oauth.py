"""`/oauth`: where the endpoints are, signing a person in, and tokens for the three grants."""

import html
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from modules.sandbox.data.people import PEOPLE
from modules.sandbox.sailpoint.api_call import Answer, ApiCall, Handler, Json
from modules.sandbox.sailpoint.clients import SECRET_PREFIX, Client, ClientKind
from modules.sandbox.sailpoint.errors import OAuthError, bad_request
from modules.sandbox.sailpoint.operations import ALL_SCOPES
from modules.sandbox.sailpoint.records import Identity, hex_id
from modules.sandbox.sailpoint.tokens import Grant
from modules.sandbox.sailpoint.world import World

ORG = "tamarind"
POD = "sandbox"
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
NOT_AUTHENTICATED = "Full authentication is required to access this resource"
NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True)
class OAuth:
    """The authorisation server of the tenant. `base_url` is that of its API."""

    world: World
    base_url: str

    def handlers(self) -> dict[str, Handler]:
        return {
            "oauthInfo": self._info,
            "oauthAuthorize": self._authorize,
            "oauthToken": self._token,
            "oauthRevoke": self._revoke,
        }

    def _info(self, _: ApiCall) -> Answer:
        endpoints = {
            "authorizeEndpoint": f"{self.base_url}/oauth/authorize",
            "tokenEndpoint": f"{self.base_url}/oauth/token",
        }
        return Answer({"org": ORG, "pod": POD, "apiUrl": self.base_url, **endpoints})

    def _authorize(self, call: ApiCall) -> Answer:
        """Sends the browser back with a code at once; without `login_hint`, after one click."""
        client = self._find_client(call, call.query.get("client_id", ""))
        redirect_uri = call.query.get("redirect_uri", "")
        if client is None or client.kind is not ClientKind.CODE:
            raise bad_request("client_id must name a client for authorization codes.")
        if urlsplit(redirect_uri).hostname not in LOCAL_HOSTS:
            raise bad_request("redirect_uri must be an address of this computer.")
        if call.query.get("response_type") != "code":
            return _redirect(redirect_uri, call, error="unsupported_response_type")
        hint = call.query.get("login_hint")
        if hint is None:
            return Answer(_chooser(call))
        identity = self._identity(call, hint)
        if identity is None or not identity.active:
            return _redirect(redirect_uri, call, error="access_denied")
        family = hex_id("family", call.now, call.tenant.next_number())
        grant = Grant(client.id, identity.id, _granted(call, client), family)
        challenge = call.query.get("code_challenge")
        code = self.world.tokens.issue_code(grant, redirect_uri, call.now, challenge)
        return _redirect(redirect_uri, call, code=code)

    def _token(self, call: ApiCall) -> Answer:
        """Raises `OAuthError` and, like every operation, `RateLimitError`."""
        form, client = self._authenticated(call)
        self.world.limiter.admit(client.id, "oauth", call.now)
        grant = self._grant(call, client, form)
        return Answer(self._token_body(call, client, grant), headers=NO_STORE)

    def _revoke(self, call: ApiCall) -> Answer:
        """As RFC 7009 has it; SailPoint's documents do not name this endpoint."""
        form, client = self._authenticated(call)
        self.world.tokens.revoke_refresh(form.get("token", ""), client.id)
        return Answer({}, headers=NO_STORE)

    def _authenticated(self, call: ApiCall) -> tuple[dict[str, str], Client]:
        """The form and the client that sent it. Raises `OAuthError`."""
        form = {
            name: values[0]
            for name, values in parse_qs(call.raw_body.decode(errors="replace")).items()
        }
        client = self._find_client(call, form.get("client_id", ""))
        if client is None or not form.get("client_secret", "").startswith(SECRET_PREFIX):
            raise OAuthError(401, "invalid_client", NOT_AUTHENTICATED)
        call.client_id = client.id
        return form, client

    def _grant(self, call: ApiCall, client: Client, form: dict[str, str]) -> Grant:
        grant_type, desk = form.get("grant_type", ""), self.world.tokens
        match grant_type, client.kind:
            case "client_credentials", ClientKind.PAT | ClientKind.API:
                owner = call.tenant.identity_by_alias(client.alias) if client.alias else None
                return Grant(client.id, owner.id if owner else None, client.scopes)
            case "authorization_code", ClientKind.CODE:
                redirect_uri = form.get("redirect_uri", "")
                code, verifier = form.get("code", ""), form.get("code_verifier", "")
                return desk.spend_code(code, client.id, redirect_uri, call.now, verifier)
            case "refresh_token", ClientKind.CODE:
                return desk.spend_refresh(form.get("refresh_token", ""), client.id, call.now)
            case "client_credentials" | "authorization_code" | "refresh_token", _:
                raise OAuthError(400, "unauthorized_client", f"Unauthorized grant: {grant_type}")
        raise OAuthError(400, "unsupported_grant_type", f"Unsupported grant type: {grant_type}")

    def _token_body(self, call: ApiCall, client: Client, grant: Grant) -> Json:
        identity = call.tenant.identities.get(grant.identity_id or "")
        about: dict[str, Any] = {
            "tenant_id": hex_id("tenant", ORG),
            "pod": POD,
            "org": ORG,
            "scope": " ".join(sorted(grant.scopes)),
            "strong_auth_supported": False,
        }
        claims = {**about, "client_id": client.id, "scope": sorted(grant.scopes)}
        if identity is not None:
            about |= {"identity_id": identity.id, "user_id": identity.id}
            claims |= {
                "identity_id": identity.id,
                "user_name": identity.alias,
                "authorities": sorted(identity.levels),
            }
        else:
            claims["authorities"] = ["API"]
        token, jti = self.world.tokens.issue(grant, call.now, claims)
        body = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": self.world.tokens.lifetime,
            **about,
            "jti": jti,
        }
        if grant.family is not None:
            body["refresh_token"] = self.world.tokens.issue_refresh(grant, call.now)
        return body

    def _find_client(self, call: ApiCall, client_id: str) -> Client | None:
        aliases = {one.alias: one.id for one in call.tenant.identities.values() if one.active}
        return self.world.clients.find(client_id, aliases)

    def _identity(self, call: ApiCall, hint: str) -> Identity | None:
        return next(
            (one for one in call.tenant.identities.values() if hint in (one.alias, one.email)), None
        )


def _granted(call: ApiCall, client: Client) -> frozenset[str]:
    """The scopes that are asked for, as far as the client has them; all of its own by default."""
    asked = frozenset(call.query.get("scope", "").split())
    if not asked:
        return client.scopes
    return asked if ALL_SCOPES in client.scopes else asked & client.scopes


def _redirect(redirect_uri: str, call: ApiCall, **answer: str) -> Answer:
    if state := call.query.get("state"):
        answer["state"] = state
    joint = "&" if "?" in redirect_uri else "?"
    return Answer(status=302, headers={"location": f"{redirect_uri}{joint}{urlencode(answer)}"})


def _chooser(call: ApiCall) -> str:
    """A page with a link for each person who can sign in."""
    links = "".join(
        f'<li><a href="?{html.escape(str(call.query))}&amp;login_hint={person.email}">'
        f"{html.escape(person.name)}</a></li>"
        for person in PEOPLE
    )
    title = "<title>Sign in to the sandbox tenant</title>"
    return f'<!doctype html><html lang="en">{title}<h1>Who are you?</h1><ul>{links}</ul></html>'
