"""What is read of questions: by their planner, by everybody, and by who holds the link of a mail."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.campaigns.access.actor import Actor
from services.campaigns.offers.questions.question import LINK_LIFE, Published, Question, UnknownQuestion
from shared.database import Connection

_QUESTIONS = """
    SELECT q.id, q.offer_id, o.organisation_id, q.words, q.asked_at, q.question, q.answer, q.answered_at, q.published,
           q.edition
    FROM campaigns.questions q JOIN campaigns.offers o ON o.id = q.offer_id
"""


async def list_questions(
    connection: Connection, offer_id: UUID, *, after: UUID | None = None, limit: int = 100
) -> list[Question]:
    """What was sent about an offer, the newest first."""
    rows = await connection.fetch(
        f"""
        {_QUESTIONS} WHERE q.offer_id = $1 AND q.sent_at IS NOT NULL AND ($2::uuid IS NULL OR q.id < $2)
        ORDER BY q.id DESC LIMIT $3
        """,
        offer_id,
        after,
        limit,
    )
    return [msgspec.convert(dict(row), Question) for row in rows]


async def read_own_question(connection: Connection, actor: Actor, question_id: UUID) -> Question:
    """One that is asked of the actor's organisation; raises `UnknownQuestion`."""
    row = await connection.fetchrow(f"{_QUESTIONS} WHERE q.id = $1 AND q.sent_at IS NOT NULL", question_id)
    if row is None or not actor.acts_for(row["organisation_id"]):
        raise UnknownQuestion
    return msgspec.convert(dict(row), Question)


async def list_published(connection: Connection, offer_id: UUID) -> list[Published]:
    """The questions and answers on an offer's page, the first answered first."""
    rows = await connection.fetch(
        """
        SELECT question, answer FROM campaigns.questions WHERE offer_id = $1 AND published
        ORDER BY answered_at, id LIMIT 50
        """,
        offer_id,
    )
    return [Published(row["question"], row["answer"]) for row in rows]


async def read_link(connection: Connection, question_id: UUID, *, now: datetime) -> tuple[str, str, str, bool]:
    """The offer's slug and title, the words, and whether they were sent; raises `UnknownQuestion` once it has ended."""
    row = await connection.fetchrow(
        """
        SELECT o.slug, o.title, q.words, q.sent_at IS NOT NULL AS sent
        FROM campaigns.questions q JOIN campaigns.offers o ON o.id = q.offer_id
        WHERE q.id = $1 AND (q.sent_at IS NOT NULL OR q.asked_at > $2)
        """,
        question_id,
        now - LINK_LIFE,
    )
    if row is None:
        raise UnknownQuestion
    return row["slug"], row["title"], row["words"], row["sent"]
