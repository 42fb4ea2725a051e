"""Invented letters: a programme, a pupil, a guardian, and each message of the product as it would be claimed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from services.notifications.changes import lines_of
from services.notifications.claim_deliveries import Claimed
from services.notifications.letter import Letter, Standing
from services.notifications.reactions import STATUS_AFTER, Audience, Reaction, reactions_to
from services.notifications.reminders import REMINDING
from shared.events import (
    AnyEvent,
    FieldChange,
    OfferCancelled,
    RegistrationAnswerNoted,
    RegistrationConfirmed,
    RegistrationConsentReminded,
    RegistrationDeclined,
    RegistrationExpired,
    RegistrationHeld,
    RegistrationKept,
    RegistrationLinkRequested,
    RegistrationRefused,
    RegistrationSeatReminded,
    RegistrationWaiting,
    RegistrationWithdrawn,
    SessionCancelled,
    SessionChanged,
)
from shared.french_dates import PARIS
from shared.people import Person
from shared.programme import Programme, ProgrammeDay, ProgrammeSession

NOW = datetime(2027, 5, 10, 8, 30, tzinfo=UTC)
OFFER = UUID(int=1)
REGISTRATION = UUID(int=2)
PUPIL = Person(id=UUID(int=3), first_name="Camille", last_name="Dupré", email="camille.dupre@eleve.example")
GUARDIAN = Person(id=UUID(int=4), first_name="", last_name="Dominique Dupré", email="dominique.dupre@famille.example")

Way = Literal["pupil", "besides", "instead"]
WAYS: dict[Audience, tuple[Way, ...]] = {
    "reader_and_guardian": ("pupil", "besides", "instead"),
    "reader": ("pupil", "instead"),
    "pupil": ("pupil",),
    "guardian": ("besides", "instead"),
}

_DAYS = (
    ("Bâtiment et travaux publics (BTP)", "construction", "Chantiers de la Risle", "Visite d’un chantier"),
    ("Énergie", "energy", "Énergies du Marais", "Une journée en centrale"),
    ("Santé", "health", "Clinique des Deux Rives", "Les métiers du soin"),
    ("Industrie alimentaire", "industry", "Biscuiterie du Bocage", "De la farine au paquet"),
    ("Logistique et transport", "transport", "Quais de Seine Logistique", "Le trajet d’un colis"),
)


def session_id(day: int, half: int) -> UUID:
    """The session of the n-th day (0 is Monday), 0 in the morning, 1 in the afternoon."""
    return UUID(int=100 + 10 * day + half)


def a_programme(version: int = 1, *, cancelled: UUID | None = None) -> Programme:
    """Five days at Pont-Audemer, two sessions a day."""
    return Programme(
        offer_id=OFFER,
        version=version,
        slug="semaine-pont-audemer",
        kind="collective_week",
        title="Semaine à Pont-Audemer",
        city="Pont-Audemer",
        organisation_id=UUID(int=5),
        organisation="Fédération des métiers",
        campaign="Deux semaines pour découvrir",
        series_starts_at=datetime(2027, 6, 14, 9, tzinfo=PARIS),
        series_ends_at=datetime(2027, 6, 14, 16, tzinfo=PARIS),
        days=tuple(_day(number, cancelled) for number in range(5)),
    )


def _day(number: int, cancelled: UUID | None) -> ProgrammeDay:
    sector, family, host, title = _DAYS[number]
    day = date(2027, 6, 14) + timedelta(days=number)
    sessions = tuple(
        ProgrammeSession(
            id=session_id(number, half),
            starts_at=datetime(day.year, day.month, day.day, start, tzinfo=PARIS),
            ends_at=datetime(day.year, day.month, day.day, end, 30 * half, tzinfo=PARIS),
            title=title if half == 0 else "Atelier et échanges",
            kind="visit" if half == 0 else "workshop",
            host=host,
            place=f"{number + 1} rue du Quai, 27500 Pont-Audemer",
            meeting_point="À l’accueil" if half == 0 else "",
            bring="Chaussures fermées" if (number, half) == (0, 0) else "",
            status="cancelled" if session_id(number, half) == cancelled else "planned",
            changed_at=NOW,
        )
        for half, (start, end) in enumerate(((9, 12), (13, 16)))
    )
    return ProgrammeDay(
        id=UUID(int=50 + number),
        date=day,
        instance_on=day,
        sector="s10",
        sector_label=sector,
        sector_family=family,
        sessions=sessions,
    )


_FACT: dict[str, Any] = {"occurred_at": NOW, "offer_id": OFFER, "revision": 7, "programme": 1, "id": UUID(int=9)}
_REGISTRATION: dict[str, Any] = {
    **_FACT,
    "registration_id": REGISTRATION,
    "pupil_id": PUPIL.id,
    "guardian_id": GUARDIAN.id,
}
_TUESDAY_MOVES = SessionChanged(
    **_FACT,
    session_id=session_id(1, 0),
    changes=(
        FieldChange(field="starts_at", before="2027-06-15T08:00:00+02:00", after="2027-06-15T09:00:00+02:00"),
        FieldChange(field="host", before="Ateliers du Vièvre", after="Énergies du Marais"),
        FieldChange(field="place", before="", after="2 rue du Quai, 27500 Pont-Audemer"),
    ),
)

SAMPLES: dict[str, AnyEvent] = {
    "registered_confirmed": RegistrationConfirmed(**_REGISTRATION, how="registered"),
    "registered_waiting": RegistrationWaiting(**_REGISTRATION, position=3),
    "seat_offered": RegistrationHeld(
        **_REGISTRATION, held_for="promotion", deadline=datetime(2027, 5, 11, 12, tzinfo=PARIS)
    ),
    "address_asked": RegistrationHeld(
        **_REGISTRATION, held_for="address", deadline=datetime(2027, 5, 11, 12, tzinfo=PARIS)
    ),
    "consent_asked": RegistrationHeld(
        **_REGISTRATION, held_for="consent", deadline=datetime(2027, 5, 13, 12, tzinfo=PARIS), consent_needed=True
    ),
    "consent_awaited": RegistrationHeld(
        **_REGISTRATION, held_for="consent", deadline=datetime(2027, 5, 13, 12, tzinfo=PARIS), consent_needed=True
    ),
    "consent_reminded": RegistrationConsentReminded(**_REGISTRATION, deadline=datetime(2027, 5, 13, 12, tzinfo=PARIS)),
    "seat_reminded": RegistrationSeatReminded(**_REGISTRATION, deadline=datetime(2027, 5, 11, 12, tzinfo=PARIS)),
    "consent_refused": RegistrationRefused(**_REGISTRATION, by_guardian=True),
    "consent_expired": RegistrationExpired(**_REGISTRATION, held_for="consent"),
    "seat_confirmed": RegistrationConfirmed(**_REGISTRATION, how="accepted"),
    "changed": _TUESDAY_MOVES,
    "session_cancelled": SessionCancelled(**_FACT, session_id=session_id(2, 1)),
    "offer_cancelled": OfferCancelled(**_FACT),
    "withdrawn": RegistrationWithdrawn(**_REGISTRATION, had_seat=True),
    "seat_refused": RegistrationRefused(**_REGISTRATION),
    "seat_expired": RegistrationExpired(**_REGISTRATION),
    "personal_link": RegistrationLinkRequested(**_REGISTRATION),
    "seat_declined": RegistrationDeclined(**_REGISTRATION, deadline=datetime(2027, 5, 10, 11, tzinfo=PARIS)),
    "seat_kept": RegistrationKept(**_REGISTRATION),
    "answer_outdated": RegistrationAnswerNoted(**_REGISTRATION, why="outdated"),
    "invitation_again": RegistrationAnswerNoted(**_REGISTRATION, why="refresh"),
    "counter_declined": RegistrationAnswerNoted(**_REGISTRATION, why="counter", sequence=6, day=date(2027, 6, 15)),
    "reminder_week": RegistrationConfirmed(**_REGISTRATION, how="registered"),
    "reminder_eve": RegistrationConfirmed(**_REGISTRATION, how="registered"),
}


def programme_of(message: str) -> Programme:
    """The programme as it stands after the message's fact."""
    return a_programme(cancelled=session_id(2, 1) if message == "session_cancelled" else None)


def reaction_of(message: str) -> Reaction:
    """The line of the page that writes this message; of a reminder, which no event causes, one like it."""
    if message in REMINDING:
        return Reaction(message=message, priority=3, entry=None)
    (reaction,) = [each for each in reactions_to(SAMPLES[message]) if each.message == message]  # type: ignore[arg-type]
    return reaction


def ways_of(message: str) -> tuple[Way, ...]:
    """To whom this message is written."""
    return WAYS[reaction_of(message).to]


def a_letter(
    message: str,
    *,
    to: str = "pupil",
    pupil: Person = PUPIL,
    guardian: Person = GUARDIAN,
    sample: AnyEvent | None = None,
    **changes: Any,
) -> Claimed:
    """The message as claimed for the pupil, for the guardian `besides`, or `instead` of a pupil without address.

    `changes` are fields of the fact that are not those of the sample.
    """
    event: Any = msgspec.structs.replace(sample or SAMPLES[message], **changes)
    reaction = reaction_of(message)
    if to == "instead":
        pupil = Person(id=pupil.id, first_name=pupil.first_name, last_name=pupil.last_name)
    method: str | None = reaction.entry
    if to == "besides":
        method = "PUBLISH" if reaction.entry == "REQUEST" else None
    letter = Letter(
        id=UUID(int=11),
        event_id=event.id,
        message=reaction.message,
        registration_id=REGISTRATION,
        offer_id=OFFER,
        sequence=event.revision,
        attempts=1,
        message_id=f"<{UUID(int=11)}@quinzaine.example>",
        calendar_method=method,
        planned_at=event.occurred_at,
        recipient_address=None,
        mail=None,
        reply_address="repondre@quinzaine.example",
        newest=Standing(
            status=STATUS_AFTER.get(type(event), "confirmed"),
            sequence=event.revision,
            programme=event.programme,
            group_id=None,
            stamp=event.occurred_at,
        ),
        pupil=pupil,
        recipient=pupil if to == "pupil" else guardian,
    )
    return Claimed(letter, event, lines_of(event))
