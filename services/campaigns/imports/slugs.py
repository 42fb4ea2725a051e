"""Slugs are free or taken across all that has a public feed: offers, campaigns, organisations, sectors, areas."""

from services.campaigns.imports.words_of_files import slug_of
from shared.database import Connection

# whoever takes a slug holds this lock: imports follow one another, so that two of the same file are one import and one
# that finds nothing to do
SLUGS = 7_151_516
# rooms of the planners' pages and of the public ones: no offer hides one, no offer is hidden by one
ROOMS = frozenset(
    {"offres", "campagnes", "accueils", "intervenants", "classes", "organisation", "series", "nouvelle", "personal"}
)


async def find_free_slug(connection: Connection, name: str) -> str:
    """The slug of a name, numbered from 2 where it is taken; the caller holds the lock `SLUGS`, so it stays free."""
    slug = slug_of(name)
    if slug.startswith(("secteur-", "departement-")) or slug in ROOMS:
        slug = f"le-{slug}"
    number = 1
    candidate = slug
    while await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM campaigns.offers WHERE slug = $1)
            OR EXISTS (SELECT FROM campaigns.campaigns WHERE slug = $1)
            OR EXISTS (SELECT FROM campaigns.organisations WHERE slug = $1)
            OR EXISTS (SELECT FROM campaigns.feeds WHERE slug = $1)
        """,
        candidate,
    ):
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
