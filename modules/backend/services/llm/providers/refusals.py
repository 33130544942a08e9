"""What it means when a vendor refuses a call or breaks off, told by codes before statuses."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from modules.backend.core.errors import LLMError
from modules.backend.services.llm.faults import Fault

_BY_STATUS = {
    401: Fault.LLM_UNAUTHORIZED,
    402: Fault.LLM_QUOTA_EXCEEDED,
    403: Fault.LLM_UNAUTHORIZED,
    404: Fault.LLM_DEPLOYMENT_MISSING,
    408: Fault.LLM_TIMEOUT,
    409: Fault.LLM_UNAVAILABLE,
    410: Fault.LLM_MODEL_RETIRED,
    413: Fault.LLM_CONTEXT_TOO_LONG,
    429: Fault.LLM_BUSY,
}
_BY_CODE = {
    "content_filter": Fault.LLM_CONTENT_FILTERED,
    "content_policy_violation": Fault.LLM_CONTENT_FILTERED,
    "context_length_exceeded": Fault.LLM_CONTEXT_TOO_LONG,
    "exceed_context_size_error": Fault.LLM_CONTEXT_TOO_LONG,
    "request_too_large": Fault.LLM_CONTEXT_TOO_LONG,
    "insufficient_quota": Fault.LLM_QUOTA_EXCEEDED,
    "billing_error": Fault.LLM_QUOTA_EXCEEDED,
    "enforced_spend_limit_reached": Fault.LLM_QUOTA_EXCEEDED,
    "contract_spend_limit_reached": Fault.LLM_QUOTA_EXCEEDED,
    "rate_limit_exceeded": Fault.LLM_BUSY,
    "rate_limit_error": Fault.LLM_BUSY,
    "overloaded_error": Fault.LLM_UNAVAILABLE,
    "server_error": Fault.LLM_UNAVAILABLE,
    "api_error": Fault.LLM_UNAVAILABLE,
    "timeout_error": Fault.LLM_TIMEOUT,
}
_BY_WORDS = (
    (re.compile(r"prompt is too long|context (length|window|size)"), Fault.LLM_CONTEXT_TOO_LONG),
    (re.compile(r"credit balance is too low"), Fault.LLM_QUOTA_EXCEEDED),
)
"""For a 400 without a code of its own: some vendors say it only in words."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a vendor said, as far as it tells faults apart.

    `words` never leave: vendors quote what was asked.
    """

    codes: tuple[object, ...]
    words: str = ""
    status: int | None = None
    retry_after: float | None = None

    def error(self) -> LLMError:
        said = [str(part) for part in (self.status, *self.codes) if part is not None]
        return self._fault().error(detail=", ".join(said), retry_after=self.retry_after)

    def _fault(self) -> Fault:
        for code in self.codes:
            if fault := _BY_CODE.get(str(code)):
                return fault
        if self.status is None:
            return Fault.LLM_INTERRUPTED
        if self.status == 400:
            for pattern, fault in _BY_WORDS:
                if pattern.search(self.words.lower()):
                    return fault
        otherwise = Fault.LLM_UNAVAILABLE if self.status >= 500 else Fault.LLM_REJECTED
        return _BY_STATUS.get(self.status, otherwise)


@dataclass(frozen=True, slots=True)
class VendorErrors:
    """The exceptions of a vendor's package, and how to read the one for a refusal."""

    refused: type[Exception]
    timed_out: type[Exception]
    unreachable: type[Exception]
    read: Callable[[Any], Refusal]


@asynccontextmanager
async def translated(vendor: VendorErrors) -> AsyncIterator[None]:
    """Turns what a vendor's package raises, and silence, into LLMError, with the cause kept."""
    try:
        yield
    except vendor.refused as error:
        raise vendor.read(error).error() from error
    except (vendor.timed_out, httpx2.TimeoutException, TimeoutError) as error:
        raise Fault.LLM_TIMEOUT.error(detail=type(error).__name__) from error
    except vendor.unreachable as error:
        raise Fault.LLM_UNREACHABLE.error(detail=str(error.__cause__ or error)) from error
    except httpx2.HTTPError as error:
        raise Fault.LLM_INTERRUPTED.error(detail=type(error).__name__) from error


def retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds that the vendor asks us to wait; Azure also gives milliseconds."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue  # not given, or given as a date, which no model vendor does
    return None
