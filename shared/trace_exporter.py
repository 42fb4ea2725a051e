"""What tells an OpenTelemetry collector of spans, in a thread of its own; loaded only where a collector is named."""

import logging
from collections.abc import Sequence

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

MILLISECONDS_BETWEEN = 1000

log = structlog.get_logger()


class _Telling(SpanExporter):
    """Says once when the collector goes away, and once when it is back, where the package says it for every batch."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._heard = True

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        heard = result is SpanExportResult.SUCCESS
        if heard != self._heard:
            self._heard = heard
            (log.info if heard else log.warning)("traces.heard" if heard else "traces.unheard")
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()


def open_provider(service: str, endpoint: str, seconds: float) -> TracerProvider:
    """Spans are kept (2,048 at most, then dropped) and told every second; a collector has `seconds` to answer."""
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    exporter = _Telling(OTLPSpanExporter(endpoint=endpoint, timeout=seconds))
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=MILLISECONDS_BETWEEN))
    return provider
