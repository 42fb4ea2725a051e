"""The part of the contract about questions that visitors ask of an offer; an asker's own words are in none of them."""

from datetime import datetime
from uuid import UUID

from shared.notice import Notice


class QuestionNotice(Notice, frozen=True, kw_only=True):
    """A fact about questions on one offer; `organisation` is whose offer it is."""

    offer: str
    organisation: str


class QuestionAsked(QuestionNotice, frozen=True, kw_only=True, tag="question.asked"):
    """Somebody wrote a question; it goes to nobody before the button behind this mail was pressed."""

    question_id: UUID
    expires_at: datetime


class QuestionsPassedOn(QuestionNotice, frozen=True, kw_only=True, tag="question.passed_on"):
    """So many questions wait for an answer that planners did not know of; told to the planners, grouped."""

    offer_slug: str
    count: int


class QuestionAnswered(QuestionNotice, frozen=True, kw_only=True, tag="question.answered"):
    """A planner answered, or changed the answer; `question` is in the planner's words. Told to who asked."""

    question_id: UUID
    offer_slug: str
    question: str
    answer: str
