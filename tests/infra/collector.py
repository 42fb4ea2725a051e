"""An OpenTelemetry collector on the loopback: it reads what is sent to it by OTLP over HTTP, and keeps it."""

import gzip
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec import Struct
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Told(Struct, frozen=True):
    """A span as a collector reads it."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, str]


class Collector:
    """Where it listens, and the spans it was told of."""

    def __init__(self) -> None:
        self.raw = b""
        self._told: list[Told] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                assert self.path == "/v1/traces"
                collector.hear(body)
                self.send_response(200)
                self.send_header("Content-Type", "application/x-protobuf")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def hear(self, body: bytes) -> None:
        """Read one request."""
        self.raw += body
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            of_process = {each.key: each.value.string_value for each in resource.resource.attributes}
            for scope in resource.scope_spans:
                self._told += [
                    Told(
                        of_process["service.name"],
                        each.name,
                        each.trace_id.hex(),
                        each.span_id.hex(),
                        each.parent_span_id.hex(),
                        {pair.key: _value(pair.value) for pair in each.attributes},
                    )
                    for each in scope.spans
                ]

    def traces(self) -> dict[str, list[Told]]:
        """Spans by trace."""
        found: dict[str, list[Told]] = defaultdict(list)
        for each in list(self._told):
            found[each.trace].append(each)
        return found

    def wait_for(self, name: str, count: int, *, seconds: float = 20) -> None:
        """Until so many spans of a name have come."""
        until = time.monotonic() + seconds
        while sum(each.name == name for each in self._told) < count:
            assert time.monotonic() < until, f"told: {sorted(each.name for each in self._told)}"
            time.sleep(0.05)


def _value(value: Any) -> str:
    return str(getattr(value, value.WhichOneof("value")))


@contextmanager
def listening() -> Iterator[Collector]:
    """A collector that listens as long as the block."""
    collector = Collector()
    thread = threading.Thread(target=collector.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.server.shutdown()
        collector.server.server_close()
