"""Answer a question: its asker is told; where the planner wants it, everybody can read it."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.questions.question import Answer, QuestionChanged, UnknownQuestion
from shared.database import Connection
from shared.outbox import append_events
from shared.question_notices import QuestionAnswered


async def answer_question(connection: Connection, *, question_id: UUID, answer: Answer, now: datetime) -> None:
    """Answer, or change the answer; the asker hears of it when its words are new. Raises `QuestionChanged`."""
    row = await connection.fetchrow(
        """
        SELECT q.asker_id, q.answer, q.edition, q.offer_id, o.slug, o.title, o.status, g.name AS organisation
        FROM campaigns.questions q
        JOIN campaigns.offers o ON o.id = q.offer_id
        JOIN campaigns.organisations g ON g.id = o.organisation_id
        WHERE q.id = $1 AND q.sent_at IS NOT NULL FOR NO KEY UPDATE OF q
        """,
        question_id,
    )
    if row is None:
        raise UnknownQuestion
    if row["edition"] != answer.edition:
        raise QuestionChanged
    await connection.execute(
        """
        UPDATE campaigns.questions
        SET question = $2, answer = $3, published = $4, answered_at = coalesce(answered_at, $5), edition = edition + 1
        WHERE id = $1
        """,
        question_id,
        answer.question,
        answer.answer,
        answer.published,
        now,
    )
    if row["answer"] == answer.answer:
        return
    notice = QuestionAnswered(
        occurred_at=now,
        recipients=(row["asker_id"],),
        offer_id=row["offer_id"],
        question_id=question_id,
        offer=row["title"],
        organisation=row["organisation"],
        offer_slug=row["slug"],
        question=answer.question,
        answer=answer.answer,
    )
    await append_events(connection, [notice])
