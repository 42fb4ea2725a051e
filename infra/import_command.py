"""`quinzaine import`: a programme file in, a report on the terminal out."""

from datetime import UTC, datetime
from pathlib import Path

from services.campaigns.imports.import_file import import_file
from services.campaigns.imports.report import say_report
from shared.database import open_pool
from shared.settings import Settings


async def import_programme(file: Path, settings: Settings) -> bool:
    """Import one file and print the report; False when it was refused, and then nothing was written.

    Whom a change concerns is told within a second: the relay's poll finds the facts.
    """
    pool = await open_pool(settings.database_url, size=2)
    try:
        report = await import_file(pool, file, now=datetime.now(UTC))
    finally:
        await pool.close()
    print("\n".join(say_report(report)))
    return not report.refused
