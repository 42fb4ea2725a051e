"""« Ajouter à mon agenda »: the page of each calendar, public or secret, and the buttons that renew an address."""

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.feeds.public.filters import Known, UnknownFilter, parse_filters
from services.campaigns.feeds.public.read import read_title
from services.campaigns.look.pages import page, planner_page
from services.campaigns.look.spoken import prefix
from services.campaigns.posters.code import draw_code
from services.campaigns.registering.links.read import read_own
from services.campaigns.subscribing.kinds import CONTENTS, INVITED, NAMES, calendars_of
from services.campaigns.subscribing.read import CALENDARS, read_calendar_version
from services.campaigns.subscribing.renew_calendar import Whose, renew_calendar
from services.campaigns.subscribing.send_address import send_address
from services.campaigns.subscribing.ways import Ways, device_of
from shared.database import Connection
from shared.signed_links import SignedId

TEMPLATES = "subscribing/templates"
# a page that guesses the device is another one for another
VARY = "User-Agent, Sec-CH-UA-Platform"
# an address that nobody was given is looked up like one that was: as this one
NOBODY = SignedId(UUID(int=0), 0)
RENEWABLE: tuple[Whose, ...] = get_args(Whose)


@get("/agenda/{slug:str}", include_in_schema=False)
async def get_public(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], slug: FromPath[str]
) -> Response[str]:
    """How to follow an offer, a campaign, a sector, an organisation, a département; filtered as the feed can be."""
    query = request.scope["query_string"]
    known: Known = await edge.public_feeds.known() if query else {}
    try:
        filters = parse_filters(query, known)
    except UnknownFilter as error:
        raise NotFoundException from error
    async with edge.reading() as connection:
        title = await read_title(connection, slug)
    if title is None:
        raise NotFoundException
    said = filters.say(known)
    name = f"{title.name}, {said}" if said else str(title.name)
    path = f"/calendars/{slug}.ics" + (f"?{filters.query}" if filters.query else "")
    own = f"/agenda/{slug}" + (f"?{filters.query}" if filters.query else "")
    return _page(request, edge, name=name, path=path, own=own, back=title.path, offer=title.path.startswith("/offres/"))


@get("/agenda/{whose:str}/{token:str}", include_in_schema=False)
async def get_personal(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], whose: FromPath[str], token: FromPath[str]
) -> Response[str]:
    """How to follow a calendar of one's own; who has the address has the calendar, so this page tells no more."""
    async with edge.reading() as connection:
        await _open(edge, connection, whose, token)
    return _page(
        request,
        edge,
        name=str(NAMES[whose]),
        path=f"/calendars/{whose}/{token}.ics",
        own=f"/agenda/{whose}/{token}",
        contents=str(CONTENTS[whose]),
        secret=True,
        renewal=f"/agenda/{whose}/{token}/adresse" if whose in RENEWABLE else "",
        invited=whose in INVITED,
    )


@post("/agenda/{whose:str}/{token:str}/adresse", include_in_schema=False)
async def post_renewal(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], whose: FromPath[str], token: FromPath[str]
) -> Response[Any]:
    """The address ends here, and the new one goes by mail; said alike for one that had ended, or never was."""
    if whose in RENEWABLE:
        signed = edge.signer.verify(CALENDARS[whose].scope, token) or NOBODY
        async with edge.transaction() as connection:
            await renew_calendar(
                connection, whose=whose, holder_id=signed.id, version=signed.version, by_mail=True, now=now
            )
    return Redirect("/agenda/adresse/renouvelee", status_code=303, headers={"Cache-Control": "no-store"})


@get("/agenda/adresse/renouvelee", include_in_schema=False)
async def get_renewed(edge: NamedDependency[Edge]) -> Response[str]:  # noqa: ARG001  # as every page
    """What a renewal comes to."""
    return page(f"{TEMPLATES}/renewed.html", private=True)


@post("/inscriptions/{token:str}/agenda", include_in_schema=False, status_code=200)
async def post_address(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """The calendar's address goes to who reads the mails of the registration; the answer is the same pressed twice."""
    async with edge.transaction() as connection:
        owner = await read_own(connection, edge.signer, token)
        whose = "personal" if owner.reader_id == owner.pupil_id else "famille"
        await send_address(connection, whose=whose, person_id=owner.reader_id, now=now)  # type: ignore[arg-type]
    return page(f"{TEMPLATES}/sent.html", private=True, address=f"/inscriptions/{token}", hint=_say_hint(owner.address))


@get("/compte/agenda", action="sign_out", include_in_schema=False)
async def get_own_calendars(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[str]:
    """The calendars of who is signed in."""
    async with edge.reading() as connection:
        version = await read_calendar_version(connection, actor.person_id) if actor.person_id else None
    calendars = [
        (NAMES[whose], CONTENTS[whose], f"/agenda/{whose}/{_token(edge, whose, actor.person_id, version)}")
        for whose in calendars_of(actor.memberships)
        if actor.person_id is not None and version is not None
    ]
    return planner_page(f"{TEMPLATES}/own.html", actor, here="account", calendars=calendars)


@post("/compte/agenda/adresse", action="sign_out", include_in_schema=False)
async def post_own_renewal(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Other addresses for all one's calendars; they stand on the page that follows."""
    if actor.person_id is None:
        raise NotFoundException
    async with edge.transaction() as connection:
        version = await read_calendar_version(connection, actor.person_id)
        await renew_calendar(
            connection,
            whose="planification",
            holder_id=actor.person_id,
            version=version or 0,
            by_mail=False,
            now=now,
        )
    return Redirect("/compte/agenda", status_code=303)


async def _open(edge: Edge, connection: Connection, whose: str, token: str) -> None:
    """Raise 404 for an address that is cut, forged, renewed or was never given."""
    if whose not in CALENDARS:
        raise NotFoundException
    signed = edge.signer.verify(CALENDARS[whose].scope, token) or NOBODY
    if await CALENDARS[whose].find_version(connection, signed.id) != signed.version:
        raise NotFoundException


def _token(edge: Edge, whose: str, person_id: UUID, version: int) -> str:
    return edge.signer.token(CALENDARS[whose].scope, person_id, version)


def _page(
    request: Request[Any, Any, Any],
    edge: Edge,
    *,
    name: str,
    path: str,
    own: str,
    back: str = "",
    contents: str = "",
    offer: bool = False,
    secret: bool = False,
    renewal: str = "",
    invited: bool = False,
) -> Response[str]:
    here = edge.settings.base_url + prefix()
    answer = page(
        f"{TEMPLATES}/agenda.html",
        private=secret,
        ways=Ways(here + path, name),
        device=device_of(request.headers.get("User-Agent", ""), request.headers.get("Sec-CH-UA-Platform", "")),
        name=name,
        contents=contents,
        download=path,
        code=draw_code(here + own, scale=4, border=2),
        back=back,
        secret=secret,
        renewal=renewal,
        invited=invited or offer,
    )
    answer.headers["Vary"] = VARY
    return answer


def _say_hint(address: str | None) -> str:
    """« c…@eleve.example »: enough for its owner."""
    local, _at, domain = (address or "").rpartition("@")
    return f"{local[:1]}…@{domain}" if local else ""


route_handlers: list[Any] = [
    get_public,
    get_personal,
    post_renewal,
    get_renewed,
    post_address,
    get_own_calendars,
    post_own_renewal,
]
