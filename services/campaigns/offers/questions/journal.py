"""What the journal says of questions: that one was answered or taken away, not what was in it."""

from datetime import datetime

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.offers.questions.question import Question
from shared.database import Connection


async def note_answer(
    connection: Connection, actor: Actor, question: Question, *, published: bool, now: datetime
) -> None:
    """One line for an answer."""
    detail = "Réponse publiée sur la page de l’offre." if published else "Réponse envoyée à qui demande."
    await write_audit(connection, actor, "answer_question", detail, now=now, offer_id=question.offer_id)


async def note_removal(connection: Connection, actor: Actor, question: Question, *, now: datetime) -> None:
    """One line for a question that is gone."""
    detail = "Question supprimée."
    await write_audit(connection, actor, "remove_question", detail, now=now, offer_id=question.offer_id)
