"""Invented appointments, and what the facts about them have in common."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.notifications.samples.letters import PUPIL
from shared.french_dates import PARIS
from shared.notices import (
    Appointment,
)
from shared.people import Person

NOW = datetime(2027, 5, 10, 8, 30, tzinfo=UTC)
PLANNER = Person(id=UUID(int=30), first_name="Sacha", last_name="Lenoir", email="sacha.lenoir@federation.example")
OFFER = UUID(int=1)
APPOINTMENT = Appointment(
    session_id=UUID(int=110),
    offer="Semaine à Pont-Audemer",
    organisation="Fédération des métiers",
    title="Une journée en centrale",
    starts_at=datetime(2027, 6, 15, 9, tzinfo=PARIS),
    ends_at=datetime(2027, 6, 15, 12, tzinfo=PARIS),
    place="2 rue du Quai, 27500 Pont-Audemer",
    room="Salle Seine",
    contact="Sacha Lenoir, 02 32 00 00 00",
    meeting_point="À l’accueil",
    expected="Une visite guidée, puis trois métiers présentés par celles et ceux qui les font.",
    pupils=15,
)
FOLLOW_UP = Appointment(
    session_id=UUID(int=120),
    offer="Accueil à la Région",
    organisation="Agence de l’orientation",
    title="Entretien de suivi",
    starts_at=datetime(2027, 6, 24, 14, tzinfo=PARIS),
    ends_at=datetime(2027, 6, 24, 14, 30, tzinfo=PARIS),
    place="4 quai des Arts, 76000 Rouen",
    contact="Alix Morel, 02 35 00 00 00",
)
FACT: dict[str, Any] = {"id": UUID(int=9), "occurred_at": NOW, "recipients": (PLANNER.id,)}
OF_OFFER: dict[str, Any] = {**FACT, "offer_id": OFFER}
OF_PUPIL: dict[str, Any] = {**OF_OFFER, "pupil_id": PUPIL.id}
ANSWER_BY = datetime(2027, 5, 24, 18, tzinfo=PARIS)
