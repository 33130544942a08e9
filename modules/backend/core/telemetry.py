"""Traces, metrics and exported logs: set up once in a process, before its first request.

They go to Application Insights or to a collector that speaks OTLP, or nowhere: then the calls of
OpenTelemetry's API that the product makes do nothing and cost next to nothing.

Exporters work in threads of their own behind bounded queues. An address that is dead or slow loses
telemetry and nothing else.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import context as contexts
from opentelemetry import metrics, trace
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.sdk._logs import LoggerProvider, LogRecordProcessor, ReadWriteLogRecord
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from modules.backend.core.observability import OWN_LOGGERS, get_logger
from modules.backend.core.redaction import cleaned
from modules.backend.core.sampling import sampler
from modules.backend.core.settings import AppSettings, TelemetrySettings

log = get_logger(__name__)

CLOSE_SECONDS = 5.0
"""What is still queued at the end of a process has so long to leave it."""
NO_OWN_INSTRUMENTATION = {
    # Each would repeat spans that the product makes itself, or store whole URLs.
    name: {"enabled": False}
    for name in (
        "azure_sdk", "django", "fastapi", "flask", "httpx", "httpx2", "psycopg2", "requests",
        "urllib", "urllib3",
    )
}  # fmt: skip

_traces = TraceContextTextMapPropagator()
_shutdowns: list[Callable[[], Any]] = []


def start_telemetry(settings: TelemetrySettings, app: AppSettings, process: str) -> None:
    """Sets the process's telemetry up; a second call in a process changes nothing.

    process: web, worker or scheduler; the last part of the service's name
    """
    if settings.goes_to == "nowhere" or _shutdowns:
        return
    # Libraries write exceptions into spans as events, with what people wrote in their messages.
    os.environ["OTEL_SPAN_EVENT_COUNT_LIMIT"] = "0"
    resource = Resource.create(
        {
            "service.name": f"icarus-{process}",
            "service.version": app.build_id,
            "deployment.environment.name": app.app_env,
        }
    )
    if settings.goes_to == "application_insights":
        _to_application_insights(settings, resource)
    else:
        _to_collector(settings, resource, is_edge=process == "web")
    _instrument_database()
    log.info("telemetry.started", to=settings.goes_to)


async def close_telemetry() -> None:
    """Sends what is queued, for a few seconds at most."""
    closing = [asyncio.to_thread(shutdown) for shutdown in _shutdowns]
    _shutdowns.clear()
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await asyncio.gather(*closing, return_exceptions=True)
    except TimeoutError:
        log.warning("telemetry.not_sent")


@contextmanager
def joined(traceparent: object) -> Iterator[None]:
    """What happens in the block belongs to the trace that the page began, or to a new one.

    traceparent: the W3C header of that name; anything else begins a new trace
    """
    carrier = {"traceparent": traceparent} if isinstance(traceparent, str) else {}
    token = contexts.attach(_traces.extract(carrier, context=contexts.Context()))
    try:
        yield
    finally:
        contexts.detach(token)


@contextmanager
def untraced() -> Iterator[None]:
    """Statements in the block make no spans: what beats every few seconds would fill the rest."""
    with suppress_instrumentation():
        yield


class _Redacted(LogRecordProcessor):
    """Exceptions of libraries may quote anything, here as on standard output."""

    def on_emit(self, log_record: ReadWriteLogRecord) -> None:
        record = log_record.log_record
        record.attributes = cleaned(dict(record.attributes or {}))

    def shutdown(self) -> None:
        """Nothing is held."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return True


class _WithoutAddresses(SpanProcessor):
    """Addresses hold what people search for, codes of sign-ins, and whatever a client puts there.

    The route, which is kept, says what was asked for.
    """

    def on_start(self, span: Span, parent_context: contexts.Context | None = None) -> None:
        for name in ("url.path", "url.query"):
            if span.attributes and name in span.attributes:
                span.set_attribute(name, "REDACTED")

    def on_end(self, span: ReadableSpan) -> None:
        """Nothing is left to do: a span that ended cannot be changed."""


def _to_application_insights(settings: TelemetrySettings, resource: Resource) -> None:
    # Imported when chosen: it costs most of a second and 40 MiB.
    from azure.identity import DefaultAzureCredential  # noqa: PLC0415  # costly
    from azure.monitor.opentelemetry import configure_azure_monitor  # noqa: PLC0415  # costly

    assert settings.applicationinsights_connection_string is not None
    # The platform tells an app with a managed identity where to ask for tokens.
    has_identity = "IDENTITY_ENDPOINT" in os.environ
    configure_azure_monitor(
        connection_string=settings.applicationinsights_connection_string.get_secret_value(),
        credential=DefaultAzureCredential() if has_identity else None,
        resource=resource,
        span_processors=[_WithoutAddresses()],
        log_record_processors=[_Redacted()],
        traces_per_second=settings.telemetry_traces_per_second,
        logger_name=OWN_LOGGERS,
        instrumentation_options=NO_OWN_INSTRUMENTATION,
        enable_live_metrics=False,
        disable_offline_storage=True,
    )
    for provider in (trace.get_tracer_provider(), metrics.get_meter_provider(), _log_provider()):
        _shutdowns.append(provider.shutdown)  # type: ignore[union-attr]  # the distribution's are the SDK's


def _log_provider() -> Any:
    from opentelemetry._logs import get_logger_provider  # noqa: PLC0415  # not a stable name yet

    return get_logger_provider()


def _to_collector(settings: TelemetrySettings, resource: Resource, *, is_edge: bool) -> None:
    from opentelemetry.exporter.otlp.proto.http._log_exporter import (  # noqa: PLC0415  # when chosen
        OTLPLogExporter,
    )
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415  # when chosen
        OTLPMetricExporter,
    )
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # when chosen
        OTLPSpanExporter,
    )
    from opentelemetry.instrumentation.logging.handler import LoggingHandler  # noqa: PLC0415  # when chosen
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor  # noqa: PLC0415  # when chosen
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415  # when chosen

    base = f"{settings.otel_exporter_otlp_endpoint}/v1"
    kept = sampler(settings.telemetry_traces_per_second, is_edge=is_edge)
    traces = TracerProvider(kept, resource)
    traces.add_span_processor(_WithoutAddresses())
    traces.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{base}/traces")))
    trace.set_tracer_provider(traces)
    reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{base}/metrics"))
    meters = MeterProvider([reader], resource)
    metrics.set_meter_provider(meters)
    logs = LoggerProvider(resource)
    logs.add_log_record_processor(_Redacted())
    logs.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{base}/logs")))
    logging.getLogger(OWN_LOGGERS).addHandler(LoggingHandler(logger_provider=logs))
    _shutdowns.extend((traces.shutdown, meters.shutdown, logs.shutdown))


def _instrument_database() -> None:
    from opentelemetry.instrumentation.asyncpg import AsyncPGInstrumentor  # noqa: PLC0415  # when chosen

    AsyncPGInstrumentor().instrument()  # type: ignore[no-untyped-call]  # the library has no types
