from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import genai_prices
import pytest
from structlog.testing import capture_logs

from modules.backend.core.settings_llm import LLMSettings, Price
from modules.backend.services.llm.pricing import (
    FROM_DATA,
    FROM_SETTINGS,
    Prices,
    Rates,
    warn_of_unpriced,
)
from modules.backend.services.llm.provider import Usage
from tests.fixtures.clock import FakeClock

AT = FakeClock().now()
LATER = datetime(2026, 11, 23, tzinfo=UTC)
DATA = Prices({})
CENT = Price(input=Decimal("0.01"), output=Decimal("0.03"))


def cost(provider: str, model: str, usage: Usage, at: datetime = AT) -> Decimal | None:
    tariff = DATA.tariff(provider, model, at)
    assert tariff is not None
    return tariff.rates(usage.input_tokens or 0).cost(usage)


class TestCost:
    def test_a_known_model_has_an_exact_price(self) -> None:
        # 2.50 and 10.00 US dollars for a million tokens in and out.
        assert cost("openai", "gpt-4o", Usage(1_000, 1_000)) == Decimal("0.0125")

    def test_cached_tokens_cost_less(self) -> None:
        # 1.25 for a million cached ones.
        usage = Usage(1_000, 1_000, cached_input_tokens=400)

        assert cost("openai", "gpt-4o", usage) == Decimal("0.012")

    def test_tokens_that_are_written_to_a_cache_cost_more(self) -> None:
        # 2.00 for a million plain ones, 2.50 for those written, 0.10 for those read.
        usage = Usage(1_000_000, 0, cached_input_tokens=200_000, cache_write_tokens=300_000)

        assert cost("anthropic", "claude-sonnet-5-5", usage, LATER) == Decimal("1.77")

    def test_reasoning_is_part_of_the_output(self) -> None:
        plain, reasoned = Usage(10, 500), Usage(10, 500, reasoning_tokens=400)

        assert cost("openai", "gpt-4o", reasoned) == cost("openai", "gpt-4o", plain)

    def test_nothing_used_costs_nothing(self) -> None:
        assert cost("openai", "gpt-4o", Usage(0, 0)) == 0

    @pytest.mark.parametrize("usage", [Usage(None, None), Usage(1_000, None), Usage(None, 1_000)])
    def test_unknown_usage_has_no_cost(self, usage: Usage) -> None:
        assert cost("openai", "gpt-4o", usage) is None

    @pytest.mark.parametrize(
        "usage",
        [
            Usage(10, 1, cached_input_tokens=20),
            Usage(10, 1, cached_input_tokens=6, cache_write_tokens=6),
            Usage(10, 1, cached_input_tokens=-1),
            Usage(-1, 1),
            Usage(1, -1),
        ],
    )
    def test_usage_that_cannot_be_has_no_cost(self, usage: Usage) -> None:
        assert cost("openai", "gpt-4o", usage) is None

    @pytest.mark.parametrize(
        ("provider", "theirs", "model"),
        [
            ("openai", "openai", "gpt-5.1"),
            ("openai", "openai", "gpt-5.4-mini"),
            ("azure_openai", "azure", "gpt-5.1"),
            ("azure_openai", "azure", "gpt-5.4-mini"),
            ("anthropic", "anthropic", "claude-sonnet-5-5"),
            ("anthropic", "anthropic", "claude-haiku-5-5"),
        ],
    )
    @pytest.mark.parametrize(
        "tokens", [(7, 3, 0, 0), (100_000, 9, 5, 2), (100_001, 9, 5, 2), (900_000, 1, 1, 0)]
    )
    def test_is_what_the_data_says_for_every_model_of_ours(
        self, provider: str, theirs: str, model: str, tokens: tuple[int, int, int, int]
    ) -> None:
        read, written, cached, cache_write = tokens
        theirs_says = genai_prices.calc_price(
            genai_prices.Usage(
                input_tokens=read,
                output_tokens=written,
                cache_read_tokens=cached,
                cache_write_tokens=cache_write,
            ),
            model_ref=model,
            provider_id=theirs,
            genai_request_timestamp=LATER,
        ).total_price
        usage = Usage(read, written, cached, cache_write_tokens=cache_write)

        assert cost(provider, model, usage, LATER) == theirs_says

    def test_no_digit_is_lost(self) -> None:
        rates = Rates(*[Decimal("0.12345678901")] * 4)

        assert rates.cost(Usage(1, 0)) == Decimal("0.00000012345678901")


class TestBound:
    @pytest.mark.parametrize("model", ["gpt-5.1", "claude-sonnet-5-5", "claude-haiku-5-5"])
    @pytest.mark.parametrize("cached", [(0, 0), (50_000, 0), (0, 50_000)])
    @pytest.mark.parametrize("read", [50_000, 150_000, 400_000])
    def test_no_call_of_that_size_costs_more(
        self, model: str, cached: tuple[int, int], read: int
    ) -> None:
        provider = "anthropic" if model.startswith("claude") else "openai"
        tariff = DATA.tariff(provider, model, LATER)
        assert tariff is not None
        usage = Usage(read, 900, cached[0], cache_write_tokens=cached[1])
        spent = cost(provider, model, usage, LATER)

        assert spent is not None
        assert tariff.bound(read, 900) >= spent

    def test_a_step_that_the_size_does_not_reach_raises_it_too(self) -> None:
        # A bound on tokens may be of the dearer step though the call turns out smaller.
        tariff = DATA.tariff("anthropic", "claude-haiku-5-5", LATER)
        assert tariff is not None

        assert len(tariff.steps) > 1
        assert tariff.bound(1_000, 0) == max(rates.bound(1_000, 0) for _, rates in tariff.steps)


class TestTariff:
    def test_the_settings_come_before_the_data(self) -> None:
        tariff = Prices({"gpt-4o": CENT}).tariff("openai", "gpt-4o", AT)

        assert tariff is not None
        assert (tariff.source, tariff.day) == (FROM_SETTINGS, AT.date())
        assert tariff.rates(1).cost(Usage(1_000_000, 1_000_000)) == Decimal("0.04")

    def test_what_a_setting_leaves_out_costs_what_input_costs(self) -> None:
        tariff = Prices({"m": CENT}).tariff("openai", "m", AT)

        assert tariff is not None
        assert tariff.rates(1) == Rates(CENT.input, CENT.output, CENT.input, CENT.input)

    def test_a_cached_token_may_cost_nothing(self) -> None:
        free = Price(input=Decimal(1), output=Decimal(1), cached_input=Decimal(0))
        tariff = Prices({"m": free}).tariff("openai", "m", AT)

        assert tariff is not None
        assert tariff.rates(1).cached_input == 0

    def test_names_the_data_it_is_from(self) -> None:
        tariff = DATA.tariff("openai", "gpt-4o", AT)

        assert tariff is not None
        assert (tariff.source, tariff.day) == (FROM_DATA, AT.date())

    def test_rates_are_kept_to_the_last_digit(self) -> None:
        rates = Rates(Decimal("1.250"), Decimal("1E-9"), Decimal(0), Decimal("3.75"))

        assert Rates.read(rates.stored()) == rates

    def test_a_model_without_a_price_is_unknown_and_said_so_once(self) -> None:
        prices = Prices({})
        with capture_logs() as logs:
            found = [prices.tariff("openai", "sandbox-chat", AT) for _ in range(3)]

        assert found == [None] * 3
        assert [entry["event"] for entry in logs] == ["llm.price_unknown"]

    def test_a_provider_that_nobody_knows_is_unknown(self) -> None:
        assert DATA.tariff("scripted", "gpt-4o", AT) is None


class TestWarning:
    @staticmethod
    def warned(**settings: Any) -> list[str]:
        llm = LLMSettings(openai_model="mine", openai_model_small="gpt-5.4-mini", **settings)
        with capture_logs() as logs:
            warn_of_unpriced(llm, Prices(llm.llm_prices), LATER)
        warnings = [entry for entry in logs if entry["log_level"] == "warning"]
        assert all("LLM_PRICES" in entry["remedy"] for entry in warnings)
        return [entry["model"] for entry in warnings]

    def test_names_what_a_hard_budget_cannot_hold_back(self) -> None:
        assert self.warned(llm_budget_all_day=Decimal(1)) == ["mine"]
        assert self.warned(llm_budget_person_day=Decimal(1)) == ["mine"]

    def test_there_is_none_without_a_hard_budget(self) -> None:
        assert self.warned() == []
        assert self.warned(llm_budget_all_day=Decimal(1), llm_budget_mode="soft") == []

    def test_there_is_none_where_every_model_has_a_price(self) -> None:
        assert self.warned(llm_budget_all_day=Decimal(1), llm_prices={"mine": CENT}) == []
