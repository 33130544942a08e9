import pytest

from modules.backend.clients.sailpoint.client import open_sailpoint
from modules.backend.core.config import load_settings
from modules.backend.core.errors import ConfigurationError
from modules.backend.core.redis import RedisStores
from modules.backend.core.settings import RedisSettings, SailPointSettings
from tests.fixtures.clock import FakeClock
from tests.fixtures.settings import SetEnvironment, faults


class TestSettings:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("SAILPOINT_BASE_URL", "acme.api.identitynow.com"),
            ("SAILPOINT_AUTH_MODE", "both"),
            ("SAILPOINT_CALLS_PER_WINDOW", "0"),
            ("SAILPOINT_WINDOW_SECONDS", "0"),
            ("SAILPOINT_BACKGROUND_RESERVE", "95"),
            ("SAILPOINT_PROCESSES", "0"),
        ],
    )
    def test_a_value_that_cannot_be_is_a_fault(
        self, set_environment: SetEnvironment, name: str, value: str
    ) -> None:
        set_environment(**{name: value})

        assert list(faults()) == [name]

    def test_a_rate_below_the_reserve_is_one_too(self, set_environment: SetEnvironment) -> None:
        set_environment(SAILPOINT_CALLS_PER_WINDOW="20")

        assert list(faults()) == ["SAILPOINT_BACKGROUND_RESERVE"]

    def test_a_slash_at_the_end_of_the_address_is_dropped(
        self, set_environment: SetEnvironment
    ) -> None:
        set_environment(SAILPOINT_BASE_URL="https://acme.api.identitynow.com/")

        assert load_settings().sailpoint.sailpoint_base_url == "https://acme.api.identitynow.com"


class TestOpening:
    async def test_names_everything_that_is_missing(self, clock: FakeClock) -> None:
        with pytest.raises(ConfigurationError) as refused:
            await self.open(clock)

        assert [fault.partition(":")[0] for fault in refused.value.faults] == [
            "SAILPOINT_BASE_URL",
            "SAILPOINT_CLIENT_ID",
            "SAILPOINT_CLIENT_SECRET",
        ]

    async def test_names_what_peoples_own_tokens_need(self, clock: FakeClock) -> None:
        with pytest.raises(ConfigurationError) as refused:
            await self.open(
                clock,
                sailpoint_base_url="https://acme.example",
                sailpoint_client_id="client",
                sailpoint_client_secret="secret",
                sailpoint_auth_mode="user",
            )

        assert [fault.partition(":")[0] for fault in refused.value.faults] == [
            "SAILPOINT_USER_CLIENT_ID",
            "SAILPOINT_USER_CLIENT_SECRET",
            "SAILPOINT_REDIRECT_URI",
        ]

    async def open(self, clock: FakeClock, **fields: str) -> None:
        stores = RedisStores(RedisSettings(_env_file=None, redis_url="redis://127.0.0.1:1/0"))
        settings = SailPointSettings(_env_file=None, **fields)
        async with open_sailpoint(settings, stores, clock):
            pass


class TestSignOff:
    @pytest.mark.parametrize(
        ("mode", "setting", "may"),
        [
            ("service", None, False),
            ("service", "true", True),
            ("user", None, True),
            ("user", "false", False),
        ],
    )
    def test_is_on_by_itself_only_where_sailpoint_names_the_person(
        self, set_environment: SetEnvironment, mode: str, setting: str | None, may: bool
    ) -> None:
        set_environment(SAILPOINT_AUTH_MODE=mode, SAILPOINT_SIGN_OFF=setting)

        assert load_settings().sailpoint.may_sign_off is may
