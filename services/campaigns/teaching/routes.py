"""The teacher's pages: where each of my pupils is, who has nothing, where they are today. And all rooms here."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date as Date
from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.look.words import local_day
from services.campaigns.teaching.choice import Choice, group_by_class, in_order
from services.campaigns.teaching.finding.routes import route_handlers as finding
from services.campaigns.teaching.lists.routes import route_handlers as lists
from services.campaigns.teaching.period import period_at
from services.campaigns.teaching.pupil import FILTERS, STATE_NAMES, FollowedPupil, Meeting, meet, now_or_next, say_when
from services.campaigns.teaching.read import list_followed, list_meetings_of, scope_of
from services.campaigns.teaching.visits.read import list_visits
from services.campaigns.teaching.visits.routes import route_handlers as visit_handlers
from services.campaigns.teaching.visits.visit import Visit
from shared.french_dates import say_period

PUPILS = "/planification/eleves"
TEMPLATES = "teaching/templates"
WORDS_AT_MOST = 100

Standing = Annotated[str, QueryParameter(name="etat")]
ClassName = Annotated[str | None, QueryParameter(name="classe")]
Words = Annotated[str, QueryParameter(name="q")]
Whose = Annotated[str, QueryParameter(name="de")]
Day = Annotated[str, QueryParameter(name="date")]
OWN = "moi"


class Whereabouts(Struct, frozen=True):
    """Where a pupil is now or goes next; nowhere where nothing is left."""

    meeting: Meeting | None
    under_way: bool


@get(PUPILS, action="follow_pupils", include_in_schema=False)
async def get_pupils(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    standing: Standing = "",
    class_name: ClassName = None,
    words: Words = "",
    whose: Whose = "",
) -> Response[Any]:
    """Every pupil of mine by class, who has nothing first; a head sees all of the school, to read."""
    today = local_day(now)
    period = period_at(today)
    scope = scope_of(actor, own=whose == OWN)
    async with edge.reading() as connection:
        pupils = await list_followed(connection, scope, period=period, today=today)
        meetings = await list_meetings_of(connection, pupils, period=period)
        visits = (
            await list_visits(connection, organisation_id=scope.organisation_id, teacher_id=scope.teacher_id)
            if scope.teacher_id
            else []
        )
    choice = Choice(
        state=standing if standing in FILTERS else "",
        class_name=class_name if class_name in {pupil.class_name for pupil in pupils} else None,
        words=words.strip()[:WORDS_AT_MOST],
    )
    return planner_page(
        f"{TEMPLATES}/pupils.html",
        actor,
        here="pupils",
        scope=scope,
        own=whose == OWN,
        period=period,
        choice=choice,
        states=STATE_NAMES,
        counts={one: sum(pupil.is_in(one) for pupil in pupils) for one in FILTERS},
        in_all=len(pupils),
        class_names=sorted({pupil.class_name for pupil in pupils}),
        classes=group_by_class(pupils, choice),
        whereabouts={pupil.id: _whereabouts(pupil, meetings, now) for pupil in pupils},
        visits=_visits_of(pupils, meetings, visits),
        say_when=partial(say_when, today=today),
        say_period=say_period,
        now=now,
    )


@get(f"{PUPILS}/jour", action="follow_pupils", include_in_schema=False)
async def get_day(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    day: Day = "",
    whose: Whose = "",
) -> Response[Any]:
    """Where each pupil is on one day, today where the period has begun, and whom to call."""
    today = local_day(now)
    period = period_at(today)
    chosen = period.nearest(_date(day) or today)
    scope = scope_of(actor, own=whose == OWN)
    async with edge.reading() as connection:
        pupils = in_order(await list_followed(connection, scope, period=period, today=chosen))
        meetings = await list_meetings_of(connection, pupils, period=period)
    together = [one for one in meet(pupils, meetings) if one.meeting.date == chosen]
    there = {pupil.id for one in together for pupil in one.pupils}
    return planner_page(
        f"{TEMPLATES}/day.html",
        actor,
        here="pupils",
        scope=scope,
        own=whose == OWN,
        day=chosen,
        today=today,
        days=sorted({one.date for of_offer in meetings.values() for one in of_offer}),
        together=together,
        class_count=len({pupil.class_name for pupil in pupils}),
        elsewhere=[pupil for pupil in pupils if pupil.id not in there],
        now=now,
    )


def _whereabouts(pupil: FollowedPupil, meetings: dict[UUID, list[Meeting]], now: datetime) -> Whereabouts:
    return Whereabouts(*now_or_next(pupil.meetings(meetings), now))


def _visits_of(
    pupils: Sequence[FollowedPupil], meetings: dict[UUID, list[Meeting]], visits: Sequence[Visit]
) -> dict[UUID, list[Visit]]:
    """By pupil, the visits at which they will be met."""
    planned = {visit.session_id: visit for visit in visits if visit.planned}
    found: dict[UUID, list[Visit]] = defaultdict(list)
    for one in meet(pupils, meetings) if planned else ():
        if one.meeting.id in planned:
            for pupil in one.pupils:
                found[pupil.id].append(planned[one.meeting.id])
    return found


def _date(text: str) -> Date | None:
    try:
        return Date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


route_handlers: list[Any] = [get_pupils, get_day, *lists, *visit_handlers, *finding]
