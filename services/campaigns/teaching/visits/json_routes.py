"""A teacher's visits: JSON."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, InWords, answer_once
from services.campaigns.offers.kinds.versions import version_of
from services.campaigns.organisations.page_keys import cut_page, parse_key
from services.campaigns.teaching.bodies import (
    KeptVisitBody,
    KeptVisitsBody,
    PlanVisitBody,
    ProposalBody,
    VisitBody,
    VisitsBody,
    WantedVisitsBody,
    proposed_body,
    visit_body,
)
from services.campaigns.teaching.lists.routes import person_of
from services.campaigns.teaching.visits.keep_visits import WantedVisit, keep_visits
from services.campaigns.teaching.visits.plan_visit import plan_visit
from services.campaigns.teaching.visits.proposal import propose_visits
from services.campaigns.teaching.visits.read import list_visits, read_plan, read_visit
from services.campaigns.teaching.visits.remove_visit import remove_visit
from services.campaigns.teaching.visits.visit import Visit
from services.campaigns.teaching.visits.visit_form import parse_note
from shared.database import Connection
from shared.french_dates import PARIS
from shared.languages import n_, speaking
from shared.refusal import Refusal

VISITS = "/api/v1/teaching/visits"
NO_STORE = {"Cache-Control": "no-store"}

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The visit's version, quoted or bare")]


@get(VISITS, action="follow_pupils", summary="One's visits")
async def get_visits_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], after: After = None
) -> Response[VisitsBody]:
    """By time; those whose session was cancelled too."""
    key = parse_key(after)
    async with edge.reading() as connection:
        visits = await list_visits(connection, organisation_id=actor.organisation_id, teacher_id=person_of(actor))
    start = next((index + 1 for index, visit in enumerate(visits) if visit.id == key), 0)
    shown, following = cut_page(visits[start:])
    return Response(VisitsBody([visit_body(visit) for visit in shown], following), headers=NO_STORE)


@get(f"{VISITS}/proposal", action="follow_pupils", summary="A plan that would see every pupil once")
async def get_proposal_json(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[ProposalBody]:
    """What to add to the visits planned, day by day, by time and distance; nothing is kept."""
    async with edge.reading() as connection:
        visits, stops = await read_plan(connection, actor.organisation_id, person_of(actor), now=now)
    items = [proposed_body(one) for one in propose_visits(stops, visits, now=now)]
    return Response(ProposalBody(items), headers=NO_STORE)


@post(VISITS, action="follow_pupils", summary="Plan several visits", status_code=200)
async def post_visits_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    data: JSONBody[WantedVisitsBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[KeptVisitsBody]:
    """What cannot be planned is told one by one, and the rest is."""
    wanted = [
        WantedVisit(session_id=one.session_id, starts_at=_aware(one.starts_at), lasts=_minutes(one.minutes))
        for one in data.visits
    ]

    async def write(connection: Connection) -> Response[KeptVisitsBody]:
        outcomes = await keep_visits(
            connection,
            organisation_id=actor.organisation_id,
            teacher_id=person_of(actor),
            wanted=wanted,
            now=now,
        )
        kept = sum(isinstance(one, Visit) for one in outcomes)
        if kept:
            with speaking("fr"):
                said = n_("{count} visite prévue.", "{count} visites prévues.", kept)
            await write_audit(connection, actor, "keep_visits", said, now=now)
        of_each = list(zip(wanted, outcomes, strict=True))
        return InWords(
            lambda: KeptVisitsBody([_kept(one.session_id, outcome) for one, outcome in of_each]), status_code=200
        )

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get(f"{VISITS}/{{session_id:uuid}}", action="follow_pupils", summary="One's visit to a session")
async def get_visit_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], session_id: FromPath[UUID]
) -> Response[VisitBody]:
    """The ETag is its version."""
    async with edge.reading() as connection:
        visit = await read_visit(
            connection,
            organisation_id=actor.organisation_id,
            teacher_id=person_of(actor),
            session_id=session_id,
        )
    return _answer(visit)


@put(f"{VISITS}/{{session_id:uuid}}", action="follow_pupils", summary="Plan a visit to a session, or move it")
async def put_visit_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    data: JSONBody[PlanVisitBody],
    if_match: IfMatch = None,
) -> Response[VisitBody]:
    """Within the session, where a pupil of one's own is expected; the same again changes nothing.

    409 `visit-clash` where one is elsewhere, `visit-off` for a session that is cancelled or over; 412 where `If-Match`
    is not its version.
    """
    async with edge.transaction() as connection:
        visit = await plan_visit(
            connection,
            organisation_id=actor.organisation_id,
            teacher_id=person_of(actor),
            session_id=session_id,
            starts_at=_aware(data.starts_at),
            lasts=_minutes(data.minutes),
            note=parse_note(data.note),
            announced=data.announced,
            version=version_of(if_match),
            now=now,
        )
        await write_audit(connection, actor, "plan_visit", "Une visite prévue ou changée.", now=now)
    return _answer(visit)


@delete(f"{VISITS}/{{session_id:uuid}}", action="follow_pupils", summary="Take a visit back")
async def delete_visit_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    if_match: IfMatch = None,
) -> None:
    """Twice is harmless; calendars are told for ninety days that it is off."""
    async with edge.transaction() as connection:
        removed = await remove_visit(
            connection,
            organisation_id=actor.organisation_id,
            teacher_id=person_of(actor),
            session_id=session_id,
            version=version_of(if_match),
            now=now,
        )
        if removed:
            await write_audit(connection, actor, "remove_visit", "Une visite retirée.", now=now)


def _answer(visit: Visit) -> Response[VisitBody]:
    return Response(visit_body(visit), status_code=200, headers={"ETag": f'"{visit.version}"', **NO_STORE})


def _kept(session_id: UUID, outcome: Visit | Refusal) -> KeptVisitBody:
    if isinstance(outcome, Refusal):
        return KeptVisitBody(session_id, None, outcome.reason, outcome.sentence)
    return KeptVisitBody(session_id, visit_body(outcome))


def _aware(moment: datetime | None) -> datetime | None:
    """A time without offset is Paris's."""
    return moment.replace(tzinfo=PARIS) if moment is not None and moment.tzinfo is None else moment


def _minutes(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(minutes=number)


route_handlers: list[Any] = [
    get_visits_json,
    get_proposal_json,
    post_visits_json,
    get_visit_json,
    put_visit_json,
    delete_visit_json,
]
