"""An enrolment: pupils whom a school brings as a list, all together or as many as fit."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.offers.registration import Registered
from shared.languages import later, n_, n_later, speaking
from shared.refusal import Refusal

PUPILS_AT_MOST = 300


class NotAllTogether(Refusal):
    """A list that was to be seated all or none, and cannot be: nobody of it is enrolled.

    `seats` could have been given; `reasons` are the refusals of pupils, by their index, for another reason than that
    no seat is left.
    """

    reason: ClassVar[str] = "not-all-together"

    def __init__(self, *, asked: int, seats: int, reasons: dict[int, Refusal]) -> None:
        if reasons:
            sentence = n_later(
                "Personne n’a été inscrit : vous avez demandé toute la liste ou rien, "
                "et {count} élève ne peut pas l’être.",
                "Personne n’a été inscrit : vous avez demandé toute la liste ou rien, "
                "et {count} élèves ne peuvent pas l’être.",
                len(reasons),
            )
        elif seats:
            sentence = n_later(
                "Personne n’a été inscrit : il reste {count} place pour {asked} élèves, "
                "et vous avez demandé tout ou rien.",
                "Personne n’a été inscrit : il reste {count} places pour {asked} élèves, "
                "et vous avez demandé tout ou rien.",
                seats,
                asked=asked,
            )
        else:
            sentence = later(
                "Personne n’a été inscrit : il ne reste aucune place pour {asked} élèves, "
                "et vous avez demandé tout ou rien.",
                asked=asked,
            )
        super().__init__(sentence)
        self.seats = seats
        self.reasons = reasons


class Enrolment(Struct, frozen=True, kw_only=True):
    """Who enrols a list of pupils, and for which organisation."""

    person_id: UUID | None
    organisation_id: UUID | None
    all_or_none: bool = False


def enrolment_of(actor: Actor, *, all_or_none: bool = False) -> Enrolment:
    """Who enrols: a person for an organisation; an API token for its organisation alone."""
    organisation_id = None if actor.organisation_id == EVERY_ORGANISATION else actor.organisation_id
    return Enrolment(person_id=actor.person_id, organisation_id=organisation_id, all_or_none=all_or_none)


def refuse_parts(outcomes: Mapping[int, Registered | Refusal], *, seated: set[int], asked: int) -> None:
    """Raise `NotAllTogether` unless every pupil of a list is seated, now or by the same list sent before."""
    earlier = {index for index, outcome in outcomes.items() if _has_seat(outcome)}
    # of two equal lines one is a twin, which has no outcome of its own yet: it takes no seat
    if len(seated | earlier) == asked:
        return
    reasons = {index: outcome for index, outcome in outcomes.items() if isinstance(outcome, Refusal)}
    raise NotAllTogether(asked=asked, seats=len(seated | earlier), reasons=reasons)


def _has_seat(outcome: Registered | Refusal) -> bool:
    return isinstance(outcome, Registered) and outcome.status in ("held", "confirmed")


class ClassOutcome(Struct, frozen=True, kw_only=True):
    """What became of a list: an outcome for each pupil, in its order."""

    outcomes: list[Registered | Refusal]

    def count(self, *statuses: str) -> int:
        """How many of the list are in one of these states."""
        return sum(isinstance(outcome, Registered) and outcome.status in statuses for outcome in self.outcomes)

    @property
    def refused(self) -> int:
        """How many were not enrolled."""
        return sum(isinstance(outcome, Refusal) for outcome in self.outcomes)

    @property
    def is_news(self) -> bool:
        """Whether anybody was enrolled by this list, and not by the same one sent before."""
        return any(isinstance(outcome, Registered) and not outcome.repeated for outcome in self.outcomes)

    def say_for_journal(self) -> str:
        """« Une liste de 16 élèves : 12 places, 3 en attente, 1 non inscrit. », in French whatever is spoken."""
        with speaking("fr"):
            return f"Une liste de {len(self.outcomes)} élèves : {self.say()}."

    def say(self) -> str:
        """« 12 places, 3 en attente, 1 non inscrit »."""
        seated, waiting, refused = self.count("held", "confirmed"), self.count("waiting"), self.refused
        parts = [
            n_("{count} place", "{count} places", seated),
            n_("{count} en attente", "{count} en attente", waiting) if waiting else "",
            n_("{count} élève non inscrit", "{count} élèves non inscrits", refused) if refused else "",
        ]
        return ", ".join(filter(None, parts))
