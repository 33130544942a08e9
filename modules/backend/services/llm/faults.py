"""What can go wrong with a model: a code, words for the person, and what an operator should do.

The class says what to do next: LLMUnavailable is worth another attempt, LLMWithheld and
LLMMisconfigured only another provider, LLMRejected neither.
"""

from dataclasses import dataclass
from enum import Enum

from modules.backend.core.errors import (
    LLMError,
    LLMMisconfigured,
    LLMRejected,
    LLMUnavailable,
    LLMWithheld,
)


@dataclass(frozen=True, slots=True)
class _Words:
    error: type[LLMError]
    message: str
    remedy: str
    code: str | None = None
    """The code, where a person need not tell two faults apart that an operator must."""


class Fault(Enum):
    """Every way in which a call of a model can fail; the value's name is the code."""

    LLM_UNAVAILABLE = _Words(
        LLMUnavailable,
        "The assistant has a fault right now. Try again in a moment.",
        "The provider answered with a server error. See its status page if it lasts.",
    )
    LLM_UNREACHABLE = _Words(
        LLMUnavailable,
        "The assistant cannot be reached right now. Try again in a moment.",
        "No connection to the provider: check its address, DNS and the private endpoint.",
    )
    LLM_BUSY = _Words(
        LLMUnavailable,
        "The assistant is busy right now. Try again in a moment.",
        "The provider limits requests or tokens per minute: raise the deployment's capacity.",
    )
    LLM_TIMEOUT = _Words(
        LLMUnavailable,
        "The assistant took too long. Try again.",
        "The provider was silent past the deadline: see LLM_SILENCE_SECONDS and its latency.",
    )
    LLM_INTERRUPTED = _Words(
        LLMUnavailable,
        "The answer broke off on its way. Try again.",
        "The provider's stream ended early or was not what it should be.",
    )
    LLM_PAUSED = _Words(
        LLMWithheld,
        "The assistant has had faults and is given a moment. Try again in a minute.",
        "Too many calls of this deployment failed, so none is sent for now: see the faults before.",
    )
    LLM_CROWDED = _Words(
        LLMWithheld,
        "The assistant is busy right now. Try again in a moment.",
        "The line was too long: raise the deployment's capacity, then LLM_CONCURRENCY and "
        "LLM_TOKENS_PER_MINUTE.",
        code="llm_busy",
    )
    LLM_QUOTA_EXCEEDED = _Words(
        LLMMisconfigured,
        "The assistant has used up what it may. Ask your administrator, or try again later.",
        "The account's quota or credit is used up: raise it with the provider.",
    )
    LLM_MODEL_RETIRED = _Words(
        LLMMisconfigured,
        "The assistant is not set up right. Your administrator must look at it.",
        "The model was retired: configure its successor.",
    )
    LLM_DEPLOYMENT_MISSING = _Words(
        LLMMisconfigured,
        "The assistant is not set up right. Your administrator must look at it.",
        "There is no such model or deployment: check its name and the address.",
    )
    LLM_UNAUTHORIZED = _Words(
        LLMMisconfigured,
        "The assistant is not set up right. Your administrator must look at it.",
        "The provider refused our credentials: check the key, or the identity's role.",
    )
    LLM_CONTENT_FILTERED = _Words(
        LLMRejected,
        "The provider's safety rules stopped this. Ask it in another way.",
        "The provider's content filter refused the question or the answer.",
    )
    LLM_CONTEXT_TOO_LONG = _Words(
        LLMRejected,
        "This conversation is too long for the assistant. Start a new one.",
        "The prompt was over the model's context: lower LLM_CONTEXT_TOKENS.",
    )
    LLM_REJECTED = _Words(
        LLMRejected,
        "The assistant could not take this question. Ask it in another way.",
        "The provider refused the request as invalid: see its codes in the log.",
    )

    @property
    def code(self) -> str:
        return self.value.code or self.name.lower()

    def error(self, *, detail: str = "", retry_after: float | None = None) -> LLMError:
        """The error to raise. `detail` is what the vendor said, without what was asked."""
        words = self.value
        remedy = f"{words.remedy} The provider said: {detail[:500]}" if detail else words.remedy
        return words.error(self.code, words.message, remedy=remedy, retry_after=retry_after)
