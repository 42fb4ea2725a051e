"""Messages: all there are, by who reads them; one of them as its mail, of an invented week or of one's own offer."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

from litestar import MediaType, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.look.guard_pages import POLICY
from services.campaigns.look.pages import planner_page
from services.campaigns.messages.shown import (
    READERS,
    UnknownMessage,
    by_reader,
    language_of,
    name_message,
    name_ways,
    pick_way,
)
from services.campaigns.offers.life.consequences.routes import MAIL_POLICY
from services.campaigns.offers.life.read import list_own_offers, read_own_offer
from services.campaigns.offers.read import read_programme
from services.campaigns.preview import ShownMail
from shared.programme import Programme

PATH = "/planification/organisation/messages"
OFFERS_TO_CHOOSE = 100
# the mail stands in frames of its own page
FRAMING = f"{POLICY}; frame-src 'self'"
FRAMED = f"{MAIL_POLICY}; frame-ancestors 'self'"

Offer = Annotated[str, QueryParameter(name="offre")]
Way = Annotated[str, QueryParameter(name="variante")]
Tongue = Annotated[str, QueryParameter(name="langue")]


@get("/preview", action="read_offers", include_in_schema=False)
async def get_preview(actor: NamedDependency[Actor]) -> Redirect:  # noqa: ARG001  # the guard asks for it
    """The short address."""
    return Redirect(PATH, status_code=303)


@get(PATH, action="read_offers", include_in_schema=False)
async def get_messages(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[str]:
    """Who gets which message, and when."""
    return planner_page(
        "messages/templates/messages.html",
        actor,
        here="organisation",
        groups=by_reader(edge.gallery.list_messages()),
        readers=READERS,
        name_of=name_message,
        path=PATH,
    )


@get(PATH + "/{name:str}", action="read_offers", include_in_schema=False)
async def get_shown_message(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    name: FromPath[str],
    offer: Offer = "",
    way: Way = "",
    tongue: Tongue = "",
) -> Response[str]:
    """One message: its subject, its page on a phone and on a desktop, its text, its calendar."""
    known = next((each for each in edge.gallery.list_messages() if each.name == name), None)
    if known is None:
        raise UnknownMessage
    programme = await _programme(edge, actor, offer)
    mails = await _mails(edge, name, tongue, programme)
    async with edge.reading() as connection:
        offers = await list_own_offers(connection, actor, now=now, after=None, limit=OFFERS_TO_CHOOSE)
    shown = pick_way(mails, way)
    answer = planner_page(
        "messages/templates/message.html",
        actor,
        here="organisation",
        known=known,
        readers=READERS,
        name_of=name_message,
        mail=shown,
        ways=name_ways(mails),
        offers=[(each.slug, each.title) for each in offers],
        offer=offer,
        # its mails are of the invented week, too: there is nothing of its own to tell yet
        empty=programme is not None and not any(day.sessions for day in programme.of_group(None)),
        tongue=language_of(tongue),
        path=PATH,
    )
    answer.headers["Content-Security-Policy"] = FRAMING
    return answer


@get(PATH + "/{name:str}/page", action="read_offers", include_in_schema=False)
async def get_mail_page(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    name: FromPath[str],
    offer: Offer = "",
    way: Way = "",
    tongue: Tongue = "",
) -> Response[str]:
    """The mail alone, as a mail program shows it: nothing in it runs, loads or leads away."""
    mails = await _mails(edge, name, tongue, await _programme(edge, actor, offer))
    headers = {"Content-Security-Policy": FRAMED, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
    return Response(pick_way(mails, way).html, media_type=MediaType.HTML, headers=headers)


async def _programme(edge: Edge, actor: Actor, slug: str) -> Programme | None:
    """Of one's own offer; raises `UnknownOffer` for another's. None where none is chosen."""
    if not slug:
        return None
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        return await read_programme(connection, offer.id)


async def _mails(edge: Edge, name: str, tongue: str, programme: Programme | None) -> tuple[ShownMail, ...]:
    """The first of a kind is put together in 50 ms: not on the loop that answers everybody."""
    return await asyncio.to_thread(edge.gallery.show, name, language=language_of(tongue), programme=programme)


route_handlers: list[Any] = [get_preview, get_messages, get_shown_message, get_mail_page]
