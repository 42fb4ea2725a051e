"""Note the referent teachers whom pupils named when they registered; the loop asks them afterwards."""

from collections.abc import Sequence
from datetime import datetime

from services.campaigns.offers.recognise_pupils import Newcomer
from shared.database import Connection
from shared.identifiers import new_id
from shared.signed_links import Signer


async def note_referents(
    connection: Connection, newcomers: Sequence[Newcomer], *, signer: Signer, now: datetime
) -> None:
    """For those of them who named one. Each registration asks for itself; of the same pupil on the same offer, what was
    said goes on, unless it was that the teacher does not know them.

    Teachers are made in the order of their marks: the batches of two offers do not lock each other out.
    """
    named = [each for each in newcomers if each.request.teacher_email]
    if not named:
        return
    emails = [(each.request.teacher_email or "").lower() for each in named]
    marks = [signer.identity("teacher", email) for email in emails]
    await connection.execute(
        """
        WITH input AS (
            SELECT DISTINCT ON (mark) mark, email, id FROM unnest($1::bytea[], $2::text[], $3::uuid[])
                AS t (mark, email, id) ORDER BY mark
        ), fresh AS (
            INSERT INTO campaigns.referents (person_id, mark)
            SELECT coalesce(a.person_id, input.id), input.mark
            FROM input LEFT JOIN campaigns.accounts a ON a.email = input.email
            ORDER BY input.mark
            ON CONFLICT DO NOTHING
            RETURNING person_id
        )
        INSERT INTO contract.people (id, first_name, last_name, email)
        SELECT input.id, '', '', input.email FROM input JOIN fresh ON fresh.person_id = input.id
        """,
        marks,
        emails,
        [new_id() for _ in named],
    )
    await connection.execute(
        """
        INSERT INTO campaigns.referent_teachers
            (pupil_id, teacher_id, registration_id, asked_at, status, told_at, answered_at)
        SELECT t.pupil_id, referent.person_id, t.registration_id, $5, coalesce(said.status, 'asked'), said.told_at,
               said.answered_at
        FROM unnest($1::bytea[], $2::text[], $3::uuid[], $4::uuid[]) AS t (mark, email, pupil_id, registration_id)
        LEFT JOIN campaigns.accounts a ON a.email = t.email
        JOIN campaigns.referents referent ON referent.mark = t.mark OR referent.person_id = a.person_id
        JOIN campaigns.registrations mine ON mine.id = t.registration_id
        LEFT JOIN LATERAL (
            SELECT last.status, last.told_at, last.answered_at FROM (
                SELECT named.status, named.told_at, named.answered_at
                FROM campaigns.referent_teachers named JOIN campaigns.registrations r ON r.id = named.registration_id
                WHERE named.pupil_id = t.pupil_id AND named.teacher_id = referent.person_id
                  AND r.offer_id = mine.offer_id
                ORDER BY r.created_at DESC LIMIT 1
            ) last WHERE last.status <> 'unknown'
        ) said ON true
        ORDER BY t.pupil_id, referent.person_id
        """,
        marks,
        emails,
        [each.pupil_id for each in named],
        [each.request.id for each in named],
        now,
    )
