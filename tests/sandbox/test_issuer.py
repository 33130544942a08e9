"""Tokens of the issuer, checked the way a resource server checks them."""

import json
import time

import jwt
import pytest

from modules.sandbox.data.people import AUDIENCE, PEOPLE_BY_ID, TENANT_ID
from modules.sandbox.issuer import Issuer
from modules.sandbox.signing_key import load_or_create_key
from tests.fixtures.stores import SandboxClient

pytestmark = pytest.mark.integration


def verified(sandbox: SandboxClient, token: str) -> dict:
    key = jwt.PyJWKClient(sandbox.jwks_url).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=sandbox.issuer)


def test_discovery_leads_to_keys_and_people(sandbox):
    metadata = sandbox.http.get("/issuer/.well-known/openid-configuration").json()

    assert metadata["issuer"] == sandbox.issuer
    assert metadata["id_token_signing_alg_values_supported"] == ["RS256"]
    assert sandbox.http.get(metadata["jwks_uri"]).json()["keys"][0]["kty"] == "RSA"
    people = sandbox.http.get(metadata["people_endpoint"]).json()
    assert {"employee", "manager", "approver", "admin"} <= {person["id"] for person in people}
    assert set(people[0]) == {"id", "name", "title", "email", "description"}
    answer = sandbox.http.post(metadata["people_token_endpoint"], data={"person": "employee"})
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 3600


def test_token_is_shaped_like_entras(sandbox):
    claims = verified(sandbox, sandbox.token("employee"))

    employee = PEOPLE_BY_ID["employee"]
    assert claims["oid"] == employee.oid
    assert claims["tid"] == TENANT_ID
    assert claims["ver"] == "2.0"
    assert claims["scp"] == "access_as_user"
    assert claims["name"] == employee.name
    assert claims["preferred_username"] == employee.email
    assert claims["exp"] - claims["iat"] == 3600
    assert "roles" not in claims


def test_admin_has_the_role(sandbox):
    assert verified(sandbox, sandbox.token("admin"))["roles"] == ["Chat.Admin"]


def test_lifetime_and_claims_can_be_chosen(sandbox):
    claims = json.dumps({"scp": None, "oid": "someone-else", "exp": int(time.time()) + 9})
    token = sandbox.token("manager", expires_in=5, claims=claims)

    read = verified(sandbox, token)
    assert "scp" not in read
    assert read["oid"] == "someone-else"


def test_expired_token_can_be_made(sandbox):
    token = sandbox.token("manager", claims=json.dumps({"exp": int(time.time()) - 60}))

    with pytest.raises(jwt.ExpiredSignatureError):
        verified(sandbox, token)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_grant"),
        ({"person": "nobody"}, "invalid_grant"),
        ({"person": "admin", "expires_in": "0"}, "invalid_request"),
        ({"person": "admin", "expires_in": "86401"}, "invalid_request"),
        ({"person": "admin", "expires_in": "soon"}, "invalid_request"),
        ({"person": "admin", "claims": "[]"}, "invalid_request"),
        ({"person": "admin", "claims": "{"}, "invalid_request"),
    ],
)
def test_refusals_have_the_shape_of_oauth(sandbox, form, error):
    answer = sandbox.http.post("/issuer/token", data=form)

    assert answer.status_code == 400
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]


def test_key_outlives_a_restart(tmp_path):
    path = tmp_path / "state" / "issuer.pem"
    first, second = (
        Issuer(url="http://localhost/issuer", audience=AUDIENCE, key=load_or_create_key(path))
        for _ in range(2)
    )

    assert first.jwk == second.jwk
    assert path.stat().st_mode & 0o077 == 0
