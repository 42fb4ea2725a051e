"""A pupil's place in an offer, as the personal page tells it: to the pupil, or to the guardian."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.look.words import say_held_seats, say_number, say_position
from services.campaigns.offers.registration import RegistrationStatus
from shared.french_dates import say_moment
from shared.languages import Glossary, _, language, later, n_

Reader = Literal["pupil", "guardian"]

STATES = Glossary(
    {
        "confirmed": later("Votre place est confirmée"),
        "declined": later("Votre agenda a répondu non : votre place est gardée un moment"),
        "held_address": later("Plus qu’un geste : confirmez votre inscription"),
        "held_consent": later("Votre place est retenue : il manque l’accord de votre responsable légal"),
        "held_promotion": later("Une place vous est proposée"),
        "withdrawn": later("Vous avez renoncé à cette inscription"),
        "refused": later("Vous avez refusé la place proposée"),
        "expired": later("La place proposée n’est plus retenue"),
        "cancelled": later("Cette offre est annulée"),
        "past": later("C’est terminé"),
        "missed": later("C’est terminé, sans qu’une place se libère"),
    }
)
STATES_TO_GUARDIAN = Glossary(
    {
        "confirmed": later("La place est confirmée"),
        "declined": later("L’agenda a répondu non : la place est gardée un moment"),
        "held_address": later("L’inscription attend d’être confirmée par l’élève"),
        "held_consent": later("La place est retenue : il manque votre accord"),
        "held_promotion": later("Une place est proposée"),
        "withdrawn": later("L’inscription est retirée"),
        "refused": later("La place proposée a été refusée"),
    }
)
MORE = Glossary(
    {
        "confirmed": later("Il n’y a rien d’autre à faire pour le moment."),
        "declined": later(
            "Elle l’est jusqu’au {until}. Si c’était une erreur, gardez-la ; sinon, elle est rendue, et il n’y a rien "
            "à faire."
        ),
        "held_address": later(
            "Elle est retenue pour vous jusqu’au {until}. Sans réponse, elle sera proposée à la personne suivante."
        ),
        "held_promotion": later(
            "Elle est retenue pour vous jusqu’au {until}. Sans réponse, elle sera proposée à la personne suivante."
        ),
        "held_consent": later(
            "Il lui a été demandé par e-mail, jusqu’au {until}. Dès qu’il est donné, votre place est confirmée. "
            "Sans réponse, elle sera proposée à la personne suivante."
        ),
        "waiting": later("Aucune place n’est proposée en ce moment. Dès qu’une se libère, vous recevez un e-mail."),
        "withdrawn": later("La place est rendue : quelqu’un d’autre peut la prendre."),
        "refused": later("La place est rendue : quelqu’un d’autre peut la prendre."),
        "expired": later("Elle est passée à la personne suivante."),
        "cancelled": later("Elle n’aura pas lieu. Vous n’avez rien à faire."),
        "past": later("Merci d’être venu. Le programme reste ici."),
        "missed": later("Vous n’avez rien à faire."),
    }
)
MORE_TO_GUARDIAN = Glossary(
    {
        "held_address": later("Elle est retenue jusqu’au {until}. C’est à l’élève de répondre, avec son propre lien."),
        "held_promotion": later(
            "Elle est retenue jusqu’au {until}. C’est à l’élève de répondre, avec son propre lien."
        ),
        "held_consent": later(
            "Elle est retenue jusqu’au {until}. Le lien pour donner votre accord est dans l’e-mail que vous avez reçu."
        ),
        "waiting": later("Aucune place n’est proposée en ce moment. Dès qu’une se libère, un e-mail part à l’élève."),
        "past": later("Le programme reste ici."),
    }
)


class Place(Struct, frozen=True, kw_only=True):
    """One registration with what its page needs; `position` counts from 1 while waiting.

    `offered` seats of the same offer are held for others of the queue just now, the last until `offered_until`; `kept`
    ones until an address or a consent is confirmed. `over`: the last session has ended. `seen`: the version of the
    programme that this reader knows, or registered for.
    """

    id: UUID
    offer_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None = None
    reader: Reader = "pupil"
    status: RegistrationStatus
    position: int | None
    waiting: int
    seats: int
    taken: int
    held_for: str | None = None
    deadline: datetime | None
    token_version: int
    guardian_version: int
    link_by_mail: bool = False
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
    starts_at: datetime | None
    ends_at: datetime | None
    over: bool = False
    revision: int
    programme_changed_at: datetime | None
    seen: int | None = None
    offered: int
    offered_until: datetime | None
    kept: int = 0
    kept_until: datetime | None = None
    # a calendar declined the seat, which is kept until then
    declined_until: datetime | None = None

    @property
    def by_guardian(self) -> bool:
        """Whether it is the guardian who reads."""
        return self.reader == "guardian"

    @property
    def alive(self) -> bool:
        """Whether there is a seat, or a hope of one."""
        return self.status in ("waiting", "held", "confirmed")

    @property
    def answers(self) -> bool:
        """Whether who reads may answer for the seat: the pupil, and who reads the pupil's mail."""
        return not self.by_guardian

    @property
    def asked(self) -> bool:
        """Whether the seat is held for an answer of whoever reads this page; consent is asked of the guardian."""
        return self.answers and self.status == "held" and self.held_for != "consent"

    @property
    def declined(self) -> bool:
        """Whether a calendar has said no to the seat, and it can still be kept: by the guardian, too."""
        return self.declined_until is not None and self.status == "confirmed" and not self.over

    @property
    def past(self) -> bool:
        """Whether all is behind who had the seat."""
        return self.over and self.status == "confirmed"

    @property
    def told_at(self) -> datetime:
        """When what the calendar entry says was last changed."""
        return max(self.changed_at, self.programme_changed_at or self.changed_at)

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def code(self) -> str:
        """The state as the page tells it apart: what a seat is held for, and what is over."""
        if self.over and self.status in ("confirmed", "waiting"):
            return "past" if self.status == "confirmed" else "missed"
        if self.declined:
            return "declined"
        return f"held_{self.held_for}" if self.status == "held" else self.status

    def say_state(self) -> str:
        """What the page says first."""
        said = STATES_TO_GUARDIAN if self.by_guardian and self.code in STATES_TO_GUARDIAN else STATES
        if self.code != "waiting":
            return said[self.code]
        position = say_position(self.position or 1, self.waiting)
        if self.by_guardian:
            return position
        return _("Vous êtes {position}", position=position[0].lower() + position[1:])

    def say_more(self) -> str:
        """The sentence below: what it means, until when, what happens without you."""
        if self.code == "waiting" and self.offered + self.kept:
            moments = [say_moment(until) if until else "" for until in (self.offered_until, self.kept_until)]
            return say_held_seats(self.offered, moments[0], self.kept, moments[1])
        said = MORE_TO_GUARDIAN if self.by_guardian and self.code in MORE_TO_GUARDIAN else MORE
        deadline = self.declined_until if self.declined else self.deadline
        until = say_moment(deadline) if deadline is not None else ""
        return said[self.code].format(until=until)

    def say_what_must_happen(self) -> str:
        """« Il faut que trois places se libèrent. Les deux proposées en ce moment comptent si elles sont refusées. »"""
        places = self.position or 1
        must = n_(
            "Il faut qu’une place se libère.",
            "Il faut que {number} places se libèrent.",
            places,
            number=say_number(places) if language() == "fr" else places,
        )
        if self.kept:
            return f"{must} " + n_(
                "Celle qui est retenue en ce moment en est une si elle n’est pas confirmée.",
                "Celles qui sont retenues ou proposées en ce moment en sont si elles ne sont pas confirmées.",
                self.offered + self.kept,
            )
        if not self.offered:
            return must
        return f"{must} " + n_(
            "Celle qui est proposée en ce moment en est une si elle est refusée, ou laissée sans réponse.",
            "Celles qui sont proposées en ce moment en sont si elles sont refusées, ou laissées sans réponse.",
            self.offered,
        )

    def say_last_moment(self) -> str:
        """Until when a seat may still come: none is offered in what has begun."""
        if self.starts_at is None:
            return ""
        return _(
            "La réponse tombe au plus tard le {moment}, au début de la première séance : ensuite, aucune place n’est "
            "plus proposée.",
            moment=say_moment(self.starts_at),
        )


class Elsewhere(Struct, frozen=True, kw_only=True):
    """Another living registration of the same pupil: no more than who holds the link may know."""

    title: str
    slug: str
    status: RegistrationStatus
    held_for: str | None = None
    starts_at: datetime | None = None

    def say_state(self) -> str:
        """« Place confirmée », « En attente »."""
        match self.status:
            case "confirmed":
                return _("Place confirmée")
            case "held" if self.held_for == "promotion":
                return _("Une place est proposée")
            case "held":
                return _("Place retenue")
            case _:
                return _("Sur la liste d’attente")


class Alternative(Struct, frozen=True, kw_only=True):
    """Another offer of the same period with free seats; `kilometres` from this one, where both are known."""

    title: str
    slug: str
    city: str
    free: int
    starts_at: datetime
    ends_at: datetime
    kilometres: float | None = None

    def say_where(self) -> str:
        """« Caen, à 64 km »."""
        distance = round(self.kilometres) if self.kilometres is not None else None
        if distance is None:
            return self.city
        near = _("tout près") if distance < 1 else _("à {kilometres} km", kilometres=distance)
        return ", ".join(part for part in (self.city, near) if part)

    def say_free(self) -> str:
        """« 5 places libres »."""
        return n_("{count} place libre", "{count} places libres", self.free)
