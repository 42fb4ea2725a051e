"""The link of a mail: JSON, for whoever holds it."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.agreements.bodies import AskedBody, WordBody, agreement_body, wording_body
from services.campaigns.agreements.partners.agreement import PartnerLeftAlready
from services.campaigns.agreements.partners.link.routes import answer_by_link, partner_of, signed_link
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from shared.database import Connection
from shared.signed_links import SignedId


@get("/api/v1/agreements/{token:str}", summary="What a partner is asked")
async def get_agreement(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[AskedBody]:
    """By the secret of the mail; `outdated` says that the campaign has changed since."""
    signed = signed_link(edge, token)
    async with edge.reading() as connection:
        return await _answer(connection, signed)


@post("/api/v1/agreements/{token:str}/acceptance", status_code=200, summary="Agree, by the secret of the mail")
async def post_acceptance(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
    data: JSONBody[WordBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[AskedBody]:
    """To the version the mail asks about; 412 when there is a newer one."""
    return await _answered(request, edge, now, token, data, idempotency_key, agrees=True)


@post("/api/v1/agreements/{token:str}/refusal", status_code=200, summary="Decline, by the secret of the mail")
async def post_refusal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
    data: JSONBody[WordBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[AskedBody]:
    """The version the mail asks about; 412 when there is a newer one."""
    return await _answered(request, edge, now, token, data, idempotency_key, agrees=False)


async def _answered(
    request: Request[Any, Any, Any],
    edge: Edge,
    now: datetime,
    token: str,
    data: WordBody,
    idempotency_key: str | None,
    *,
    agrees: bool,
) -> Response[AskedBody]:
    signed = signed_link(edge, token)

    async def write(connection: Connection) -> Response[AskedBody]:
        await answer_by_link(connection, signed, agrees=agrees, word=data.word, now=now)
        return await _answer(connection, signed)

    return await answer_once(request, edge, signed.id, idempotency_key, write, now=now)


async def _answer(connection: Connection, signed: SignedId) -> Response[AskedBody]:
    agreement, actor = await partner_of(connection, signed)
    if agreement.left_at is not None:
        raise PartnerLeftAlready
    view = await read_carried_campaign(connection, actor, name=agreement.campaign_id)
    body = AskedBody(
        agreement=agreement_body(agreement),
        outdated=agreement.asked_version != signed.version,
        lead=view.campaign.lead,
        cancelled=view.campaign.cancelled,
        proposed=wording_body(view.campaign.proposed),
        changes=view.campaign.changes if view.second_round else (),
        awaited=tuple(view.awaited),
    )
    return Response(body, headers={"ETag": f'"{agreement.asked_version}"', "Cache-Control": "no-store"})


route_handlers: list[Any] = [get_agreement, post_acceptance, post_refusal]
