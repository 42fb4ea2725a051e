"""What is told of the offers: the newest, and all that may be found."""

from datetime import datetime

from services.campaigns.catalogue.sharing.documents import Entry
from shared.database import Connection
from shared.french_dates import say_moment
from shared.languages import _

NEWEST = 50


async def list_newest(connection: Connection) -> list[Entry]:
    """The offers that appeared last and are still to come or going on, the newest first."""
    rows = await connection.fetch(
        """
        SELECT o.id, o.slug, o.title, o.summary, o.city, g.name AS organisation, s.listed_at,
               coalesce(o.programme_changed_at, s.listed_at) AS changed_at, lower(o.busy) AS starts_at,
               ARRAY(SELECT DISTINCT t.label FROM campaigns.days d JOIN campaigns.sectors t ON t.code = d.sector
                     WHERE d.offer_id = o.id ORDER BY t.label) AS sectors
        FROM campaigns.offer_search s
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE o.status IN ('published', 'closed')
        ORDER BY s.listed_at DESC, o.id DESC LIMIT $1
        """,
        NEWEST,
    )
    return [Entry(**{**row, "sectors": tuple(row["sectors"])}, when=_when(row["starts_at"])) for row in rows]


async def list_for_sitemap(connection: Connection) -> list[tuple[str, datetime]]:
    """The slug of each public offer that is not cancelled, and when its programme changed, the newest first."""
    rows = await connection.fetch(
        """
        SELECT o.slug, coalesce(o.programme_changed_at, s.listed_at) AS changed_at
        FROM campaigns.offer_search s JOIN campaigns.offers o ON o.id = s.offer_id
        WHERE o.status IN ('published', 'closed', 'over')
        ORDER BY s.listed_at DESC, o.id DESC LIMIT 49999
        """
    )
    return [(row["slug"], row["changed_at"]) for row in rows]


def _when(starts_at: datetime | None) -> str:
    return _("À partir du {moment}", moment=say_moment(starts_at)) if starts_at else ""
