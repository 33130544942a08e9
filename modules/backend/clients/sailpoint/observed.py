"""A span and figures of each call of SailPoint. Neither holds what was asked or answered."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode

from modules.backend.clients.sailpoint.errors import (
    SailPointError,
    SailPointLimited,
    SailPointRefused,
)
from modules.backend.core.instruments import SAILPOINT_DURATION, SAILPOINT_ERRORS

_tracer = trace.get_tracer("icarus.sailpoint")
_NOT_ITS_FAULT = (SailPointRefused, SailPointLimited)
"""A refusal is an answer, and a wait that took too long is our own."""


@contextmanager
def observed(operation: str, method: str, template: str, host: str) -> Iterator[trace.Span]:
    """Around one call with all its tries. `template` is the path with its placeholders."""
    began = time.monotonic()
    attributes = {
        "http.request.method": method,
        "url.template": template,
        "server.address": host,
        "icarus.sailpoint.operation": operation,
    }
    outcome = "cancelled"
    with _tracer.start_as_current_span(
        f"sailpoint {operation}",
        kind=SpanKind.CLIENT,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
            outcome = "done"
        except SailPointError as error:
            outcome = error.code
            span.set_attribute("error.type", error.code)
            span.set_status(StatusCode.ERROR)
            if error.answered is not None:
                span.set_attribute("http.response.status_code", error.answered)
            if not isinstance(error, _NOT_ITS_FAULT):
                SAILPOINT_ERRORS.add(1, {"operation": operation, "error.type": error.code})
            raise
        finally:
            labels = {"operation": operation, "outcome": outcome}
            SAILPOINT_DURATION.record(time.monotonic() - began, labels)
