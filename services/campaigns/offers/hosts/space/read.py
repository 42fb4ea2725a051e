"""What is read for the secret addresses of companies: which version holds, and the sessions of a calendar."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from services.campaigns.feeds.feed import FeedContent, FeedState
from services.campaigns.offers.hosts.space.calendar import HostedEntry, head_of, sessions_of
from shared.database import Connection, Pool

FIRST_VERSION = 1

# $1 is an organisation, or a person: then it is all that was asked of the address, under whatever name. Of a session
# asked twice the newest counts; an organisation sees what is public besides. Who shows up where is no part of it.
ENTRIES = """
    WITH asked AS MATERIALIZED (
        SELECT DISTINCT p.id
        FROM contract.people person, campaigns.host_requests q JOIN contract.people p ON p.id = q.person_id
        WHERE person.id = $1 AND person.erased_at IS NULL AND p.erased_at IS NULL
          AND lower(p.email) = lower(person.email)
    ), theirs AS (
        SELECT DISTINCT ON (session_id) *
        FROM (
            SELECT q.session_id, q.organisation_id, q.id, q.status, greatest(q.asked_at, q.answered_at) AS moved_at
            FROM campaigns.host_requests q WHERE q.organisation_id = $1
            UNION ALL
            SELECT q.session_id, q.organisation_id, q.id, q.status, greatest(q.asked_at, q.answered_at)
            FROM asked JOIN campaigns.host_requests q ON q.person_id = asked.id
            UNION ALL
            SELECT s.id, $1, NULL, NULL, NULL
            FROM campaigns.sessions s JOIN campaigns.offers o ON o.id = s.offer_id AND o.status <> 'draft'
            WHERE s.host_id = $1
        ) every
        ORDER BY session_id, id DESC NULLS LAST
    ), entries AS (
        SELECT s.starts_at, s.id, jsonb_build_object(
            'offer', o.title, 'organisation', g.name, 'expected', CASE WHEN alive THEN s.expected ELSE '' END,
            'tentative', alive AND coalesce(theirs.status IN ('awaited', 'proposed'), false),
            'pupils', CASE WHEN s.group_id IS NULL THEN o.seats
                           ELSE (o.seats + groups.number - 1) / greatest(groups.number, 1) END,
            'session', jsonb_build_object(
                'id', s.id, 'starts_at', s.starts_at, 'ends_at', s.ends_at, 'title', s.title, 'kind', s.kind,
                'group', coalesce(of_pupils.name, ''), 'host', host.name, 'sequence', s.sequence,
                'place', CASE WHEN alive THEN s.place ELSE '' END,
                'room', CASE WHEN alive THEN coalesce(s.room, '') ELSE '' END,
                'contact', CASE WHEN alive THEN o.contact ELSE '' END,
                'meeting_point', CASE WHEN alive THEN s.meeting_point ELSE '' END,
                'status', CASE WHEN alive THEN 'planned' ELSE 'cancelled' END,
                'changed_at', greatest(s.changed_at, theirs.moved_at))) AS body
        FROM theirs
        JOIN campaigns.sessions s ON s.id = theirs.session_id AND s.removed_at IS NULL
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        JOIN campaigns.organisations host ON host.id = theirs.organisation_id
        LEFT JOIN campaigns.groups of_pupils ON of_pupils.id = s.group_id
        CROSS JOIN LATERAL (SELECT count(*) AS number FROM campaigns.groups WHERE offer_id = o.id) groups
        CROSS JOIN LATERAL (
            SELECT s.status = 'planned' AND s.host_id IS NOT DISTINCT FROM theirs.organisation_id
                   AND coalesce(theirs.status, 'confirmed') IN ('awaited', 'proposed', 'confirmed') AS alive
        ) standing
    ), holder AS (
        SELECT name FROM campaigns.organisations WHERE id = $1
        UNION ALL SELECT '' FROM contract.people WHERE id = $1 AND erased_at IS NULL
    )
"""
STATE = """
    holder.name || ' ' || (SELECT md5(coalesce(string_agg(body::text, '' ORDER BY starts_at, id), '')) FROM entries)
"""
HOLDS = "coalesce((SELECT version FROM campaigns.host_spaces WHERE holder_id = $1), 1) = $2::integer"


async def read_space_versions(connection: Connection, holder_ids: Collection[UUID]) -> dict[UUID, int]:
    """Which version of its secret address holds for each organisation or person."""
    rows = await connection.fetch(
        "SELECT holder_id, version FROM campaigns.host_spaces WHERE holder_id = ANY($1::uuid[])", list(holder_ids)
    )
    return dict.fromkeys(holder_ids, FIRST_VERSION) | {row["holder_id"]: row["version"] for row in rows}


async def read_space_state(pool: Pool, holder_id: UUID, version: int) -> FeedState | None:
    """The state of a company's calendar now, made of what it shows; None when its address was renewed or never was."""
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            f"{ENTRIES} SELECT {STATE} AS version FROM holder WHERE {HOLDS}",  # noqa: S608  # constants of this module
            holder_id,
            version,
        )
    return _state(row["version"]) if row else None


async def read_space_content(
    pool: Pool, holder_id: UUID, version: int, *, address: str, token: str, base_url: str
) -> FeedContent | None:
    """State and sessions of a company's calendar, of one moment."""
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            f"""
            {ENTRIES}
            SELECT holder.name, {STATE} AS version,
                   (SELECT coalesce(jsonb_agg(body ORDER BY starts_at, id), '[]') FROM entries)::text AS body
            FROM holder WHERE {HOLDS}
            """,  # noqa: S608  # the parts are constants of this module
            holder_id,
            version,
        )
    if row is None:
        return None
    entries = msgspec.json.decode(row["body"], type=tuple[HostedEntry, ...])
    # a person has no account: the page that the mails link to
    url = f"{base_url}/planification/accueils" if row["name"] else f"{base_url}/accueil/{token}/tout"
    head = head_of(row["name"], source=f"{base_url}/calendars/{address}", url=url)
    return FeedContent(_state(row["version"]), head, sessions_of(entries, url=url))


def _state(version: str) -> FeedState:
    # no moment of change: titles, contacts and organisers change without one, so nothing but the ETag is told
    return FeedState(version, None)
