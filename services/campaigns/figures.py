"""Figures of this process: how long answers take, what they are, how large the batches of the turnstile are.

Text in the format that Prometheus reads (exposition format 0.0.4). Each web process counts for itself, from its start.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from time import time

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MEMBERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
# methods beyond these are invented by whoever asks
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Histogram:
    """How many observations were at most so large, their sum and number."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def note(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def lines(self, name: str, labels: str = "") -> Iterable[str]:
        """Buckets that add up, then sum and number."""
        before = f"{labels}," if labels else ""
        total = 0
        for bound, count in zip((*self.bounds, float("inf")), self.counts, strict=True):
            total += count
            yield f'{name}_bucket{{{before}le="{"+Inf" if bound == float("inf") else f"{bound:g}"}"}} {total}'
        after = f"{{{labels}}}" if labels else ""
        yield f"{name}_sum{after} {self.sum:.6f}"
        yield f"{name}_count{after} {total}"


class Figures:
    """What one process has answered."""

    def __init__(self) -> None:
        self._started_at = time()
        self._seconds: dict[str, Histogram] = {}
        self._answers: Counter[tuple[str, str, int]] = Counter()

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """One answer: by its route's template, never its path, in which secrets stand."""
        self._answers[method if method in METHODS else "other", route, status] += 1
        kind = kind_of(method, route)
        histogram = self._seconds.get(kind)
        if histogram is None:
            histogram = self._seconds[kind] = Histogram(SECONDS)
        histogram.note(seconds)

    def write(self, batches: Histogram) -> str:
        """All of it; `batches` are those of the turnstile."""
        name = "quinzaine_http_request_seconds"
        lines = [
            *_head("quinzaine_process_start_seconds", "gauge", "When this process was started."),
            f"quinzaine_process_start_seconds {self._started_at:.0f}",
            *_head(name, "histogram", "How long answers took, by what they were."),
            *(line for kind, each in sorted(self._seconds.items()) for line in each.lines(name, f'kind="{kind}"')),
            *_head("quinzaine_http_requests_total", "counter", "Answers by route and status."),
            *(
                f'quinzaine_http_requests_total{{method="{method}",route="{route}",status="{status}"}} {count}'
                for (method, route, status), count in sorted(self._answers.items())
            ),
            *_head("quinzaine_turnstile_batch", "histogram", "How many registrations passed together."),
            *batches.lines("quinzaine_turnstile_batch"),
        ]
        return "\n".join(lines) + "\n"


def kind_of(method: str, route: str) -> str:
    """What an answer is: a registration, a feed, a page, JSON, a file, a look at the process."""
    if method == "POST" and route.endswith(("/registrations", "/inscription")):
        return "registration"
    if route.endswith(".ics") or route.startswith("/calendars"):
        return "feed"
    if route in ("/health", "/metrics"):
        return "watch"
    if route.startswith("/static"):
        return "file"
    return "json" if route.startswith("/api/") else "page"


def _head(name: str, kind: str, words: str) -> list[str]:
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
