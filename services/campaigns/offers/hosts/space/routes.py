"""The page of all that was asked of one person, without account; and the buttons that renew secret addresses."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.offers.hosts.company.hosting import Hosting, by_day
from services.campaigns.offers.hosts.company.read import list_hostings_of_person
from services.campaigns.offers.hosts.host_request import UnknownHostRequest
from services.campaigns.offers.hosts.space.read import read_space_versions
from services.campaigns.offers.hosts.space.renew_host_space import renew_host_space
from shared.database import Connection


@get("/accueil/{token:str}/tout", include_in_schema=False)
async def get_host_space(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """All that was asked of one person, of all campaigns, without account."""
    async with edge.reading() as connection:
        _, hostings = await _open(edge, connection, token, now)
    return page(
        "offers/hosts/company/templates/space.html",
        private=True,
        days=by_day(hostings),
        calendar=calendar_address(edge, token),
        renewal=f"/accueil/{token}/tout/adresse",
        addresses={
            hosting.request_id: f"/accueil/{edge.signer.token('host', hosting.request_id, hosting.token_version)}"
            for hosting in hostings
            if hosting.request_id
        },
        now=now,
    )


@post("/accueil/{token:str}/tout/adresse", include_in_schema=False)
async def post_new_address(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Another address for the page and the calendar; it is told to who pressed, and to nobody who has the old one."""
    async with edge.transaction() as connection:
        person_id, hostings = await _open(edge, connection, token, now)
        version = await renew_host_space(connection, holder_id=person_id, now=now)
        for actor in {hosting.organisation_id: hosting.linked_actor for hosting in hostings}.values():
            await note_renewal(connection, actor, now)
    renewed = edge.signer.token("host_space", person_id, version)
    return Redirect(f"/accueil/{renewed}/tout", status_code=303, headers={"Cache-Control": "no-store"})


@post("/planification/accueils/adresse", action="answer_hosting", include_in_schema=False)
async def post_own_new_address(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Another address for the company's calendar, and an end to what those written to for it have."""
    async with edge.transaction() as connection:
        await renew_host_space(connection, holder_id=actor.organisation_id, now=now)
        await note_renewal(connection, actor, now)
    return Redirect("/planification/accueils#agenda", status_code=303)


async def own_calendar(edge: Edge, connection: Connection, organisation_id: UUID) -> str:
    """The secret address of a company's calendar."""
    versions = await read_space_versions(connection, [organisation_id])
    return calendar_address(edge, edge.signer.token("host_space", organisation_id, versions[organisation_id]))


def calendar_address(edge: Edge, token: str) -> str:
    """The calendar of a token of the space: one secret opens both."""
    return f"{edge.settings.base_url}/calendars/accueils/{token}.ics"


async def note_renewal(connection: Connection, actor: Actor, now: datetime) -> None:
    """One line in the journal for new secret addresses."""
    detail = "Adresses secrètes des accueils renouvelées."
    await write_audit(connection, actor, "renew_host_space", detail, now=now)


async def _open(edge: Edge, connection: Connection, token: str, now: datetime) -> tuple[UUID, list[Hosting]]:
    """Whose page a token opens, and what stands on it; raises `UnknownHostRequest` when cut, foreign or renewed."""
    signed = edge.signer.read("host_space", token)
    version = (await read_space_versions(connection, [signed.id]))[signed.id]
    hostings = await list_hostings_of_person(connection, signed.id, now=now)
    if version != signed.version or not hostings:
        raise UnknownHostRequest
    return signed.id, hostings


route_handlers: list[Any] = [get_host_space, post_new_address, post_own_new_address]
