"""The sentences of a campaign on pages: which messages have any, one message with its fields and its mail."""

import asyncio
from datetime import datetime
from html import escape
from typing import Any

from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.overview import CampaignPage
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.guard_pages import POLICY
from services.campaigns.look.pages import planner_page
from services.campaigns.messages.shown import READERS, UnknownMessage, language_of, name_message
from services.campaigns.messages.wording.change_wording import change_wording
from services.campaigns.messages.wording.read import list_worded, read_wording
from services.campaigns.messages.wording.sentences import (
    PLACE_NAMES,
    PLACEHOLDERS,
    InvalidSentence,
    KeptWording,
    WordingChangedMeanwhile,
    read_sentences,
)
from services.campaigns.offers.life.consequences.routes import MAIL_POLICY
from services.campaigns.offers.life.read import list_own_offers
from services.campaigns.offers.read import read_programme
from shared.languages import LANGUAGES, OWN_NAMES, _, language
from shared.wording import EDITABLE, LONG_AT_MOST, PLACES

PATH = "/planification/campagnes/{slug:str}/messages"
FRAMING = f"{POLICY}; frame-src 'self'"
FRAMED = {
    "Content-Security-Policy": f"{MAIL_POLICY}; frame-ancestors 'self'",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
}


@get(PATH, action="plan_campaigns", include_in_schema=False)
async def get_wordings(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[str]:
    """The messages that take sentences, and which have some."""
    view = await _campaign(edge, actor, slug)
    async with edge.reading() as connection:
        worded = await list_worded(connection, view.campaign.id)
    readers = {each.name: each.readers for each in edge.gallery.list_messages()}
    return planner_page(
        "messages/wording/templates/wordings.html",
        actor,
        here="campaigns",
        campaign=view.campaign,
        messages=[(name, name_message(name), [READERS[one] for one in readers.get(name, ())]) for name in EDITABLE],
        worded=worded,
    )


@get(PATH + "/{name:str}", action="plan_campaigns", include_in_schema=False)
async def get_wording(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    name: FromPath[str],
    fait: FromQuery[str] = "",
) -> Response[str]:
    """The fields of one message, and the mail with what stands in them."""
    view = await _campaign(edge, actor, slug, name)
    async with edge.reading() as connection:
        kept = await read_wording(connection, view.campaign.id, name)
    return _page(actor, view, name, kept, done=fait == "oui")


@post(PATH + "/{name:str}", action="plan_campaigns", include_in_schema=False)
async def post_wording(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    name: FromPath[str],
) -> Response[Any]:
    """Keep the sentences, or go back to the product's mail; the form again where one cannot be filled."""
    view = await _campaign(edge, actor, slug, name)
    view.campaign.refuse_if_cancelled()
    fields = dict(await request.form())
    version = str(fields.get("version", ""))
    if_match = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
    try:
        sentences = {} if "sans" in fields else read_sentences(name, fields)
        async with edge.transaction() as connection:
            if await change_wording(
                connection, campaign_id=view.campaign.id, message=name, sentences=sentences, if_match=if_match
            ):
                detail = f"Phrases du message « {name} » : {'modifiées' if sentences else 'celles de Quinzaine'}."
                await write_audit(connection, actor, "change_wording", detail, now=now, campaign_id=view.campaign.id)
    except InvalidSentence as refusal:
        typed: dict[str, dict[str, str]] = {
            language: {place: str(fields.get(f"{language}-{place}", "")) for place in PLACES} for language in LANGUAGES
        }
        again = KeptWording(version=max(if_match, 0), sentences=typed)
        return _page(actor, view, name, again, faults=refusal.faults, status=refusal.status)
    except WordingChangedMeanwhile as refusal:
        async with edge.reading() as connection:
            kept = await read_wording(connection, view.campaign.id, name)
        return _page(actor, view, name, kept, trouble=refusal.sentence, status=refusal.status)
    return Redirect(f"{PATH.replace('{slug:str}', view.campaign.slug)}/{name}?fait=oui", status_code=303)


@post(PATH + "/{name:str}/apercu", action="plan_campaigns", include_in_schema=False, status_code=200)
async def post_wording_preview(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    name: FromPath[str],
) -> Response[str]:
    """The mail with the sentences as they stand in the form; what is wrong with them instead, where something is."""
    view = await _campaign(edge, actor, slug, name)
    fields = dict(await request.form())
    try:
        sentences = read_sentences(name, fields)
    except InvalidSentence as refusal:
        lines = "".join(f"<li>{escape(sentence)}</li>" for sentence in refusal.faults.values())
        return Response(
            f"<!doctype html><meta charset=utf-8><title>{escape(refusal.sentence)}</title>"
            f'<body style="font:17px system-ui;margin:24px"><h1>{escape(refusal.sentence)}</h1><ul>{lines}</ul>',
            media_type=MediaType.HTML,
            headers=FRAMED,
        )
    return await _mail(edge, actor, view, name, sentences, tongue=str(fields.get("langue", "")), now=now)


@get(PATH + "/{name:str}/apercu", action="plan_campaigns", include_in_schema=False)
async def get_wording_preview(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    name: FromPath[str],
) -> Response[str]:
    """The mail as it goes out now, in the reader's language: what the page shows first."""
    view = await _campaign(edge, actor, slug, name)
    async with edge.reading() as connection:
        kept = await read_wording(connection, view.campaign.id, name)
    return await _mail(edge, actor, view, name, kept.sentences, tongue=language(), now=now)


async def _mail(
    edge: Edge,
    actor: Actor,
    view: CampaignPage,
    name: str,
    sentences: dict[str, dict[str, str]],
    *,
    tongue: str,
    now: datetime,
) -> Response[str]:
    """Of the campaign's next offer, or of an invented week."""
    async with edge.reading() as connection:
        own = await list_own_offers(connection, actor, now=now, campaign_id=view.campaign.id, after=None, limit=1)
        programme = await read_programme(connection, own[0].id) if own else None
    mails = await asyncio.to_thread(
        edge.gallery.show, name, language=language_of(tongue), programme=programme, wording=sentences
    )
    html = mails[0].html if mails else f"<!doctype html><title>{escape(_('Aucun message'))}</title>"
    return Response(html, media_type=MediaType.HTML, headers=FRAMED)


async def _campaign(edge: Edge, actor: Actor, slug: str, name: str = "") -> CampaignPage:
    """The campaign that one leads; raises `UnknownCampaign`, `UnknownMessage`."""
    async with edge.reading() as connection:
        view = await read_carried_campaign(connection, actor, name=slug)
    view.need_lead()
    if name and name not in EDITABLE:
        raise UnknownMessage
    return view


def _page(
    actor: Actor,
    view: CampaignPage,
    name: str,
    kept: KeptWording,
    *,
    faults: dict[str, str] | None = None,
    trouble: str = "",
    done: bool = False,
    status: int = 200,
) -> Response[str]:
    answer = planner_page(
        "messages/wording/templates/wording.html",
        actor,
        status=status,
        here="campaigns",
        campaign=view.campaign,
        name=name,
        title=name_message(name),
        kept=kept,
        faults=faults or {},
        trouble=trouble,
        done=done,
        places=PLACE_NAMES,
        placeholders=[(each, PLACEHOLDERS[each]) for each in EDITABLE[name]],
        tongues=OWN_NAMES,
        most=LONG_AT_MOST,
    )
    answer.headers["Content-Security-Policy"] = FRAMING
    return answer


route_handlers: list[Any] = [get_wordings, get_wording, post_wording, post_wording_preview, get_wording_preview]
