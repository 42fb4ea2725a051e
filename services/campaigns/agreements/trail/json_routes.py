"""The trail of a campaign: JSON."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.edge import Edge
from services.campaigns.organisations.bodies import AuditLineBody, JournalBody
from services.campaigns.organisations.journal.read import list_audit
from services.campaigns.organisations.page_keys import parse_key

PAGE = 100

After = Annotated[str, QueryParameter(name="after", description="The `next` of the page before")]


@get("/api/v1/campaigns/{campaign_id:uuid}/journal", action="read_audit", summary="What was done to a campaign")
async def get_campaign_journal(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], campaign_id: FromPath[UUID], after: After = ""
) -> Response[JournalBody]:
    """By whichever organisation, the newest line first, a hundred a page."""
    async with edge.reading() as connection:
        await read_carried_campaign(connection, actor, name=campaign_id)
        lines = await list_audit(connection, campaign_id=campaign_id, after=parse_key(after), limit=PAGE + 1)
    items = msgspec.convert(lines[:PAGE], list[AuditLineBody], from_attributes=True)
    following = str(lines[PAGE - 1].id) if len(lines) > PAGE else None
    return Response(JournalBody(items, following), headers={"Cache-Control": "no-store"})


route_handlers: list[Any] = [get_campaign_journal]
