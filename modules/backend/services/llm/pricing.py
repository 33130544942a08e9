"""What a call costs: prices from the settings, then the dated ones of the `genai-prices` data.

Unknown is None, never zero: a model that neither knows has no price here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version
from typing import Self

import genai_prices
from genai_prices.types import ModelPrice, TieredPrices

from modules.backend.core.observability import get_logger
from modules.backend.core.settings_llm import LLMSettings, Price
from modules.backend.services.llm.provider import Usage

log = get_logger(__name__)

FROM_SETTINGS = "settings"
FROM_DATA = f"genai-prices {version('genai-prices')}"
_PROVIDER_IDS = {"azure_openai": "azure"}
"""Where the data calls a vendor by another name than we do."""
_MILLION_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars per million tokens, of each kind of token."""

    input: Decimal
    output: Decimal
    cached_input: Decimal
    cache_write: Decimal

    def cost(self, usage: Usage) -> Decimal | None:
        """US dollars, exactly. None if the usage is unknown or cannot be."""
        if usage.input_tokens is None or usage.output_tokens is None:
            return None
        cached, written = usage.cached_input_tokens or 0, usage.cache_write_tokens or 0
        plain = usage.input_tokens - cached - written
        if min(plain, cached, written, usage.output_tokens) < 0:
            return None
        millionths = (
            plain * self.input
            + cached * self.cached_input
            + written * self.cache_write
            + usage.output_tokens * self.output
        )
        return millionths.scaleb(-_MILLION_DIGITS)

    def bound(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most that a call of that size can cost, whatever is cached."""
        dearest = max(self.input, self.cached_input, self.cache_write)
        return (input_tokens * dearest + output_tokens * self.output).scaleb(-_MILLION_DIGITS)

    def stored(self) -> dict[str, str]:
        """As the ledger keeps them."""
        return {kind: str(rate) for kind, rate in asdict(self).items()}

    @classmethod
    def read(cls, stored: Mapping[str, str]) -> Self:
        """The rates that the ledger kept."""
        return cls(**{kind: Decimal(rate) for kind, rate in stored.items()})


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one model on one day, and where they come from.

    `steps` are its rates by the number of input tokens above which they hold for the whole call.
    """

    source: str
    day: date
    steps: tuple[tuple[int, Rates], ...]

    def rates(self, input_tokens: int) -> Rates:
        """The rates of a call with so many input tokens."""
        below = [rates for above, rates in self.steps if input_tokens > above]
        return below[-1] if below else self.steps[0][1]

    def bound(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most that a call can cost that has at most so many tokens in and out."""
        return max(rates.bound(input_tokens, output_tokens) for _, rates in self.steps)


class Prices:
    """Every price that is known."""

    def __init__(self, overrides: Mapping[str, Price]) -> None:
        self._overrides = overrides
        self._missed: set[tuple[str, str]] = set()

    def tariff(self, provider: str, model: str, at: datetime) -> Tariff | None:
        """The model's prices at that time. None if they are unknown, which the log says once."""
        tariff = self._overriding(model, at) or _from_data(provider, model, at)
        if tariff is None and (provider, model) not in self._missed:
            self._missed.add((provider, model))
            log.info("llm.price_unknown", provider=provider, model=model)
        return tariff

    def _overriding(self, model: str, at: datetime) -> Tariff | None:
        price = self._overrides.get(model)
        if price is None:
            return None
        rates = Rates(
            price.input,
            price.output,
            price.input if price.cached_input is None else price.cached_input,
            price.input if price.cache_write is None else price.cache_write,
        )
        return Tariff(FROM_SETTINGS, at.date(), ((0, rates),))


def warn_of_unpriced(settings: LLMSettings, prices: Prices, at: datetime) -> None:
    """Tells the operator of models in use that a hard budget cannot hold back."""
    budgets = (settings.llm_budget_person_day, settings.llm_budget_all_day)
    if settings.llm_budget_mode == "soft" or budgets == (None, None):
        return
    for vendor, model in settings.models_in_use:
        if prices.tariff(vendor.value, model, at) is None:
            log.warning(
                "llm.price_unknown",
                provider=vendor.value,
                model=model,
                remedy="No budget holds back what has no price: name it in LLM_PRICES.",
            )


def _from_data(provider: str, model: str, at: datetime) -> Tariff | None:
    try:
        found = genai_prices.calc_price(
            genai_prices.Usage(input_tokens=0, output_tokens=0),
            model_ref=model,
            provider_id=_PROVIDER_IDS.get(provider, provider),
            genai_request_timestamp=at,
        ).model_price
    except LookupError:
        return None
    if found.input_mtok is None or found.output_mtok is None:
        return None
    above = {0, *_thresholds(found)}
    return Tariff(FROM_DATA, at.date(), tuple((n, _rates_above(found, n)) for n in sorted(above)))


def _thresholds(price: ModelPrice) -> Iterator[int]:
    for kind in (
        price.input_mtok,
        price.output_mtok,
        price.cache_read_mtok,
        price.cache_write_mtok,
    ):
        if isinstance(kind, TieredPrices):
            yield from (tier.start for tier in kind.tiers)


def _rates_above(price: ModelPrice, input_tokens: int) -> Rates:
    """The rates of calls with more input tokens than that, up to the next threshold."""

    def rate(kind: Decimal | TieredPrices | None, otherwise: Decimal) -> Decimal:
        if not isinstance(kind, TieredPrices):
            return otherwise if kind is None else kind
        reached = [tier.price for tier in kind.tiers if tier.start <= input_tokens]
        return reached[-1] if reached else kind.base

    plain = rate(price.input_mtok, Decimal(0))
    return Rates(
        input=plain,
        output=rate(price.output_mtok, Decimal(0)),
        cached_input=rate(price.cache_read_mtok, plain),
        cache_write=rate(price.cache_write_mtok, plain),
    )
