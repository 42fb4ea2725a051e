"""What is read of webinars: those of an organisation, whom one would still invite, and what became of its mails."""

from typing import Any
from uuid import UUID

from services.campaigns.announcing.announcement import Progress
from services.campaigns.announcing.correspondents.correspondent import MESSAGES
from services.campaigns.announcing.correspondents.read import list_correspondents
from services.campaigns.announcing.read import count_mails
from services.campaigns.announcing.webinars.webinar import Plan, Reach, UnknownWebinar, Webinar, reach
from shared.database import Connection

WEBINAR = """
    SELECT w.id, w.organisation_id, g.name AS organisation, w.title, w.starts_at, w.ends_at, w.link, w.word,
           w.departement, w.roles, w.status, w.sequence, w.version, w.batches
    FROM campaigns.webinars w JOIN campaigns.organisations g ON g.id = w.organisation_id
"""


async def list_webinars(
    connection: Connection, organisation_id: UUID, *, after: UUID | None, limit: int
) -> list[Webinar]:
    """An organisation's, the newest first."""
    rows = await connection.fetch(
        f"{WEBINAR} WHERE w.organisation_id = $1 AND ($2::uuid IS NULL OR w.id < $2) ORDER BY w.id DESC LIMIT $3",
        organisation_id,
        after,
        limit,
    )
    return [webinar_of(row) for row in rows]


async def read_webinar(connection: Connection, organisation_id: UUID, webinar_id: UUID) -> Webinar:
    """One of them; raises `UnknownWebinar`."""
    row = await connection.fetchrow(
        f"{WEBINAR} WHERE w.organisation_id = $1 AND w.id = $2", organisation_id, webinar_id
    )
    if row is None:
        raise UnknownWebinar
    return webinar_of(row)


async def lock_webinar(connection: Connection, organisation_id: UUID, webinar_id: UUID) -> Webinar:
    """The same, while nobody else changes it or invites to it."""
    row = await connection.fetchrow(
        f"{WEBINAR} WHERE w.organisation_id = $1 AND w.id = $2 FOR NO KEY UPDATE OF w", organisation_id, webinar_id
    )
    if row is None:
        raise UnknownWebinar
    return webinar_of(row)


async def read_reach(connection: Connection, organisation_id: UUID, webinar_id: UUID | None, plan: Plan) -> Reach:
    """Who of the list is still to invite; `webinar_id` None: of one that is not planned yet."""
    told = await connection.fetch(
        """
        SELECT c.person_id FROM campaigns.correspondents c
        WHERE c.organisation_id = $1
          AND EXISTS (SELECT FROM campaigns.webinar_invitations i
                      WHERE i.webinar_id = $2 AND (i.mark = c.mark OR i.person_id = c.person_id))
        """,
        organisation_id,
        webinar_id,
    )
    return reach(await list_correspondents(connection, organisation_id), {row["person_id"] for row in told}, plan)


async def count_invited(connection: Connection, webinar_id: UUID) -> Progress:
    """What became of the invitations."""
    return await count_mails(
        connection, "SELECT event_id, person_id FROM campaigns.webinar_invitations WHERE webinar_id = $2", webinar_id
    )


async def list_invited(connection: Connection, webinar_id: UUID, *, also_unwilling: bool) -> dict[str, list[UUID]]:
    """Whoever may have the invitation and is still on the list, by the list they are from.

    `also_unwilling`: also who has asked for no more since; what did not leave, and no address takes, is nobody's.
    """
    rows = await connection.fetch(
        """
        SELECT c.source, c.person_id FROM campaigns.webinar_invitations i
        JOIN campaigns.correspondents c ON c.person_id = i.person_id
        LEFT JOIN contract.deliveries d ON d.event_id = i.event_id AND d.recipient_id = i.person_id
        WHERE i.webinar_id = $1 AND coalesce(d.state, 'due') NOT IN ('failed', 'suppressed')
          AND ($2 OR NOT EXISTS (SELECT FROM contract.unwanted u
                                 WHERE u.person_id = i.person_id AND u.message = ANY($3::text[])))
        ORDER BY c.source, c.person_id
        """,
        webinar_id,
        also_unwilling,
        list(MESSAGES),
    )
    found: dict[str, list[UUID]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row["person_id"])
    return found


def webinar_of(row: Any) -> Webinar:
    """A row of `WEBINAR`."""
    return Webinar(
        id=row["id"],
        organisation_id=row["organisation_id"],
        organisation=row["organisation"],
        plan=Plan(**{name: row[name] for name in Plan.__struct_fields__ if name != "roles"}, roles=tuple(row["roles"])),
        status=row["status"],
        sequence=row["sequence"],
        version=row["version"],
        batches=row["batches"],
    )
