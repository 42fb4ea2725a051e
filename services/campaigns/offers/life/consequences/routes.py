"""Consequences: the panel that comes before a change of a published offer, and the change itself once confirmed."""

from datetime import datetime
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.given import read_id
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.builder.sessions.session_form import read_date
from services.campaigns.offers.life.consequences.act import ACT_NAMES, Act, ActName
from services.campaigns.offers.life.consequences.act_form import hidden_fields, read_act
from services.campaigns.offers.life.consequences.act_words import HEADINGS, say_act, say_button
from services.campaigns.offers.life.consequences.apply_act import apply_act
from services.campaigns.offers.life.consequences.consequences import Consequences
from services.campaigns.offers.life.consequences.read import read_consequences
from services.campaigns.offers.life.read import OfferInLife, SessionInLife, read_own_offer, read_session_in_life
from services.campaigns.offers.life.sheet_form import texts_of
from shared.languages import _
from shared.refusal import Refusal

# a mail is a page of its own, of which nothing runs, loads or leads away
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@post("/planification/{slug:str}/consequences", action="plan_offers", include_in_schema=False)
async def post_consequences(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Show who would be told and what; carry it out once that is confirmed, at once where nobody is to be told."""
    fields = texts_of(await request.form())
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return await propose(edge, actor, offer, fields, now=now)


@post("/planification/{slug:str}/consequences/message", action="plan_offers", include_in_schema=False)
async def post_message(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """The mail as its readers see it, on a page of its own."""
    fields = texts_of(await request.form())
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    consequences = await rehearse(edge, actor, offer, read_act(fields), now=now)
    nothing = f"<!doctype html><title>{_('Aucun message')}</title>"
    html = consequences.mail.html if consequences.mail else nothing
    headers = {"Content-Security-Policy": MAIL_POLICY, "Cache-Control": "no-store"}
    return Response(html, status_code=200, media_type=MediaType.HTML, headers=headers)


@get("/planification/{slug:str}/annulation", action="cancel_offers", include_in_schema=False)
async def get_offer_cancellation(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Who would be told that the offer is cancelled, and the mail."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return await propose(edge, actor, offer, {"act": "cancel_offer"}, now=now)


@post("/planification/{slug:str}/annulation", action="cancel_offers", include_in_schema=False)
async def post_offer_cancellation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Cancel the offer; it is asked twice."""
    fields = texts_of(await request.form()) | {"act": "cancel_offer"}
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return await propose(edge, actor, offer, fields, now=now)


@get("/planification/{slug:str}/seances/{session_id:str}/annulation", action="cancel_offers", include_in_schema=False)
async def get_session_cancellation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[str],
) -> Response[Any]:
    """Who would be told that the session is cancelled, and the mail."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return await propose(edge, actor, offer, {"act": "cancel_session", "session_id": session_id}, now=now)


@post("/planification/{slug:str}/seances/{session_id:str}/annulation", action="cancel_offers", include_in_schema=False)
async def post_session_cancellation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    session_id: FromPath[str],
) -> Response[Any]:
    """Cancel the session; it is asked twice."""
    fields = texts_of(await request.form()) | {"act": "cancel_session", "session_id": session_id}
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
    return await propose(edge, actor, offer, fields, now=now)


async def propose(
    edge: Edge, actor: Actor, offer: OfferInLife, fields: dict[str, str], *, now: datetime
) -> Response[Any]:
    """The panel, the second question of what is final, or the redirect after it was done."""
    session: SessionInLife | None = None
    try:
        act = read_act(fields)
        if act.final:
            actor.need("cancel_offers")
        if act.name in ("change_session", "cancel_session"):
            async with edge.reading() as connection:
                session = await read_session_in_life(connection, offer.id, act.session_id)
        if fields.get("confirmed") and (not act.final or fields.get("sure")):
            return await _do(edge, actor, offer, act, now)
        consequences = await rehearse(edge, actor, offer, act, now=now)
        if not act.final and not consequences.told.anybody:
            return await _do(edge, actor, offer, act, now)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _refused(actor, offer, fields, refusal)
    return panel(
        actor,
        offer,
        act,
        fields,
        consequences,
        session=session,
        action=address_of_act(offer, act),
        asked=bool(fields.get("confirmed")),
    )


async def rehearse(edge: Edge, actor: Actor, offer: OfferInLife, act: Act, *, now: datetime) -> Consequences:
    """What the act would do; raises what it would raise."""
    return await read_consequences(edge, offer.id, lambda connection: apply_act(connection, actor, offer, act, now=now))


def panel(
    actor: Actor,
    offer: OfferInLife,
    act: Act,
    fields: dict[str, str],
    consequences: Consequences,
    *,
    action: str,
    session: SessionInLife | None = None,
    asked: bool = False,
) -> Response[Any]:
    """The consequence panel: who is told, when, the very mail; its button posts to `action`."""
    return planner_page(
        "offers/life/consequences/templates/panel.html",
        actor,
        here="offers",
        offer=offer,
        act=act,
        heading=HEADINGS[act.name],
        lead=say_act(act),
        button=say_button(act, sure=asked),
        session=session,
        told=consequences.told,
        mail=consequences.mail,
        other_mails=consequences.other_mails,
        words_added=act.words,
        hidden=hidden_fields(fields, act.name),
        action=action,
        asked=asked,
        back=_back(offer, act),
    )


async def _do(edge: Edge, actor: Actor, offer: OfferInLife, act: Act, now: datetime) -> Response[Any]:
    async with edge.transaction() as connection:
        await apply_act(connection, actor, offer, act, now=now)
    return Redirect(_back(offer, act), status_code=303)


def _refused(actor: Actor, offer: OfferInLife, fields: dict[str, str], refusal: Refusal) -> Response[Any]:
    name: ActName = next((name for name in ACT_NAMES if name == fields.get("act")), "change_session")
    act = Act(name=name, date=read_date(fields.get("date", "")), target=read_date(fields.get("target", "")))
    return planner_page(
        "offers/life/consequences/templates/refused.html",
        actor,
        status=refusal.status,
        here="offers",
        offer=offer,
        sentence=refusal.sentence,
        session_id=read_id(fields.get("session_id", "")),
        back=_back(offer, act),
    )


def address_of_act(offer: OfferInLife, act: Act) -> str:
    """Where the panel of an act posts to."""
    match act.name:
        case "cancel_offer":
            return f"/planification/{offer.slug}/annulation"
        case "cancel_session":
            return f"/planification/{offer.slug}/seances/{act.session_id}/annulation"
        case _:
            return f"/planification/{offer.slug}/consequences"


def _back(offer: OfferInLife, act: Act) -> str:
    if act.name in ("edit_offer", "cancel_offer"):
        return f"/planification/{offer.slug}"
    where = f"/planification/{offer.slug}/semaine"
    if act.name == "edit_group":
        return f"{where}/groupes"
    day = act.target or act.date
    return f"{where}#j-{day.isoformat()}" if act.name in ("copy_day", "edit_day", "cancel_day") and day else where


route_handlers: list[Any] = [
    post_consequences,
    post_message,
    get_offer_cancellation,
    post_offer_cancellation,
    get_session_cancellation,
    post_session_cancellation,
]
