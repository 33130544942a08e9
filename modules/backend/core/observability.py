"""Logs: JSON lines with a constant event name and fields. No message text, no secret, no token."""

import logging
import sys
from typing import Any

import structlog

from modules.backend.core.config import AppSettings

_OWN_LOGGERS = __name__.split(".", maxsplit=1)[0]


def configure_logging(settings: AppSettings, process: str) -> None:
    """Sends this process's logs to standard output; libraries' logs take the same way."""
    level = getattr(logging, settings.app_log_level.upper())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    # Libraries are heard from warnings on: their chatter is paid for by the line.
    root.setLevel(level if settings.app_debug else max(level, logging.WARNING))
    logging.getLogger(_OWN_LOGGERS).setLevel(level)
    structlog.contextvars.bind_contextvars(process=process, build=settings.build_id)


def get_logger(name: str) -> Any:
    """A logger. Call it with an event name and fields: `log.info("run.ended", run_id=…)`."""
    return structlog.get_logger(name)
