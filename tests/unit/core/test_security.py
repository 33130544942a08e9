from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest

from modules.backend.core.errors import NotSignedIn
from modules.backend.core.security import LEEWAY_SECONDS, MAX_TOKEN_CHARACTERS, TokenVerifier
from modules.backend.core.settings import AuthSettings
from tests.fixtures.clock import FakeClock
from tests.fixtures.tokens import AUDIENCE, HOUR, ISSUER, OBJECT, TENANT, Signer, another_key

MakeToken = Callable[[Signer], str]


@pytest.fixture
def verifier(signer: Signer, clock: FakeClock) -> TokenVerifier:
    settings = AuthSettings(auth_issuer=ISSUER, auth_audience=AUDIENCE, entra_tenant_id=TENANT)
    return TokenVerifier(settings, signer, clock)


async def code_of(verifier: TokenVerifier, token: str) -> str:
    with pytest.raises(NotSignedIn) as refused:
        await verifier.verify(token)
    return refused.value.code


class TestGoodTokens:
    async def test_says_who_it_is(
        self, verifier: TokenVerifier, signer: Signer, clock: FakeClock
    ) -> None:
        claims = await verifier.verify(signer.token())

        assert (claims.tenant_id, claims.object_id) == (TENANT, OBJECT)
        assert claims.name == "Lena Marsh"
        assert claims.email == "lena.marsh@tamarind.example"
        assert claims.roles == {"Chat.Admin"}
        assert claims.expires_at == clock.now() + timedelta(seconds=HOUR)

    async def test_may_lack_name_address_and_roles(
        self, verifier: TokenVerifier, signer: Signer
    ) -> None:
        claims = await verifier.verify(signer.token(name=None, preferred_username=None, roles=None))

        assert (claims.name, claims.email, claims.roles) == (OBJECT, None, frozenset())

    async def test_any_tenant_is_good_where_none_is_named(
        self, signer: Signer, clock: FakeClock
    ) -> None:
        settings = AuthSettings(auth_issuer=ISSUER, auth_audience=AUDIENCE)
        claims = await TokenVerifier(settings, signer, clock).verify(signer.token(tid="other"))

        assert claims.tenant_id == "other"


class TestTime:
    async def test_clocks_may_differ_a_little(
        self, verifier: TokenVerifier, signer: Signer
    ) -> None:
        await verifier.verify(signer.token(exp=1 - LEEWAY_SECONDS))
        await verifier.verify(signer.token(nbf=LEEWAY_SECONDS))

    async def test_an_expired_token_says_so(self, verifier: TokenVerifier, signer: Signer) -> None:
        assert await code_of(verifier, signer.token(exp=-LEEWAY_SECONDS)) == "token_expired"

    async def test_a_token_expires_while_it_is_held(
        self, verifier: TokenVerifier, signer: Signer, clock: FakeClock
    ) -> None:
        token = signer.token()
        await verifier.verify(token)
        clock.advance(HOUR + LEEWAY_SECONDS)

        assert await code_of(verifier, token) == "token_expired"


BAD_CLAIMS: list[dict[str, Any]] = [
    {"nbf": LEEWAY_SECONDS + 1},
    {"nbf": None, "iat": LEEWAY_SECONDS + 1},
    {"exp": None},
    {"exp": "tomorrow"},
    {"iat": None},
    {"iss": "https://issuer.example/"},
    {"iss": None},
    {"aud": "api://another"},
    {"aud": None},
    {"scp": None},
    {"scp": "openid access_as_users"},
    {"tid": "another"},
    {"tid": None},
    {"oid": None},
    {"oid": ""},
    {"oid": 7},
    {"oid": "x" * 129},
    {"oid": "a\x00b"},
    {"ver": "1.0"},
    {"exp": 10**20},
    {"iat": "now"},
    {"acct": 1},
    {"idp": "https://sts.windows.net/another/"},
    {"scp": None, "roles": ["Chat.Admin"]},
    {"scp": "", "roles": ["Chat.Smoke"]},
]


@pytest.mark.parametrize("changes", BAD_CLAIMS, ids=repr)
async def test_a_claim_that_is_wrong_is_refused(
    verifier: TokenVerifier, signer: Signer, changes: dict[str, Any]
) -> None:
    assert await code_of(verifier, signer.token(**changes)) == "token_invalid"


BAD_SIGNATURES: dict[str, MakeToken] = {
    "garbage": lambda _: "not.a.token",
    "empty": lambda _: "",
    "not ASCII": lambda _: "tökén.tökén.tökén",
    "cut short": lambda s: s.token()[:-10],
    "unsigned": lambda s: jwt.encode(s.claims(), None, "none", headers={"kid": "key-1"}),
    "another key": lambda s: s.sign(s.claims(), key=another_key()),
    "another algorithm": lambda s: s.sign(s.claims(), algorithm="RS512"),
    "no key id": lambda s: s.sign(s.claims(), kid=None),
    "unknown key id": lambda s: s.sign(s.claims(), kid="key-2"),
    "too long": lambda s: s.token(name="x" * MAX_TOKEN_CHARACTERS),
}


@pytest.mark.parametrize("make", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
async def test_a_signature_that_is_wrong_is_refused(
    verifier: TokenVerifier, signer: Signer, make: MakeToken
) -> None:
    assert await code_of(verifier, make(signer)) == "token_invalid"


async def test_the_public_key_is_no_shared_secret(
    verifier: TokenVerifier, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package refuses to make such a token; whoever forges one does not.
    monkeypatch.setattr(jwt.algorithms.HMACAlgorithm, "prepare_key", lambda _, key: key)
    token = signer.sign(signer.claims(), key=signer.public_pem, algorithm="HS256")

    assert await code_of(verifier, token) == "token_invalid"


class TestWhoElse:
    """Guests and applications, by configuration."""

    def verifier(self, signer: Signer, clock: FakeClock, **settings: Any) -> TokenVerifier:
        auth = AuthSettings(auth_issuer=ISSUER, auth_audience=AUDIENCE, **settings)
        return TokenVerifier(auth, signer, clock)

    async def test_guests_may_come_in(self, signer: Signer, clock: FakeClock) -> None:
        claims = await self.verifier(signer, clock, auth_guests=True).verify(signer.token(acct=1))

        assert claims.object_id == OBJECT

    async def test_a_member_is_no_guest(self, signer: Signer, clock: FakeClock) -> None:
        verifier = self.verifier(signer, clock)
        await verifier.verify(signer.token(acct=0, idp="https://sts.windows.net/another/"))
        await verifier.verify(signer.token(idp=f"https://sts.windows.net/{TENANT}/"))
        await verifier.verify(signer.token(idp=ISSUER))

    async def test_an_application_has_its_one_role(self, signer: Signer, clock: FakeClock) -> None:
        token = signer.token(scp=None, roles=["Chat.Smoke", "Chat.Admin"])
        claims = await self.verifier(signer, clock).verify(token)

        assert (claims.is_app, claims.roles) == (True, {"Chat.Smoke"})

    async def test_an_application_is_known_to_sailpoint_by_the_settings(
        self, signer: Signer, clock: FakeClock
    ) -> None:
        verifier = self.verifier(signer, clock, auth_app_email="smoke@tamarind.example")
        application = await verifier.verify(signer.token(scp=None, roles=["Chat.Smoke"]))
        person = await verifier.verify(signer.token(preferred_username="lena@tamarind.example"))

        assert application.email == "smoke@tamarind.example"
        assert person.email == "lena@tamarind.example"

    async def test_applications_can_be_kept_out(self, signer: Signer, clock: FakeClock) -> None:
        token = signer.token(scp=None, roles=["Chat.Smoke"])

        assert await code_of(self.verifier(signer, clock, auth_apps=False), token) == (
            "token_invalid"
        )

    async def test_a_person_with_the_role_is_a_person(
        self, signer: Signer, clock: FakeClock
    ) -> None:
        claims = await self.verifier(signer, clock).verify(signer.token(roles=["Chat.Smoke"]))

        assert claims.is_app is False

    async def test_a_name_holds_nothing_that_cannot_be_seen(
        self, signer: Signer, clock: FakeClock
    ) -> None:
        token = signer.token(name="Lena\x1b[2J \u202eMarsh\n")

        assert (await self.verifier(signer, clock).verify(token)).name == "Lena[2J Marsh"

    async def test_a_fingerprint_tells_tokens_apart(self, signer: Signer, clock: FakeClock) -> None:
        verifier = self.verifier(signer, clock)
        first, second = signer.token(uti="a"), signer.token(uti="b")
        prints = {(await verifier.verify(token)).fingerprint for token in (first, second, first)}

        assert len(prints) == 2
        assert not any(part in print_ for part in first.split(".") for print_ in prints)
