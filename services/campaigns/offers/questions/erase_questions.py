"""Erase questions: with them goes the address of who asked; what planners wrote is gone from the page as well."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.questions.question import LINK_LIFE
from shared.database import Connection
from shared.erasures import PupilErased
from shared.outbox import append_events

AT_ONCE = 200


async def remove_question(connection: Connection, *, question_id: UUID, now: datetime) -> None:
    """Take one away; doing it twice is harmless."""
    await _erase(connection, [question_id], now)


async def erase_questions(connection: Connection, *, now: datetime) -> int:
    """Erase what was never sent, and what has been kept for its campaign's time; returns how many, a few at a time."""
    rows = await connection.fetch(
        """
        SELECT q.id FROM campaigns.questions q WHERE q.sent_at IS NULL AND q.asked_at <= $1
        UNION ALL
        SELECT q.id FROM campaigns.questions q
        JOIN campaigns.offers o ON o.id = q.offer_id JOIN campaigns.campaigns c ON c.id = o.campaign_id
        WHERE greatest(upper(c.period), (upper(o.busy) AT TIME ZONE 'Europe/Paris')::date + 1)
              + make_interval(months => c.keep_months) <= $2::date
        LIMIT $3
        """,
        now - LINK_LIFE,
        now.date(),
        AT_ONCE,
    )
    await _erase(connection, [row["id"] for row in rows], now)
    return len(rows)


async def _erase(connection: Connection, question_ids: Sequence[UUID], now: datetime) -> None:
    askers = await connection.fetch(
        "DELETE FROM campaigns.questions WHERE id = ANY($1::uuid[]) RETURNING asker_id", list(question_ids)
    )
    people = [row["asker_id"] for row in askers]
    await connection.execute(
        "UPDATE contract.people SET email = NULL, erased_at = $2 WHERE id = ANY($1::uuid[]) AND erased_at IS NULL",
        people,
        now,
    )
    # who asked stands where a pupil does: what was written to them is erased by the same fact
    await append_events(
        connection,
        [PupilErased(occurred_at=now, pupil_id=asker, people=(asker,), registration_ids=()) for asker in people],
    )
