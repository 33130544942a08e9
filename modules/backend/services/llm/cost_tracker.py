"""The ledger's rows: one for each call that reached a model."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from modules.backend.services.llm.pricing import CURRENCY, price
from modules.backend.services.llm.provider import Usage


@dataclass(slots=True)
class TrackedCall:
    """A call in the making. `usage` stays None when the vendor reported none."""

    purpose: str
    provider: str
    model: str
    call: int
    started_at: datetime
    usage: Usage | None = None

    def row(
        self,
        *,
        new_id: uuid.UUID,
        run_id: uuid.UUID,
        person_id: uuid.UUID,
        generation: int,
        ended_at: datetime,
    ) -> dict[str, Any]:
        """The values of the ledger's row."""
        usage = self.usage or Usage(None, None)
        cost = price(self.provider, self.model, usage, self.started_at)
        return {
            "id": new_id,
            "run_id": run_id,
            "person_id": person_id,
            "generation": generation,
            "call": self.call,
            "purpose": self.purpose,
            "provider": self.provider,
            "model": self.model,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_input_tokens": usage.cached_input_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "cost": cost,
            "currency": None if cost is None else CURRENCY,
            "raw_usage": dict(usage.raw) or None,
            "started_at": self.started_at,
            "ended_at": ended_at,
        }

    def token_usage(self) -> dict[str, Any]:
        """The call as an AG-UI `TokenUsage`; what is unknown is left out."""
        usage = self.usage or Usage(None, None)
        known = {
            "inputTokens": usage.input_tokens,
            "outputTokens": usage.output_tokens,
            "reasoningTokens": usage.reasoning_tokens,
            "cachedInputTokens": usage.cached_input_tokens,
        }
        if usage.input_tokens is not None and usage.output_tokens is not None:
            known["totalTokens"] = usage.input_tokens + usage.output_tokens
        labels = {"provider": self.provider, "model": self.model}
        return labels | {name: count for name, count in known.items() if count is not None}
