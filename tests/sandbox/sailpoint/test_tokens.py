"""Getting, refreshing and losing tokens."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from tests.sandbox.sailpoint.tenant_client import SECRET, SERVICE, TenantClient, id_of, pat

pytestmark = pytest.mark.integration

REDIRECT = "http://localhost:8000/callback"


def authorize(tenant: TenantClient, **params: str):
    query = {
        "client_id": "code-client",
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "state": "s-1",
        "login_hint": "lena.marsh@tamarind.example",
        **params,
    }
    return tenant.http.get("/sailpoint/oauth/authorize", params=query)


def code_from(answer) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def redeem(tenant: TenantClient, code: str, **form: str):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, **form}
    return tenant.ask_token("code-client", **form)


def refresh(tenant: TenantClient, token: str):
    return tenant.ask_token("code-client", grant_type="refresh_token", refresh_token=token)


def me(tenant: TenantClient, token: str):
    path = f"/identities/v1/{id_of('lena.marsh')}"
    return tenant.call("GET", path, token=token)


class TestClientCredentials:
    def test_service_token_says_who_it_is(self, tenant):
        body = tenant.ask_token(SERVICE).json()
        claims = jwt.decode(body["access_token"], options={"verify_signature": False})

        assert body["expires_in"] == 749
        assert body["identity_id"] == claims["identity_id"] == id_of("svc-access-assistant")
        assert claims["exp"] - claims["iat"] == 749
        assert claims["jti"] == body["jti"]
        assert "ORG_ADMIN" in claims["authorities"]
        assert claims["scope"] == ["sp:scopes:all"]

    def test_token_of_an_api_client_has_no_identity(self, tenant):
        body = tenant.ask_token("api-client").json()
        claims = jwt.decode(body["access_token"], options={"verify_signature": False})

        assert "identity_id" not in body
        assert "identity_id" not in claims

    def test_everybody_can_have_a_personal_token(self, tenant):
        assert tenant.ask_token(pat("lena.marsh")).json()["identity_id"] == id_of("lena.marsh")
        assert tenant.ask_token(pat("leo.fontaine")).status_code == 401

    @pytest.mark.parametrize(
        ("client", "form", "status", "error"),
        [
            (SERVICE, {"client_secret": "real-secret"}, 401, "invalid_client"),
            ("nobody", {}, 401, "invalid_client"),
            (SERVICE, {"grant_type": "password"}, 400, "unsupported_grant_type"),
            ("code-client", {}, 400, "unauthorized_client"),
            (SERVICE, {"grant_type": "refresh_token"}, 400, "unauthorized_client"),
        ],
    )
    def test_refusals_are_those_of_oauth(self, tenant, client, form, status, error):
        answer = tenant.ask_token(client, **form)

        assert answer.status_code == status
        assert answer.json()["error"] == error
        assert set(answer.json()) == {"error", "error_description"}

    def test_lifetime_can_be_set(self, tenant):
        tenant.control("tokens", {"expires_in": 5})

        assert tenant.ask_token(SERVICE).json()["expires_in"] == 5


class TestExpiry:
    def test_token_ends_with_the_tenants_clock(self, tenant):
        token = tenant.ask_token(pat("lena.marsh")).json()["access_token"]
        tenant.pass_time(748)
        assert me(tenant, token).status_code == 200
        tenant.pass_time(1)

        answer = me(tenant, token)
        assert answer.status_code == 401
        assert answer.json() == {"error": "JWT validation failed: JWT is expired"}

    def test_tokens_of_one_client_can_be_voided(self, tenant):
        lena, service = tenant.token(pat("lena.marsh")), tenant.token(SERVICE)
        tenant.control("tokens", {"expire": True, "client_id": pat("lena.marsh")})

        assert me(tenant, lena).status_code == 401
        assert me(tenant, service).status_code == 200

    def test_early_expiry_lasts(self, tenant):
        token = tenant.token(pat("lena.marsh"))
        tenant.fault("early_expiry")

        assert [me(tenant, token).status_code for _ in range(2)] == [401, 401]
        fresh = tenant.ask_token(pat("lena.marsh")).json()["access_token"]
        assert me(tenant, fresh).status_code == 200

    @pytest.mark.parametrize("header", ["", "Bearer nonsense", "Basic abc"])
    def test_what_is_no_token_is_refused(self, tenant, header):
        headers = {"authorization": header} if header else {}
        answer = tenant.http.get("/sailpoint/certifications/v1", headers=headers)

        assert answer.status_code == 401
        assert list(answer.json()) == ["error"]


class TestAuthorizationCode:
    def test_brings_a_token_of_the_person(self, tenant):
        answer = authorize(tenant)
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        body = redeem(tenant, code_from(answer)).json()

        assert answer.status_code == 302
        assert query["state"] == ["s-1"]
        assert body["identity_id"] == id_of("lena.marsh")
        assert me(tenant, body["access_token"]).json()["alias"] == "lena.marsh"

    def test_without_a_hint_asks_who(self, tenant):
        page = tenant.http.get(
            "/sailpoint/oauth/authorize",
            params={
                "client_id": "code-client",
                "response_type": "code",
                "redirect_uri": REDIRECT,
                "state": '"><script>',
            },
        )

        assert page.headers["content-type"].startswith("text/html")
        assert "login_hint=lena.marsh@tamarind.example" in page.text
        assert "<script>" not in page.text

    def test_stranger_is_sent_back_without_a_code(self, tenant):
        answer = authorize(tenant, login_hint="nobody@tamarind.example")

        assert "error=access_denied" in answer.headers["location"]

    @pytest.mark.parametrize(
        "params", [{"redirect_uri": "https://elsewhere.example/"}, {"client_id": SERVICE}]
    )
    def test_goes_nowhere_else(self, tenant, params):
        assert authorize(tenant, **params).status_code == 400

    def test_scopes_can_be_narrowed(self, tenant):
        answer = authorize(tenant, scope="sp:scopes:default")
        token = redeem(tenant, code_from(answer)).json()["access_token"]

        assert me(tenant, token).status_code == 403
        assert tenant.call("GET", "/public-identities/v1", token=token).status_code == 200

    def test_code_is_good_once_and_its_reuse_voids_what_it_gave(self, tenant):
        code = code_from(authorize(tenant))
        first = redeem(tenant, code).json()

        assert redeem(tenant, code).json()["error"] == "invalid_grant"
        assert me(tenant, first["access_token"]).status_code == 401

    def test_code_is_bound_to_its_address_and_a_minute(self, tenant):
        code = code_from(authorize(tenant))
        elsewhere = redeem(tenant, code, redirect_uri="http://localhost:1/")
        tenant.pass_time(61)

        assert elsewhere.json()["error"] == "invalid_grant"
        assert redeem(tenant, code).json()["error"] == "invalid_grant"


class TestRefresh:
    def test_brings_a_new_refresh_token(self, tenant):
        first = redeem(tenant, code_from(authorize(tenant))).json()
        second = refresh(tenant, first["refresh_token"]).json()

        assert second["refresh_token"] != first["refresh_token"]
        assert second["identity_id"] == id_of("lena.marsh")
        assert refresh(tenant, second["refresh_token"]).status_code == 200

    def test_reuse_revokes_the_whole_line(self, tenant):
        first = redeem(tenant, code_from(authorize(tenant))).json()
        second = refresh(tenant, first["refresh_token"]).json()
        stolen = refresh(tenant, first["refresh_token"])

        assert stolen.status_code == 400
        assert stolen.json()["error"] == "invalid_grant"
        assert refresh(tenant, second["refresh_token"]).status_code == 400
        assert me(tenant, second["access_token"]).status_code == 401

    def test_other_lines_live_on(self, tenant):
        first = redeem(tenant, code_from(authorize(tenant))).json()
        other = redeem(tenant, code_from(authorize(tenant))).json()
        for _ in range(2):
            refresh(tenant, first["refresh_token"])

        assert refresh(tenant, other["refresh_token"]).status_code == 200


def test_info_needs_no_token(tenant):
    info = tenant.http.get("/sailpoint/oauth/info").json()

    assert info["tokenEndpoint"].endswith("/sailpoint/oauth/token")
    assert info["authorizeEndpoint"].endswith("/sailpoint/oauth/authorize")


def test_root_says_what_this_is(tenant):
    assert "SailPoint" in tenant.http.get("/sailpoint/").json()["about"]


class TestProof:
    """PKCE: a code that was asked for with a challenge needs what it was made of."""

    VERIFIER = "a-verifier-of-forty-three-characters-or-more"

    def challenge(self) -> str:
        digest = hashlib.sha256(self.VERIFIER.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    @pytest.mark.parametrize(
        ("verifier", "status"), [(VERIFIER, 200), ("another", 400), (None, 400)]
    )
    def test_only_whoever_began_can_redeem(self, tenant, verifier, status):
        code = code_from(authorize(tenant, code_challenge=self.challenge()))
        form = {} if verifier is None else {"code_verifier": verifier}

        assert redeem(tenant, code, **form).status_code == status


class TestRevoking:
    def revoke(self, tenant, token: str):
        form = {"token": token, "client_id": "code-client", "client_secret": SECRET}
        return tenant.http.post("/sailpoint/oauth/revoke", data=form)

    def test_ends_the_line_of_a_refresh_token(self, tenant):
        first = redeem(tenant, code_from(authorize(tenant))).json()

        assert self.revoke(tenant, first["refresh_token"]).status_code == 200

        answer = refresh(tenant, first["refresh_token"])
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_of_what_is_unknown_is_no_error(self, tenant):
        assert self.revoke(tenant, "unknown").status_code == 200
