"""What is read for companies: their sessions of all campaigns, by company or by the address that was written to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.offers.hosts.company.hosting import Guest, Hosting
from services.campaigns.offers.hosts.host_request import UnknownHostRequest
from services.campaigns.offers.hosts.read import read_appointments
from shared.database import Connection
from shared.signed_links import Signer

PAGE = 100

HOSTINGS = """
    SELECT s.id AS session_id, q.id AS request_id, coalesce(q.token_version, 1) AS token_version, q.person_id,
           host.id AS organisation_id, host.name AS host, q.status, coalesce(q.word, '') AS word, q.answer_by,
           q.answered_at, q.proposed_starts_at, q.proposed_ends_at, s.status = 'planned' AS planned,
           coalesce(s.host_id = host.id, false) AS still_theirs, s.group_id, coalesce(g.name, '') AS group,
           o.id AS offer_id, c.title AS campaign, o.names_shared_at IS NOT NULL AS names_shared
"""
PARTS = """
    JOIN campaigns.offers o ON o.id = s.offer_id
    JOIN campaigns.campaigns c ON c.id = o.campaign_id
    LEFT JOIN campaigns.groups g ON g.id = s.group_id
"""


async def read_hosting(connection: Connection, request_id: UUID) -> Hosting:
    """What one request asks; raises `UnknownHostRequest`."""
    rows = await connection.fetch(
        f"""
        {HOSTINGS}
        FROM campaigns.host_requests q
        JOIN campaigns.sessions s ON s.id = q.session_id
        JOIN campaigns.organisations host ON host.id = q.organisation_id
        {PARTS}
        WHERE q.id = $1
        """,  # the columns are constants of this module
        request_id,
    )
    found = await _hostings(connection, rows)
    if not found:
        raise UnknownHostRequest
    return found[0]


async def read_own_hosting(connection: Connection, actor: Actor, request_id: UUID) -> Hosting:
    """What one request asks of the actor's organisation; raises `UnknownHostRequest`."""
    hosting = await read_hosting(connection, request_id)
    if not actor.acts_for(hosting.organisation_id):
        raise UnknownHostRequest
    return hosting


async def read_linked_hosting(connection: Connection, signer: Signer, token: str) -> tuple[UUID, Hosting]:
    """What the link of a mail asks; raises `UnknownHostRequest` for one that is cut, foreign or revoked."""
    signed = signer.read("host", token)
    hosting = await read_hosting(connection, signed.id)
    if hosting.token_version != signed.version:
        raise UnknownHostRequest
    return signed.id, hosting


async def list_hostings(
    connection: Connection, organisation_id: UUID, *, now: datetime, after: UUID | None = None, limit: int = PAGE
) -> list[Hosting]:
    """A company's sessions of all campaigns, in the order of their days, past ones last: those it was asked for,
    and those that are public already.
    """
    rows = await connection.fetch(
        f"""
        WITH listed AS (
            {HOSTINGS}, ROW(s.ends_at <= $4, s.starts_at, s.id) AS place
            FROM (SELECT id FROM campaigns.sessions WHERE host_id = $1
                  UNION SELECT session_id FROM campaigns.host_requests
                  WHERE organisation_id = $1 AND status IN ('awaited', 'confirmed', 'proposed')) theirs
            JOIN campaigns.sessions s ON s.id = theirs.id
            JOIN campaigns.organisations host ON host.id = $1
            LEFT JOIN LATERAL (SELECT * FROM campaigns.host_requests q
                               WHERE q.session_id = s.id AND q.organisation_id = host.id
                               ORDER BY q.id DESC LIMIT 1) q ON true
            {PARTS}
            WHERE q.id IS NOT NULL OR o.status <> 'draft'
        )
        SELECT * FROM listed
        WHERE $2::uuid IS NULL OR place > (SELECT place FROM listed WHERE session_id = $2)
        ORDER BY place LIMIT $3
        """,  # noqa: S608  # the columns are constants of this module
        organisation_id,
        after,
        limit,
        now,
    )
    return await _hostings(connection, rows)


async def list_hostings_of_person(connection: Connection, person_id: UUID, *, now: datetime) -> list[Hosting]:
    """All that was asked of somebody, under whatever name: the address is the person. At most a hundred, past ones
    last; empty for an address nobody has (any more).
    """
    rows = await connection.fetch(
        f"""
        WITH asked AS MATERIALIZED (
            SELECT DISTINCT p.id
            FROM contract.people person, campaigns.host_requests q JOIN contract.people p ON p.id = q.person_id
            WHERE person.id = $1 AND person.erased_at IS NULL AND p.erased_at IS NULL
              AND lower(p.email) = lower(person.email)
        )
        {HOSTINGS}
        FROM asked
        JOIN campaigns.host_requests q ON q.person_id = asked.id
        JOIN campaigns.sessions s ON s.id = q.session_id
        JOIN campaigns.organisations host ON host.id = q.organisation_id
        {PARTS}
        WHERE q.status <> 'replaced' AND s.host_id = host.id
        ORDER BY s.ends_at <= $3, s.starts_at, s.id LIMIT $2
        """,  # noqa: S608  # the columns are constants of this module
        person_id,
        PAGE,
        now,
    )
    return await _hostings(connection, rows)


async def list_feeds(connection: Connection, organisation_ids: Collection[UUID]) -> list[tuple[str, str]]:
    """Name and slug of the public feed of each of these companies that has one: their sessions, as soon as they are
    public.
    """
    rows = await connection.fetch(
        """
        SELECT host.name, feed.slug
        FROM campaigns.feeds feed JOIN campaigns.organisations host ON host.id::text = feed.subject
        WHERE feed.scope = 'organisation' AND feed.subject = ANY($1::text[]) ORDER BY host.name
        """,
        [str(organisation_id) for organisation_id in organisation_ids],
    )
    return [(row["name"], row["slug"]) for row in rows]


async def list_guests(connection: Connection, hosting: Hosting) -> list[Guest]:
    """Who comes, by name; asked only where `names_visible` says so."""
    rows = await connection.fetch(
        """
        SELECT person.first_name, person.last_name, p.school_name, p.class_name
        FROM campaigns.registrations r
        JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id AND person.erased_at IS NULL
        WHERE r.offer_id = $1 AND r.status = 'confirmed'
          AND ($2::uuid IS NULL OR r.group_id IS NULL OR r.group_id = $2)
        ORDER BY person.last_name, person.first_name, r.id
        """,
        hosting.offer_id,
        hosting.group_id,
    )
    return [Guest(**dict(row)) for row in rows]


async def _hostings(connection: Connection, rows: Sequence[object]) -> list[Hosting]:
    records = [dict(row) for row in rows]  # type: ignore[call-overload]  # asyncpg's records are mappings
    appointments = await read_appointments(connection, [record["session_id"] for record in records])
    return [
        Hosting(
            **{name: value for name, value in record.items() if name not in ("session_id", "place")},
            appointment=appointments[record["session_id"]],
        )
        for record in records
    ]
