"""Ask referent teachers whether the pupils who named them are theirs: called by the loop."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.referents.referent import TOLD_AGAIN_AFTER
from shared.database import Connection
from shared.notices import TeacherAsked
from shared.outbox import append_events

# not of who has not shown yet that the address is theirs: nobody has mails sent to teachers with invented names
_TO_ASK = """
    named.told_at IS NULL AND named.status = 'asked'
    AND EXISTS (SELECT FROM campaigns.registrations r
                WHERE r.id = named.registration_id AND r.status IN ('waiting', 'held', 'confirmed')
                  AND r.held_for IS DISTINCT FROM 'address')
"""


async def find_referents_to_ask(connection: Connection, *, now: datetime) -> Sequence[UUID]:
    """Teachers somebody has named since they were last written to, an hour ago or more."""
    rows = await connection.fetch(
        f"""
        SELECT DISTINCT named.teacher_id
        FROM campaigns.referent_teachers named JOIN campaigns.referents t ON t.person_id = named.teacher_id
        WHERE {_TO_ASK} AND (t.told_at IS NULL OR t.told_at <= $1)
        LIMIT 100
        """,  # noqa: S608  # a constant of this module
        now - TOLD_AGAIN_AFTER,
    )
    return [row["teacher_id"] for row in rows]


async def ask_referents(connection: Connection, *, teacher_id: UUID, now: datetime) -> None:
    """One mail for all who named the teacher since the last one; two loops at once send one.

    The teacher is locked before who named them, as whoever erases a pupil does.
    """
    version = await connection.fetchval(
        """
        UPDATE campaigns.referents SET told_at = $2
        WHERE person_id = $1 AND (told_at IS NULL OR told_at <= $3) RETURNING token_version
        """,
        teacher_id,
        now,
        now - TOLD_AGAIN_AFTER,
    )
    if version is None:
        return
    rows = await connection.fetch(
        f"""
        UPDATE campaigns.referent_teachers named SET told_at = $2
        WHERE named.teacher_id = $1 AND {_TO_ASK} RETURNING pupil_id
        """,  # noqa: S608  # a constant of this module
        teacher_id,
        now,
    )
    if rows:
        pupils = len({row["pupil_id"] for row in rows})
        fact = TeacherAsked(occurred_at=now, recipients=(teacher_id,), token_version=version, pupils=pupils)
        await append_events(connection, [fact])
