"""The demo: the campaign a newcomer sees first, loaded once and harmless when it is there."""

from datetime import datetime
from pathlib import Path

from shared.database import open_pool

DEMO = Path(__file__).parent.parent / "data" / "demo"


async def load_demo(database_url: str, *, now: datetime) -> None:
    """Load every offer of the demo; an offer that is there and unchanged is left alone."""
    from services.campaigns.imports.load_demo import load_demo as load

    pool = await open_pool(database_url, size=2)
    try:
        await load(pool, DEMO, now=now)
    finally:
        await pool.close()
