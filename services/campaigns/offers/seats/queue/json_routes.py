"""Seats: JSON: the queue with its reasons, what is done by hand, kept seats."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.read import read_registration
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_uai
from services.campaigns.offers.seats.keep_seats import keep_seats
from services.campaigns.offers.seats.queue.bodies import (
    GivenSeatBody,
    GroupChangeBody,
    MergeBody,
    MovedBody,
    NewQuotaBody,
    QueueBody,
    QueuedBody,
    QuotaBody,
    QuotasBody,
    SeatStateBody,
    SkippedTurnBody,
)
from services.campaigns.offers.seats.queue.by_hand import checked_reason
from services.campaigns.offers.seats.queue.change_group import change_group
from services.campaigns.offers.seats.queue.give_seat import give_seat
from services.campaigns.offers.seats.queue.mark_distinct_pupils import mark_distinct_pupils
from services.campaigns.offers.seats.queue.merge_registrations import merge_registrations
from services.campaigns.offers.seats.queue.move_in_queue import move_in_queue
from services.campaigns.offers.seats.queue.read import check_registration, list_queue, read_seats
from services.campaigns.offers.seats.queue.skip_turn import skip_turn
from services.campaigns.offers.seats.queue.standing import explain
from services.campaigns.offers.seats.quota import count_kept
from services.campaigns.offers.seats.read import count_claims, list_quotas
from services.campaigns.offers.seats.release_quotas import release_quotas
from shared.database import Connection
from shared.languages import later

OFFER = "/api/v1/offers/{offer_id:uuid}"
PAGE = 100

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]
Act = Callable[[Connection], Awaitable[tuple[UUID, str, str]]]


@get(f"{OFFER}/queue", action="read_pupils", summary="Who waits, and why")
async def get_queue(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    after: After = None,
) -> Response[QueueBody]:
    """The queue in its order, a hundred a page, each with the sentence that says why."""
    if after is not None and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after")
    async with edge.reading() as connection:
        offer = await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        quotas = await list_quotas(connection, offer_id, now=now)
        taken, _ = await count_claims(connection, offer_id)
        pupils = await list_queue(connection, offer_id, after=int(after or 0), limit=PAGE + 1)
    kept = count_kept(quotas, taken)
    body = QueueBody(
        seats=offer.seats,
        taken=offer.taken,
        held=offer.held,
        waiting=offer.waiting,
        kept=kept,
        items=[
            QueuedBody(
                pupil.id,
                pupil.position or 0,
                pupil.first_name,
                pupil.last_name,
                pupil.school_name,
                pupil.class_name,
                explain(pupil, offer, quotas, kept),
            )
            for pupil in pupils[:PAGE]
        ],
        next=str(pupils[PAGE - 1].rank) if len(pupils) > PAGE else None,
    )
    return Response(body, headers={"Cache-Control": "no-store"})


@post(f"{OFFER}/queue/{{registration_id:uuid}}/seat", action="manage_seats", status_code=200, summary="Give a seat")
async def post_queue_seat(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    data: JSONBody[GivenSeatBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[SeatStateBody]:
    """By hand, past the queue, with a reason that stays in the audit trail."""

    async def act(connection: Connection) -> tuple[UUID, str, str]:
        reason = checked_reason(data.reason)
        await give_seat(connection, registration_id=registration_id, how=data.how, now=now)
        given = "confirmée" if data.how == "confirmed" else "proposée"
        return registration_id, "give_seat", f"Une place {given} à la main : {reason}"

    return await _do(request, edge, actor, offer_id, registration_id, idempotency_key, act, now)


@post(f"{OFFER}/queue/{{registration_id:uuid}}/skip", action="manage_seats", status_code=200, summary="Skip a turn")
async def post_queue_skip(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    data: JSONBody[SkippedTurnBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[SeatStateBody]:
    """The next goes first; of a seat that is offered, the offer passes on and the pupil waits in a new registration."""

    async def act(connection: Connection) -> tuple[UUID, str, str]:
        reason = checked_reason(data.reason)
        again = await skip_turn(connection, registration_id=registration_id, now=now)
        return again, "skip_turn", f"Un tour passé au suivant : {reason}"

    return await _do(request, edge, actor, offer_id, registration_id, idempotency_key, act, now)


@post(
    f"{OFFER}/queue/{{registration_id:uuid}}/move", action="manage_seats", status_code=200, summary="Move in the queue"
)
async def post_queue_move(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    data: JSONBody[MovedBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[SeatStateBody]:
    """To another place, those in between move by one."""

    async def act(connection: Connection) -> tuple[UUID, str, str]:
        reason = checked_reason(data.reason)
        place = await move_in_queue(connection, registration_id=registration_id, position=data.position, now=now)
        return registration_id, "move_in_queue", f"Un élève déplacé à la place {place} de la liste d’attente : {reason}"

    return await _do(request, edge, actor, offer_id, registration_id, idempotency_key, act, now)


@post(
    f"{OFFER}/registrations/{{registration_id:uuid}}/group", action="manage_seats", status_code=200, summary="Regroup"
)
async def post_registration_group(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    data: JSONBody[GroupChangeBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[SeatStateBody]:
    """The seat stays, the programme is the other group's."""

    async def act(connection: Connection) -> tuple[UUID, str, str]:
        await change_group(connection, registration_id=registration_id, group_id=data.group_id, now=now)
        return registration_id, "change_group", "Un élève a changé de groupe."

    return await _do(request, edge, actor, offer_id, registration_id, idempotency_key, act, now)


@post(f"{OFFER}/registrations/{{registration_id:uuid}}/merge", action="manage_seats", status_code=200, summary="Merge")
async def post_registration_merge(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    data: JSONBody[MergeBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[SeatStateBody]:
    """Two registrations of one pupil become the better one; or are noted as two pupils'."""

    async def act(connection: Connection) -> tuple[UUID, str, str]:
        await check_registration(connection, data.other_id, offer_id=offer_id)
        if data.verdict == "two":
            await mark_distinct_pupils(connection, one_id=registration_id, other_id=data.other_id)
            detail = "Deux inscriptions semblables sont celles de deux élèves."
            return registration_id, "mark_distinct_pupils", detail
        stays = await merge_registrations(connection, one_id=registration_id, other_id=data.other_id, now=now)
        detail = "Deux inscriptions du même élève réunies : la meilleure place reste."
        return stays, "merge_registrations", detail

    return await _do(request, edge, actor, offer_id, registration_id, idempotency_key, act, now)


@get(f"{OFFER}/quotas", action="read_pupils", summary="Seats that are kept")
async def get_quotas(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> QuotasBody:
    """For whom, until when, and how many are not taken yet."""
    async with edge.reading() as connection:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        return await _quotas(connection, offer_id, now)


@post(f"{OFFER}/quotas", action="manage_seats", status_code=201, summary="Keep seats")
async def post_quotas(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[NewQuotaBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[QuotasBody]:
    """For a school, or for pupils without another host, until a date; then they are everybody's, the queue's first."""

    async def write(connection: Connection) -> Response[QuotasBody]:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        uai = parse_uai(data.school_uai)
        await keep_seats(connection, offer_id=offer_id, seats=data.seats, school_uai=uai, until=data.until, now=now)
        whose = f"l’établissement {uai}" if uai else "les élèves sans autre accueil"
        detail = f"Places gardées pour {whose} : {data.seats}."
        await write_audit(connection, actor, "keep_seats", detail, now=now, offer_id=offer_id)
        return Response(await _quotas(connection, offer_id, now), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(f"{OFFER}/quotas/{{quota_id:uuid}}/release", action="manage_seats", status_code=200, summary="Open kept seats")
async def post_quota_release(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    quota_id: FromPath[UUID],
) -> QuotasBody:
    """Before their date, to everybody, the queue first."""
    async with edge.transaction() as connection:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        await release_quotas(connection, offer_id=offer_id, quota_id=quota_id, now=now)
        detail = "Des places gardées ouvertes à tous avant leur date."
        await write_audit(connection, actor, "release_quotas", detail, now=now, offer_id=offer_id)
        return await _quotas(connection, offer_id, now)


async def _do(
    request: Request[Any, Any, Any],
    edge: Edge,
    actor: Actor,
    offer_id: UUID,
    registration_id: UUID,
    key: str | None,
    act: Act,
    now: datetime,
) -> Response[SeatStateBody]:
    """One act on one registration of an own offer, with its line in the audit trail."""

    async def write(connection: Connection) -> Response[SeatStateBody]:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        await check_registration(connection, registration_id, offer_id=offer_id)
        after, action, detail = await act(connection)
        await write_audit(connection, actor, action, detail, now=now, offer_id=offer_id)
        state = await read_registration(connection, after)
        return Response(SeatStateBody(state.id, state.status, state.position, state.deadline))

    return await answer_once(request, edge, actor.identity, key, write, now=now)


async def _quotas(connection: Connection, offer_id: UUID, now: datetime) -> QuotasBody:
    quotas = await list_quotas(connection, offer_id, now=now)
    taken, _ = await count_claims(connection, offer_id)
    items = [QuotaBody(quota.id, quota.seats, quota.school_uai, quota.until) for quota in quotas]
    return QuotasBody(items, count_kept(quotas, taken))


route_handlers: list[Any] = [
    get_queue,
    post_queue_seat,
    post_queue_skip,
    post_queue_move,
    post_registration_group,
    post_registration_merge,
    get_quotas,
    post_quotas,
    post_quota_release,
]
