"""The ledger's rows: one for each attempt that reached a model."""

import uuid
from dataclasses import dataclass
from typing import Any

from modules.backend.services.llm.pricing import CURRENCY, price
from modules.backend.services.llm.provider import Attempt, Usage

UNKNOWN = Usage(None, None)


@dataclass(frozen=True, slots=True)
class TrackedCall:
    """An attempt and what it was for. `call` counts those of one purpose in one run, from 1."""

    purpose: str
    call: int
    attempt: Attempt

    def row(
        self, *, new_id: uuid.UUID, run_id: uuid.UUID, person_id: uuid.UUID, generation: int
    ) -> dict[str, Any]:
        """The values of the ledger's row."""
        attempt = self.attempt
        usage = attempt.usage or UNKNOWN
        cost = price(attempt.provider, attempt.model, usage, attempt.started_at)
        return {
            "id": new_id,
            "run_id": run_id,
            "person_id": person_id,
            "generation": generation,
            "call": self.call,
            "purpose": self.purpose,
            "provider": attempt.provider,
            "model": attempt.model,
            "outcome": attempt.outcome,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_input_tokens": usage.cached_input_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "is_estimate": attempt.is_estimate,
            "cost": cost,
            "currency": None if cost is None else CURRENCY,
            "raw_usage": dict(usage.raw) or None,
            "started_at": attempt.started_at,
            "ended_at": attempt.ended_at or attempt.started_at,
        }

    def token_usage(self) -> dict[str, Any]:
        """The attempt as an AG-UI `TokenUsage`; what is unknown is left out."""
        usage = self.attempt.usage or UNKNOWN
        known = {
            "inputTokens": usage.input_tokens,
            "outputTokens": usage.output_tokens,
            "reasoningTokens": usage.reasoning_tokens,
            "cachedInputTokens": usage.cached_input_tokens,
        }
        if usage.input_tokens is not None and usage.output_tokens is not None:
            known["totalTokens"] = usage.input_tokens + usage.output_tokens
        labels = {"provider": self.attempt.provider, "model": self.attempt.model}
        return labels | {name: count for name, count in known.items() if count is not None}
