"""Traces: the way of one request to the mail server's answer, told to an OpenTelemetry collector.

Where `OTEL_EXPORTER_OTLP_ENDPOINT` names no collector nothing of it is loaded, and every call here costs a comparison.
Attributes are ids, names of messages and numbers: no name, no address, no path with a secret in it.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from shared.settings import SettingsError, read_environment

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
# a collector that is away is not waited for: what it should have been told is dropped
SECONDS_TO_TELL = 2.0

Attribute = str | int | float | bool
# W3C Trace Context, level 1: version, trace, span, flags
Traceparent = str


class Mark(Protocol):
    """A span that is under way."""

    def name(self, name: str) -> None:
        """Call it otherwise, now that it is known what it is."""

    def note(self, **attributes: Attribute) -> None:
        """Say more of it. Dots in names are written as `__`."""

    def fail(self, reason: str) -> None:
        """It did not end well; `reason` is one of ours or the name of an error, never its words."""


class _Nothing:
    def name(self, name: str) -> None:
        pass

    def note(self, **attributes: Attribute) -> None:
        pass

    def fail(self, reason: str) -> None:
        pass


_NOTHING: Mark = _Nothing()
_NO_SPAN: AbstractContextManager[Mark] = nullcontext(_NOTHING)
_tracer: Any = None
_provider: Any = None
# registrations that are made together, each in a trace of its own
_origins: ContextVar[Mapping[UUID, Traceparent] | None] = ContextVar("origins", default=None)


def configure_traces(process: str, environ: Mapping[str, str] | None = None) -> None:
    """Tell the collector that is named, if one is, what a process called `process` does; raises `SettingsError`.

    Everything else is set by OpenTelemetry's own variables (`OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS` …).
    """
    endpoint = (read_environment() if environ is None else environ).get(ENDPOINT, "").rstrip("/")
    if not endpoint:
        return
    parts = urlsplit(endpoint)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{ENDPOINT}: {endpoint!r} is not the http(s) address of a collector.")
    from shared.trace_exporter import open_provider  # only who names a collector loads OpenTelemetry

    global _provider, _tracer
    _provider = open_provider(f"quinzaine-{process}", f"{endpoint}/v1/traces", SECONDS_TO_TELL)
    _tracer = _provider.get_tracer("quinzaine")


def end_traces() -> None:
    """Tell what has not been told yet; a collector that does not answer is waited for no longer than two seconds."""
    global _provider, _tracer
    provider, _provider, _tracer = _provider, None, None
    if provider is not None:
        telling = threading.Thread(target=provider.shutdown, daemon=True)
        telling.start()
        telling.join(SECONDS_TO_TELL)


def tracing() -> bool:
    """Whether a collector is named."""
    return _tracer is not None


def root_span(name: str, **attributes: Attribute) -> AbstractContextManager[Mark]:
    """A span that begins a trace, whatever surrounds it."""
    if _tracer is None:
        return _NO_SPAN
    from opentelemetry.context import Context

    return _open(name, Context(), attributes, kind="SERVER")


def span(name: str, **attributes: Attribute) -> AbstractContextManager[Mark]:
    """A span inside the one that is under way; nothing where none is."""
    if _tracer is None or traceparent() is None:
        return _NO_SPAN
    return _open(name, None, attributes)


def span_after(origin: Traceparent | None, name: str, **attributes: Attribute) -> AbstractContextManager[Mark]:
    """A span of the trace that something came from, perhaps of another process; nothing where it came from none."""
    if _tracer is None or origin is None:
        return _NO_SPAN
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return _open(name, TraceContextTextMapPropagator().extract({"traceparent": origin}), attributes, kind="CONSUMER")


def traceparent() -> Traceparent | None:
    """The span under way, as W3C writes it."""
    if _tracer is None:
        return None
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    carrier: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(carrier)
    return carrier.get("traceparent")


@contextmanager
def spans_of_batch(name: str, origins: Mapping[UUID, Traceparent], **attributes: Attribute) -> Iterator[None]:
    """One thing that is done for many at once: a span in the trace of each, and facts about each belong to its own.

    `origins`: registration, or fact → the span it comes from.
    """
    if not origins or _tracer is None:
        yield
        return
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    propagator = TraceContextTextMapPropagator()
    own: dict[UUID, Traceparent] = {}
    opened = []
    for registration_id, origin in origins.items():
        context = propagator.extract({"traceparent": origin})
        each = _tracer.start_span(name, context, attributes=_named(attributes))
        opened.append(each)
        own[registration_id] = _written(each)
    token = _origins.set(own)
    try:
        yield
    finally:
        _origins.reset(token)
        for each in opened:
            each.end()


def traceparents(events: Sequence[Any]) -> list[Traceparent | None]:
    """For each fact the span it is made in: its registration's own, where many are made together."""
    if _tracer is None:
        return [None] * len(events)
    origins, here = _origins.get() or {}, traceparent()
    return [origins.get(getattr(event, "registration_id", None), here) for event in events]  # type: ignore[arg-type]


class _Span:
    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def name(self, name: str) -> None:
        self._inner.update_name(name)

    def note(self, **attributes: Attribute) -> None:
        for name, value in _named(attributes).items():
            self._inner.set_attribute(name, value)

    def fail(self, reason: str) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._inner.set_status(Status(StatusCode.ERROR, reason))


@contextmanager
def _open(name: str, context: Any, attributes: Mapping[str, Attribute], kind: str = "INTERNAL") -> Iterator[Mark]:
    from opentelemetry.trace import SpanKind

    with _tracer.start_as_current_span(
        name,
        context,
        kind=SpanKind[kind],
        attributes=_named(attributes),
        # the words of an error quote the row, with the names and addresses in it
        record_exception=False,
        set_status_on_exception=False,
    ) as inner:
        mark = _Span(inner)
        try:
            yield mark
        except Exception as error:
            mark.fail(type(error).__name__)
            raise


def _named(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    return {name.replace("__", "."): value for name, value in attributes.items()}


def _written(each: Any) -> Traceparent:
    context = each.get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"
