"""A copy of a campaign to a new period: every day keeps its week of the period and its weekday, every time its hour."""

from datetime import date as Date
from datetime import datetime, time, timedelta
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.time_law import public_holiday
from shared.french_dates import PARIS, say_date
from shared.languages import _


class CopiedSession(Struct, frozen=True, kw_only=True):
    """One session that will take place again; times are local to Europe/Paris."""

    group: str | None
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: str
    host_id: UUID | None
    host: str
    site_id: UUID | None
    place: str
    room: str | None
    contact: str
    meeting_point: str
    access: str
    bring: str
    expected: str
    online: bool


class CopiedDay(Struct, frozen=True, kw_only=True):
    """One day and its sessions."""

    date: Date
    sector: str | None
    emergency_phone: str
    sessions: tuple[CopiedSession, ...]


class CopiedOffer(Struct, frozen=True, kw_only=True):
    """One offer as it is taken along: no pupil, no speaker, no answer of a host."""

    id: UUID
    slug: str
    organisation_id: UUID
    organisation: str
    series_id: UUID | None
    kind: str
    audience: str
    title: str
    summary: str
    city: str
    contact: str
    seats: int
    opens_at: datetime | None
    closes_at: datetime | None
    grades: tuple[str, ...]
    departements: tuple[str, ...]
    school_uais: tuple[str, ...]
    required: bool
    proof_of_address: bool
    groups: tuple[str, ...]
    days: tuple[CopiedDay, ...]


class CopyPlan(Struct, frozen=True, kw_only=True):
    """What a copy will hold, and what to look at in it, a French sentence a line."""

    first_day: Date
    last_day: Date
    shift: timedelta
    offers: tuple[CopiedOffer, ...]
    warnings: tuple[str, ...]


def plan_copy(offers: tuple[CopiedOffer, ...], *, old_first_day: Date, first_day: Date, last_day: Date) -> CopyPlan:
    """The offers as they will stand in the new period, which includes both days.

    The Monday of the old period's first week becomes the Monday of the new one's, so the shift is a whole number of
    weeks. A day on a public holiday, or outside the new period, is named; it is copied all the same.
    """
    shift = _monday(first_day) - _monday(old_first_day)
    moved = tuple(_moved(offer, shift) for offer in offers)
    return CopyPlan(
        first_day=first_day,
        last_day=last_day,
        shift=shift,
        offers=moved,
        warnings=tuple(text for offer in moved for text in _look_at(offer, first_day, last_day)),
    )


def move_moment(moment: datetime, shift: timedelta) -> datetime:
    """The same hour of the day in Europe/Paris, whole days later: a change of the clocks in between moves nothing."""
    local = moment.astimezone(PARIS)
    return datetime.combine(local.date() + shift, time(local.hour, local.minute, local.second), PARIS)


def _moved(offer: CopiedOffer, shift: timedelta) -> CopiedOffer:
    fields = {name: getattr(offer, name) for name in offer.__struct_fields__}
    fields["opens_at"] = move_moment(offer.opens_at, shift) if offer.opens_at else None
    fields["closes_at"] = move_moment(offer.closes_at, shift) if offer.closes_at else None
    fields["days"] = tuple(_moved_day(day, shift) for day in offer.days)
    return CopiedOffer(**fields)


def _moved_day(day: CopiedDay, shift: timedelta) -> CopiedDay:
    sessions = []
    for session in day.sessions:
        fields = {name: getattr(session, name) for name in session.__struct_fields__}
        fields["starts_at"] = move_moment(session.starts_at, shift)
        fields["ends_at"] = move_moment(session.ends_at, shift)
        sessions.append(CopiedSession(**fields))
    return CopiedDay(
        date=day.date + shift, sector=day.sector, emergency_phone=day.emergency_phone, sessions=tuple(sessions)
    )


def _look_at(offer: CopiedOffer, first_day: Date, last_day: Date) -> list[str]:
    found: list[str] = []
    for day in offer.days:
        holiday = public_holiday(day.date)
        if holiday:
            found.append(
                _(
                    "« {title} » : {day} est férié ({holiday}).",
                    title=offer.title,
                    day=say_date(day.date, year=True),
                    holiday=holiday,
                )
            )
    before = [day.date for day in offer.days if day.date < first_day]
    after = [day.date for day in offer.days if day.date > last_day]
    if after:
        days = ", ".join(say_date(day) for day in after[:3]) + (" …" if len(after) > 3 else "")
        found.append(_("« {title} » : après la fin de la nouvelle période ({days}).", title=offer.title, days=days))
    # what came before the period, a meeting in May, comes before the new one as well
    if before and max(day.date for day in offer.days) >= first_day:
        found.append(
            _(
                "« {title} » : commence avant la nouvelle période ({day}).",
                title=offer.title,
                day=say_date(before[0]),
            )
        )
    if any(session.online for day in offer.days for session in day.sessions):
        found.append(_("« {title} » : le lien de la séance en ligne est à redonner.", title=offer.title))
    return found


def _monday(day: Date) -> Date:
    return day - timedelta(days=day.weekday())
