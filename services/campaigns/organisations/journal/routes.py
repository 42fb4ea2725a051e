"""The journal: its pages, of an organisation and of one offer."""

from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.catalogue.listing import Listing
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.look.words import local_day
from services.campaigns.organisations.journal.acts import say_line
from services.campaigns.organisations.journal.read import AuditLine, list_audit
from services.campaigns.planning.read import read_planned_offer
from shared.languages import _

LINES_A_PAGE = 100

Before = Annotated[str, QueryParameter(name="avant", description="The last line of the page before")]


@get("/planification/organisation/journal", action="read_audit", include_in_schema=False)
async def get_organisation_journal(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], before: Before = ""
) -> Response[str]:
    """What the members and the tokens of the organisation did."""
    async with edge.reading() as connection:
        lines = await list_audit(
            connection, organisation_id=actor.organisation_id, after=_line_id(before), limit=LINES_A_PAGE + 1
        )
    path = "/planification/organisation"
    return _journal(actor, lines, subject=actor.organisation, back=path, back_words=_("Organisation"), show_offers=True)


@get("/planification/{slug:str}/journal", action="read_audit", include_in_schema=False)
async def get_offer_journal(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], before: Before = ""
) -> Response[str]:
    """What was done to one offer, by whomever."""
    async with edge.reading() as connection:
        listing = await read_planned_offer(connection, organisation_id=actor.organisation_id, slug=slug)
        lines = await list_audit(connection, offer_id=listing.id, after=_line_id(before), limit=LINES_A_PAGE + 1)
    back = f"/planification/{listing.slug}"
    return _journal(
        actor, lines, subject=listing.title, back=back, back_words=listing.title, show_offers=False, listing=listing
    )


def _journal(
    actor: Actor,
    lines: list[AuditLine],
    *,
    subject: str,
    back: str,
    back_words: str,
    show_offers: bool,
    listing: Listing | None = None,
) -> Response[str]:
    shown = lines[:LINES_A_PAGE]
    return planner_page(
        "organisations/templates/journal.html",
        actor,
        here="organisation" if show_offers else "offers",
        days=[(day, list(group)) for day, group in groupby(shown, key=lambda line: local_day(line.occurred_at))],
        following=shown[-1].id if len(lines) > LINES_A_PAGE else None,
        here_path=f"{back}/journal",
        subject=subject,
        back=back,
        back_words=back_words,
        show_offers=show_offers,
        listing=listing,
        say_line=say_line,
    )


def _line_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


route_handlers: list[Any] = [get_organisation_journal, get_offer_journal]
