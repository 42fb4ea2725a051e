"""The typesetter's own process: a sheet as JSON comes in, a PDF goes out. It holds 40 MB that the web process has not.

It knows no network, no database and no file but its template; it may take ten seconds and half a gigabyte, no more.
"""

import resource
import sys
from pathlib import Path

TEMPLATE = Path(__file__).parent / "poster.typ"
SECONDS, BYTES = 10, 1 << 30


def main() -> None:
    """Set the sheet of stdin; its PDF is stdout."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    import typst

    sheet = sys.stdin.buffer.read().decode()
    pdf = typst.compile(TEMPLATE.read_bytes(), ignore_system_fonts=True, sys_inputs={"sheet": sheet}, timestamp=0)
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
