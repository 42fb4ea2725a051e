"""A pupil's place in an offer, as the personal page tells it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.look.words import say_offered_seats, say_position
from services.campaigns.offers.registration import RegistrationStatus
from shared.french_dates import say_moment
from shared.programme import Programme, ProgrammeDay, ProgrammeSession


class Place(Struct, frozen=True, kw_only=True):
    """One registration with what its page needs; `position` counts from 1 while waiting.

    `offered` seats of the same offer are held for others just now, the last until `offered_until`.
    """

    id: UUID
    offer_id: UUID
    pupil_id: UUID
    status: RegistrationStatus
    position: int | None
    waiting: int
    held_for: str | None = None
    deadline: datetime | None
    token_version: int
    group_id: UUID | None
    group: str
    first_name: str
    last_name: str
    school_name: str
    class_name: str
    created_at: datetime
    changed_at: datetime
    offer_slug: str
    offer_title: str
    offer_cancelled: bool
    ends_at: datetime | None
    revision: int
    programme_changed_at: datetime | None
    offered: int
    offered_until: datetime | None

    @property
    def alive(self) -> bool:
        """Whether there is a seat, or a hope of one."""
        return self.status in ("waiting", "held", "confirmed")

    @property
    def asked(self) -> bool:
        """Whether the seat is held for an answer of whoever reads this page; consent is asked of the guardian."""
        return self.status == "held" and self.held_for != "consent"

    @property
    def told_at(self) -> datetime:
        """When what the calendar entry says was last changed."""
        return max(self.changed_at, self.programme_changed_at or self.changed_at)

    def say_state(self) -> str:
        """What the page says first."""
        match self.status:
            case "confirmed":
                return "Votre place est confirmée"
            case "held" if self.held_for == "address":
                return "Plus qu’un geste : confirmez votre inscription"
            case "held" if self.held_for == "consent":
                return "Votre place est retenue : il manque l’accord de votre responsable légal"
            case "held":
                return "Une place vous est proposée"
            case "waiting":
                return f"Vous êtes {_lower_first(say_position(self.position or 1, self.waiting))}"
            case "withdrawn":
                return "Vous avez renoncé à cette inscription"
            case "refused":
                return "Vous avez refusé la place proposée"
            case "expired":
                return "La place proposée n’est plus retenue"
            case "cancelled":
                return "Cette offre est annulée"

    def say_more(self) -> str:
        """The sentence below: what it means, until when, what happens without you."""
        match self.status:
            case "confirmed":
                return "Il n’y a rien d’autre à faire pour le moment."
            case "held" if self.held_for == "consent" and self.deadline is not None:
                return (
                    f"Il lui a été demandé par e-mail, jusqu’au {say_moment(self.deadline)}. Dès qu’il est donné, "
                    "votre place est confirmée. Sans réponse, elle sera proposée à la personne suivante."
                )
            case "held" if self.deadline is not None:
                return (
                    f"Elle est retenue pour vous jusqu’au {say_moment(self.deadline)}. "
                    "Sans réponse, elle sera proposée à la personne suivante."
                )
            case "waiting" if self.offered and self.offered_until is not None:
                return say_offered_seats(self.offered, say_moment(self.offered_until))
            case "waiting":
                return "Aucune place n’est proposée en ce moment. Dès qu’une se libère, vous recevez un e-mail."
            case "expired" if self.deadline is not None:
                return f"Il fallait répondre avant le {say_moment(self.deadline)}."
            case "cancelled":
                return "Elle n’aura pas lieu. Vous n’avez rien à faire."
            case _:
                return "La place est rendue : quelqu’un d’autre peut la prendre."


def next_session(programme: Programme, group_id: UUID | None, now: datetime) -> ProgrammeSession | None:
    """The first session still to come: where to be next."""
    sessions = (session for day in programme.of_group(group_id) for session in day.sessions)
    return min((s for s in sessions if s.starts_at > now), key=lambda s: s.starts_at, default=None)


def own_days(programme: Programme, group_id: UUID | None) -> tuple[ProgrammeDay, ...]:
    """The days as this pupil will live them; all groups' sessions while no group is known."""
    return programme.of_group(group_id)


def _lower_first(text: str) -> str:
    return text[0].lower() + text[1:]
