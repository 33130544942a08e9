"""What was used and what it costs: the same figures streamed and not, to the last digit."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import genai_prices
import pytest

from modules.backend.services.llm.provider import LLMRequest, ModelRole, Usage
from modules.backend.services.llm.providers.anthropic_body import body_of as message_body
from modules.backend.services.llm.providers.chat_completions import body_of as completion_body
from tests.contract.llm.conftest import MakeProvider
from tests.fixtures.stores import SANDBOX_KEY, SandboxClient
from tests.fixtures.vendors import ANTHROPIC, Vendor, asking, parts_of

pytestmark = pytest.mark.integration

SEEDS = range(12)
AT = datetime(2026, 11, 2, tzinfo=UTC)
MILLION = Decimal(1_000_000)
MODELS = {
    "openai": ("openai", "gpt-5.1"),
    "azure-v1": ("azure", "gpt-5.1"),
    "azure-classic": ("azure", "gpt-5.1"),
    "anthropic": ("anthropic", "claude-sonnet-5-5"),
}
"""Provider and model in the price data."""
RATES = {
    # US dollars per million tokens: plain input, read from a cache, written to it, output.
    "gpt-5.1": ("1.25", "0.125", "0", "10"),
    "claude-sonnet-5-5": ("2", "0.1", "2.5", "10"),
}


@dataclass(frozen=True)
class Figures:
    """What a call is ordered to use. `input` holds `cached` and `written`."""

    text: int
    input: int
    cached: int
    written: int
    reasoning: int
    split: int

    @property
    def question(self) -> str:
        orders = (
            f"tokens={self.text} input={self.input} cached={self.cached} "
            f"written={self.written} reasoning={self.reasoning} split={self.split}"
        )
        return f"[[sandbox {orders}]]"

    def cost(self, model: str) -> Decimal:
        plain, read, write, output = (Decimal(rate) for rate in RATES[model])
        return (
            (self.input - self.cached - self.written) * plain
            + self.cached * read
            + self.written * write
            + (self.text + self.reasoning) * output
        ) / MILLION


def figures(seed: int, *, with_writes: bool) -> Figures:
    chance = random.Random(seed)
    total = chance.choice([0, 1, 999, chance.randint(1_000, 199_999)])
    cached = chance.randint(0, total)
    written = chance.randint(0, total - cached) if with_writes else 0
    return Figures(
        text=chance.randint(0, 60),
        input=total,
        cached=cached,
        written=written,
        reasoning=chance.choice([0, chance.randint(1, 5_000)]),
        split=chance.choice([1, 13, 100_000]),
    )


def cost_of(vendor: Vendor, usage: Usage) -> Decimal:
    """By the price data, from the usage as the adapter reports it."""
    provider, model = MODELS[vendor.name]
    counted = genai_prices.Usage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cache_read_tokens=usage.cached_input_tokens,
        cache_write_tokens=usage.cache_write_tokens,
    )
    return genai_prices.calc_price(
        counted, model_ref=model, provider_id=provider, genai_request_timestamp=AT
    ).total_price


def unstreamed(sandbox: SandboxClient, vendor: Vendor, request: LLMRequest) -> Usage:
    """The vendor's report of the same call that is not streamed."""
    _, model = MODELS[vendor.name]
    if vendor is ANTHROPIC:
        body = message_body(request, model, 4_096)
    else:
        body = {"model": model} | completion_body(request, model, 4_096)
    answer = sandbox.http.post(
        vendor.path.replace("sandbox-chat", model),
        params={"api-version": "2024-10-21"},
        json=body,
        headers={
            "authorization": f"Bearer {key_of(sandbox, vendor)}",
            "anthropic-version": "2023-06-01",
        },
    )
    answer.raise_for_status()
    return vendor.usage_of(answer.json()["usage"])


def key_of(sandbox: SandboxClient, vendor: Vendor) -> str:
    if not vendor.name.startswith("azure"):
        return SANDBOX_KEY
    given = sandbox.http.get(
        "/identity/token",
        params={"resource": "https://cognitiveservices.azure.com"},
        headers={"x-identity-header": SANDBOX_KEY},
    )
    return str(given.json()["access_token"])


def settings_for(model: str) -> Iterator[tuple[str, str]]:
    for name in ("openai_model", "azure_openai_model", "azure_openai_deployment"):
        yield name, model
    yield "anthropic_model", model


@pytest.mark.parametrize("seed", SEEDS)
async def test_are_those_in_hand_streamed_or_not(
    vendor: Vendor, make_provider: MakeProvider, sandbox: SandboxClient, seed: int
) -> None:
    _, model = MODELS[vendor.name]
    provider = make_provider(**dict(settings_for(model)))
    ordered = figures(seed, with_writes=vendor is ANTHROPIC)
    request = asking(ordered.question)
    assert provider.model(ModelRole.CHAT) == model

    *_, streamed, _ = await parts_of(provider, request)
    whole = unstreamed(sandbox, vendor, request)

    assert isinstance(streamed, Usage)
    assert streamed == whole
    assert (
        streamed.input_tokens,
        streamed.output_tokens,
        streamed.cached_input_tokens,
        streamed.cache_write_tokens or 0,
        streamed.reasoning_tokens,
    ) == (
        ordered.input,
        ordered.text + ordered.reasoning,
        ordered.cached,
        ordered.written,
        ordered.reasoning,
    )
    assert cost_of(vendor, streamed) == cost_of(vendor, whole) == ordered.cost(model)


async def test_are_kept_as_the_vendor_gave_them(
    vendor: Vendor, make_provider: MakeProvider
) -> None:
    *_, usage, _ = await parts_of(
        make_provider(), asking("[[sandbox tokens=2 input=100 cached=60 written=30]]")
    )

    assert isinstance(usage, Usage)
    if vendor is ANTHROPIC:
        assert usage.raw["input_tokens"] == 10
        assert usage.input_tokens == 100
    else:
        assert usage.raw["prompt_tokens"] == usage.input_tokens == 100
        assert usage.raw["prompt_tokens_details"]["cached_tokens"] == 60
