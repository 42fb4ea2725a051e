"""Refuse clashes: a group in two sessions at a time, by name, and more pupils than a site takes."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.campaigns.offers.session import GroupElsewhere
from shared.database import Connection
from shared.french_dates import say_times
from shared.languages import later
from shared.refusal import Refusal

# who comes to a session: every seat of the offer, or a group's share of them, rounded up
PUPILS = """
    CASE WHEN s.group_id IS NULL THEN o.seats
         ELSE ceil(o.seats::numeric / (SELECT count(*) FROM campaigns.groups g WHERE g.offer_id = o.id))::int END
"""


class TooManyPupils(Refusal):
    """More pupils would come to a site at a time than it takes."""

    reason: ClassVar[str] = "too-many-pupils"

    def __init__(self, *, host: str, at_most: int, pupils: int) -> None:
        super().__init__(
            later(
                "{host} reçoit {at_most} élèves au plus à cette adresse, et {pupils} y seraient à la fois.",
                host=host,
                at_most=at_most,
                pupils=pupils,
            ),
            field="host",
        )


async def refuse_group_elsewhere(
    connection: Connection,
    *,
    offer_id: UUID,
    session_id: UUID,
    group_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
) -> None:
    """Raise `GroupElsewhere` naming the session in the way; the caller holds the offer's lock.

    The constraint `group_in_one_place_at_a_time` has the last word.
    """
    row = await connection.fetchrow(
        """
        SELECT s.title, s.starts_at, s.ends_at,
               (SELECT name FROM campaigns.groups WHERE id = coalesce($3, s.group_id)) AS group
        FROM campaigns.sessions s
        WHERE s.offer_id = $1 AND s.id <> $2 AND s.status = 'planned' AND s.during && tstzrange($4, $5)
          AND ($3::uuid IS NULL OR s.group_id IS NULL OR s.group_id = $3)
        ORDER BY s.starts_at LIMIT 1
        """,
        offer_id,
        session_id,
        group_id,
        starts_at,
        ends_at,
    )
    if row is not None:
        times = say_times(row["starts_at"], row["ends_at"])
        raise GroupElsewhere(group=row["group"] or "", title=row["title"], times=times)


async def refuse_crowd(connection: Connection, *, session_id: UUID) -> None:
    """Raise `TooManyPupils` where a session, as it is written, brings its site over what it takes at any moment.

    The site's row is locked, so that two offers cannot fill it at the same time.
    """
    site = await connection.fetchrow(
        """
        SELECT id, pupils_at_most FROM campaigns.sites
        WHERE id = (SELECT site_id FROM campaigns.sessions WHERE id = $1) AND pupils_at_most IS NOT NULL
        FOR NO KEY UPDATE
        """,
        session_id,
    )
    if site is None:
        return
    row = await connection.fetchrow(
        f"""
        WITH here AS (SELECT during FROM campaigns.sessions WHERE id = $2),
        there AS (
            SELECT s.during, {PUPILS} AS pupils
            FROM campaigns.sessions s JOIN campaigns.offers o ON o.id = s.offer_id, here
            WHERE s.site_id = $1 AND s.status = 'planned' AND s.during && here.during
        )
        SELECT max(crowd.pupils) AS pupils,
               (SELECT host.name FROM campaigns.sites site
                JOIN campaigns.organisations host ON host.id = site.organisation_id WHERE site.id = $1) AS host
        FROM there moment, here, LATERAL (
            SELECT sum(pupils) AS pupils FROM there
            WHERE there.during @> greatest(lower(moment.during), lower(here.during))
        ) crowd
        """,  # noqa: S608  # a constant above
        site["id"],
        session_id,
    )
    if row is not None and row["pupils"] is not None and row["pupils"] > site["pupils_at_most"]:
        raise TooManyPupils(host=row["host"], at_most=site["pupils_at_most"], pupils=row["pupils"])
