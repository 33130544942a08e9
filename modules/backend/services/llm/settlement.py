"""What becomes of an open row of the ledger, and what a run's rows add up to."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from modules.backend.core.money import CURRENCY, as_text
from modules.backend.models import ModelCall
from modules.backend.services.llm.pricing import Rates, Tariff
from modules.backend.services.llm.provider import Attempt, Usage

UNKNOWN = Usage(None, None)
UNKNOWN_COST = {"amount": None, "currency": CURRENCY, "isComplete": False}


def of_attempt(attempt: Attempt, tariff: Tariff | None) -> dict[str, Any]:
    """The row of an attempt that has ended here."""
    usage = attempt.usage or UNKNOWN
    rates = None if tariff is None else tariff.rates(usage.input_tokens or 0)
    return _values(usage, None if rates is None else rates.cost(usage)) | {
        "price": None if rates is None else rates.stored(),
        "outcome": attempt.outcome,
        "is_estimate": attempt.is_estimate,
        "raw_usage": dict(usage.raw) or None,
        "ended_at": attempt.ended_at,
    }


def of_dead(call: ModelCall, outcome: str, now: datetime) -> dict[str, Any]:
    """The row of an attempt whose process died.

    It is booked with what the request is estimated to have cost; what was answered, nobody knows.
    """
    usage = Usage(call.input_tokens, None)
    return _values(usage, recomputed(call.price, usage, is_estimate=True)) | {
        "outcome": outcome,
        "is_estimate": True,
        "ended_at": now,
    }


def of_unsent(call: ModelCall, now: datetime) -> dict[str, Any]:
    """The row of an attempt that no vendor heard of."""
    usage = Usage(0, 0)
    return _values(usage, recomputed(call.price, usage, is_estimate=False)) | {
        "outcome": "unsent",
        "is_estimate": False,
        "ended_at": now,
    }


def recomputed(price: dict[str, str] | None, usage: Usage, *, is_estimate: bool) -> Decimal | None:
    """What the ledger must hold as the cost of such a row."""
    if price is None:
        return None
    if is_estimate and usage.output_tokens is None:
        usage = Usage(usage.input_tokens, 0)
    return Rates.read(price).cost(usage)


def usage_of(call: ModelCall) -> Usage:
    """The tokens that a row holds."""
    return Usage(
        call.input_tokens,
        call.output_tokens,
        call.cached_input_tokens,
        call.reasoning_tokens,
        call.cache_write_tokens,
    )


def token_usage(provider: str, model: str, usage: Usage) -> dict[str, Any]:
    """An attempt as an AG-UI `TokenUsage`; what is unknown is left out."""
    known = {
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "reasoningTokens": usage.reasoning_tokens,
        "cachedInputTokens": usage.cached_input_tokens,
    }
    if usage.input_tokens is not None and usage.output_tokens is not None:
        known["totalTokens"] = usage.input_tokens + usage.output_tokens
    labels = {"provider": provider, "model": model}
    return labels | {name: count for name, count in known.items() if count is not None}


def run_usage(calls: Iterable[ModelCall]) -> list[dict[str, Any]]:
    """The attempts of a run as its terminal event tells them."""
    return [token_usage(call.provider, call.model, usage_of(call)) for call in calls]


def run_cost(calls: Sequence[ModelCall]) -> dict[str, Any]:
    """The cost of a run as its terminal event tells it.

    `amount` is the sum of what is known, None if nothing is; `isComplete` says that the cost of
    every attempt is known and none was estimated.
    """
    known = [call.cost for call in calls if call.cost is not None]
    return {
        "amount": as_text(sum(known, Decimal(0))) if known or not calls else None,
        "currency": CURRENCY,
        "isComplete": not any(call.cost is None or call.is_estimate for call in calls),
    }


def _values(usage: Usage, cost: Decimal | None) -> dict[str, Any]:
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cached_input_tokens": usage.cached_input_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "cost": cost,
        "currency": None if cost is None else CURRENCY,
    }
