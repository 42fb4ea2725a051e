"""The JSON bodies of the week builder: what a planner reads and writes of a programme."""

from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.campaigns.offers.bodies import HostBody
from services.campaigns.offers.builder.remarks import Remark
from services.campaigns.offers.builder.week import BuiltDay, BuiltGroup, BuiltSession, Week
from services.campaigns.offers.life.consequences.consequences import Words, checked_note
from services.campaigns.offers.session import SessionChange
from shared.programme import SessionKind

Phone = Annotated[str, Meta(max_length=40, examples=["02 32 00 00 00"])]
Note = Annotated[str, Meta(max_length=2000, description="A sentence for those who are told.")]
Hold = Annotated[bool, Meta(description="Hold the news back for one hour.")]
SectorCode = Annotated[str, Meta(pattern="^s[0-9]{1,2}$", examples=["s10"])]


class TellingBody(Struct, frozen=True, kw_only=True):
    """What goes with the news of a change in a published offer: a sentence, an hour in which it may be taken back."""

    note: Note = ""
    hold: Hold = False

    def words(self) -> Words:
        """The same as words; raises `InvalidNote`."""
        return Words(note=checked_note(self.note), hold=self.hold)


class PlannedSessionBody(Struct, frozen=True, kw_only=True):
    """A session as its planner sees it; `version` is its ETag, `sequence` what calendars compare."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: SessionKind
    host: HostBody | None
    site_id: UUID | None
    place: str
    room: str
    group: str | None
    group_id: UUID | None
    contact: str
    meeting_point: str
    access: str
    bring: str
    expected: str
    online_url: str
    speakers: tuple[str, ...]
    status: str
    sequence: int
    version: int


class PlannedSessionsBody(Struct, frozen=True):
    """A page of sessions by start; `next` is the key of the following page, or null."""

    items: list[PlannedSessionBody]
    next: str | None


class NewSessionBody(TellingBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session to add: its date must be a day of the offer. Times with offset."""

    starts_at: datetime
    ends_at: datetime
    title: str
    kind: SessionKind = "visit"
    host_id: UUID | None = None
    site_id: UUID | None = None
    group_id: UUID | None = None
    place: str = ""
    room: str = ""
    contact: str = ""
    meeting_point: str = ""
    access: str = ""
    bring: str = ""
    expected: str = ""
    online_url: str = ""


class PlannedDayBody(Struct, frozen=True, kw_only=True):
    """A day of an offer; `sector` is the national platform's code."""

    id: UUID
    date: Date
    sector: str | None
    emergency_phone: str
    sessions: int
    version: int


class PlannedDaysBody(Struct, frozen=True):
    """The days of an offer by date."""

    items: list[PlannedDayBody]


class NewDayBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day to add."""

    date: Date
    sector: SectorCode | None = None
    emergency_phone: Phone = ""


class DayChangeBody(TellingBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed of a day; what is left out stays."""

    sector: SectorCode | UnsetType | None = UNSET
    emergency_phone: Phone | UnsetType = UNSET


class DayCopyBody(TellingBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a day's sessions are copied to: a day of the offer, or a new one."""

    date: Date


class PlannedGroupBody(Struct, frozen=True, kw_only=True):
    """A group; `pupils` have a seat in it."""

    id: UUID
    name: str
    pupils: int
    sessions: int
    version: int


class PlannedGroupsBody(Struct, frozen=True):
    """The groups of an offer by name."""

    items: list[PlannedGroupBody]


class TemplateBody(TellingBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day of the week that an offer without days begins with."""

    week_of: Date | None = None


class GroupNameBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A group's name."""

    name: Annotated[str, Meta(examples=["A"])]


class GroupChangeBody(TellingBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A group's new name."""

    name: Annotated[str, Meta(examples=["Rouge"])]


class SessionChangeBody(SessionChange, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any field of a session; what is left out stays. `note` and `hold` go with what people are told of it."""

    note: Note = ""
    hold: Hold = False

    def words(self) -> Words:
        """What goes with the news; raises `InvalidNote`."""
        return Words(note=checked_note(self.note), hold=self.hold)

    def change(self) -> SessionChange:
        """What is changed of the session."""
        return SessionChange(**{name: getattr(self, name) for name in SessionChange.__struct_fields__})


class RemarkBody(Struct, frozen=True, kw_only=True):
    """What is missing (`gap`), allowed but doubtful (`warning`) or not allowed (`conflict`), and where."""

    grade: str
    sentence: str
    date: Date | None
    session_id: UUID | None


class HoursBody(Struct, frozen=True, kw_only=True):
    """The minutes a pupil of a group spends in sessions, meals left out: each day and in all."""

    group: str | None
    days: dict[str, int]
    total: int


class WeekBody(Struct, frozen=True, kw_only=True):
    """Whether the week is whole, legal and without clash."""

    hours: list[HoursBody]
    remarks: list[RemarkBody]


def session_body(session: BuiltSession) -> PlannedSessionBody:
    """A session as JSON."""
    return PlannedSessionBody(
        host=HostBody(session.host_id, session.host) if session.host_id else None,
        **{
            name: getattr(session, name)
            for name in PlannedSessionBody.__struct_fields__
            if name not in ("host", "group")
        },
        group=session.group or None,
    )


def new_session_change(body: NewSessionBody) -> SessionChange:
    """What a new session says, empty fields left out so that its host's place and names follow."""
    fields = msgspec.structs.asdict(body)
    given = {name: fields[name] for name in SessionChange.__struct_fields__ if fields[name] not in ("", None)}
    return SessionChange(**{"title": "", **given})


def day_body(day: BuiltDay) -> PlannedDayBody:
    """A day as JSON."""
    return PlannedDayBody(
        id=day.id,
        date=day.date,
        sector=day.sector,
        emergency_phone=day.emergency_phone,
        sessions=len(day.planned),
        version=day.version,
    )


def group_body(group: BuiltGroup) -> PlannedGroupBody:
    """A group as JSON."""
    return msgspec.convert(group, PlannedGroupBody, from_attributes=True)


def week_body(week: Week, remarks: Sequence[Remark]) -> WeekBody:
    """The state of a week as JSON."""
    names = {group.id: group.name for group in week.groups}
    return WeekBody(
        hours=[
            HoursBody(
                group=names[group_id] if group_id else None,
                days={
                    day.date.isoformat(): round(week.hours_of_day(group_id, day).total_seconds() / 60)
                    for day in week.days
                },
                total=round(week.hours_of_group(group_id, week.days).total_seconds() / 60),
            )
            for group_id in week.group_ids
        ],
        remarks=[
            RemarkBody(grade=one.grade, sentence=one.sentence, date=one.date, session_id=one.session_id)
            for one in remarks
        ],
    )
