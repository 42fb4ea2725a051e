"""Answer as a referent teacher: the pupil is theirs, is theirs once school and class are put right, or is not."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.referents.referent import Answer, Correction, NotForALinkToCorrect, UnknownTeacherLink
from shared.database import Connection


async def answer_referent(
    connection: Connection,
    *,
    teacher_id: UUID,
    pupil_id: UUID,
    answer: Answer,
    correction: Correction | None = None,
    now: datetime,
) -> None:
    """For every registration of the pupil that the teacher is shown; saying it twice is harmless, the last word counts.

    Who the pupil is stays as it was registered: the same form sent again is the same pupil. Raises
    `UnknownTeacherLink`, `NotForALinkToCorrect`.
    """
    # the pupil before what names them, as whoever erases the pupil does
    await connection.execute("SELECT FROM campaigns.pupils WHERE id = $1 FOR NO KEY UPDATE", pupil_id)
    known = await connection.fetchval(
        """
        UPDATE campaigns.referent_teachers named
        SET status = $3, answered_at = CASE WHEN named.status = $3 THEN answered_at ELSE $4 END
        FROM campaigns.registrations r
        WHERE named.teacher_id = $1 AND named.pupil_id = $2 AND r.id = named.registration_id
          AND r.held_for IS DISTINCT FROM 'address'
        RETURNING true
        """,
        teacher_id,
        pupil_id,
        answer,
        now,
    )
    if not known:
        raise UnknownTeacherLink
    if correction is not None:
        await _correct(connection, teacher_id, pupil_id, correction)


async def _correct(connection: Connection, teacher_id: UUID, pupil_id: UUID, correction: Correction) -> None:
    """Only who was named when the pupil was first registered: anybody may name anybody later."""
    corrected = await connection.fetchval(
        """
        UPDATE campaigns.pupils SET school_name = $3, school_uai = $4, class_name = $5
        WHERE id = $2 AND EXISTS (
            SELECT FROM campaigns.referent_teachers named
            JOIN campaigns.registrations naming ON naming.id = named.registration_id
            WHERE named.teacher_id = $1 AND named.pupil_id = $2 AND NOT EXISTS (
                SELECT FROM campaigns.registrations before
                WHERE before.pupil_id = $2 AND before.created_at < naming.created_at))
        RETURNING true
        """,
        teacher_id,
        pupil_id,
        correction.school,
        correction.uai,
        correction.class_name,
    )
    if not corrected:
        raise NotForALinkToCorrect
