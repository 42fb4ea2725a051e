"""Invented announcements to schools: an offer in each state, one alone, and one nobody can draw the seats of."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.notifications.samples.appointments import FACT
from shared.announcements import NearOffer, OffersAnnounced
from shared.french_dates import PARIS
from shared.notices import AnyNotice

_WEEK = NearOffer(
    title="Semaine à Pont-Audemer",
    slug="semaine-pont-audemer",
    city="Pont-Audemer",
    kilometres=0,
    first=date(2027, 6, 14),
    last=date(2027, 6, 18),
    state="open",
    seats=15,
    taken=9,
    held=1,
    free=6,
)
_TO_SCHOOL: dict[str, Any] = {
    **FACT,
    "announcement_id": UUID(int=80),
    "organisation": "Fédération des métiers",
    "campaign": "Normandie, deux semaines pour découvrir",
    "first": date(2027, 6, 14),
    "last": date(2027, 6, 25),
    "school": "Lycée Jacques Prévert, Pont-Audemer",
    "near": "Pont-Audemer",
    "source": "Rectorat, liste des chefs d’établissement, mars 2027",
}
OF_ANNOUNCEMENTS: dict[str, AnyNotice] = {
    "offers_announced": OffersAnnounced(
        **_TO_SCHOOL,
        offers=(
            _WEEK,
            NearOffer(
                title="Matinée d’information",
                slug="matinee-evreux",
                city="Évreux",
                kilometres=52,
                first=date(2027, 6, 15),
                last=date(2027, 6, 15),
                starts_at=datetime(2027, 6, 15, 9, tzinfo=PARIS),
                ends_at=datetime(2027, 6, 15, 12, tzinfo=PARIS),
                state="full",
                seats=30,
                taken=30,
            ),
            NearOffer(
                title="Accueil à la Région",
                slug="accueil-region",
                city="Rouen",
                kilometres=46,
                first=date(2027, 6, 21),
                last=date(2027, 6, 25),
                state="not_yet",
                opens_at=datetime(2027, 5, 24, 8, tzinfo=PARIS),
                seats=50,
                taken=0,
                free=50,
            ),
        ),
        more=2,
        word="Un webinaire aura lieu en mai.\nVos questions y seront les bienvenues.",
    ),
    "offers_announced.one": OffersAnnounced(**_TO_SCHOOL, offers=(_WEEK,)),
}
