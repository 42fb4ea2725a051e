"""The JSON bodies about questions; who asked is in none of them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.offers.questions.question import Question


class AnswerBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer. `question` as others are to read it; `edition` is that of the question that was read."""

    question: Annotated[
        str, Meta(description="1 to 1,000 characters", examples=["Faut-il des chaussures de sécurité ?"])
    ]
    answer: Annotated[str, Meta(description="1 to 3,000 characters", examples=["Non : nous les prêtons."])]
    published: bool = False
    edition: Annotated[int, Meta(examples=[1])]


class QuestionBody(Struct, frozen=True, kw_only=True):
    """A question that was sent: `words` as it was asked, `question` and `answer` as the planner wrote them."""

    id: UUID
    state: Literal["open", "answered", "published"]
    words: str
    asked_at: datetime
    question: str
    answer: str
    answered_at: datetime | None
    edition: int


class QuestionsBody(Struct, frozen=True):
    """The newest first, a hundred a page."""

    items: list[QuestionBody]
    next: str | None


def question_body(question: Question) -> QuestionBody:
    """A question as JSON has it."""
    return QuestionBody(
        id=question.id,
        state=question.state,
        words=question.words,
        asked_at=question.asked_at,
        question=question.question,
        answer=question.answer,
        answered_at=question.answered_at,
        edition=question.edition,
    )
