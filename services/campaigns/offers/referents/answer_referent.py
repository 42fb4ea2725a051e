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
    """Saying it twice is harmless, and the last word counts; raises `UnknownTeacherLink`, `NotForALinkToCorrect`.

    Who the pupil is stays as it was registered: the same form sent again is the same pupil.
    """
    known = await connection.fetchval(
        """
        UPDATE campaigns.referent_teachers
        SET status = $3, answered_at = CASE WHEN status = $3 THEN answered_at ELSE $4 END
        WHERE teacher_id = $1 AND pupil_id = $2 RETURNING true
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
    """Only what came with the registration that named the teacher, or after it: anybody may name anybody."""
    corrected = await connection.fetchval(
        """
        UPDATE campaigns.pupils SET school_name = $3, school_uai = $4, class_name = $5
        WHERE id = $2 AND NOT EXISTS (
            SELECT FROM campaigns.registrations naming
            JOIN campaigns.referent_teachers named ON named.registration_id = naming.id
            JOIN campaigns.registrations before ON before.pupil_id = naming.pupil_id
                AND before.created_at < naming.created_at
            WHERE named.teacher_id = $1 AND named.pupil_id = $2)
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
