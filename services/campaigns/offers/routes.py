"""The JSON contract of offers, sessions and registrations (`/api/v1`)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter
from litestar.response.base import ASGIResponse

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.bodies import (
    ListedRegistrationsBody,
    OfferRefBody,
    OffersBody,
    OfferWithDaysBody,
    RegisteredBody,
    RegistrationBody,
    RegistrationStateBody,
    SeeMailBody,
)
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.read import (
    list_offers,
    list_registrations,
    organisation_of_offer,
    read_offer,
    read_registration,
)
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.registration import InvalidField, UnknownRegistration
from services.campaigns.offers.registration_form import parse_request
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import Connection
from shared.languages import later

PAGE = 100
SEE_MAIL = msgspec.json.encode(SeeMailBody())

IdempotencyKey = Annotated[str | None, HeaderParameter(name="Idempotency-Key", description="1 to 200 ASCII characters")]
After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]


@get("/api/v1/offers", summary="The public offers")
async def get_offers(edge: NamedDependency[Edge], after: After = None) -> OffersBody:
    """Published and closed offers, a hundred a page."""
    key = _uuid_key(after)
    async with edge.reading() as connection:
        items = await list_offers(connection, base_url=edge.settings.base_url, after=key, limit=PAGE + 1)
    return OffersBody(items[:PAGE], str(items[PAGE - 1].id) if len(items) > PAGE else None)


@get("/api/v1/offers/{offer_id:uuid}", summary="One offer with its programme")
async def get_offer(edge: NamedDependency[Edge], offer_id: FromPath[UUID]) -> OfferWithDaysBody:
    """Any offer that is or was public."""
    async with edge.reading() as connection:
        return await read_offer(connection, offer_id, base_url=edge.settings.base_url)


@post(
    "/api/v1/offers/{offer_id:uuid}/registrations",
    summary="Register a pupil",
    responses={
        201: ResponseSpec(RegisteredBody, generate_examples=False, description="A seat, or a place in the queue"),
        202: ResponseSpec(
            SeeMailBody,
            generate_examples=False,
            description="Told by mail alone: the offer asks for proof of the address",
        ),
        200: ResponseSpec(
            RegisteredBody, generate_examples=False, description="The same key and body again: the same answer"
        ),
    },
)
async def post_registration(
    request: Request[Any, Any, Any],
    offer_id: FromPath[UUID],
    data: JSONBody[RegistrationBody],
    idempotency_key: IdempotencyKey = None,
) -> ASGIResponse:
    """201 with a seat, a seat held for the guardian's consent, or a place in the queue; 202 where the address is to
    be proved.

    200 with the same answer for the same key and body again.
    """
    # the hot path: the edge is taken from the application, resolving a dependency costs a tenth of the whole answer
    edge: Edge = request.app.state.edge
    asked = parse_request(
        first_name=data.pupil.first_name,
        last_name=data.pupil.last_name,
        email=data.pupil.email,
        guardian_name=data.guardian.name if data.guardian else None,
        guardian_email=data.guardian.email if data.guardian else None,
        school_name=data.school.name,
        school_uai=data.school.uai,
        class_name=data.class_name,
        idempotency_key=idempotency_key,
        grade=data.grade,
        without_host=data.without_host,
        under_15=data.under_15,
        teacher_email=data.teacher_email,
    )
    registered = await edge.turnstile.register(offer_id, asked)
    if registered.by_mail:
        return ASGIResponse(body=SEE_MAIL, media_type=MediaType.JSON, status_code=202)
    token = edge.signer.token("registration", registered.id, registered.token_version)
    body = RegisteredBody(
        registered.id,
        registered.status,
        registered.position,
        edge.personal_url(token),
        token,
        registered.held_for,
        registered.deadline,
    )
    return ASGIResponse(
        body=msgspec.json.encode(body),
        media_type=MediaType.JSON,
        status_code=200 if registered.repeated else 201,
    )


@get("/api/v1/registrations/{token:str}", summary="Where a registration stands")
async def get_registration(edge: NamedDependency[Edge], token: FromPath[str]) -> RegistrationStateBody:
    """The registration behind a personal token."""
    async with edge.reading() as connection:
        return await _state(edge, connection, token)


@post("/api/v1/registrations/{token:str}/withdrawal", status_code=200, summary="Withdraw")
async def post_withdrawal(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> RegistrationStateBody:
    """Give the seat, or the place in the queue, back; the next in the queue is promoted."""
    async with edge.transaction() as connection:
        state = await _state(edge, connection, token)
        await withdraw_registration(connection, registration_id=state.id, now=now)
        return await _state(edge, connection, token)


@post("/api/v1/registrations/{token:str}/acceptance", status_code=200, summary="Accept the held seat")
async def post_acceptance(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> RegistrationStateBody:
    """Confirm the seat that is held."""
    async with edge.transaction() as connection:
        state = await _state(edge, connection, token)
        await accept_seat(connection, registration_id=state.id, now=now)
        return await _state(edge, connection, token)


@post("/api/v1/registrations/{token:str}/refusal", status_code=200, summary="Refuse the held seat")
async def post_refusal(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> RegistrationStateBody:
    """Let the held seat go on to the next."""
    async with edge.transaction() as connection:
        state = await _state(edge, connection, token)
        await refuse_seat(connection, registration_id=state.id, now=now)
        return await _state(edge, connection, token)


@get("/api/v1/offers/{offer_id:uuid}/registrations", action="read_pupils", summary="Who is in and who waits")
async def get_registrations(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID], after: After = None
) -> Response[ListedRegistrationsBody]:
    """Registrations in the order of the queue, a hundred a page; for planners."""
    if after is not None and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after")
    async with edge.reading() as connection:
        if not actor.acts_for(await organisation_of_offer(connection, offer_id)):
            raise UnknownOffer
        ranked = await list_registrations(connection, offer_id, after=int(after) if after else None, limit=PAGE + 1)
    items = [item for _, item in ranked[:PAGE]]
    following = str(ranked[PAGE - 1][0]) if len(ranked) > PAGE else None
    return Response(ListedRegistrationsBody(items, following), headers={"Cache-Control": "no-store"})


async def _state(edge: Edge, connection: Connection, token: str) -> RegistrationStateBody:
    signed = edge.signer.read("registration", token)
    state = await read_registration(connection, signed.id)
    if state.token_version != signed.version:
        raise UnknownRegistration
    page_url = f"{edge.settings.base_url}/offres/{state.offer_slug}"
    offer = OfferRefBody(state.offer_id, state.offer_slug, state.offer_title, page_url)
    return RegistrationStateBody(state.id, state.status, state.position, state.deadline, offer, state.held_for)


def _uuid_key(after: str | None) -> UUID | None:
    try:
        return UUID(after) if after else None
    except ValueError as error:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after") from error


route_handlers: list[Any] = [
    get_offers,
    get_offer,
    post_registration,
    get_registration,
    post_withdrawal,
    post_acceptance,
    post_refusal,
    get_registrations,
]
