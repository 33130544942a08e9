import uuid
from decimal import Decimal
from typing import Any

from modules.backend.models import ModelCall
from modules.backend.services.llm.pricing import Prices, Tariff
from modules.backend.services.llm.provider import Attempt, Usage
from modules.backend.services.llm.settlement import (
    of_attempt,
    of_dead,
    of_unsent,
    recomputed,
    run_cost,
    token_usage,
    usage_of,
)
from tests.fixtures.clock import FakeClock

AT = FakeClock().now()
PRICED = Prices({}).tariff("openai", "gpt-4o", AT)
assert PRICED is not None
PRICE = PRICED.rates(0).stored()


def settled(usage: Usage | None, tariff: Tariff | None = PRICED, **fields: Any) -> dict[str, Any]:
    attempt = Attempt("openai", "gpt-4o", AT, AT, usage, outcome="finished", **fields)
    return of_attempt(attempt, tariff)


def opened(price: dict[str, str] | None = PRICE) -> ModelCall:
    return ModelCall(id=uuid.UUID(int=1), input_tokens=1_000, price=price, outcome="open")


def row(cost: str | None, *, is_estimate: bool = False) -> ModelCall:
    return ModelCall(cost=None if cost is None else Decimal(cost), is_estimate=is_estimate)


class TestAnAttemptThatEnded:
    def test_holds_the_cost_its_price_and_what_the_vendor_said(self) -> None:
        raw = {"prompt_tokens": 1_000, "completion_tokens": 1_000, "x": "kept"}

        values = settled(Usage(1_000, 1_000, raw=raw))

        assert (values["cost"], values["currency"]) == (Decimal("0.0125"), "USD")
        assert (values["raw_usage"], values["price"]) == (raw, PRICE)
        assert (values["outcome"], values["ended_at"]) == ("finished", AT)

    def test_unknown_is_not_zero(self) -> None:
        values = settled(None)

        unknown = ("input_tokens", "output_tokens", "cost", "currency", "raw_usage")
        assert {name: values[name] for name in unknown} == dict.fromkeys(unknown)

    def test_without_a_price_there_is_no_cost_and_no_currency(self) -> None:
        values = settled(Usage(10, 5), None)

        assert (values["input_tokens"], values["cost"], values["currency"]) == (10, None, None)
        assert values["price"] is None

    def test_every_kind_of_token_comes_back_as_it_was(self) -> None:
        usage = Usage(10, 5, 2, 3, 4)
        values = settled(usage)
        names = [name for name in values if name.endswith("_tokens")]

        assert usage_of(ModelCall(**{name: values[name] for name in names})) == usage


class TestAnAttemptWhoseProcessDied:
    def test_is_booked_with_what_its_request_is_estimated_to_cost(self) -> None:
        values = of_dead(opened(), "taken_over", AT)

        assert (values["cost"], values["is_estimate"]) == (Decimal("0.0025"), True)
        assert (values["input_tokens"], values["output_tokens"]) == (1_000, None)
        assert (values["outcome"], values["ended_at"]) == ("taken_over", AT)

    def test_without_a_price_its_cost_is_unknown(self) -> None:
        assert of_dead(opened(price=None), "lost", AT)["cost"] is None

    def test_costs_nothing_if_no_vendor_heard_of_it(self) -> None:
        values = of_unsent(opened(), AT)

        assert (values["cost"], values["input_tokens"], values["output_tokens"]) == (0, 0, 0)
        assert not values["is_estimate"]


class TestRecomputed:
    def test_is_the_price_of_the_tokens(self) -> None:
        assert recomputed(PRICE, Usage(1_000, 1_000), is_estimate=False) == Decimal("0.0125")

    def test_only_an_estimate_may_leave_out_what_was_answered(self) -> None:
        assert recomputed(PRICE, Usage(1_000, None), is_estimate=True) == Decimal("0.0025")
        assert recomputed(PRICE, Usage(1_000, None), is_estimate=False) is None

    def test_without_a_price_it_is_unknown(self) -> None:
        assert recomputed(None, Usage(1_000, 1_000), is_estimate=False) is None


class TestTokenUsage:
    def test_tells_all_that_is_known(self) -> None:
        assert token_usage("openai", "gpt-4o", Usage(10, 5, 2, 3)) == {
            "provider": "openai",
            "model": "gpt-4o",
            "inputTokens": 10,
            "outputTokens": 5,
            "cachedInputTokens": 2,
            "reasoningTokens": 3,
            "totalTokens": 15,
        }

    def test_leaves_out_what_is_not(self) -> None:
        labels = {"provider": "openai", "model": "gpt-4o"}

        assert token_usage(**labels, usage=Usage(None, None)) == labels
        assert "totalTokens" not in token_usage(**labels, usage=Usage(10, None))


class TestRunCost:
    def test_is_the_sum_without_an_exponent(self) -> None:
        calls = [row("0.0000001"), row("0.0000002000")]

        assert run_cost(calls) == {"amount": "0.0000003", "currency": "USD", "isComplete": True}

    def test_of_no_call_is_nothing(self) -> None:
        assert run_cost([]) == {"amount": "0", "currency": "USD", "isComplete": True}

    def test_unknown_costs_are_left_out_and_said(self) -> None:
        known, unknown = run_cost([row("1.50"), row(None)]), run_cost([row(None)])

        assert known == {"amount": "1.5", "currency": "USD", "isComplete": False}
        assert unknown == {"amount": None, "currency": "USD", "isComplete": False}

    def test_an_estimate_is_not_complete(self) -> None:
        assert run_cost([row("100", is_estimate=True)]) == {
            "amount": "100",
            "currency": "USD",
            "isComplete": False,
        }
