"""Renew the secret addresses of somebody's calendars: those given until now lead nowhere."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.database import Connection
from shared.notices import CalendarRequested
from shared.outbox import append_events

Whose = Literal["personal", "famille", "professeur", "temoignages", "planification", "suivi"]
# of these a person has one for each time they were written down: they are their address
BY_ADDRESS: tuple[Whose, ...] = ("famille", "temoignages")


async def renew_calendar(
    connection: Connection, *, whose: Whose, holder_id: UUID, version: int, by_mail: bool, now: datetime
) -> int | None:
    """The version that holds from now on; None where `version` does not (any more): two at once renew once.

    It ends all calendars of the person. `by_mail` sends the new address to where the person is written to; whoever
    asked with the old one, which may have come into other hands, does not see it.
    """
    raised: int | None = await connection.fetchval(
        """
        WITH mine AS MATERIALIZED (
            SELECT id, email FROM contract.people
            WHERE id = $1 AND calendar_version = $2 AND erased_at IS NULL FOR NO KEY UPDATE
        ), everybody AS (
            SELECT id FROM mine
            UNION
            SELECT same.id FROM mine JOIN contract.people same ON lower(same.email) = lower(mine.email)
                 AND same.email IS NOT NULL AND same.erased_at IS NULL AND $3
        ), raised AS (
            -- a token has two bytes for it
            UPDATE contract.people p SET calendar_version = p.calendar_version % 65535 + 1
            FROM (SELECT id FROM everybody ORDER BY id) of_them WHERE p.id = of_them.id
            RETURNING p.id, p.calendar_version
        )
        SELECT calendar_version FROM raised WHERE id = $1
        """,
        holder_id,
        version,
        whose in BY_ADDRESS,
    )
    if raised is None or not by_mail:
        return raised
    reader = await _find_reader(connection, holder_id)
    if reader is not None:
        fact = CalendarRequested(
            occurred_at=now,
            recipients=(reader,),
            whose=whose,
            holder_id=holder_id,
            calendar_version=raised,
            renewed=True,
        )
        await append_events(connection, [fact])
    return raised


async def _find_reader(connection: Connection, person_id: UUID) -> UUID | None:
    """Who reads what is written to somebody: they themselves, or the newest guardian of a pupil without an address."""
    reader: UUID | None = await connection.fetchval(
        """
        SELECT id FROM contract.people WHERE id = $1 AND email IS NOT NULL
        UNION ALL
        (SELECT g.id FROM campaigns.registrations r JOIN contract.people g ON g.id = r.guardian_id
         WHERE r.pupil_id = $1 AND g.email IS NOT NULL AND g.erased_at IS NULL ORDER BY r.id DESC LIMIT 1)
        LIMIT 1
        """,
        person_id,
    )
    return reader
