"""The demo: the campaign a newcomer sees first, loaded once and harmless when it is there."""

from datetime import datetime
from pathlib import Path

from infra.endings import CannotBeDone
from shared.database import open_pool
from shared.signed_links import Signer

DEMO = Path(__file__).parent.parent / "data" / "demo"


class DemoRefused(CannotBeDone):
    """The demo's own files were refused: what the report says."""


async def load_demo(database_url: str, *, now: datetime, signer: Signer | None = None) -> bool:
    """Load the demo campaign with its offers; False when it is there already and is left alone.

    With a signer the class of its teacher, too, who are registered in their names.
    """
    from services.campaigns.imports.load_demo import load_demo as load
    from services.campaigns.imports.report import say_report

    pool = await open_pool(database_url, size=2)
    try:
        report = await load(pool, DEMO, now=now, signer=signer)
    finally:
        await pool.close()
    if report is not None and report.refused:
        raise DemoRefused("\n".join(say_report(report)))
    return report is not None
