"""What the sheet of a session reads: where a company can host, and who wrote last."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from shared.database import Connection


class Site(Struct, frozen=True, kw_only=True):
    """A place where a company can host; `id` is None for a company without a known address."""

    id: UUID | None
    host_id: UUID
    host: str
    address: str
    pupils_at_most: int | None

    @property
    def words(self) -> str:
        """What a planner types and reads: « Chantiers de la Risle, 1 rue du Quai, 27500 Pont-Audemer »."""
        return f"{self.host}, {self.address}" if self.address else self.host


async def list_sites(connection: Connection) -> list[Site]:
    """Every company's sites by name; one line without an address for who has none. Schools host nobody."""
    rows = await connection.fetch(
        """
        SELECT site.id, o.id AS host_id, o.name AS host, coalesce(site.address, '') AS address, site.pupils_at_most
        FROM campaigns.organisations o LEFT JOIN campaigns.sites site ON site.organisation_id = o.id
        WHERE o.kind <> 'school' ORDER BY o.name, site.address, o.id LIMIT 2000
        """
    )
    return [Site(**dict(row)) for row in rows]


async def read_last_hand(connection: Connection, offer_id: UUID, since: datetime) -> str:
    """Who wrote last to an offer at that moment, by the journal; empty where it does not say."""
    name: str | None = await connection.fetchval(
        """
        SELECT concat_ws(' ', p.first_name, p.last_name)
        FROM campaigns.audit a JOIN contract.people p ON p.id = a.person_id
        WHERE a.offer_id = $1 AND a.occurred_at = $2 ORDER BY a.id DESC LIMIT 1
        """,
        offer_id,
        since,
    )
    return name or ""
