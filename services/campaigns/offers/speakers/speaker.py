"""A speaker: who testifies, what they agreed to, and whether they may be asked."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_email, parse_line
from shared.languages import Message, _, later
from shared.refusal import Refusal

InvitationStatus = Literal["awaited", "confirmed", "declined", "withdrawn"]
SpeakerAnswer = Literal["confirmed", "declined"]

NAME_AT_MOST, TRADE_AT_MOST, EMPLOYER_AT_MOST = 80, 100, 120


class UnknownSpeaker(Refusal):
    """No speaker has this id in the bank of the asker's organisation."""

    reason: ClassVar[str] = "unknown-speaker"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cet intervenant n’existe pas."))


class UnknownInvitation(Refusal):
    """No invitation has this id among those the asker may see; or its link is cut, foreign or revoked."""

    reason: ClassVar[str] = "unknown-invitation"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette invitation n’existe pas, ou ce lien n’est plus valable."))


class SpeakerKnown(Refusal):
    """The bank has somebody of this name and trade, or this address, already."""

    reason: ClassVar[str] = "speaker-known"

    def __init__(self, field: str) -> None:
        said = {"email": _("Cette adresse est déjà celle d’un intervenant de votre liste.")}
        super().__init__(
            said.get(field, later("Cet intervenant est déjà dans votre liste, avec ce métier.")), field=field
        )


class SpeakerTaken(Refusal):
    """The speaker is asked for, or has, another session at that time (exclusion constraint)."""

    reason: ClassVar[str] = "speaker-elsewhere"

    def __init__(self, name: str) -> None:
        super().__init__(
            later("{name} a déjà une séance, ou y est invité, à cette heure.", name=name), field="session_id"
        )


class SpeakerInvited(Refusal):
    """The speaker has a living invitation to this session."""

    reason: ClassVar[str] = "speaker-invited"

    def __init__(self, name: str) -> None:
        super().__init__(later("{name} est déjà invité à cette séance.", name=name), field="session_id")


class NotToBeAskedAgain(Refusal):
    """The speaker came once and has not agreed to be contacted again."""

    reason: ClassVar[str] = "not-to-be-asked-again"

    def __init__(self, name: str) -> None:
        super().__init__(
            later("{name} n’a pas accepté d’être recontacté après sa dernière intervention.", name=name),
            field="session_id",
        )


class SpeakerHasSessions(Refusal):
    """Who is expected at a session to come cannot be taken out of the bank."""

    reason: ClassVar[str] = "speaker-has-sessions"

    def __init__(self, name: str) -> None:
        super().__init__(later("{name} est attendu à une séance à venir. Annulez d’abord son invitation.", name=name))


class NothingToAnswer(Refusal):
    """The invitation is over: withdrawn, declined, or its session has begun."""

    reason: ClassVar[str] = "nothing-to-answer"

    def __init__(self, why: Message) -> None:
        super().__init__(why)


class SpeakerSheet(Struct, frozen=True, kw_only=True):
    """What a planner writes of a speaker, checked. `contact_again`: whether they agreed to be asked another time."""

    name: str
    trade: str
    employer: str
    sector: str | None
    email: str
    contact_again: bool


class Invitation(Struct, frozen=True, kw_only=True):
    """An invitation read under its offer's lock."""

    id: UUID
    session_id: UUID
    speaker_id: UUID
    speaker: str
    person_id: UUID | None
    status: InvitationStatus
    token_version: int
    # the entry in the speaker's calendar
    sequence: int
    in_calendar: bool
    starts_at: datetime
    session_status: str
    contact_again: bool

    def take(self, answer: SpeakerAnswer, *, now: datetime) -> bool:
        """Whether the answer changes the invitation; raises `NothingToAnswer`.

        Who confirmed may still decline, and who declined may come back to it while the time is free.
        """
        if self.status == "withdrawn" or self.session_status != "planned":
            raise NothingToAnswer(later("Vous n’êtes plus attendu à cette séance. Rien n’est à faire de votre côté."))
        if self.starts_at <= now:
            raise NothingToAnswer(later("Cette séance a déjà commencé : appelez l’organisateur."))
        return answer != self.status


def parse_sheet(
    *, name: str, trade: str, employer: str = "", sector: str | None = None, email: str, contact_again: bool = False
) -> SpeakerSheet:
    """A speaker as a planner writes it; raises `InvalidField` with its field. The database knows the sectors."""
    address = parse_email(email, "email")
    if address is None:
        raise InvalidField(later("L’adresse e-mail manque."), field="email")
    return SpeakerSheet(
        name=parse_line(name, "name", _("Le nom"), NAME_AT_MOST),
        trade=parse_line(trade, "trade", _("Le métier"), TRADE_AT_MOST),
        employer=parse_line(employer, "employer", _("L’employeur"), EMPLOYER_AT_MOST, needed=False),
        sector=(sector or "").strip() or None,
        email=address,
        contact_again=contact_again,
    )


def may_be_asked(*, contact_again: bool, came_before: bool) -> bool:
    """The first time needs no consent of its own; after a session is over, only who agreed is asked again."""
    return contact_again or not came_before
