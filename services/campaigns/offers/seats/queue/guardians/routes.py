"""Asking a guardian again, from the queue's page and by JSON: the link to consent is sent once more."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.consent.send_consent_link import send_consent_link
from services.campaigns.offers.read import read_registration
from services.campaigns.offers.seats.queue.bodies import SeatStateBody
from services.campaigns.offers.seats.queue.read import check_registration, find_seats, read_seats
from shared.database import Connection


@post("/planification/{slug:str}/places/{registration_id:uuid}/accord", action="manage_seats", include_in_schema=False)
async def post_consent_request(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Once an hour at most; then the queue again."""
    async with edge.transaction() as connection:
        offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
        await _ask_again(connection, actor, offer.id, registration_id, now)
    return Redirect(f"/planification/{slug}/places#eleve-{registration_id}", status_code=303)


@post(
    "/api/v1/offers/{offer_id:uuid}/registrations/{registration_id:uuid}/consent-request",
    action="manage_seats",
    status_code=200,
    summary="Ask the guardian again",
)
async def post_consent_request_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[SeatStateBody]:
    """Send the link to consent once more; nothing where none is awaited, or one was sent within the hour."""

    async def write(connection: Connection) -> Response[SeatStateBody]:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        await _ask_again(connection, actor, offer_id, registration_id, now)
        state = await read_registration(connection, registration_id)
        return Response(SeatStateBody(state.id, state.status, state.position, state.deadline), status_code=200)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


async def _ask_again(
    connection: Connection, actor: Actor, offer_id: UUID, registration_id: UUID, now: datetime
) -> None:
    await check_registration(connection, registration_id, offer_id=offer_id)
    if await send_consent_link(connection, registration_id=registration_id, now=now):
        detail = "Une demande d’accord renvoyée à un responsable légal."
        await write_audit(connection, actor, "send_consent_link", detail, now=now, offer_id=offer_id)


route_handlers: list[Any] = [post_consent_request, post_consent_request_json]
