"""An OpenID issuer whose tokens are shaped like those of Microsoft Entra ID, version 2."""

import base64
import hashlib
import json
import time
import uuid
from dataclasses import asdict
from typing import Annotated, Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from fastapi import APIRouter, Form
from fastapi.responses import JSONResponse, Response

from modules.sandbox.data.people import PEOPLE, PEOPLE_BY_ID, TENANT_ID, Person
from modules.sandbox.signing_key import key_id, public_jwk

SCOPE = "access_as_user"
DEFAULT_LIFETIME = 3600
MAX_LIFETIME = 86_400


class Issuer:
    """Signs tokens for the people of the tenant.

    url: the `iss` of its tokens, without a slash at the end
    audience: the `aud` of its tokens
    """

    def __init__(self, *, url: str, audience: str, key: RSAPrivateKey) -> None:
        self.url = url
        self.audience = audience
        self.jwk = public_jwk(key)
        self._key = key

    def metadata(self) -> dict[str, Any]:
        """The discovery document. `people_endpoint` and `people_token_endpoint` are our own."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": [SCOPE],
            "people_endpoint": f"{self.url}/people",
            "people_token_endpoint": f"{self.url}/token",
        }

    def token(self, person: Person, *, lifetime: int, overrides: dict[str, Any]) -> str:
        """An access token. A claim that `overrides` sets to null is left out."""
        claims = {**self._claims(person, lifetime), **overrides}
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, self._key, algorithm="RS256", headers={"kid": key_id(self.jwk)})

    def _claims(self, person: Person, lifetime: int) -> dict[str, Any]:
        now = int(time.time())
        return {
            "ver": "2.0",
            "iss": self.url,
            "aud": self.audience,
            "azp": self.audience,
            "tid": TENANT_ID,
            "oid": person.oid,
            "sub": _pairwise_subject(person.oid, self.audience),
            "name": person.name,
            "preferred_username": person.email,
            "email": person.email,
            "scp": SCOPE,
            "roles": list(person.roles) or None,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "uti": uuid.uuid4().hex,
        }


def build_router(issuer: Issuer) -> APIRouter:
    router = APIRouter(prefix="/issuer", tags=["issuer"])

    @router.get("/.well-known/openid-configuration")
    async def discover() -> dict[str, Any]:
        return issuer.metadata()

    @router.get("/jwks")
    async def list_keys() -> dict[str, Any]:
        return {"keys": [issuer.jwk]}

    @router.get("/people")
    async def list_people() -> list[dict[str, Any]]:
        shown = ("id", "name", "title", "email", "description")
        return [{name: asdict(person)[name] for name in shown} for person in PEOPLE]

    @router.get("/authorize")
    async def authorize() -> Response:
        return _refusal(
            "unsupported_response_type", "Choose a person and post it to the token endpoint."
        )

    @router.post("/token")
    async def give_token(
        person: Annotated[str, Form()] = "",
        expires_in: Annotated[str, Form()] = str(DEFAULT_LIFETIME),
        claims: Annotated[str, Form()] = "{}",
    ) -> Response:
        return _token_response(issuer, person, expires_in, claims)

    return router


def _token_response(issuer: Issuer, person_id: str, expires_in: str, claims: str) -> Response:
    person = PEOPLE_BY_ID.get(person_id)
    if person is None:
        known = ", ".join(PEOPLE_BY_ID)
        return _refusal("invalid_grant", f"Nobody is called {person_id!r} here. Known: {known}.")
    if not expires_in.isdigit() or not 1 <= int(expires_in) <= MAX_LIFETIME:
        return _refusal("invalid_request", f"expires_in must be 1 to {MAX_LIFETIME} seconds.")
    try:
        overrides = json.loads(claims)
    except ValueError:
        overrides = None
    if not isinstance(overrides, dict):
        return _refusal("invalid_request", "claims must be a JSON object.")
    lifetime = int(expires_in)
    token = issuer.token(person, lifetime=lifetime, overrides=overrides)
    body = {"access_token": token, "expires_in": lifetime, "token_type": "Bearer"}
    return JSONResponse(body, headers={"cache-control": "no-store"})


def _refusal(error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=400)


def _pairwise_subject(oid: str, audience: str) -> str:
    digest = hashlib.sha256(f"{oid}:{audience}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
