"""The template of a day: what most weeks begin with, to be changed from there."""

from datetime import date as Date
from datetime import datetime, time, timedelta

from msgspec import Struct

from services.campaigns.offers.session import SessionChange
from shared.french_dates import PARIS, say_times
from shared.programme import SessionKind

MONDAY_TO_FRIDAY = 5


class Slot(Struct, frozen=True):
    """One session of the template."""

    starts: time
    ends: time
    kind: SessionKind
    title: str

    @property
    def times(self) -> str:
        """« 9 h 30–12 h »."""
        day = Date(2000, 1, 1)
        return say_times(datetime.combine(day, self.starts, PARIS), datetime.combine(day, self.ends, PARIS))


# six hours with the pupils, three at most in a row, an hour for lunch (time law: 7 h a day, a break after 4 h 30)
DAY = (
    Slot(time(9), time(9, 30), "welcome", "Accueil"),
    Slot(time(9, 30), time(12), "visit", "Visite"),
    Slot(time(12), time(13), "meal", "Repas"),
    Slot(time(13), time(15, 30), "workshop", "Atelier"),
    Slot(time(15, 30), time(16), "debrief", "Bilan de la journée"),
)


def sessions_of(day: Date) -> list[SessionChange]:
    """The sessions of the template on a day, for all groups, without host."""
    return [
        SessionChange(
            starts_at=datetime.combine(day, slot.starts, tzinfo=PARIS),
            ends_at=datetime.combine(day, slot.ends, tzinfo=PARIS),
            kind=slot.kind,
            title=slot.title,
        )
        for slot in DAY
    ]


def week_from(day: Date) -> list[Date]:
    """Monday to Friday of the week of a day."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=number) for number in range(MONDAY_TO_FRIDAY)]
