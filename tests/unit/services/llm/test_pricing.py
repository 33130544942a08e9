from decimal import Decimal

import pytest

from modules.backend.services.llm.pricing import price
from modules.backend.services.llm.provider import Usage
from tests.fixtures.clock import FakeClock

AT = FakeClock().now()


def test_a_known_model_has_an_exact_price() -> None:
    # 2.50 and 10.00 US dollars for a million tokens in and out.
    assert price("openai", "gpt-4o", Usage(1_000, 1_000), AT) == Decimal("0.0125")


def test_cached_tokens_cost_less() -> None:
    # 1.25 for a million cached ones.
    usage = Usage(1_000, 1_000, cached_input_tokens=400)

    assert price("openai", "gpt-4o", usage, AT) == Decimal("0.012")


def test_nothing_used_costs_nothing() -> None:
    assert price("openai", "gpt-4o", Usage(0, 0), AT) == 0


def test_a_model_without_a_price_has_no_cost() -> None:
    assert price("openai", "sandbox-chat", Usage(1_000, 1_000), AT) is None


@pytest.mark.parametrize("usage", [Usage(None, None), Usage(1_000, None), Usage(None, 1_000)])
def test_unknown_usage_has_no_cost(usage: Usage) -> None:
    assert price("openai", "gpt-4o", usage, AT) is None


@pytest.mark.parametrize("usage", [Usage(10, 1, cached_input_tokens=20), Usage(-1, 1)])
def test_usage_that_cannot_be_has_no_cost(usage: Usage) -> None:
    assert price("openai", "gpt-4o", usage, AT) is None
