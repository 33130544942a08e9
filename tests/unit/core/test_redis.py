import pytest
from pydantic import SecretStr

from modules.backend.core.redis import Purpose, RedisStores
from modules.backend.core.settings import RedisSettings

URL = "rediss://:p%2Fw@redis.example:6380/0"
STANDARD = {
    Purpose.SESSION: 0,
    Purpose.STATE: 1,
    Purpose.TASKS: 2,
    Purpose.LIMIT: 3,
    Purpose.SAILPOINT: 4,
}


def stores(layout: str, url: str = URL) -> RedisStores:
    return RedisStores(RedisSettings(redis_url=SecretStr(url), redis_layout=layout, _env_file=None))


def database_of(opened: RedisStores, purpose: Purpose) -> int:
    return opened.client(purpose).connection_pool.connection_kwargs.get("db", 0)


def test_keys_begin_with_their_purpose() -> None:
    assert RedisStores.key(Purpose.STATE, "log", 7) == "icarus:state:log:7"


class TestPrefixes:
    def test_everything_lives_in_one_database(self) -> None:
        opened = stores("prefixes")

        assert {database_of(opened, purpose) for purpose in Purpose} == {0}
        assert len({id(opened.client(purpose)) for purpose in Purpose}) == 1

    def test_a_library_gets_the_url_as_it_is(self) -> None:
        assert stores("prefixes", URL + "?ssl_cert_reqs=required").url(Purpose.TASKS) == (
            URL + "?ssl_cert_reqs=required"
        )


class TestDatabases:
    @pytest.mark.parametrize("url", [URL, URL.removesuffix("/0"), URL.removesuffix("0")])
    def test_every_purpose_has_its_number(self, url: str) -> None:
        opened = stores("databases", url)

        assert {purpose: database_of(opened, purpose) for purpose in Purpose} == STANDARD

    @pytest.mark.parametrize("url", [URL, URL.removesuffix("/0")])
    def test_a_library_gets_the_number_in_the_url(self, url: str) -> None:
        assert stores("databases", url).url(Purpose.TASKS) == "rediss://:p%2Fw@redis.example:6380/2"

    def test_a_library_gets_the_options_of_the_url(self) -> None:
        url = stores("databases", URL + "?ssl_cert_reqs=none").url(Purpose.TASKS)

        assert url == "rediss://:p%2Fw@redis.example:6380/2?ssl_cert_reqs=none"
