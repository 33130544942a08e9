"""Logs: JSON lines with a constant event name and fields. No message text, no secret, no token.

Every line is an ordinary record of the standard library, its fields as attributes: what listens to
that library, such as an exporter of telemetry, gets event and fields apart, not a sentence.
"""

import logging
import resource
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from opentelemetry import trace

from modules.backend.core.redaction import redact
from modules.backend.core.settings import AppSettings

OWN_LOGGERS = __name__.split(".", maxsplit=1)[0]

Event = MutableMapping[str, Any]


def configure_logging(settings: AppSettings, process: str) -> None:
    """Sends this process's logs to standard output; libraries' logs take the same way.

    And forbids core dumps: the memory of every process holds tokens.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    level = getattr(logging, settings.app_log_level.upper())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.render_to_log_kwargs,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_formatter({"process": process, "build": settings.build_id}))
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries are heard from warnings on: their chatter is paid for by the line.
    root.setLevel(level if settings.app_debug else max(level, logging.WARNING))
    logging.getLogger(OWN_LOGGERS).setLevel(level)


def get_logger(name: str) -> Any:
    """A logger. Call it with an event name and fields: `log.info("run.ended", run_id=…)`."""
    return structlog.get_logger(name)


def _formatter(of_process: Mapping[str, str]) -> logging.Formatter:
    """A record as one line of JSON, with what is the same in every line of the process."""

    def add_process(_logger: Any, _method: str, event: Event) -> Event:
        event.update(of_process)
        return event

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.ExtraAdder(),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            add_process,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
    )


def _add_trace(_logger: Any, _method: str, event: Event) -> Event:
    """Which trace a line belongs to, where there is one: the console has no other way to say so."""
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
        event["span_id"] = trace.format_span_id(context.span_id)
    return event
