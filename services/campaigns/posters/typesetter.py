"""The typesetter's own process: a sheet as JSON comes in, a PDF or a picture goes out.

It holds 40 MB that the web process has not.
It knows no network, no database and no file but its template; it may take ten seconds and half a gigabyte, no more.
"""

import resource
import sys
from pathlib import Path

HERE = Path(__file__).parent
# of a page in points: 600 wide is 1,200 pixels
DOTS_AN_INCH = 144
SECONDS, BYTES = 10, 1 << 30


def main() -> None:
    """Set the sheet of stdin as the template says that is named, `poster` or `card`; stdout is its PDF or PNG."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    import typst

    sheet = sys.stdin.buffer.read().decode()
    card = sys.argv[1:] == ["card"]
    out = typst.compile(
        (HERE / ("card.typ" if card else "poster.typ")).read_bytes(),
        ignore_system_fonts=True,
        sys_inputs={"sheet": sheet},
        format="png" if card else "pdf",
        ppi=DOTS_AN_INCH,
        timestamp=0,
    )
    sys.stdout.buffer.write(out)


if __name__ == "__main__":
    main()
