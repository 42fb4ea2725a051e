"""The life of an offer: JSON of drafts and settings; its other rooms have files of their own."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import read_id
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.imports.json_routes import route_handlers as files
from services.campaigns.offers.life.bodies import (
    ListedOfferBody,
    ListedOffersBody,
    NewOfferBody,
    OfferEditBody,
    PlannedOfferBody,
)
from services.campaigns.offers.life.consequences.act import Act
from services.campaigns.offers.life.consequences.apply_act import apply_act
from services.campaigns.offers.life.consequences.consequences import Words, checked_note
from services.campaigns.offers.life.consequences.json_routes import route_handlers as consequences
from services.campaigns.offers.life.draft import Draft
from services.campaigns.offers.life.draft_offer import draft_offer
from services.campaigns.offers.life.publication.json_routes import route_handlers as publication
from services.campaigns.offers.life.read import list_own_offers, read_own_offer, read_planned_body
from services.campaigns.offers.life.remove_draft import remove_draft
from services.campaigns.offers.life.sendings.json_routes import route_handlers as sendings
from services.campaigns.offers.life.sheet import Sheet
from services.campaigns.offers.life.states import STATES
from services.campaigns.offers.offer import DEFAULT_SEATS
from services.campaigns.offers.registration import InvalidField
from shared.database import Connection
from shared.languages import later

PAGE = 100

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The offer's edition, quoted or bare")]
After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]
InState = Annotated[str | None, QueryParameter(name="state", description=f"One of {', '.join(sorted(STATES))}")]
OfCampaign = Annotated[UUID | None, QueryParameter(name="campaign_id")]


@get("/api/v1/planning/offers", action="read_offers", summary="The offers of one's organisation")
async def get_planned_offers(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    after: After = None,
    in_state: InState = None,
    campaign_id: OfCampaign = None,
) -> Response[ListedOffersBody]:
    """Drafts included, by their first day, past ones last, a hundred a page."""
    key = read_id(after) if after else None
    if after and key is None:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after")
    if in_state and in_state not in STATES:
        raise InvalidField(later("Cet état n’existe pas."), field="state")
    async with edge.reading() as connection:
        found = await list_own_offers(
            connection, actor, now=now, campaign_id=campaign_id, state=in_state or "", after=key, limit=PAGE + 1
        )
    items = [
        ListedOfferBody(
            id=one.id,
            slug=one.slug,
            kind=one.kind,
            title=one.title,
            state="draft" if one.status == "draft" else one.state(now),
            campaign=one.campaign,
            city=one.city,
            first_day=one.first_day,
            last_day=one.last_day,
            seats=one.seats,
            taken=one.taken,
            waiting=one.waiting,
        )
        for one in found[:PAGE]
    ]
    following = str(found[PAGE - 1].id) if len(found) > PAGE else None
    return Response(ListedOffersBody(items, following), headers={"Cache-Control": "no-store"})


@get("/api/v1/planning/offers/{offer_id:uuid}", action="read_offers", summary="An offer, for its planners")
async def get_planned_offer(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> Response[PlannedOfferBody]:
    """All that can be set of it, draft or not; the ETag is its edition."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        body = await read_planned_body(connection, offer, base_url=edge.settings.base_url)
    return Response(body, headers={"ETag": f'"{body.edition}"', "Cache-Control": "no-store"})


@post(
    "/api/v1/offers",
    action="plan_offers",
    summary="Draft an offer",
    responses={201: ResponseSpec(PlannedOfferBody, generate_examples=False, description="The draft")},
)
async def post_offer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    data: JSONBody[NewOfferBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[PlannedOfferBody]:
    """In a campaign that the organisation leads or is a partner of; seen by its planners alone until published."""

    async def write(connection: Connection) -> Response[PlannedOfferBody]:
        organisation_id = data.organisation_id or actor.organisation_id
        if not actor.acts_for(organisation_id):
            raise InvalidField(later("Cette organisation n’est pas la vôtre."), field="organisation_id")
        offer_id, _ = await draft_offer(
            connection, organisation_id=organisation_id, campaign_id=data.campaign_id, draft=_draft(data)
        )
        await write_audit(connection, actor, "draft_offer", "a créé l’offre.", now=now, offer_id=offer_id)
        offer = await read_own_offer(connection, actor, offer_id)
        body = await read_planned_body(connection, offer, base_url=edge.settings.base_url)
        headers = {"ETag": f'"{body.edition}"', "Location": f"/api/v1/planning/offers/{offer_id}"}
        return Response(body, status_code=201, headers=headers)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@patch("/api/v1/offers/{offer_id:uuid}", action="plan_offers", summary="Change the settings of an offer")
async def patch_offer(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[OfferEditBody],
    if_match: IfMatch = None,
) -> Response[PlannedOfferBody]:
    """Seats, texts, dates of registration, who may register.

    More seats are held at once for who waits; fewer than are taken is refused. What participants see of a published
    offer is told to them.
    """
    act = Act(
        name="edit_offer",
        sheet=data.change(),
        if_match=_edition(if_match),
        words=Words(note=checked_note(data.note), hold=data.hold),
    )
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        await apply_act(connection, actor, offer, act, now=now)
        offer = await read_own_offer(connection, actor, offer_id)
        body = await read_planned_body(connection, offer, base_url=edge.settings.base_url)
    return Response(body, headers={"ETag": f'"{body.edition}"'})


@delete("/api/v1/offers/{offer_id:uuid}", action="plan_offers", summary="Remove a draft")
async def delete_offer(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
) -> None:
    """As if it had never been; 409 `no-draft` for an offer that is or was public: it is cancelled instead."""
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        title = await remove_draft(connection, offer_id=offer.id, now=now)
        await write_audit(connection, actor, "remove_draft", f"a retiré le brouillon « {title} ».", now=now)


def _draft(data: NewOfferBody) -> Draft:
    sheet = Sheet(
        title=data.title,
        summary=data.summary,
        city=data.city,
        contact=data.contact,
        seats=DEFAULT_SEATS[data.kind] if data.seats is None else data.seats,
        opens_at=data.opens_at,
        closes_at=data.closes_at,
        grades=tuple(data.grades),
        departements=tuple(data.departements),
        school_uais=tuple(data.school_uais),
        proof_of_address=data.proof_of_address,
    ).tidied()
    return Draft(kind=data.kind, sheet=sheet, first_day=data.first_day, last_day=data.last_day or data.first_day)


def _edition(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidField(later("L’en-tête If-Match attend l’édition de l’offre."), field="If-Match")
    return int(text)


route_handlers: list[Any] = [
    get_planned_offers,
    get_planned_offer,
    post_offer,
    patch_offer,
    delete_offer,
    *consequences,
    *publication,
    *sendings,
    *files,
]
