"""The board: the page of a week, how an act of it is done, and the answer every change of it ends with."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.builder.read import read_clashes, read_week
from services.campaigns.offers.builder.screen import base_of, draw_screen
from services.campaigns.offers.builder.week import Week
from services.campaigns.offers.life.consequences.act_form import read_act
from services.campaigns.offers.life.consequences.apply_act import apply_act
from services.campaigns.offers.life.consequences.routes import address_of_act, panel, rehearse
from services.campaigns.offers.life.read import read_own_offer
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection

Answer = Response[Any]
# a fragment was asked for, a page is given: it takes the place of the whole
WHOLE_PAGE = {"HX-Retarget": "body", "HX-Reswap": "innerHTML show:window:top"}


@get("/planification/{slug:str}/semaine", action="plan_offers", include_in_schema=False)
async def get_week(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Answer:
    """The week, its totals, and what is to be seen to."""
    async with edge.reading() as connection:
        return await drawn(connection, actor, slug, fragment=by_script(request))


async def drawn(
    connection: Connection,
    actor: Actor,
    slug: str,
    *,
    fragment: bool,
    trouble: str = "",
    said: str = "",
    status: int = 200,
) -> Answer:
    """The week as it is now: a page, or the fragment that takes the board's place; `said` is read out, `trouble` shown.

    Raises `UnknownOffer` for another organisation's offer.
    """
    week = await read_own_week(connection, actor, slug)
    template = "fragment" if fragment else "week"
    answer = planner_page(
        f"offers/builder/templates/{template}.html",
        actor,
        status=status,
        here="offers",
        screen=draw_screen(week, await read_clashes(connection, week.offer_id)),
        base=base_of(slug),
        trouble=trouble,
        said=said or trouble,
    )
    if fragment:
        answer.headers.update({"HX-Retarget": "#semaine", "HX-Reswap": "outerHTML"})
    return answer


async def changed(
    request: Request[Any, Any, Any], edge: Edge, actor: Actor, slug: str, *, said: str, anchor: str = ""
) -> Answer:
    """The answer to a change that was made: the board anew for a script, a redirect to it for a form."""
    if not by_script(request):
        return Redirect(f"{base_of(slug)}{anchor}", status_code=303)
    async with edge.reading() as connection:
        return await drawn(connection, actor, slug, fragment=True, said=said)


async def act_or_ask(
    request: Request[Any, Any, Any], edge: Edge, actor: Actor, week: Week, fields: dict[str, str], *, now: datetime
) -> tuple[Answer | None, UUID | None]:
    """The panel, nothing being done yet; or no page, and the session that was added. Raises what the verb refuses."""
    act = read_act(fields)
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, week.slug)
    if week.public:
        consequences = await rehearse(edge, actor, offer, act, now=now)
        if consequences.told.anybody:
            answer = panel(actor, offer, act, fields, consequences, action=address_of_act(offer, act))
            if by_script(request):
                answer.headers.update(WHOLE_PAGE)
            return answer, None
    async with edge.transaction() as connection:
        return None, await apply_act(connection, actor, offer, act, now=now)


async def read_own_week(connection: Connection, actor: Actor, slug: str) -> Week:
    """The week of an offer of the actor's organisation; another's does not exist (`UnknownOffer`)."""
    week = await read_week(connection, slug=slug)
    if not actor.acts_for(week.organisation_id):
        raise UnknownOffer
    return week


def by_script(request: Request[Any, Any, Any]) -> bool:
    """Whether the page's own script asks, which swaps fragments."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


route_handlers: list[Any] = [get_week]
