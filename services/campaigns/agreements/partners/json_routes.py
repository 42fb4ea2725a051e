"""Partners: JSON; invite, ask again, take back, answer."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.bodies import AgreementBody, InvitationBody, WordBody, agreement_body
from services.campaigns.agreements.campaign import UnknownCampaign
from services.campaigns.agreements.partners.invitation import InvitationForm
from services.campaigns.agreements.partners.read import read_agreement
from services.campaigns.agreements.partners.routes import answer, ask_again, invite, take_back
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.agreements.versions import version_of_header
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from shared.database import Connection

OF_PARTNER = "/api/v1/campaigns/{campaign_id:uuid}/agreements/{organisation_id:uuid}"

IfMatch = Annotated[
    str | None, HeaderParameter(name="If-Match", description="The version of the campaign one answers, quoted or bare")
]


@post("/api/v1/campaigns/{campaign_id:uuid}/agreements", action="plan_campaigns", summary="Invite a partner")
async def post_agreement(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    data: JSONBody[InvitationBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[AgreementBody]:
    """The organisation is asked by mail; nothing more is published until it has agreed."""

    async def write(connection: Connection) -> Response[AgreementBody]:
        view = await read_carried_campaign(connection, actor, name=campaign_id)
        given = msgspec.structs.asdict(data)
        given["organisation_id"] = str(data.organisation_id) if data.organisation_id else ""
        organisation_id = await invite(connection, actor, view, InvitationForm(**given).parse(), now=now)
        return await _answer(connection, campaign_id, organisation_id, status=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(f"{OF_PARTNER}/request", action="plan_campaigns", status_code=200, summary="Ask a partner again")
async def post_request(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    organisation_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[AgreementBody]:
    """Whoever has not answered for a day, or has declined, is asked again."""

    async def write(connection: Connection) -> Response[AgreementBody]:
        view = await read_carried_campaign(connection, actor, name=campaign_id)
        await ask_again(connection, actor, view, organisation_id, now=now)
        return await _answer(connection, campaign_id, organisation_id)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(f"{OF_PARTNER}/withdrawal", action="plan_campaigns", status_code=200, summary="Take a request back")
async def post_withdrawal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    organisation_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[AgreementBody]:
    """From a partner that does not carry the campaign; one that does leaves by itself."""

    async def write(connection: Connection) -> Response[AgreementBody]:
        view = await read_carried_campaign(connection, actor, name=campaign_id)
        await take_back(connection, actor, view, organisation_id, now=now)
        return await _answer(connection, campaign_id, organisation_id)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(f"{OF_PARTNER}/acceptance", action="answer_agreements", status_code=200, summary="Agree to a campaign")
async def post_acceptance(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    organisation_id: FromPath[UUID],
    data: JSONBody[WordBody],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[AgreementBody]:
    """For an owner of the partner; the last one to agree makes the version what everybody sees."""
    return await _answered(
        request, edge, now, actor, campaign_id, organisation_id, data, if_match, idempotency_key, agrees=True
    )


@post(f"{OF_PARTNER}/refusal", action="answer_agreements", status_code=200, summary="Decline a campaign")
async def post_refusal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    campaign_id: FromPath[UUID],
    organisation_id: FromPath[UUID],
    data: JSONBody[WordBody],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[AgreementBody]:
    """For an owner of the partner, with a word for the lead."""
    return await _answered(
        request, edge, now, actor, campaign_id, organisation_id, data, if_match, idempotency_key, agrees=False
    )


async def _answered(
    request: Request[Any, Any, Any],
    edge: Edge,
    now: datetime,
    actor: Actor,
    campaign_id: UUID,
    organisation_id: UUID,
    data: WordBody,
    if_match: str | None,
    idempotency_key: str | None,
    *,
    agrees: bool,
) -> Response[AgreementBody]:
    expected = version_of_header(if_match)

    async def write(connection: Connection) -> Response[AgreementBody]:
        view = await read_carried_campaign(connection, actor, name=campaign_id)
        if not actor.acts_for(organisation_id):
            raise UnknownCampaign
        asked = await read_agreement(connection, campaign_id, organisation_id)
        await answer(
            connection,
            actor,
            view,
            organisation_id=organisation_id,
            agrees=agrees,
            version=asked.asked_version if expected is None else expected,
            word=data.word,
            now=now,
        )
        return await _answer(connection, campaign_id, organisation_id)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


async def _answer(
    connection: Connection, campaign_id: UUID, organisation_id: UUID, *, status: int = 200
) -> Response[AgreementBody]:
    agreement = await read_agreement(connection, campaign_id, organisation_id)
    headers = {"ETag": f'"{agreement.asked_version}"', "Cache-Control": "no-store"}
    return Response(agreement_body(agreement), status_code=status, headers=headers)


route_handlers: list[Any] = [post_agreement, post_request, post_withdrawal, post_acceptance, post_refusal]
