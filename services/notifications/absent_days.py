"""Absent days: who has said that they do not come on the first day is not reminded of it the day before."""

from collections.abc import Sequence
from uuid import UUID

from services.notifications.letter import Letter
from shared.answer_notices import AbsenceForeseen
from shared.database import Connection


async def reminded_of_absence(connection: Connection, letters: Sequence[Letter]) -> set[UUID]:
    """The reminders among these letters of a day that the pupil has said no to, and has not taken back."""
    eves = [letter for letter in letters if letter.message == "reminder_eve" and letter.useless_from is not None]
    if not eves:
        return set()
    rows = await connection.fetch(
        """
        SELECT eve.id
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS eve (id, offer_id, pupil_id, begins_at)
        CROSS JOIN LATERAL (
            SELECT e.body FROM contract.events e
            WHERE e.offer_id = eve.offer_id AND e.tag = $5 AND e.body ->> 'pupil_id' = eve.pupil_id::text
              AND ((e.body -> 'appointment' ->> 'starts_at')::timestamptz AT TIME ZONE 'Europe/Paris')::date
                  = (eve.begins_at AT TIME ZONE 'Europe/Paris')::date
            ORDER BY e.id DESC LIMIT 1
        ) AS said
        WHERE NOT coalesce((said.body ->> 'taken_back')::boolean, false)
        """,
        [letter.id for letter in eves],
        [letter.offer_id for letter in eves],
        [letter.pupil.id for letter in eves],
        [letter.useless_from for letter in eves],
        str(AbsenceForeseen.__struct_config__.tag),
    )
    return {row["id"] for row in rows}
