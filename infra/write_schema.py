"""Write infra/schema.sql: what the migrations come to, for reading, and to show in a review what a migration does."""

import asyncio
import subprocess
import tempfile
from pathlib import Path

from infra.embedded_database import FOR_TESTS, EmbeddedDatabase, binaries
from infra.migrate import migrate

SCHEMA = Path(__file__).parent / "schema.sql"
HEAD = "-- The sum of infra/migrations, written by `make schema`. A test compares; do not edit.\n"


def main() -> None:
    """Write the file."""
    SCHEMA.write_text(sum_of_migrations())
    print(f"{SCHEMA.name} written.")


def sum_of_migrations() -> str:
    """The schema of a new database after all migrations, as pg_dump of the embedded PostgreSQL writes it."""
    with tempfile.TemporaryDirectory(prefix="quinzaine-schema-") as folder:
        Path(folder).chmod(0o755)  # as root the server is another account's, which must pass here
        database = EmbeddedDatabase(Path(folder) / "cluster", FOR_TESTS)
        try:
            database.start()
            asyncio.run(migrate(database.url))
            return HEAD + _normalised(_dump(database.url))
        finally:
            database.remove()


def _dump(url: str) -> str:
    done = subprocess.run(
        [binaries() / "pg_dump", "--schema-only", "--no-owner", "--no-privileges", url],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _normalised(dump: str) -> str:
    """Without what differs from one dump to the next (random tokens, versions), and without pg_dump's furniture."""
    lines = [line for line in dump.splitlines() if not line.startswith(("--", "\\", "SET ", "SELECT pg_catalog."))]
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n" + "\n".join(kept).strip() + "\n"


if __name__ == "__main__":
    main()
