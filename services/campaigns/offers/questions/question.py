"""A question, and what is asked of one before it reaches anybody."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.sign_in import NotAnAddress, parse_address
from shared.languages import Message, _, later
from shared.plain_spaces import plain_spaces
from shared.refusal import Refusal

WORDS_AT_MOST, ANSWER_AT_MOST = 1000, 3000
# so long the button behind the mail waits to be pressed
LINK_LIFE = timedelta(hours=24)
# of one address that wait for it, and of one offer: whoever writes more writes to nobody
UNSENT_OF_AN_ADDRESS, UNSENT_OF_AN_OFFER = 3, 200


class UnknownQuestion(Refusal):
    """There is no such question (any more), or it is asked of somebody else."""

    reason: ClassVar[str] = "unknown-question"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette question n’existe pas, ou plus."))


class QuestionsClosed(Refusal):
    """The offer is over, cancelled, or not public."""

    reason: ClassVar[str] = "questions-closed"

    def __init__(self) -> None:
        super().__init__(later("On ne peut plus poser de question sur cette offre."))


class QuestionChanged(Refusal):
    """Somebody else answered meanwhile."""

    reason: ClassVar[str] = "question-changed"

    def __init__(self) -> None:
        super().__init__(later("Quelqu’un a répondu entre-temps. Relisez sa réponse avant de la changer."))


class InvalidAnswer(Refusal):
    """A field of the answer that cannot stand so."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422

    def __init__(self, sentence: Message, field: str) -> None:
        super().__init__(sentence, field=field)


class Asked(Struct, frozen=True, kw_only=True):
    """A question as its form gives it, checked."""

    words: str
    email: str


class Answer(Struct, frozen=True, kw_only=True):
    """An answer as it is to stand; `edition` is that of the question the planner had before them."""

    question: str
    answer: str
    published: bool
    edition: int


class Question(Struct, frozen=True, kw_only=True):
    """A question as its planner sees it: never who asked."""

    id: UUID
    offer_id: UUID
    organisation_id: UUID
    words: str
    asked_at: datetime
    question: str
    answer: str
    answered_at: datetime | None
    published: bool
    edition: int

    @property
    def state(self) -> Literal["open", "answered", "published"]:
        """Where it stands."""
        if self.answered_at is None:
            return "open"
        return "published" if self.published else "answered"


class Published(Struct, frozen=True):
    """What everybody reads on the offer's page."""

    question: str
    answer: str


def parse_question(*, words: str, email: str) -> tuple[Asked | None, dict[str, str]]:
    """The question, or what is wrong by field."""
    faults: dict[str, str] = {}
    words, address = _readable(words), ""
    if not words:
        faults["words"] = _("Écrivez votre question.")
    elif len(words) > WORDS_AT_MOST:
        faults["words"] = _("Votre question dépasse {most} caractères.", most=WORDS_AT_MOST)
    try:
        address = parse_address(email)
    except NotAnAddress as refusal:
        faults["email"] = refusal.sentence
    return (None if faults else Asked(words=words, email=address)), faults


def parse_answer(*, question: str, answer: str, published: bool, edition: int) -> Answer:
    """The answer; raises `InvalidAnswer`."""
    question, answer = _readable(question), _readable(answer)
    if not question or len(question) > WORDS_AT_MOST:
        raise InvalidAnswer(
            later("Écrivez la question telle qu’elle sera lue, en {most} caractères au plus.", most=WORDS_AT_MOST),
            "question",
        )
    if not answer or len(answer) > ANSWER_AT_MOST:
        raise InvalidAnswer(later("Écrivez la réponse, en {most} caractères au plus.", most=ANSWER_AT_MOST), "answer")
    return Answer(question=question, answer=answer, published=published, edition=edition)


def _readable(text: str) -> str:
    """Lines of text, without what cannot be read: control characters, and marks that turn the direction of others."""
    lines = plain_spaces(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = ("".join(char for char in line if char.isprintable() or char == "\t").strip() for line in lines)
    return "\n".join(kept).strip()
