"""What a person chose: which summary, how often, at what time of day."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Literal, cast, get_args

from msgspec import Struct

from shared.french_dates import PARIS
from shared.languages import Glossary, later
from shared.refusal import Refusal

What = Literal["planning", "teaching"]
Rhythm = Literal["off", "daily", "weekly"]
WHAT: tuple[What, ...] = get_args(What)
# what the mail of each is called in the contract (contract.unwanted)
MESSAGES: dict[What, str] = {"planning": "planner_digest", "teaching": "teacher_digest"}
RHYTHMS = Glossary(
    {
        "off": later("Jamais"),
        "daily": later("Chaque matin de la semaine"),
        "weekly": later("Le lundi"),
    }
)
TIMES = tuple(time(hour, minute) for hour in range(6, 20) for minute in (0, 30))
# a machine that was down makes up for it on the same morning, not in the evening
LATE_BY_AT_MOST = timedelta(hours=4)
MONDAY, FRIDAY = 0, 4


class Choice(Struct, frozen=True, kw_only=True):
    """One summary of one person."""

    what: What
    rhythm: Rhythm
    at: time = time(7, 30)

    def due(self, now: datetime) -> bool:
        """Whether it is made now, on the clock of Paris."""
        local = now.astimezone(PARIS)
        since = datetime.combine(local.date(), self.at, PARIS)
        return self.rhythm in rhythms_on(local.date()) and since <= local < since + LATE_BY_AT_MOST


def rhythms_on(day: date) -> list[Rhythm]:
    """What comes on a day."""
    if day.weekday() > FRIDAY:
        return []
    return ["daily", "weekly"] if day.weekday() == MONDAY else ["daily"]


DEFAULTS: Mapping[What, Choice] = {
    "planning": Choice(what="planning", rhythm="daily"),
    "teaching": Choice(what="teaching", rhythm="weekly"),
}


class NotAChoice(Refusal):
    """The form holds a rhythm or a time that is none of those offered."""

    reason: ClassVar[str] = "not-a-choice"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Choisissez un rythme et une heure parmi ceux qui sont proposés."))


def parse_choice(what: What, rhythm: str, at: str) -> Choice:
    """The choice in a form; raises `NotAChoice`."""
    times = {f"{each:%H:%M}": each for each in TIMES}
    if rhythm not in get_args(Rhythm) or at not in times:
        raise NotAChoice
    return Choice(what=what, rhythm=cast("Rhythm", rhythm), at=times[at])
