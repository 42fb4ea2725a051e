"""What other sites are shown: the offers still to come, of one organisation, of some towns."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import LISTING
from services.campaigns.embedding.choice import UnknownChoice
from shared.database import Connection


async def list_organisers(connection: Connection) -> list[tuple[str, str]]:
    """The organisations that have a public offer: slug and name, by name."""
    rows = await connection.fetch(
        """
        SELECT g.slug, g.name FROM campaigns.organisations g
        WHERE EXISTS (SELECT FROM campaigns.offers o WHERE o.organisation_id = g.id AND o.status <> 'draft')
        ORDER BY campaigns.plain_words(g.name), g.slug
        """
    )
    return [(row["slug"], row["name"]) for row in rows]


async def read_organiser(connection: Connection, slug: str) -> str:
    """The name of an organisation that has a public offer; raises `UnknownChoice`."""
    name: str | None = await connection.fetchval(
        """
        SELECT g.name FROM campaigns.organisations g
        WHERE g.slug = $1
          AND EXISTS (SELECT FROM campaigns.offers o WHERE o.organisation_id = g.id AND o.status <> 'draft')
        """,
        slug,
    )
    if name is None:
        raise UnknownChoice
    return name


async def list_embedded(
    connection: Connection, *, organisation: str, cities: Sequence[str] | None, now: datetime, limit: int
) -> list[Listing]:
    """The offers still to come, the first first. `cities`: only of these towns; None: of all."""
    rows = await connection.fetch(
        f"""
        WITH chosen AS MATERIALIZED (
            SELECT o.id FROM campaigns.offers o JOIN campaigns.organisations g ON g.id = o.organisation_id
            WHERE o.status IN ('published', 'closed') AND coalesce(upper(o.busy) > $1, true)
              AND ($2 = '' OR g.slug = $2) AND ($3::text[] IS NULL OR o.city = ANY($3))
            ORDER BY coalesce(lower(o.busy), 'infinity'), o.id LIMIT $4
        )
        {LISTING} WHERE o.id IN (SELECT id FROM chosen)
        ORDER BY coalesce(lower(o.busy), 'infinity'), o.id
        """,  # noqa: S608  # the columns are a constant of the catalogue
        now,
        organisation,
        cities,
        limit,
    )
    return [msgspec.convert({**row, "days": msgspec.json.decode(row["days"])}, Listing) for row in rows]
