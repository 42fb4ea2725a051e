"""A pupil taken out of an offer by who enrolled them: JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.seats.classes.bodies import EnrolmentBody, enrolment_body
from services.campaigns.offers.seats.classes.read import read_enrolled, read_slug
from services.campaigns.offers.seats.classes.withdrawing.routes import WITHDRAWN
from services.campaigns.offers.seats.classes.withdrawing.withdraw_enrolled import withdraw_enrolled
from shared.database import Connection


@post(
    "/api/v1/offers/{offer_id:uuid}/enrolments/{registration_id:uuid}/withdrawal",
    action="enrol_class",
    summary="Withdraw a pupil",
    status_code=200,
)
async def post_enrolment_withdrawal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[EnrolmentBody]:
    """Before the first day, of a pupil whom the asker enrolled; the next in the queue is offered the seat."""
    whose = (actor.organisation_id, actor.person_id)

    async def write(connection: Connection) -> Response[EnrolmentBody]:
        slug = await read_slug(connection, offer_id)
        place = await withdraw_enrolled(connection, slug=slug, registration_id=registration_id, actor=whose, now=now)
        if place is not None:
            await write_audit(connection, actor, "withdraw_enrolled", WITHDRAWN, now=now, offer_id=offer_id)
        left = await read_enrolled(connection, registration_id, actor=whose, now=now, slug=slug)
        return Response(enrolment_body(left))

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


route_handlers: list[Any] = [post_enrolment_withdrawal]
