"""What an OpenAI-compatible vendor's refusals mean."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import openai
import orjson

from modules.backend.core.errors import LLMError
from modules.backend.services.llm.faults import Fault
from modules.backend.services.llm.sse import EventTooLarge

_BY_STATUS = {
    401: Fault.LLM_UNAUTHORIZED,
    403: Fault.LLM_UNAUTHORIZED,
    404: Fault.LLM_DEPLOYMENT_MISSING,
    408: Fault.LLM_TIMEOUT,
    409: Fault.LLM_UNAVAILABLE,
    410: Fault.LLM_MODEL_RETIRED,
    429: Fault.LLM_BUSY,
}
_BY_CODE = {
    "content_filter": Fault.LLM_CONTENT_FILTERED,
    "context_length_exceeded": Fault.LLM_CONTEXT_TOO_LONG,
    "insufficient_quota": Fault.LLM_QUOTA_EXCEEDED,
}


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turns the vendor package's errors and broken streams into LLMError, with the cause kept."""
    try:
        yield
    except openai.APIStatusError as error:
        raise of_status(error) from error
    except (openai.APITimeoutError, httpx2.TimeoutException) as error:
        raise Fault.LLM_TIMEOUT.error() from error
    except openai.APIConnectionError as error:
        raise Fault.LLM_UNREACHABLE.error(detail=str(error.__cause__ or error)) from error
    except (httpx2.HTTPError, orjson.JSONDecodeError, EventTooLarge) as error:
        raise Fault.LLM_INTERRUPTED.error(detail=type(error).__name__) from error
    except (KeyError, TypeError, AttributeError) as error:
        # The stream is JSON, but not of the shape that the protocol has.
        raise Fault.LLM_INTERRUPTED.error(detail=repr(error)) from error


def of_status(error: openai.APIStatusError) -> LLMError:
    """The error for an answer that is none: by the vendor's code first, then by the status."""
    fault = _BY_CODE.get(str(error.code))
    if fault is None:
        otherwise = Fault.LLM_UNAVAILABLE if error.status_code >= 500 else Fault.LLM_REJECTED
        fault = _BY_STATUS.get(error.status_code, otherwise)
    # Its codes, not its message: vendors quote what was asked, and the detail goes into the log.
    said = (error.status_code, error.type, error.code, error.param)
    detail = ", ".join(str(part) for part in said if part is not None)
    return fault.error(detail=detail, retry_after=_retry_after(error.response.headers))


def of_chunk(content: Any) -> LLMError:
    """The error for an error object within a stream."""
    code = str(content.get("code") if isinstance(content, dict) else None)
    return _BY_CODE.get(code, Fault.LLM_INTERRUPTED).error(detail=f"An error in the stream: {code}")


def _retry_after(headers: httpx2.Headers) -> float | None:
    """Seconds that the vendor asks us to wait; Azure also gives milliseconds."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue  # not given, or given as a date, which no model vendor does
    return None
