"""What is read for public feeds: the state from one indexed row, and only those offers that have changed since."""

from collections.abc import Collection, Mapping
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.feeds.feed import FeedState
from services.campaigns.feeds.public.departements import say_departement
from services.campaigns.feeds.public.standing import Scope, ShownSession
from services.campaigns.standings import JOINED, SHOWN
from shared.database import Connection, Pool
from shared.languages import Message, later

# constants, put into the statement below: the offers a scope may show; $1 is its subject
OFFERS_OF = {
    "offer": "SELECT $1::uuid",
    "campaign": "SELECT id FROM campaigns.offers WHERE campaign_id = $1::uuid",
    "organisation": """
        SELECT id FROM campaigns.offers WHERE organisation_id = $1::uuid
        UNION SELECT offer_id FROM campaigns.standings WHERE host_id = $1::uuid
        UNION SELECT offer_id FROM campaigns.former_standings WHERE host_id = $1::uuid
    """,
    "sector": """
        SELECT offer_id FROM campaigns.standings WHERE sector = $1
        UNION SELECT offer_id FROM campaigns.former_standings WHERE sector = $1
    """,
    "departement": """
        SELECT offer_id FROM campaigns.standings WHERE departements @> ARRAY[$1]
        UNION SELECT offer_id FROM campaigns.former_standings WHERE departements @> ARRAY[$1]
    """,
    "everything": "SELECT id FROM campaigns.offers WHERE $1 = ''",
}
NAMED = {
    "offer": """
        SELECT title AS name, summary AS description, '/offres/' || slug AS path
        FROM campaigns.offers WHERE id = $1::uuid AND status <> 'draft'
    """,
    "campaign": """
        SELECT c.title AS name, c.presentation AS description, '/' AS path
        FROM campaigns.campaigns c
        WHERE c.id = $1::uuid
          AND EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = c.id AND o.status <> 'draft')
    """,
    "organisation": "SELECT name, NULL AS description, '/' AS path FROM campaigns.organisations WHERE id = $1::uuid",
    "sector": "SELECT label AS name, NULL AS description, '/' AS path FROM campaigns.sectors WHERE code = $1",
}
WORDS = {
    "organisation": later("Séances de ses offres, et séances où elle accueille."),
    "sector": later("Toutes les séances de ce secteur."),
    "departement": later("Toutes les séances de ce département."),
    "everything": later("Toutes les séances ouvertes au public."),
}
EVERYTHING = later("Toutes les séances")


class Title(Struct, frozen=True):
    """What a feed is called, in words that may be said in either language, and the path of the page it belongs to."""

    name: str | Message
    description: str | Message
    path: str


class Sheet(Struct, frozen=True):
    """An offer's sessions as they stood at one version of its own feed."""

    version: int
    sessions: tuple[ShownSession, ...]


class Reading(Struct, frozen=True):
    """A feed at one moment: the versions of the offers it may show, and the sheets of those that were not known so."""

    state: FeedState
    scope: Scope
    title: Title
    versions: dict[UUID, int]
    sheets: dict[UUID, Sheet]


async def read_state(pool: Pool, slug: str) -> FeedState | None:
    """The state of a public feed now; None for a slug nobody has."""
    async with pool.acquire() as connection:
        found = await _find_feed(connection, slug)
        if found is not None and found[0].name == "everything":
            await _reckon_everything(connection)
            found = await _find_feed(connection, slug)
    return found[1] if found else None


async def read_feed(pool: Pool, slug: str, known: Mapping[UUID, int]) -> Reading | None:
    """A feed of one moment; `known` are the versions of offers the caller has. None where nothing was published yet."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        found = await _find_feed(connection, slug)
        if found is None:
            return None
        scope, state = found
        title = await _read_title(connection, scope)
        if title is None:
            return None
        rows = await connection.fetch(
            f"""
            SELECT subject::uuid AS id, version FROM campaigns.feeds
            WHERE scope = 'offer' AND subject IN (SELECT id::text FROM ({OFFERS_OF[scope.name]}) AS offers (id))
            """,  # noqa: S608  # the parts are constants of this module
            scope.subject,
        )
        versions = {row["id"]: row["version"] for row in rows}
        changed = [offer_id for offer_id, version in versions.items() if known.get(offer_id) != version]
        sessions = await _read_sessions(connection, changed)
    sheets = {offer_id: Sheet(versions[offer_id], sessions.get(offer_id, ())) for offer_id in changed}
    return Reading(state, scope, title, versions, sheets)


async def read_title(connection: Connection, slug: str) -> Title | None:
    """What a feed is called; None for a slug nobody has, or where nothing was published yet."""
    found = await _find_feed(connection, slug)
    return await _read_title(connection, found[0]) if found else None


async def read_sectors(pool: Pool) -> dict[str, str]:
    """Every sector's code and label."""
    rows = await pool.fetch("SELECT code, label FROM campaigns.sectors ORDER BY code")
    return {row["code"]: row["label"] for row in rows}


async def _find_feed(connection: Connection, slug: str) -> tuple[Scope, FeedState] | None:
    """One row by its key."""
    row = await connection.fetchrow(
        "SELECT scope, subject, version, changed_at FROM campaigns.feeds WHERE slug = $1", slug
    )
    if row is None:
        return None
    return Scope(row["scope"], row["subject"]), FeedState(str(row["version"]), row["changed_at"])


async def _reckon_everything(connection: Connection) -> None:
    """Raise the feed of everything to the sum of the campaigns': no verb of one waits for a verb of another over it."""
    await connection.execute(
        """
        UPDATE campaigns.feeds f
        SET version = campaigns.version,
            changed_at = greatest(campaigns.changed_at, f.changed_at + interval '1 second')
        FROM (SELECT coalesce(sum(version), 0) AS version, max(changed_at) AS changed_at
              FROM campaigns.feeds WHERE scope = 'campaign') campaigns
        WHERE f.scope = 'everything' AND f.version < campaigns.version
        """
    )


async def _read_title(connection: Connection, scope: Scope) -> Title | None:
    if scope.name == "everything":
        return Title(EVERYTHING, WORDS["everything"], "/")
    if scope.name == "departement":
        return Title(say_departement(scope.subject), WORDS["departement"], "/")
    row = await connection.fetchrow(NAMED[scope.name], scope.subject)
    if row is None:
        return None
    return Title(row["name"], WORDS[scope.name] if row["description"] is None else row["description"], row["path"])


async def _read_sessions(connection: Connection, offer_ids: Collection[UUID]) -> dict[UUID, tuple[ShownSession, ...]]:
    """The sessions of offers that are or were public; cancelled ones until their tombstones are removed."""
    rows = await connection.fetch(
        f"""
        SELECT s.offer_id, jsonb_agg(jsonb_build_object(
            'kind', o.kind, 'organisation_id', o.organisation_id,
            'standing', jsonb_build_object('host_id', standing.host_id, 'sector', standing.sector,
                                           'departements', standing.departements),
            'former', ARRAY(
                SELECT jsonb_build_object('host_id', former.host_id, 'sector', former.sector,
                                          'departements', former.departements, 'left_at', former.left_at)
                FROM campaigns.former_standings former
                WHERE former.session_id = s.id ORDER BY former.left_at),
            'item', jsonb_set({SHOWN}, '{{session,changed_at}}', to_jsonb(greatest(s.changed_at, standing.changed_at)))
                    || jsonb_build_object('offer_url', '/offres/' || o.slug)
            ) ORDER BY s.id)::text AS body
        FROM campaigns.standings standing JOIN campaigns.sessions s ON s.id = standing.session_id {JOINED}
        WHERE standing.offer_id = ANY($1::uuid[]) AND s.removed_at IS NULL
        GROUP BY s.offer_id
        """,  # noqa: S608  # the parts are constants
        list(offer_ids),
    )
    return {row["offer_id"]: msgspec.json.decode(row["body"], type=tuple[ShownSession, ...]) for row in rows}
