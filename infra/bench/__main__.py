"""`make bench`: one run, a table, and `.quinzaine/bench.json`."""

from pathlib import Path

import uvloop
from rich.console import Console

from infra.bench.feed_rounds import measure_feeds
from infra.bench.figures import Figure, show, write
from infra.bench.finding_rounds import measure_finding
from infra.bench.mail_rounds import measure_mails
from infra.bench.planning_rounds import measure_planning
from infra.bench.start_rounds import measure_start
from infra.bench.system import bench
from infra.bench.web_rounds import measure_web


async def main() -> None:
    """Measure everything once; a figure that cannot be measured ends the run with its reason."""
    console = Console()
    figures: list[Figure] = []
    with console.status("web : inscriptions et flux…"):
        async with bench() as running:
            figures += await measure_web(running)
    with console.status("planification…"):
        async with bench() as running:
            figures += await measure_planning(running)
    with console.status("recherche et places…"):
        async with bench() as running:
            figures += await measure_finding(running)
    with console.status("flux de 2 000 séances…"):
        async with bench() as running:
            figures += await measure_feeds(running)
    with console.status("messages…"):
        async with bench() as running:
            figures += await measure_mails(running)
    with console.status("démarrages et mémoire…"):
        figures += await measure_start()
    show(figures, console)
    write(figures, Path(".quinzaine") / "bench.json")


if __name__ == "__main__":
    uvloop.run(main())
