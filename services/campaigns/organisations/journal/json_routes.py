"""The journal: JSON."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.read import organisation_of_offer
from services.campaigns.organisations.bodies import AuditLineBody, JournalBody
from services.campaigns.organisations.journal.read import AuditLine, list_audit
from services.campaigns.organisations.page_keys import PAGE, cut_page, parse_key, refuse_stranger

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]


@get("/api/v1/organisations/{organisation_id:uuid}/journal", action="read_audit", summary="What the organisation did")
async def get_organisation_journal(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    after: After = None,
) -> Response[JournalBody]:
    """The newest line first, a hundred a page."""
    refuse_stranger(actor, organisation_id)
    key = parse_key(after)
    async with edge.reading() as connection:
        lines = await list_audit(connection, organisation_id=organisation_id, after=key, limit=PAGE + 1)
    return _answer(lines)


@get("/api/v1/offers/{offer_id:uuid}/journal", action="read_audit", summary="What was done to an offer")
async def get_offer_journal(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID], after: After = None
) -> Response[JournalBody]:
    """By whomever, the newest line first, a hundred a page."""
    key = parse_key(after)
    async with edge.reading() as connection:
        if not actor.acts_for(await organisation_of_offer(connection, offer_id)):
            raise UnknownOffer
        lines = await list_audit(connection, offer_id=offer_id, after=key, limit=PAGE + 1)
    return _answer(lines)


def _answer(lines: list[AuditLine]) -> Response[JournalBody]:
    shown, following = cut_page(lines)
    items = msgspec.convert(shown, list[AuditLineBody], from_attributes=True)
    return Response(JournalBody(items, following), headers={"Cache-Control": "no-store"})


route_handlers: list[Any] = [get_organisation_journal, get_offer_journal]
