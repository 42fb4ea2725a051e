"""The life of an offer: the list of an organisation's offers, a new one, its settings."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import read_id
from services.campaigns.imports.routes import route_handlers as file_routes
from services.campaigns.look.pages import planner_page
from services.campaigns.look.words import OFFER_KINDS
from services.campaigns.offers.eligibility import GRADE_WORDS
from services.campaigns.offers.life.consequences.act_form import read_act
from services.campaigns.offers.life.consequences.apply_act import apply_act
from services.campaigns.offers.life.consequences.routes import panel, rehearse
from services.campaigns.offers.life.consequences.routes import route_handlers as consequences_routes
from services.campaigns.offers.life.draft import Draft, OpenCampaign
from services.campaigns.offers.life.draft_offer import draft_offer
from services.campaigns.offers.life.publication.routes import route_handlers as publication_routes
from services.campaigns.offers.life.read import (
    OfferInLife,
    list_campaigns_with_offers,
    list_open_campaigns,
    list_own_offers,
    read_last_editor,
    read_own_offer,
)
from services.campaigns.offers.life.removal.routes import route_handlers as removal_routes
from services.campaigns.offers.life.sendings.routes import route_handlers as sendings_routes
from services.campaigns.offers.life.sheet import (
    FIELD_NAMES,
    OfferChangedMeanwhile,
    Sheet,
    merge,
    said,
)
from services.campaigns.offers.life.sheet_form import (
    SheetForm,
    decode_base,
    encode_base,
    form_of,
    read_day,
    read_sheet_form,
    text_of,
    texts_of,
)
from services.campaigns.offers.life.states import STATE_NAMES, STATES
from services.campaigns.offers.offer import DEFAULT_SEATS
from shared.events import FieldChange
from shared.languages import _
from shared.refusal import Refusal

OFFERS_A_PAGE = 50

After = Annotated[str, QueryParameter(name="apres")]
OfCampaign = Annotated[str, QueryParameter(name="campagne")]
InState = Annotated[str, QueryParameter(name="etat")]


@get("/planification/offres", action="read_offers", include_in_schema=False)
async def get_offers(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    after: After = "",
    of_campaign: OfCampaign = "",
    in_state: InState = "",
) -> Response[Any]:
    """All offers of the organisation, drafts included."""
    campaign_id, state = read_id(of_campaign), in_state if in_state in STATES else ""
    async with edge.reading() as connection:
        campaigns = await list_campaigns_with_offers(connection, actor)
        offers = await list_own_offers(
            connection,
            actor,
            now=now,
            campaign_id=campaign_id,
            state=state,
            after=read_id(after),
            limit=OFFERS_A_PAGE + 1,
        )
    return planner_page(
        "offers/life/templates/offers.html",
        actor,
        here="offers",
        now=now,
        offers=offers[:OFFERS_A_PAGE],
        following=offers[OFFERS_A_PAGE - 1].id if len(offers) > OFFERS_A_PAGE else None,
        campaigns=campaigns,
        campaign_id=campaign_id,
        states=STATE_NAMES,
        state=state,
    )


@get("/planification/offres/nouvelle", action="plan_offers", include_in_schema=False)
async def get_new_offer(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], of_campaign: OfCampaign = ""
) -> Response[Any]:
    """The empty form of a new offer; who comes from a campaign's page finds it chosen."""
    async with edge.reading() as connection:
        campaigns = await list_open_campaigns(connection, actor.organisation_id)
    chosen = next((each for each in campaigns if len(campaigns) == 1 or str(each.id) == of_campaign), None)
    given = {"campaign_id": str(chosen.id), "first_day": chosen.first_day.isoformat()} if chosen else {"first_day": ""}
    return _new_offer(actor, campaigns, SheetForm(), {"kind": "collective_week", **given}, {})


@post("/planification/offres/nouvelle", action="plan_offers", include_in_schema=False)
async def post_new_offer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """Make the draft and go to it; or the form again, each fault beside its field."""
    fields = texts_of(await request.form())
    async with edge.reading() as connection:
        campaigns = await list_open_campaigns(connection, actor.organisation_id)
    form = read_sheet_form(fields)
    campaign = next((each for each in campaigns if str(each.id) == text_of(fields, "campaign_id")), None)
    draft, faults = _read_draft(fields, form, campaign)
    if draft is None or campaign is None or faults:
        return _new_offer(actor, campaigns, form, fields, faults)
    async with edge.transaction() as connection:
        offer_id, slug = await draft_offer(
            connection, organisation_id=actor.organisation_id, campaign_id=campaign.id, draft=draft
        )
        await write_audit(connection, actor, "draft_offer", "a créé l’offre.", now=now, offer_id=offer_id)
    return Redirect(f"/planification/{slug}", status_code=303)


@get("/planification/{slug:str}/reglages", action="plan_offers", include_in_schema=False)
async def get_settings(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """The sheet of the offer, to be changed."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return _settings(actor, offer, form_of(offer.sheet))


@post("/planification/{slug:str}/reglages", action="plan_offers", include_in_schema=False)
async def post_settings(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Save the sheet; the second of two to save is told what the first changed, and chooses.

    Where people would be told, the panel of consequences comes first.
    """
    fields = texts_of(await request.form())
    form = read_sheet_form(fields)
    mine, faults = form.parse()
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    if faults:
        return _settings(actor, offer, form, faults=faults, status=422)
    try:
        act = read_act(fields | {"act": "edit_offer"})
        if not fields.get("confirmed"):
            consequences = await rehearse(edge, actor, offer, act, now=now)
            if consequences.told.anybody:
                return panel(actor, offer, act, fields, consequences, action=f"/planification/{slug}/reglages")
        async with edge.transaction() as connection:
            await apply_act(connection, actor, offer, act, now=now)
    except OfferChangedMeanwhile as refusal:
        async with edge.reading() as connection:
            offer = await read_own_offer(connection, actor, slug)
            who = await read_last_editor(connection, offer.id)
        base = decode_base(text_of(fields, "base")) or mine
        merged = merge(base, mine, offer.sheet)
        changes = base.changes_to(offer.sheet)
        both = {
            change.field: said(getattr(mine, change.field))
            for change in changes
            if getattr(mine, change.field) not in (getattr(base, change.field), getattr(offer.sheet, change.field))
        }
        return _settings(actor, offer, form_of(merged), meanwhile=changes, both=both, who=who, status=refusal.status)
    except Refusal as refusal:
        if refusal.field is None or refusal.field not in Sheet.__struct_fields__:
            raise
        return _settings(actor, offer, form, faults={refusal.field: refusal.sentence}, status=422)
    return Redirect(f"/planification/{slug}", status_code=303)


def _read_draft(
    fields: dict[str, str], form: SheetForm, campaign: OpenCampaign | None
) -> tuple[Draft | None, dict[str, str]]:
    sheet, faults = form.parse()
    kind = next((kind for kind in DEFAULT_SEATS if kind == text_of(fields, "kind")), None)
    first = read_day(text_of(fields, "first_day"))
    last = read_day(text_of(fields, "last_day")) if text_of(fields, "last_day") else first
    for missing, field, sentence in (
        (campaign is None, "campaign_id", _("Choisissez une campagne.")),
        (kind is None, "kind", _("Choisissez un type d’offre.")),
        (first is None, "first_day", _("Donnez le premier jour.")),
        (last is None and first is not None, "last_day", _("Ce jour n’existe pas.")),
    ):
        if missing:
            faults[field] = sentence
    if campaign is None or kind is None or first is None or last is None:
        return None, faults
    if not form.seats.strip():
        sheet, faults = SheetForm(**{**form_of(sheet).texts(), "seats": str(DEFAULT_SEATS[kind])}).parse()
    draft = Draft(kind=kind, sheet=sheet, first_day=first, last_day=last)
    return draft, {**draft.find_faults(campaign), **faults}


def _new_offer(
    actor: Actor,
    campaigns: list[OpenCampaign],
    form: SheetForm,
    fields: dict[str, str],
    faults: dict[str, str],
) -> Response[Any]:
    return planner_page(
        "offers/life/templates/new_offer.html",
        actor,
        status=422 if faults else 200,
        here="offers",
        campaigns=[(each.id, f"{each.title}, {each.period}") for each in campaigns],
        campaign_id=text_of(fields, "campaign_id"),
        kinds={
            kind: _("{kind} ({seats} places)", kind=OFFER_KINDS[kind], seats=seats)
            for kind, seats in DEFAULT_SEATS.items()
        },
        kind=text_of(fields, "kind"),
        first_day=text_of(fields, "first_day"),
        last_day=text_of(fields, "last_day"),
        form=form,
        faults=faults,
    )


def _settings(
    actor: Actor,
    offer: OfferInLife,
    form: SheetForm,
    *,
    faults: dict[str, str] | None = None,
    meanwhile: tuple[FieldChange, ...] = (),
    both: dict[str, str] | None = None,
    who: str = "",
    status: int = 200,
) -> Response[Any]:
    return planner_page(
        "offers/life/templates/settings.html",
        actor,
        status=status,
        here="offers",
        offer=offer,
        form=form,
        base=encode_base(offer.sheet),
        grades=GRADE_WORDS,
        names=FIELD_NAMES,
        faults=faults or {},
        meanwhile=meanwhile,
        both=both or {},
        who=who,
    )


route_handlers: list[Any] = [
    get_offers,
    get_new_offer,
    post_new_offer,
    get_settings,
    post_settings,
    *consequences_routes,
    *publication_routes,
    *removal_routes,
    *file_routes,
    *sendings_routes,
]
