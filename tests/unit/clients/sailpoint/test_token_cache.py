import base64
import json

import pytest

from modules.backend.clients.sailpoint.token_cache import Seal, Token
from modules.backend.clients.sailpoint.token_endpoint import payload_of

PLACE = "icarus:sailpoint:token:{a}"


def token(lifetime: float = 749) -> Token:
    return Token.issued("the-token", lifetime, "identity-1", now=1000)


class TestLifetime:
    @pytest.mark.parametrize(
        ("lifetime", "fresh", "usable"),
        [
            (43_200, 38_880, 43_195),  # a tenth
            (749, 674.1, 744),  # a tenth
            (600, 540, 595),  # both margins are the same
            (300, 240, 295),  # 60 s
            (60, 30, 55),  # half
            (2, 1, 1),
        ],
    )
    def test_is_kept_less_a_margin(self, lifetime: float, fresh: float, usable: float) -> None:
        made = token(lifetime)

        assert made.fresh_until - 1000 == pytest.approx(fresh)
        assert made.usable_until - 1000 == pytest.approx(usable)

    def test_never_shows_the_token(self) -> None:
        assert "the-token" not in repr(token())


class TestSeal:
    def test_opens_what_it_closed(self) -> None:
        made, seal = token(), Seal("secret", "salt")

        assert seal.open(seal.close(made, PLACE), PLACE) == made

    def test_shows_nothing_and_never_twice_the_same(self) -> None:
        made, seal = token(), Seal("secret", "salt")
        one, two = seal.close(made, PLACE), seal.close(made, PLACE)

        assert one != two
        assert b"the-token" not in one

    @pytest.mark.parametrize(
        ("secret", "salt", "place"),
        [
            ("other", "salt", PLACE),
            ("secret", "other", PLACE),
            ("secret", "salt", "elsewhere"),
        ],
    )
    def test_is_shut_for_another_secret_client_or_place(
        self, secret: str, salt: str, place: str
    ) -> None:
        sealed = Seal("secret", "salt").close(token(), PLACE)

        assert Seal(secret, salt).open(sealed, place) is None

    @pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 100])
    def test_is_not_broken_by_garbage(self, sealed: bytes) -> None:
        assert Seal("secret", "salt").open(sealed, PLACE) is None


class TestPayload:
    def test_of_a_jwt_is_read(self) -> None:
        payload = base64.urlsafe_b64encode(json.dumps({"identity_id": "é"}).encode())

        assert payload_of(f"h.{payload.decode().rstrip('=')}.s") == {"identity_id": "é"}

    @pytest.mark.parametrize("text", ["", "opaque", "a.b", "a.b.c", "a.!!.c", "a.bnVsbA.c"])
    def test_of_anything_else_is_empty(self, text: str) -> None:
        assert payload_of(text) == {}
