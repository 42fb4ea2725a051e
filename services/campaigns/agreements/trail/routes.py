"""The trail of a campaign: its page, for everybody who carries it."""

from itertools import groupby
from typing import Annotated, Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.edge import Edge
from services.campaigns.given import read_id
from services.campaigns.look.pages import planner_page
from services.campaigns.look.words import local_day
from services.campaigns.organisations.journal.acts import say_line
from services.campaigns.organisations.journal.read import list_audit

LINES_A_PAGE = 100

Before = Annotated[str, QueryParameter(name="avant", description="The last line of the page before")]


@get("/planification/campagnes/{slug:str}/journal", action="read_audit", include_in_schema=False)
async def get_campaign_journal(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], before: Before = ""
) -> Response[Any]:
    """What was done to the campaign, by whichever organisation."""
    async with edge.reading() as connection:
        view = await read_carried_campaign(connection, actor, name=slug)
        lines = await list_audit(
            connection, campaign_id=view.campaign.id, after=read_id(before), limit=LINES_A_PAGE + 1
        )
    shown = lines[:LINES_A_PAGE]
    home = f"/planification/campagnes/{view.campaign.slug}"
    return planner_page(
        "organisations/templates/journal.html",
        actor,
        here="campaigns",
        days=[(day, list(group)) for day, group in groupby(shown, key=lambda line: local_day(line.occurred_at))],
        following=shown[-1].id if len(lines) > LINES_A_PAGE else None,
        here_path=f"{home}/journal",
        subject=view.campaign.agreed.title,
        back=home,
        back_words=view.campaign.agreed.title,
        show_offers=False,
        say_line=say_line,
    )


route_handlers: list[Any] = [get_campaign_journal]
