import uuid
from decimal import Decimal
from typing import Any

from modules.backend.services.llm.cost_tracker import TrackedCall
from modules.backend.services.llm.provider import Attempt, Usage
from tests.fixtures.clock import FakeClock

AT = FakeClock().now()
ID = uuid.UUID(int=1)


def call(usage: Usage | None, model: str = "gpt-4o") -> TrackedCall:
    return TrackedCall("chat", 1, Attempt("openai", model, AT, AT, usage))


def row(usage: Usage | None, model: str = "gpt-4o") -> dict[str, Any]:
    return call(usage, model).row(new_id=ID, run_id=ID, person_id=ID, generation=2)


class TestRow:
    def test_holds_the_cost_and_what_the_vendor_said(self) -> None:
        raw = {"prompt_tokens": 1_000, "completion_tokens": 1_000, "x": "kept"}

        stored = row(Usage(1_000, 1_000, raw=raw))

        assert (stored["cost"], stored["currency"]) == (Decimal("0.0125"), "USD")
        assert stored["raw_usage"] == raw
        assert stored["generation"] == 2

    def test_unknown_is_not_zero(self) -> None:
        stored = row(None)

        unknown = ("input_tokens", "output_tokens", "cost", "currency", "raw_usage")
        assert {name: stored[name] for name in unknown} == dict.fromkeys(unknown)

    def test_without_a_price_there_is_no_currency(self) -> None:
        stored = row(Usage(10, 5), "sandbox-chat")

        assert (stored["input_tokens"], stored["cost"], stored["currency"]) == (10, None, None)


class TestTokenUsage:
    def test_tells_all_that_is_known(self) -> None:
        assert call(Usage(10, 5, 2, 3)).token_usage() == {
            "provider": "openai",
            "model": "gpt-4o",
            "inputTokens": 10,
            "outputTokens": 5,
            "cachedInputTokens": 2,
            "reasoningTokens": 3,
            "totalTokens": 15,
        }

    def test_leaves_out_what_is_not(self) -> None:
        assert call(None).token_usage() == {"provider": "openai", "model": "gpt-4o"}
        assert "totalTokens" not in call(Usage(10, None)).token_usage()
