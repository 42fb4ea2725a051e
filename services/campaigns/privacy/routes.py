"""Privacy on pages: what is kept in plain words, one's own data behind a fresh link, how long a campaign keeps them."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.read import read_carried_campaign
from services.campaigns.audit import write_audit
from services.campaigns.clock import carry_out_erasures
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page, planner_page
from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.personal_space.read import read_place
from services.campaigns.privacy.change_keeping import change_keeping
from services.campaigns.privacy.erasure import NotTheirsAlone
from services.campaigns.privacy.keeping import InvalidKeeping, parse_months
from services.campaigns.privacy.read import (
    is_being_erased,
    is_erased,
    is_guardian_of_all,
    list_keepings,
    read_keeping,
    read_living,
)
from services.campaigns.privacy.records.read import read_record
from services.campaigns.privacy.request_erasure import request_erasure
from services.campaigns.registering.links.ask_fresh_link import ask_fresh_link
from services.campaigns.registering.links.fresh_link import FreshLink
from services.campaigns.registering.links.read import read_fresh_link
from shared.database import Connection


@get("/donnees", include_in_schema=False)
async def get_privacy(edge: NamedDependency[Edge]) -> Response[str]:
    """What is kept, why, on what basis, who sees it, how long, and how to have it shown or erased."""
    async with edge.reading() as connection:
        keepings = await list_keepings(connection)
    return page("privacy/templates/privacy.html", keepings=keepings)


@get("/inscriptions/{token:str}/donnees", include_in_schema=False)
async def get_own_data(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[str]:
    """What one can do with one's data, and the button that sends the link it is done with."""
    async with edge.reading() as connection:
        place = await read_place(connection, edge.signer, token)
    return page("privacy/templates/ask.html", private=True, place=place, address=f"/inscriptions/{token}")


@post("/inscriptions/{token:str}/donnees", include_in_schema=False, status_code=202)
async def post_own_data(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """Send the fresh link to the address on file: the guardian's, where it is the guardian who asks."""
    async with edge.transaction() as connection:
        place = await read_place(connection, edge.signer, token)
        await ask_fresh_link(connection, registration_id=place.id, to_guardian=place.by_guardian, now=now)
    return page("privacy/templates/asked.html", status=202, private=True, place=place, address=f"/inscriptions/{token}")


@get("/donnees/{token:str}", include_in_schema=False)
async def get_record(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """All that is kept, to read, to take along, and to have erased."""
    async with edge.reading() as connection:
        fresh = await _fresh(connection, edge, token, now)
        record = await read_record(connection, fresh.pupil_id)
        living = await read_living(connection, fresh.pupil_id, now=now)
        under_way = await is_being_erased(connection, fresh.pupil_id)
    return page(
        "privacy/templates/record.html",
        private=True,
        record=record,
        living=len(living),
        under_way=under_way,
        address=f"/donnees/{token}",
    )


@get("/donnees/{token:str}/mes-donnees.json", include_in_schema=False)
async def get_record_as_json(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[bytes]:
    """For machines: another service can take it over."""
    async with edge.reading() as connection:
        fresh = await _fresh(connection, edge, token, now)
        record = await read_record(connection, fresh.pupil_id)
    return _file(record.as_json(), "application/json", "mes-donnees.json")


@get("/donnees/{token:str}/mes-donnees.csv", include_in_schema=False)
async def get_record_as_csv(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[bytes]:
    """For a spreadsheet."""
    async with edge.reading() as connection:
        fresh = await _fresh(connection, edge, token, now)
        record = await read_record(connection, fresh.pupil_id)
    return _file(record.as_csv(), "text/csv; charset=utf-8", "mes-donnees.csv")


@post("/donnees/{token:str}/effacement", include_in_schema=False, status_code=200)
async def post_erasure(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """Ask it once and for all, then do what can be done at once; what is left the clock does."""
    async with edge.transaction() as connection:
        fresh = await _fresh(connection, edge, token, now)
        await request_erasure(connection, pupil_ids=[fresh.pupil_id], why="asked", now=now)
    await carry_out_erasures(edge, now=now, pupil_id=fresh.pupil_id)
    async with edge.reading() as connection:
        done = await is_erased(connection, fresh.pupil_id)
    return page("privacy/templates/erased.html", private=True, done=done)


async def _fresh(connection: Connection, edge: Edge, token: str, now: datetime) -> FreshLink:
    """Who stands behind the link; raises `UnknownRegistration`, also where all is erased already.

    Raises `NotTheirsAlone` for a guardian whom only some of the pupil's registrations name.
    """
    fresh = await read_fresh_link(connection, edge.signer, token, now=now)
    if await is_erased(connection, fresh.pupil_id):
        raise UnknownRegistration
    by_guardian = fresh.reader_id == fresh.guardian_id
    if by_guardian and not await is_guardian_of_all(connection, fresh.pupil_id, fresh.reader_id):
        raise NotTheirsAlone
    return fresh


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex, nofollow",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, media_type=media_type, headers=headers)


@get("/planification/campagnes/{slug:str}/conservation", action="read_campaigns", include_in_schema=False)
async def get_keeping(edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]) -> Response[Any]:
    """How long this campaign keeps names, and how many are kept."""
    return await _keeping(edge, actor, slug)


@post("/planification/campagnes/{slug:str}/conservation", action="plan_campaigns", include_in_schema=False)
async def post_keeping(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Set the months; or the form again, with what is wrong."""
    typed = str((await request.form()).get("months", ""))
    try:
        months = parse_months(typed)
    except InvalidKeeping as refusal:
        return await _keeping(edge, actor, slug, typed=typed, fault=refusal.sentence, status=422)
    async with edge.transaction() as connection:
        carried = await read_carried_campaign(connection, actor, name=slug)
        carried.need_lead()
        if await change_keeping(connection, campaign_id=carried.campaign.id, months=months):
            await write_audit(
                connection,
                actor,
                "change_keeping",
                f"Garde les noms {months} mois après le dernier jour.",
                now=now,
                campaign_id=carried.campaign.id,
            )
    return Redirect(f"/planification/campagnes/{slug}/conservation", status_code=303)


async def _keeping(
    edge: Edge, actor: Actor, slug: str, *, typed: str | None = None, fault: str = "", status: int = 200
) -> Response[Any]:
    async with edge.reading() as connection:
        carried = await read_carried_campaign(connection, actor, name=slug)
        keeping = await read_keeping(connection, carried.campaign.id)
    return planner_page(
        "privacy/templates/keeping.html",
        actor,
        status=status,
        keeping=keeping,
        may_change=carried.is_lead and actor.may("plan_campaigns"),
        typed=str(keeping.months) if typed is None else typed[:20],
        fault=fault,
    )


route_handlers: list[Any] = [
    get_privacy,
    get_own_data,
    post_own_data,
    get_record,
    get_record_as_json,
    get_record_as_csv,
    post_erasure,
    get_keeping,
    post_keeping,
]
