"""A request to a company to host one session: what it may answer, until when, and why not any more."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal, TypeVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration_form import parse_email, parse_line
from services.campaigns.offers.session import InvalidChange, check_time
from shared.appointment import Appointment
from shared.french_dates import PARIS
from shared.languages import _, later
from shared.plain_spaces import plain_spaces
from shared.promises import PromiseNotice
from shared.refusal import Refusal

Told = TypeVar("Told", bound=PromiseNotice)
Answer = Literal["confirmed", "proposed", "declined", "withdrawn"]
RequestStatus = Literal["awaited", "confirmed", "proposed", "declined", "withdrawn", "replaced"]

DAYS_TO_ANSWER, DAYS_BEFORE = timedelta(days=7), timedelta(days=3)
SHORT_NOTICE = timedelta(days=1)
REMINDER_BEFORE = timedelta(days=2)
# so that those who were to come can still be told
REPLACED_BEFORE = timedelta(days=2)
WORD_AT_MOST, NAME_AT_MOST, COMPANY_AT_MOST, ADDRESS_AT_MOST = 600, 80, 150, 300

# which answers each state is open to; an answer given twice changes nothing and is no refusal
OPEN_TO: dict[str, frozenset[Answer]] = {
    "awaited": frozenset({"confirmed", "proposed", "declined"}),
    "proposed": frozenset({"confirmed", "proposed", "declined"}),
    "confirmed": frozenset({"withdrawn"}),
    # who said no may think again for as long as nobody else was found
    "declined": frozenset({"confirmed"}),
    "withdrawn": frozenset({"confirmed"}),
    "replaced": frozenset(),
}


class UnknownHostRequest(Refusal):
    """No request has this id among those the asker may see; or its link is cut, foreign or revoked."""

    reason: ClassVar[str] = "unknown-host-request"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette demande d’accueil n’existe pas, ou ce lien n’est plus valable."))


class HostReleasedAlready(Refusal):
    """The company is not asked any more: it was replaced, or the session is cancelled."""

    reason: ClassVar[str] = "host-released"

    def __init__(self) -> None:
        super().__init__(later("Cet accueil ne vous est plus demandé. Rien n’est à faire de votre côté."))


class HostingOver(Refusal):
    """The session has begun: it can neither be accepted nor refused."""

    reason: ClassVar[str] = "hosting-over"

    def __init__(self) -> None:
        super().__init__(later("Cette séance a déjà commencé : appelez l’organisateur."))


class AnswerNotPossible(Refusal):
    """The state of the request is not open to this answer (two people answered, or the form is an old one)."""

    reason: ClassVar[str] = "answer-not-possible"

    def __init__(self, status: str) -> None:
        said = {
            "confirmed": _("Cet accueil est déjà confirmé. Pour y renoncer, retirez la confirmation."),
            "declined": _("Cet accueil est déjà décliné. Vous pouvez encore le confirmer."),
            "withdrawn": _("La confirmation est déjà retirée. Vous pouvez encore confirmer de nouveau."),
        }
        super().__init__(said.get(status, later("Cet accueil n’est pas confirmé : il n’y a rien à retirer.")))


class NothingProposed(Refusal):
    """No other time stands in the request (any more)."""

    reason: ClassVar[str] = "nothing-proposed"

    def __init__(self) -> None:
        super().__init__(later("L’entreprise ne propose pas, ou plus, d’autre horaire."))


class NoContact(Refusal):
    """Nobody is known whom the company could be asked through."""

    reason: ClassVar[str] = "no-contact"
    status: ClassVar[int] = 422

    def __init__(self, company: str) -> None:
        super().__init__(
            later("Nous ne savons pas à qui écrire chez {company}. Indiquez un nom et une adresse.", company=company),
            field="email",
        )


class SameHost(Refusal):
    """The company to replace a host by is that host."""

    reason: ClassVar[str] = "same-host"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(
            later("Cette entreprise accueille déjà cette séance. Choisissez-en une autre."), field="company"
        )


class PlaceMissing(Refusal):
    """The company to replace a host by has no site we know: participants would be sent to the one before."""

    reason: ClassVar[str] = "place-missing"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Nous ne savons pas où cette entreprise reçoit. Indiquez son adresse."), field="place")


class NoHost(Refusal):
    """The session has no company that could be asked."""

    reason: ClassVar[str] = "no-host"

    def __init__(self) -> None:
        super().__init__(later("Cette séance n’a pas d’entreprise d’accueil."))


class AskedAlready(Refusal):
    """The company has a living request for this session."""

    reason: ClassVar[str] = "asked-already"

    def __init__(self) -> None:
        super().__init__(later("La demande est déjà partie pour cette séance."))


class GivenAnswer(Struct, frozen=True, kw_only=True):
    """What a company answers, checked; times where it proposes others."""

    answer: Answer
    word: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Contact(Struct, frozen=True, kw_only=True):
    """Whom to write to at a company; `refused`: nothing reaches the address any more."""

    name: str
    email: str
    refused: bool = False


class HostRequest(Struct, frozen=True, kw_only=True):
    """A request read under its offer's lock."""

    id: UUID
    session_id: UUID
    organisation_id: UUID
    person_id: UUID
    status: RequestStatus
    word: str
    proposed_starts_at: datetime | None
    proposed_ends_at: datetime | None
    token_version: int
    # the entry in the calendar of who was asked
    sequence: int
    in_calendar: bool
    # what the session is now
    host_id: UUID | None
    session_status: str
    starts_at: datetime

    def take(self, given: GivenAnswer, *, now: datetime) -> bool:
        """Whether the answer changes anything; raises the refusal of one that cannot be given."""
        if self.status == "replaced" or self.session_status != "planned" or self.host_id != self.organisation_id:
            raise HostReleasedAlready
        if self.starts_at <= now:
            raise HostingOver
        if given.answer == self.status:
            return (given.starts_at, given.ends_at) != (self.proposed_starts_at, self.proposed_ends_at)
        if given.answer not in OPEN_TO[self.status]:
            raise AnswerNotPossible(self.status)
        if given.starts_at is not None and given.starts_at <= now:
            raise InvalidChange(later("Proposez un horaire à venir."), field="starts_at")
        return True

    def promise(
        self,
        kind: type[Told],
        *,
        offer_id: UUID,
        host: str,
        appointment: Appointment,
        space_version: int,
        now: datetime,
    ) -> Told:
        """What becomes of the entry in the calendar of who was asked, told to them: one SEQUENCE on."""
        return kind(
            occurred_at=now,
            recipients=(self.person_id,),
            offer_id=offer_id,
            request_id=self.id,
            token_version=self.token_version,
            space_version=space_version,
            keeper="host",
            promised_by=host,
            appointment=appointment,
            sequence=self.sequence + 1,
        )


def answer_deadline(*, now: datetime, starts_at: datetime) -> datetime:
    """A week, at the latest three days before, in the evening; with less than a day: a day, or half of what is left."""
    deadline = _evening_before(min(now + DAYS_TO_ANSWER, starts_at - DAYS_BEFORE))
    if deadline >= now + SHORT_NOTICE:
        return deadline
    return min(now + SHORT_NOTICE, now + (starts_at - now) / 2)


def _evening_before(moment: datetime) -> datetime:
    """The last evening, 18 h in Paris, that is not after the moment: an hour people can remember."""
    local = moment.astimezone(PARIS)
    evening = local.replace(hour=18, minute=0, second=0, microsecond=0)
    return evening if evening <= local else (evening - timedelta(days=1)).replace(fold=0)


def replace_deadline(starts_at: datetime) -> datetime:
    """Until when a company that said no is to be replaced, or the session cancelled."""
    return starts_at - REPLACED_BEFORE


def parse_contact(*, name: str, email: str) -> Contact:
    """A contact as a planner writes it; raises `InvalidField` with its field."""
    checked_name = parse_line(name, "name", _("Le nom"), NAME_AT_MOST)
    return Contact(name=checked_name, email=parse_email(email, "email") or _missing_email())


def _missing_email() -> str:
    raise InvalidChange(later("L’adresse e-mail manque."), field="email")


def parse_answer(
    answer: Answer, *, word: str = "", starts_at: datetime | None = None, ends_at: datetime | None = None
) -> GivenAnswer:
    """An answer as it is written by hand or machine; raises `InvalidChange` with its field."""
    said = parse_word(word)
    if answer != "proposed":
        return GivenAnswer(answer=answer, word=said)
    if starts_at is None or ends_at is None:
        raise InvalidChange(later("Indiquez l’horaire que vous proposez."), field="starts_at")
    for name, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        check_time(name, moment)
    if ends_at <= starts_at:
        raise InvalidChange(later("La fin doit venir après le début."), field="ends_at")
    if starts_at.astimezone(PARIS).date() != ends_at.astimezone(PARIS).date():
        raise InvalidChange(later("Une séance commence et finit le même jour."), field="ends_at")
    return GivenAnswer(answer=answer, word=said, starts_at=starts_at, ends_at=ends_at)


def parse_word(word: str) -> str:
    """A word added to an answer: a few lines of text; raises `InvalidChange`."""
    text = "\n".join(line.rstrip() for line in plain_spaces(word).replace("\r\n", "\n").strip().split("\n"))
    if len(text) > WORD_AT_MOST:
        raise InvalidChange(later("Ce mot est trop long : {most} caractères au plus.", most=WORD_AT_MOST), field="word")
    if not all(character.isprintable() or character == "\n" for character in text):
        raise InvalidChange(later("Ce mot contient un caractère invisible."), field="word")
    return text
