"""The organiser's pages: the list of offers, and who is in each."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.access.permissions import Action
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.life.read import list_own_offers
from services.campaigns.offers.read import read_programme
from services.campaigns.planning.read import list_needs, list_pupils, read_planned_offer

OTHER_ROOMS: tuple[tuple[Action, str], ...] = (
    ("read_hosting", "/planification/accueils"),
    ("follow_pupils", "/planification/eleves"),
    ("sign_out", "/compte"),
)
OFFERS_AT_HOME, PUPILS_A_PAGE = 10, 200

After = Annotated[str, QueryParameter(name="apres")]


@get("/planification", action="sign_out", include_in_schema=False)
async def get_planning(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """What needs one today, and the offers that come next; who has another room is led there."""
    if not actor.may("read_offers"):
        return Redirect(next(path for action, path in OTHER_ROOMS if actor.may(action)), status_code=303)
    async with edge.reading() as connection:
        offers = await list_own_offers(connection, actor, now=now, after=None, limit=OFFERS_AT_HOME + 1)
        needs = await list_needs(connection, organisation_id=actor.organisation_id, now=now)
    return planner_page(
        "planning/templates/planning.html",
        actor,
        here="home",
        offers=offers[:OFFERS_AT_HOME],
        more=len(offers) > OFFERS_AT_HOME,
        needs=needs if actor.may("plan_offers") else [],
        now=now,
    )


@get("/planification/{slug:str}", action="read_offers", include_in_schema=False)
async def get_planned_offer(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    slug: FromPath[str],
    actor: NamedDependency[Actor],
    after: After = "",
) -> Response[Any]:
    """Who is in, who waits, in order, and who receives them each day."""
    rank = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    async with edge.reading() as connection:
        listing = await read_planned_offer(connection, organisation_id=actor.organisation_id, slug=slug)
        programme = await read_programme(connection, listing.id)
        needs = await list_needs(connection, organisation_id=actor.organisation_id, now=now)
        pupils = (
            await list_pupils(connection, listing.id, after=rank, limit=PUPILS_A_PAGE + 1)
            if actor.may("read_pupils")
            else []
        )
    shown = pupils[:PUPILS_A_PAGE]
    return planner_page(
        "planning/templates/planned_offer.html",
        actor,
        here="offers",
        listing=listing,
        programme=programme,
        needs=[need for need in needs if need.subject_id == listing.id and need.kind not in ("draft", "seats_free")],
        seated=[pupil for pupil in shown if pupil.status != "waiting"],
        queue=[pupil for pupil in shown if pupil.status == "waiting"],
        following=shown[-1].rank if len(pupils) > PUPILS_A_PAGE else None,
        now=now,
    )


route_handlers: list[Any] = [get_planning, get_planned_offer]
