"""A session as its host sees it: who comes, when, how many, what is expected, and which answers are open."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.offers.hosts.host_request import OPEN_TO, Answer, RequestStatus
from shared.french_dates import PARIS, say_date, say_moment, say_times
from shared.languages import _, speaking
from shared.notices import Appointment

# names stay until the day after, for the attendance sheet; then nobody at the company needs them
NAMES_STAY = timedelta(days=1)


class Guest(Struct, frozen=True, kw_only=True):
    """A pupil as a host may know it, once the planner has shared the names."""

    first_name: str
    last_name: str
    school_name: str
    class_name: str


class Hosting(Struct, frozen=True, kw_only=True):
    """One session with what was asked of the company for it; without a request nothing is to be answered."""

    request_id: UUID | None
    token_version: int
    # whom the request was written to
    person_id: UUID | None
    organisation_id: UUID
    host: str
    status: RequestStatus | None
    word: str
    answer_by: datetime | None
    answered_at: datetime | None
    proposed_starts_at: datetime | None
    proposed_ends_at: datetime | None
    # whether the session takes place, and still at this company
    planned: bool
    still_theirs: bool
    group_id: UUID | None
    group: str
    offer_id: UUID
    campaign: str
    names_shared: bool
    appointment: Appointment

    @property
    def alive(self) -> bool:
        """Whether the company still has to do with the session."""
        return self.planned and self.still_theirs and self.status != "replaced"

    @property
    def linked_actor(self) -> Actor:
        """Who acts by the link of the mail, for the audit trail: the person it was written to, for the company."""
        return Actor(
            organisation_id=self.organisation_id,
            organisation=self.host,
            organisation_kind="company",
            role="host",
            person_id=self.person_id,
        )

    def say_answer(self, answer: Answer) -> str:
        """What the audit trail says of an answer: « Accueil décliné : « Visite », lundi 14 juin à 9 h. »"""
        with speaking("fr"):
            answered = {
                "confirmed": "confirmé",
                "proposed": "à un autre horaire proposé",
                "declined": "décliné",
                "withdrawn": "retiré",
            }
            session = self.appointment
            return f"Accueil {answered[answer]} : « {session.title} », {say_moment(session.starts_at)}."

    def state(self, now: datetime) -> str:
        """The state as the style knows it."""
        if not self.alive:
            return "released"
        if self.appointment.ends_at <= now:
            return "past"
        return self.status or "unasked"

    def open_answers(self, now: datetime) -> frozenset[Answer]:
        """What the company can answer now; nothing once the session has begun."""
        if not self.alive or self.status is None or self.appointment.starts_at <= now:
            return frozenset()
        return OPEN_TO[self.status]

    def names_visible(self, now: datetime) -> bool:
        """Whether it may see who comes: it has confirmed, the planner has shared, the day is not long over."""
        return (
            self.alive
            and self.names_shared
            and self.status == "confirmed"
            and now < self.appointment.ends_at + NAMES_STAY
        )

    def say_state(self, now: datetime) -> str:
        """Where the company stands with it, in words."""
        state = self.state(now)
        if state == "released":
            return _("Cette séance est annulée") if not self.planned else _("Cet accueil ne vous est plus demandé")
        if state == "awaited" and self.answer_by is not None:
            return _("Votre réponse est attendue avant le {moment}", moment=say_moment(self.answer_by))
        if state == "proposed" and self.proposed_starts_at and self.proposed_ends_at:
            times = say_times(self.proposed_starts_at, self.proposed_ends_at)
            return _("Vous proposez le {date}, {times}", date=say_date(self.proposed_starts_at), times=times)
        return {
            "past": _("Passé, merci"),
            "confirmed": _("Vous avez confirmé"),
            "declined": _("Vous avez décliné"),
            "withdrawn": _("Vous avez retiré votre confirmation"),
        }.get(state, _("Au programme"))


def by_day(hostings: Sequence[Hosting]) -> list[tuple[date, tuple[Hosting, ...]]]:
    """Hostings in their order, by the day they are on."""
    return [
        (day, tuple(of_day))
        for day, of_day in groupby(hostings, lambda h: h.appointment.starts_at.astimezone(PARIS).date())
    ]
