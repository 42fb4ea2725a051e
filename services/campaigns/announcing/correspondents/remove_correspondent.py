"""Remove a correspondent: the name and what was written to them go; that they wanted no more of it stays, as a mark."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.announcing.correspondents.correspondent import MESSAGES, UnknownCorrespondent
from shared.database import Connection
from shared.erasures import PupilErased
from shared.french_dates import PARIS
from shared.outbox import append_events

AT_ONCE = 200


async def remove_correspondent(
    connection: Connection, *, organisation_id: UUID, person_id: UUID, now: datetime
) -> None:
    """Take somebody off the list; raises `UnknownCorrespondent`, also the second time."""
    if not await _remove(connection, [person_id], now, organisation_id=organisation_id):
        raise UnknownCorrespondent


async def remove_old_correspondents(connection: Connection, *, now: datetime) -> int:
    """Remove whom no list has named for their time, and forget who was told of what is over; how many.

    A mark is of use as long as somebody could be told of the same campaign, or invited to the same webinar, twice.
    """
    rows = await connection.fetch(
        """
        SELECT person_id FROM campaigns.correspondents WHERE kept_until < $1
        ORDER BY kept_until LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        now.astimezone(PARIS).date(),
        AT_ONCE,
    )
    removed = await _remove(connection, [row["person_id"] for row in rows], now)
    forgotten = await connection.fetch(
        """
        UPDATE campaigns.announced a SET mark = uuid_send(gen_random_uuid())
        FROM campaigns.campaigns c
        WHERE c.id = a.campaign_id AND length(a.mark) > 16
          AND upper(c.period) + make_interval(months => c.keep_months) <= $1::date
        RETURNING a.person_id
        """,
        now.astimezone(PARIS).date(),
    )
    webinars = await connection.fetch(
        """
        UPDATE campaigns.webinar_invitations i SET mark = uuid_send(gen_random_uuid())
        FROM campaigns.webinars w
        WHERE w.id = i.webinar_id AND length(i.mark) > 16 AND (w.ends_at < $1 OR w.status = 'cancelled')
        RETURNING i.person_id
        """,
        now,
    )
    return removed + len(forgotten) + len(webinars)


async def _remove(
    connection: Connection, ids: Sequence[UUID], now: datetime, *, organisation_id: UUID | None = None
) -> int:
    rows = await connection.fetch(
        """
        DELETE FROM campaigns.correspondents c
        WHERE c.person_id = ANY($1::uuid[]) AND ($2::uuid IS NULL OR c.organisation_id = $2)
        RETURNING c.person_id, c.organisation_id, c.mark,
                  (SELECT min(u.since) FROM contract.unwanted u
                   WHERE u.person_id = c.person_id AND u.message = ANY($3::text[])) AS declined_at
        """,
        list(ids),
        organisation_id,
        list(MESSAGES),
    )
    declined = [row for row in rows if row["declined_at"] and row["mark"]]
    await connection.execute(
        """
        INSERT INTO campaigns.correspondents_declined (organisation_id, mark, since)
        SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::timestamptz[]) ON CONFLICT DO NOTHING
        """,
        [row["organisation_id"] for row in declined],
        [row["mark"] for row in declined],
        [row["declined_at"] for row in declined],
    )
    gone = [row["person_id"] for row in rows]
    await connection.execute(
        """
        UPDATE contract.people SET first_name = '', last_name = '', email = NULL, erased_at = $2
        WHERE id = ANY($1::uuid[]) AND erased_at IS NULL
        """,
        gone,
        now,
    )
    # they stand where a pupil does: what was written to them is erased by the same fact
    await append_events(
        connection,
        [PupilErased(occurred_at=now, pupil_id=each, people=(each,), registration_ids=()) for each in gone],
    )
    return len(rows)
