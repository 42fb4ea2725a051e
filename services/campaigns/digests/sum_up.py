"""Sum up for one member what a morning or a week brought; nothing new is nothing sent. Called by the clock."""

import hashlib
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.campaigns.digests.choice import MONDAY, What
from services.campaigns.digests.read import Reader, count_open_questions, list_newcomers, read_reader
from services.campaigns.planning.read import list_needs
from services.campaigns.teaching.period import period_at
from services.campaigns.teaching.pupil import FollowedPupil
from services.campaigns.teaching.read import Scope, list_followed
from shared.advance_notices import MorningSummed, PlacedPupils, PupilsSummed, SummedNeed
from shared.database import Connection
from shared.french_dates import PARIS
from shared.outbox import append_events

NEEDS_AT_MOST = 20
PUPILS_AT_MOST = 300
# before that nobody has found a place yet, and everybody knows
BEFORE_THE_PERIOD = timedelta(weeks=12)


async def sum_up(connection: Connection, *, member_id: UUID, what: What, now: datetime) -> bool:
    """Make the summary of one member for today; whether there was something to say and nobody had made it yet.

    What is as it was is said again on Mondays only.
    """
    reader = await read_reader(connection, member_id, what)
    if reader is None or not reader.choice.due(now):
        return False
    today = now.astimezone(PARIS).date()
    notice = await (_sum_up_planning if what == "planning" else _sum_up_teaching)(connection, reader, now)
    said = _mark(notice) if notice else ""
    first = await connection.fetchval(
        """
        INSERT INTO campaigns.digests AS known (member_id, what, made_for, made_at, said) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (member_id, what) DO UPDATE
        SET made_for = excluded.made_for, made_at = excluded.made_at, said = excluded.said
        WHERE known.made_for < excluded.made_for
        RETURNING true
        """,
        member_id,
        what,
        today,
        now,
        said,
    )
    if not first or notice is None:
        return False
    as_it_was = said == reader.said and not getattr(notice, "newcomers", ())
    if as_it_was and today.weekday() != MONDAY:
        return False
    await append_events(connection, [notice])
    return True


async def _sum_up_planning(connection: Connection, reader: Reader, now: datetime) -> MorningSummed | None:
    weekly = reader.choice.rhythm == "weekly"
    since = reader.made_at or now - timedelta(days=7 if weekly else 1)
    newcomers = await list_newcomers(connection, reader.organisation_id, since=since)
    needs = [
        SummedNeed(kind=need.kind, title=need.title, count=need.count, by=need.by)
        for need in await list_needs(connection, organisation_id=reader.organisation_id, now=now)
        # a draft is in nobody's way
        if need.kind != "draft"
    ]
    asked = await count_open_questions(connection, reader.organisation_id)
    needs = needs[:NEEDS_AT_MOST] + [SummedNeed(kind="question", title=title, count=count) for title, count in asked]
    if not newcomers and not needs:
        return None
    return MorningSummed(
        occurred_at=now,
        recipients=(reader.person_id,),
        edition="weekly" if weekly else "daily",
        organisation=reader.organisation,
        newcomers=tuple(newcomers),
        needs=tuple(needs),
    )


async def _sum_up_teaching(connection: Connection, reader: Reader, now: datetime) -> PupilsSummed | None:
    today = now.astimezone(PARIS).date()
    period = period_at(today)
    if today < period.first - BEFORE_THE_PERIOD:
        return None
    head = reader.role == "owner"
    scope = Scope(organisation_id=reader.organisation_id, teacher_id=None if head else reader.person_id)
    pupils = await list_followed(connection, scope, period=period, today=today)
    if not pupils:
        return None
    pupils = sorted(pupils, key=lambda pupil: (pupil.state == "confirmed", pupil.id))[:PUPILS_AT_MOST]
    return PupilsSummed(
        occurred_at=now,
        recipients=(reader.person_id,),
        edition="weekly" if reader.choice.rhythm == "weekly" else "daily",
        organisation=reader.organisation,
        first=period.first,
        last=period.last,
        without=tuple(pupil.id for pupil in pupils if pupil.state == "nothing"),
        waiting=tuple(pupil.id for pupil in pupils if pupil.state in ("waiting", "consent", "held")),
        placed=_placed(pupils),
    )


def _placed(pupils: list[FollowedPupil]) -> tuple[PlacedPupils, ...]:
    offers: dict[UUID, tuple[str, list[UUID]]] = {}
    for pupil in pupils:
        for place in pupil.places:
            if place.status == "confirmed":
                offers.setdefault(place.offer_id, (place.offer_title, []))[1].append(pupil.id)
    return tuple(PlacedPupils(offer=title, pupil_ids=tuple(ids)) for title, ids in offers.values())


def _mark(notice: MorningSummed | PupilsSummed) -> str:
    """Of what it says, not of when it was said."""
    told = {name: getattr(notice, name) for name in notice.__struct_fields__ if name not in ("id", "occurred_at")}
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:32]
