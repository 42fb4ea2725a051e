"""Load the demo: the campaign a newcomer sees first, once; what was changed of it since is left alone."""

from datetime import datetime
from pathlib import Path

from services.campaigns.imports.import_file import import_file
from services.campaigns.imports.report import ImportReport
from shared.database import Pool

CAMPAIGN = "normandie-deux-semaines"


async def load_demo(pool: Pool, folder: Path, *, now: datetime) -> ImportReport | None:
    """Import `campaign.yaml` of a folder and all it names; None where the campaign is there already."""
    if await pool.fetchval("SELECT EXISTS (SELECT FROM campaigns.campaigns WHERE slug = $1)", CAMPAIGN):
        return None
    return await import_file(pool, folder / "campaign.yaml", now=now)
