"""A pupil as a teacher follows them: where, when and with whom, in which state; and who has nothing."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date as Date
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct

from shared.french_dates import PARIS, say_date, say_moment, say_times
from shared.languages import Glossary, _, later
from shared.programme import SessionKind

PupilState = Literal["nothing", "waiting", "consent", "held", "elsewhere", "confirmed"]
# the order of care: who has nothing stands first
STATES: tuple[PupilState, ...] = get_args(PupilState)
FILTERS: tuple[str, ...] = (*STATES, "absent")
STATE_NAMES = Glossary(
    {
        "nothing": later("N’a rien"),
        "waiting": later("En attente"),
        "consent": later("Accord du responsable attendu"),
        "held": later("Place proposée"),
        "elsewhere": later("Inscrit autrement"),
        "confirmed": later("Place confirmée"),
        "absent": later("Absent aujourd’hui"),
    }
)


class Period(Struct, frozen=True):
    """The days a teacher looks at, first and last included."""

    first: Date
    last: Date

    def holds(self, day: Date) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last

    def nearest(self, day: Date) -> Date:
        """The day itself, or the end of the period that is nearest to it."""
        return min(max(day, self.first), self.last)


class Meeting(Struct, frozen=True, kw_only=True):
    """A planned session of an offer, as a teacher needs it: where, with whom, and whom to call that day."""

    id: UUID
    offer_id: UUID
    group_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: SessionKind
    host: str
    place: str
    room: str
    online: bool
    emergency_phone: str
    latitude: float | None
    longitude: float | None

    @property
    def date(self) -> Date:
        """Its day in Paris."""
        return self.starts_at.astimezone(PARIS).date()

    @property
    def where(self) -> str:
        """Its address and room, or that it is online."""
        return ", ".join(filter(None, (self.place, self.room))) or (_("En ligne") if self.online else "")

    def say_times(self) -> str:
        """« 9 h–12 h »."""
        return say_times(self.starts_at, self.ends_at)


class Place(Struct, frozen=True, kw_only=True):
    """One living registration; `position` counts from 1 while waiting, of `waiting`."""

    id: UUID
    offer_id: UUID
    offer_slug: str
    offer_title: str
    group_id: UUID | None
    status: Literal["waiting", "held", "confirmed"]
    held_for: str | None
    deadline: datetime | None
    position: int | None
    waiting: int
    starts_at: datetime
    ends_at: datetime
    absent: bool = False

    @property
    def state(self) -> PupilState:
        """What it is for who follows the pupil."""
        return "consent" if self.status == "held" and self.held_for == "consent" else self.status

    @property
    def has_seat(self) -> bool:
        """Whether the pupil is expected, or will be when an answer comes."""
        return self.status in ("held", "confirmed")

    def say(self) -> str:
        """« Place confirmée », « Attend, 3e sur 7 », « Accord du responsable attendu avant le … »."""
        until = say_moment(self.deadline) if self.deadline else ""
        match self.state:
            case "confirmed":
                return _("Place confirmée")
            case "consent":
                return _("Accord du responsable attendu avant le {until}", until=until)
            case "held" if self.held_for == "address":
                return _("Adresse à confirmer avant le {until}", until=until)
            case "held":
                return _("Place proposée, réponse avant le {until}", until=until)
            case _:
                return _("Attend : {position} sur {waiting}", position=self.position or 1, waiting=self.waiting)


class ListedPupil(Struct, frozen=True, kw_only=True):
    """A pupil on a teacher's own list; the address is what a class form is filled in with."""

    id: UUID
    first_name: str
    last_name: str
    class_name: str
    email: str | None = None

    @property
    def name(self) -> str:
        """« Dupré Camille », as a register lists them."""
        return f"{self.last_name} {self.first_name}"


class KnownPupil(Struct, frozen=True, kw_only=True):
    """A pupil who registered or was enrolled in the period.

    `places` are those the asker may see; `elsewhere`: there is a living one that the asker may not. `visible`: the
    asker may see at least that the pupil is theirs.
    """

    id: UUID
    first_name: str
    last_name: str
    class_name: str
    places: tuple[Place, ...] = ()
    elsewhere: bool = False
    visible: bool = True


class FollowedPupil(Struct, frozen=True, kw_only=True):
    """One pupil of a teacher, with all that is registered in their name."""

    id: UUID
    first_name: str
    last_name: str
    class_name: str
    listed: bool
    places: tuple[Place, ...] = ()
    elsewhere: bool = False

    @property
    def name(self) -> str:
        """« Dupré Camille », as a register lists them."""
        return f"{self.last_name} {self.first_name}"

    @property
    def state(self) -> PupilState:
        """The best that the pupil has."""
        states = {place.state for place in self.places} | ({"elsewhere"} if self.elsewhere else set())
        return next((state for state in reversed(STATES) if state in states), "nothing")

    @property
    def has_nothing(self) -> bool:
        """Whether no registration of the pupil is alive in the period."""
        return self.state == "nothing"

    @property
    def absent(self) -> bool:
        """Whether the pupil is missing today."""
        return any(place.absent for place in self.places)

    def is_in(self, state: str) -> bool:
        """Whether a filter shows the pupil: by the best they have, or by any place that waits for something."""
        if state == "absent":
            return self.absent
        return state == self.state or any(place.state == state != "confirmed" for place in self.places)

    def says(self, words: str) -> bool:
        """Whether each of the words (without accents, small) stands in the name, the class, or where they go."""
        text = " ".join((self.name, self.class_name, *(place.offer_title for place in self.places)))
        return all(word in fold(text) for word in words.split())

    def meetings(self, meetings: Mapping[UUID, Sequence[Meeting]]) -> list[Meeting]:
        """What the pupil attends, by start: the sessions of the seats they have, of their group and of all."""
        attended = [
            meeting
            for place in self.places
            if place.has_seat
            for meeting in meetings.get(place.offer_id, ())
            if place.group_id is None or meeting.group_id in (None, place.group_id)
        ]
        return sorted(attended, key=lambda one: (one.starts_at, one.ends_at, one.id))


class Together(Struct, frozen=True):
    """A session, and the teacher's pupils who are at it, by name."""

    meeting: Meeting
    pupils: tuple[FollowedPupil, ...]


def meet(pupils: Sequence[FollowedPupil], meetings: Mapping[UUID, Sequence[Meeting]]) -> list[Together]:
    """Who is where, by time."""
    there: dict[Meeting, list[FollowedPupil]] = defaultdict(list)
    for pupil in sorted(pupils, key=lambda one: (fold(one.name), one.id)):
        for meeting in pupil.meetings(meetings):
            there[meeting].append(pupil)
    together = [Together(meeting, tuple(of_meeting)) for meeting, of_meeting in there.items()]
    return sorted(together, key=lambda one: (one.meeting.starts_at, one.meeting.host, one.meeting.id))


def now_or_next(meetings: Sequence[Meeting], now: datetime) -> tuple[Meeting | None, bool]:
    """The session under way, or the next one, of those sorted by start; and whether it is under way."""
    for meeting in meetings:
        if meeting.ends_at > now:
            return meeting, meeting.starts_at <= now
    return None, False


def say_when(meeting: Meeting, today: Date) -> str:
    """« aujourd’hui, 9 h–12 h », « mardi 15 juin, 9 h–12 h »."""
    day = _("aujourd’hui") if meeting.date == today else say_date(meeting.date)
    return f"{day}, {meeting.say_times()}"


def fold(text: str) -> str:
    """Small letters without accents, words kept apart: what a search compares."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())
