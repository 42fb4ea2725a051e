"""Embedding over HTTP: how to, the frames, the element and its JSON, oEmbed.

Only the frames may stand in other sites' pages; only the list's JSON and the element's script may be read by them.
"""

from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from services.campaigns.catalogue.finding.places import DEPARTEMENTS, position_of
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import read_listing
from services.campaigns.edge import Edge
from services.campaigns.embedding.bodies import EmbeddedList, EmbeddedOffer, OEmbed
from services.campaigns.embedding.choice import Choice, UnknownChoice, read_choice
from services.campaigns.embedding.oembed import NoAddress, NotEmbeddable, UnknownFormat, frame_size, read_address
from services.campaigns.embedding.read import list_embedded, list_organisers, read_organiser
from services.campaigns.look.guard_pages import POLICY
from services.campaigns.look.pages import page
from services.campaigns.look.spoken import prefix
from services.campaigns.offers.offer import UnknownOffer
from shared.languages import _, speaking, translate

AT_MOST = 30
SCRIPT = (Path(__file__).parent / "quinzaine-liste.js").read_text()
NO_WORDS = "const WORDS = {};"
# the same policy as everywhere, but for who may show the page
IN_A_FRAME = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")
FOR_EVERY_SITE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@get("/integrer", include_in_schema=False)
async def get_how_to(request: Request[Any, Any, Any], edge: NamedDependency[Edge]) -> Response[str]:
    """How to show the offers on one's own site: what to copy, for whom and where one chooses."""
    choice = read_choice(request.query_params)
    async with edge.reading() as connection:
        organisers = await list_organisers(connection)
    if choice.organisation and choice.organisation not in dict(organisers):
        raise UnknownChoice
    base_url = edge.settings.base_url + prefix()
    address = f"{base_url}/integrer/liste{choice.query}"
    attributes = "".join(f' {name}="{value}"' for name, value in msgspec.structs.asdict(choice).items() if value)
    return page(
        "embedding/templates/how_to.html",
        choice=choice,
        organisers=organisers,
        departements=DEPARTEMENTS,
        address=address,
        frame=_frame_of(address, choice.say(dict(organisers).get(choice.organisation, "")), 640, 480),
        element=(
            f'<script async src="{base_url}/integrer/quinzaine-liste.js"></script>\n'
            f"<quinzaine-liste{attributes}></quinzaine-liste>"
        ),
        oembed=f"{base_url}/oembed?{urlencode({'format': 'json', 'url': address})}",
    )


@get("/integrer/liste", include_in_schema=False)
async def get_frame_of_list(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Response[str]:
    """The list as it stands in a frame; every link leaves it."""
    try:
        choice = read_choice(request.query_params)
        name, listings = await _chosen(edge, choice, now)
    except UnknownChoice:
        return _framed("embedding/templates/nothing.html", status=404)
    return _framed("embedding/templates/list.html", title=choice.say(name), listings=listings, now=now,
                   home=f"{edge.settings.base_url}{prefix()}/")  # fmt: skip


@get("/integrer/offres/{slug:str}", include_in_schema=False)
async def get_frame_of_offer(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], slug: FromPath[str]
) -> Response[str]:
    """One offer as it stands in a frame."""
    try:
        async with edge.reading() as connection:
            listing = await read_listing(connection, slug)
    except UnknownOffer:
        return _framed("embedding/templates/nothing.html", status=404)
    return _framed("embedding/templates/list.html", title=listing.title, listings=[listing], now=now,
                   home=f"{edge.settings.base_url}{prefix()}/")  # fmt: skip


@get("/integrer/offres.json", include_in_schema=False)
async def get_list(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime]
) -> Response[EmbeddedList]:
    """The list for the element, readable by every site."""
    choice = read_choice(request.query_params)
    name, listings = await _chosen(edge, choice, now)
    base_url = edge.settings.base_url + prefix()
    body = EmbeddedList(choice.say(name), f"{base_url}/", tuple(_offer(base_url, item, now) for item in listings))
    return Response(body, headers={**FOR_EVERY_SITE, "Cache-Control": "public, max-age=30"})


@get("/integrer/quinzaine-liste.js", include_in_schema=False)
async def get_element() -> Response[str]:
    """The script of the element with its words; its address stays, so it is kept for an hour only."""
    headers = {**FOR_EVERY_SITE, "Cache-Control": "public, max-age=3600"}
    said = {
        "coming": _("Les offres arrivent…"),
        "all": _("Toutes les offres sur Quinzaine"),
        "none": _("Aucune offre pour le moment."),
        "failed": _("Les offres ne peuvent pas être affichées ici."),
        "elsewhere": _("Les voir sur Quinzaine"),
    }
    script = SCRIPT.replace(NO_WORDS, f"const WORDS = {msgspec.json.encode(said).decode()};")
    return Response(script, media_type="text/javascript; charset=utf-8", headers=headers)


@get("/oembed", include_in_schema=False)
async def get_oembed(request: Request[Any, Any, Any], edge: NamedDependency[Edge]) -> Response[OEmbed]:
    """What to show for one of our addresses (oEmbed 1.0)."""
    asked = request.query_params
    if not asked.get("url"):
        raise NoAddress
    if asked.get("format", "json") != "json":
        raise UnknownFormat
    base_url = edge.settings.base_url
    embeddable = read_address(asked["url"], base_url=base_url)
    width, height = frame_size(embeddable, most_wide=asked.get("maxwidth", ""), most_high=asked.get("maxheight", ""))
    try:
        with speaking(embeddable.language):
            title, author = await _names(edge, embeddable.slug, embeddable.choice)
    except (UnknownOffer, UnknownChoice) as error:
        raise NotEmbeddable from error
    answer = OEmbed(
        title=title,
        author_name=author,
        html=_frame_of(f"{base_url}{embeddable.frame}", title, width, height),
        width=width,
        height=height,
        provider_url=f"{base_url}/",
    )
    return Response(answer, media_type=MediaType.JSON, headers={"Cache-Control": "public, max-age=300"})


async def _names(edge: Edge, slug: str, choice: Choice | None) -> tuple[str, str]:
    async with edge.reading() as connection:
        if slug:
            listing = await read_listing(connection, slug.replace("\x00", ""))
            return listing.title, listing.organisation
        chosen = choice or Choice()
        name = await read_organiser(connection, chosen.organisation) if chosen.organisation else ""
        return chosen.say(name), name


async def _chosen(edge: Edge, choice: Choice, now: datetime) -> tuple[str, list[Listing]]:
    async with edge.reading() as connection:
        name = await read_organiser(connection, choice.organisation) if choice.organisation else ""
        cities = None
        if choice.departement:
            towns = (await edge.choices.choices(connection, now)).towns
            cities = [town.name for town in towns if _departement_of(town.name) == choice.departement]
        listings = await list_embedded(
            connection, organisation=choice.organisation, cities=cities, now=now, limit=AT_MOST
        )
    return name, listings


def _departement_of(city: str) -> str:
    place = position_of(city)
    return place.departement if place else ""


def _offer(base_url: str, listing: Listing, now: datetime) -> EmbeddedOffer:
    return EmbeddedOffer(
        title=listing.title,
        url=f"{base_url}/offres/{listing.slug}",
        when=listing.when,
        city=listing.city,
        organisation=listing.organisation,
        sectors=tuple(translate(sector.label) for sector in listing.sectors),
        state=listing.state(now),
        says=listing.say_state(now),
        seats=listing.seats,
        free=listing.free,
    )


def _frame_of(address: str, title: str, width: int, height: int) -> str:
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}" '
        'loading="lazy" referrerpolicy="no-referrer"></iframe>'
    )


def _framed(template: str, *, status: int = 200, **values: Any) -> Response[str]:
    answer = page(template, status=status, **values)
    answer.headers.update({"Content-Security-Policy": IN_A_FRAME, "X-Robots-Tag": "noindex"})
    return answer


route_handlers: list[Any] = [get_how_to, get_frame_of_list, get_frame_of_offer, get_list, get_element, get_oembed]
