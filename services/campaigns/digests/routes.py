"""« Mes messages »: what a member wants to be told in sum, how often and when."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.digests.choice import RHYTHMS, TIMES, parse_choice
from services.campaigns.digests.choose_digest import choose_digest
from services.campaigns.digests.read import list_choices
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from shared.french_dates import PARIS, say_time

PATH = "/compte/messages"


@get(PATH, action="sign_out", include_in_schema=False)
async def get_messages(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    fait: FromQuery[str] = "",
) -> Response[str]:
    """What comes, and what may be chosen."""
    async with edge.reading() as connection:
        choices = await list_choices(connection, actor.person_id) if actor.person_id else []
    return planner_page(
        "digests/templates/messages.html",
        actor,
        here="account",
        choices=choices,
        rhythms=list(RHYTHMS.items()),
        times=[(f"{each:%H:%M}", say_time(datetime.combine(now.date(), each, PARIS))) for each in TIMES],
        kept=fait == "oui",
    )


@post(PATH, action="sign_out", include_in_schema=False)
async def post_messages(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Keep the choice of each summary in the form."""
    form = await request.form()
    async with edge.transaction() as connection:
        for known in await list_choices(connection, actor.person_id) if actor.person_id else []:
            if actor.person_id and f"{known.what}-rythme" in form:
                choice = parse_choice(
                    known.what, str(form.get(f"{known.what}-rythme", "")), str(form.get(f"{known.what}-heure", ""))
                )
                await choose_digest(connection, person_id=actor.person_id, choice=choice)
    return Redirect(f"{PATH}?fait=oui", status_code=303)


route_handlers: list[Any] = [get_messages, post_messages]
