"""The week builder: JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, patch
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.offers.builder.bodies import PlannedSessionBody, session_body
from services.campaigns.offers.builder.read import read_built_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.read import offer_of_session, organisation_of_session
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.session import SessionChange, UnknownSession

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The session's version, quoted or bare")]


@patch("/api/v1/sessions/{session_id:uuid}", action="plan_offers", summary="Change a session")
async def patch_session(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    data: JSONBody[SessionChange],
    if_match: IfMatch = None,
) -> Response[PlannedSessionBody]:
    """Any of the fields; in a published offer everybody who has the session in the programme is told."""
    expected = version_of(if_match)
    async with edge.transaction() as connection:
        if not actor.acts_for(await organisation_of_session(connection, session_id)):
            raise UnknownSession
        await change_session(connection, session_id=session_id, change=data, if_match=expected, now=now)
        session = await read_built_session(connection, session_id)
        offer_id = await offer_of_session(connection, session_id)
        await write_audit(connection, actor, "change_session", f"« {session.title} »", now=now, offer_id=offer_id)
    return Response(session_body(session), headers={"ETag": f'"{session.version}"'})


def version_of(if_match: str | None) -> int | None:
    """The version in an If-Match header; None where none is asked for. Raises `InvalidField`."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidField("L’en-tête If-Match attend la version de la séance.", field="If-Match")
    return int(text)


route_handlers: list[Any] = [patch_session]
