"""What is kept of people's tokens: sealed for each, and spent by one alone."""

import uuid

import pytest
from cryptography.fernet import Fernet, MultiFernet

from modules.backend.clients.sailpoint.token_cache import Token
from modules.backend.clients.sailpoint.token_endpoint import IssuedToken
from modules.backend.core.database import Database
from modules.backend.core.errors import ConfigurationError
from modules.backend.core.settings import SailPointSettings
from modules.backend.services.connections.keeper import REFRESHING_FOR, Keeper, PersonSeal, Tokens
from tests.fixtures.clock import FakeClock
from tests.fixtures.rest import Meet, Someone

pytestmark = pytest.mark.integration

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def seal(*keys: str) -> PersonSeal:
    return PersonSeal(MultiFernet([Fernet(key) for key in keys]))


def issued(name: str) -> IssuedToken:
    return IssuedToken(f"access-{name}", 749.0, "identity", f"refresh-{name}")


def token(name: str) -> Token:
    return Token.issued(f"access-{name}", 749.0, "identity", 0)


@pytest.fixture
def keeper(database: Database, clock: FakeClock) -> Keeper:
    return Keeper(database, seal(NEW), clock)


async def version_of(keeper: Keeper, person: str) -> int:
    kept = await keeper.get(person)
    assert kept is not None
    return kept.version


class TestSeal:
    def test_opens_for_its_person_alone(self) -> None:
        tokens = Tokens(token("one"), "refresh")
        sealed = seal(NEW).close("somebody", tokens)

        assert seal(NEW).open("somebody", sealed) == tokens
        assert seal(NEW).open("somebody else", sealed) is None
        assert seal(OLD).open("somebody", sealed) is None
        assert b"refresh" not in sealed

    def test_an_old_key_still_opens_and_a_new_one_seals(self) -> None:
        sealed = seal(OLD).close("somebody", Tokens(token("one"), "refresh"))
        both = seal(NEW, OLD)
        opened = both.open("somebody", sealed)

        assert opened is not None
        assert seal(NEW).open("somebody", both.close("somebody", opened)) == opened

    @pytest.mark.parametrize(
        "keys",
        [None, "", "short", f"{NEW},short"],
        # Its own name for the one whose key is made anew in every process.
        ids=["none", "empty", "short", "one that is short"],
    )
    def test_keys_that_are_none_stop_the_start(self, keys: str | None) -> None:
        settings = SailPointSettings(_env_file=None, sailpoint_token_keys=keys)

        with pytest.raises(ConfigurationError, match="SAILPOINT_TOKEN_KEYS"):
            PersonSeal.of(settings)


class TestKeeper:
    async def test_one_alone_refreshes_until_its_time_is_over(
        self, keeper: Keeper, someone: Someone, clock: FakeClock
    ) -> None:
        person = str(someone.id)
        await keeper.add(person, issued("one"), token("one"))
        version = await version_of(keeper, person)

        assert await keeper.claim(person, version) == "refresh-one"
        assert await keeper.claim(person, version) is None
        clock.advance(REFRESHING_FOR.total_seconds())
        assert await keeper.claim(person, version) == "refresh-one"
        await keeper.release(person, version)
        assert await keeper.claim(person, version) == "refresh-one"

    async def test_of_two_who_refreshed_the_later_keeps_nothing(
        self, keeper: Keeper, someone: Someone
    ) -> None:
        person = str(someone.id)
        await keeper.add(person, issued("one"), token("one"))
        version = await version_of(keeper, person)

        assert await keeper.replace(person, version, issued("two"), token("two"))
        assert not await keeper.replace(person, version, issued("three"), token("three"))
        await keeper.drop(person, version)
        kept = await keeper.get(person)
        assert kept is not None
        assert kept.token.access_token == "access-two"
        assert await keeper.claim(person, kept.version) == "refresh-two"

    async def test_a_refresh_under_way_does_not_come_back_after_a_disconnection(
        self, keeper: Keeper, someone: Someone, clock: FakeClock
    ) -> None:
        person = str(someone.id)
        await keeper.add(person, issued("one"), token("one"))
        version = await version_of(keeper, person)

        assert await keeper.take_away(person) == "refresh-one"
        assert not await keeper.replace(person, version, issued("two"), token("two"))
        clock.advance(1)
        await keeper.add(person, issued("three"), token("three"))
        assert not await keeper.replace(person, version, issued("two"), token("two"))
        assert await keeper.take_away(person) == "refresh-three"
        assert await keeper.take_away(person) is None

    async def test_without_a_new_refresh_token_the_old_one_stays(
        self, keeper: Keeper, meet: Meet
    ) -> None:
        person = str((await meet()).id)
        await keeper.add(person, issued("one"), token("one"))
        version = await version_of(keeper, person)

        bare = IssuedToken("access-two", 749.0, "identity", None)
        assert await keeper.replace(person, version, bare, token("two"))
        assert await keeper.claim(person, version + 1) == "refresh-one"

    async def test_of_nobody_there_is_nothing(self, keeper: Keeper) -> None:
        assert await keeper.get(str(uuid.uuid4())) is None
        assert await keeper.claim(str(uuid.uuid4()), 1) is None
