"""A teacher's plan of visits: proposed, ticked, moved, taken back; on paper, and as a calendar to download."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.look.pages import planner_page
from services.campaigns.teaching.lists.routes import person_of
from services.campaigns.teaching.visits.calendar import head_of, sessions_of
from services.campaigns.teaching.visits.keep_visits import keep_visits
from services.campaigns.teaching.visits.plan_visit import plan_visit
from services.campaigns.teaching.visits.proposal import Proposed, Stop, propose_visits
from services.campaigns.teaching.visits.read import read_plan, read_visit, read_visits
from services.campaigns.teaching.visits.remove_visit import remove_visit
from services.campaigns.teaching.visits.visit import UnknownVisit, Visit, find_doubts
from services.campaigns.teaching.visits.visit_form import MINUTES, clock, read_change, read_ticked
from shared.calendar.feed import write_feed
from shared.database import Connection
from shared.languages import n_, speaking
from shared.refusal import Refusal

VISITS = "/planification/eleves/visites"
TEMPLATES = "teaching/visits/templates"


@get(VISITS, action="follow_pupils", include_in_schema=False)
async def get_visits(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """My visits by day, what does not go together in them, and the sessions I could go to."""
    return await _page(edge, actor, now)


@get(f"{VISITS}.ics", action="follow_pupils", include_in_schema=False)
async def get_visits_file(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[bytes]:
    """My visits as they are now, to be kept in a calendar that does not subscribe."""
    async with edge.reading() as connection:
        visits = await read_visits(connection, person_of(actor))
    base_url = edge.settings.base_url
    body = write_feed(
        head_of(base_url),
        sessions_of(visits, base_url=base_url),
        domain=edge.settings.mail_domain,
        personal=True,
    )
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="visites.ics"'}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


@get(f"{VISITS}/proposition", action="follow_pupils", include_in_schema=False)
async def get_proposal(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """A plan that would see every pupil once; nothing is kept yet."""
    async with edge.reading() as connection:
        visits, stops = await _read(connection, actor, now)
    proposed = propose_visits(stops, visits, now=now)
    visited = {visit.session_id for visit in visits if visit.planned} | {one.stop.id for one in proposed}
    seen = {pupil.id for stop in stops if stop.id in visited for pupil in stop.pupils}
    return planner_page(
        f"{TEMPLATES}/proposal.html",
        actor,
        here="pupils",
        days=[(day, list(of_day)) for day, of_day in groupby(proposed, key=_day_of)],
        count=len(proposed),
        left=sorted({pupil.name for stop in stops for pupil in stop.pupils if pupil.id not in seen}),
    )


@post(VISITS, action="follow_pupils", include_in_schema=False)
async def post_visits(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Keep what was ticked; what could not be kept is told, and the rest is."""
    fields, ticked = await _fields(request)
    wanted = read_ticked(ticked, fields)
    async with edge.transaction() as connection:
        outcomes = await keep_visits(
            connection,
            organisation_id=actor.organisation_id,
            teacher_id=person_of(actor),
            wanted=wanted,
            now=now,
        )
        kept = [one for one in outcomes if isinstance(one, Visit)]
        if kept:
            with speaking("fr"):
                said = n_("{count} visite prévue.", "{count} visites prévues.", len(kept))
            await write_audit(connection, actor, "keep_visits", said, now=now)
    refused = [one for one in outcomes if isinstance(one, Refusal)]
    if not refused:
        return Redirect(VISITS, status_code=303)
    # of one that is nobody's of theirs nothing more is said
    status = 404 if all(isinstance(one, UnknownVisit) for one in refused) and not kept else 409
    return await _page(edge, actor, now, troubles=[one.sentence for one in refused], status=status)


@post(f"{VISITS}/{{session_id:uuid}}", action="follow_pupils", include_in_schema=False)
async def post_visit(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Move a visit within its session, note something, let the host know."""
    fields, _ticked = await _fields(request)
    teacher_id = person_of(actor)
    try:
        async with edge.transaction() as connection:
            known = await read_visit(
                connection, organisation_id=actor.organisation_id, teacher_id=teacher_id, session_id=session_id
            )
            change = read_change(fields, day=known.date)
            await plan_visit(
                connection,
                organisation_id=actor.organisation_id,
                teacher_id=teacher_id,
                session_id=session_id,
                starts_at=change.starts_at,
                lasts=change.lasts,
                note=change.note,
                announced=change.announced,
                now=now,
            )
            await write_audit(connection, actor, "plan_visit", "Une visite changée.", now=now)
    except UnknownVisit:
        raise
    except Refusal as refusal:
        return await _page(edge, actor, now, troubles=[refusal.sentence], status=refusal.status)
    return Redirect(VISITS, status_code=303)


@post(f"{VISITS}/{{session_id:uuid}}/retrait", action="follow_pupils", include_in_schema=False)
async def post_removed_visit(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
) -> Response[Any]:
    """Take a visit out of my plan; pressing twice is harmless."""
    async with edge.transaction() as connection:
        removed = await remove_visit(
            connection,
            organisation_id=actor.organisation_id,
            teacher_id=person_of(actor),
            session_id=session_id,
            now=now,
        )
        if removed:
            await write_audit(connection, actor, "remove_visit", "Une visite retirée.", now=now)
    return Redirect(VISITS, status_code=303)


async def _read(connection: Connection, actor: Actor, now: datetime) -> tuple[list[Visit], list[Stop]]:
    return await read_plan(connection, actor.organisation_id, person_of(actor), now=now)


async def _page(
    edge: Edge, actor: Actor, now: datetime, *, troubles: Sequence[str] = (), status: int = 200
) -> Response[Any]:
    async with edge.reading() as connection:
        visits, stops = await _read(connection, actor, now)
    visited = {visit.session_id for visit in visits}
    left = [stop for stop in stops if stop.id not in visited and stop.meeting.ends_at > now]
    return planner_page(
        f"{TEMPLATES}/visits.html",
        actor,
        here="pupils",
        status=status,
        troubles=troubles,
        days=[(day, list(of_day)) for day, of_day in groupby(visits, key=lambda one: one.date)],
        planned=sum(visit.planned for visit in visits),
        doubts={doubt.visit_id: doubt.sentence for doubt in find_doubts(visits)},
        there={stop.id: stop.pupils for stop in stops},
        left=[(day, list(of_day)) for day, of_day in groupby(left, key=lambda one: one.meeting.date)],
        minutes=MINUTES,
        clock=clock,
        now=now,
    )


def _day_of(one: Proposed) -> Any:
    return one.stop.meeting.date


async def _fields(request: Request[Any, Any, Any]) -> tuple[dict[str, object], list[object]]:
    """The fields of a form, and every session that was ticked in it."""
    form = await form_given(request)
    return dict(form), list(form.getall("seance", []))


route_handlers: list[Any] = [get_visits, get_visits_file, get_proposal, post_visits, post_visit, post_removed_visit]
