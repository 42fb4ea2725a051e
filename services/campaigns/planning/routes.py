"""The organiser's pages: the list of offers, and who is in each."""

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import CookieParameter, FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.offers.planner import Planner, TokenNeeded, planner_of
from services.campaigns.offers.read import read_programme
from services.campaigns.planning.read import list_planned_offers, list_pupils, read_planned_offer
from shared.refusal import Refusal

OFFERS_A_PAGE, PUPILS_A_PAGE = 100, 200
COOKIE, COOKIE_SECONDS = "quinzaine_jeton", 30 * 24 * 3600

Token = Annotated[str, CookieParameter(name=COOKIE)]
TokenInAddress = Annotated[str | None, QueryParameter(name="jeton")]
After = Annotated[str, QueryParameter(name="apres")]


class ForOrganisersOnly(Refusal):
    """No valid planner's token came with the request."""

    reason: ClassVar[str] = "token-needed"
    status: ClassVar[int] = 403

    def __init__(self) -> None:
        super().__init__("Elle s’ouvre avec le lien personnel remis aux organisateurs, qui contient leur jeton.")


@get("/planification", include_in_schema=False)
async def get_planning(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: Token = "",
    given: TokenInAddress = None,
    after: After = "",
) -> Response[Any]:
    """What needs one today; a token in the address moves into a cookie first."""
    if given is not None:
        _planner(edge, given)
        return _remember(edge, given)
    planner = _planner(edge, token)
    async with edge.reading() as connection:
        offers = await list_planned_offers(
            connection,
            organisation_id=planner.organisation_id,
            now=now,
            after=_offer_id(after),
            limit=OFFERS_A_PAGE + 1,
        )
    return page(
        "planning/templates/planning.html",
        private=True,
        offers=offers[:OFFERS_A_PAGE],
        following=offers[OFFERS_A_PAGE - 1].listing.id if len(offers) > OFFERS_A_PAGE else None,
        needs=[planned for planned in offers[:OFFERS_A_PAGE] if planned.say_need(now)],
        now=now,
    )


@get("/planification/{slug:str}", include_in_schema=False)
async def get_planned_offer(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    slug: FromPath[str],
    token: Token = "",
    after: After = "",
) -> Response[Any]:
    """Who is in, who waits, in order, and who receives them each day."""
    planner = _planner(edge, token)
    rank = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    async with edge.reading() as connection:
        listing = await read_planned_offer(connection, organisation_id=planner.organisation_id, slug=slug)
        programme = await read_programme(connection, listing.id)
        pupils = await list_pupils(connection, listing.id, after=rank, limit=PUPILS_A_PAGE + 1)
    shown = pupils[:PUPILS_A_PAGE]
    return page(
        "planning/templates/planned_offer.html",
        private=True,
        listing=listing,
        programme=programme,
        seated=[pupil for pupil in shown if pupil.status != "waiting"],
        queue=[pupil for pupil in shown if pupil.status == "waiting"],
        following=shown[-1].rank if len(pupils) > PUPILS_A_PAGE else None,
        now=now,
    )


def _planner(edge: Edge, token: str) -> Planner:
    try:
        return planner_of(edge.signer, f"Bearer {token}")
    except TokenNeeded as refusal:
        raise ForOrganisersOnly from refusal


def _remember(edge: Edge, token: str) -> Response[Any]:
    cookie = Cookie(
        key=COOKIE,
        value=token.strip(),
        path="/planification",
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="lax",
        secure=edge.settings.base_url.startswith("https://"),
    )
    return Redirect("/planification", status_code=303, cookies=[cookie], headers={"Cache-Control": "no-store"})


def _offer_id(after: str) -> UUID | None:
    try:
        return UUID(after)
    except ValueError:
        return None


route_handlers: list[Any] = [get_planning, get_planned_offer]
