"""The day's pages: the attendance sheet on a phone and on paper, and whose convention is signed."""

from datetime import date as Date
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.seats.attendance.note_attendance import note_attendance
from services.campaigns.offers.seats.attendance.read import list_dates, list_expected, read_sheet
from services.campaigns.offers.seats.attendance.sheet import (
    STATE_NAMES,
    UnknownDay,
    filled_in_at,
    nearest_day,
    read_marks,
)
from services.campaigns.offers.seats.attendance.sign_conventions import sign_conventions
from services.campaigns.offers.seats.queue.read import find_seats
from services.campaigns.offers.seats.queue.standing import PlannedSeats
from shared.database import Connection
from shared.french_dates import PARIS, say_date
from shared.languages import later, speaking

PRESENCES = "/planification/{slug:str}/presences"
CONVENTIONS = "/planification/{slug:str}/conventions"
TEMPLATES = "offers/seats/attendance/templates"
# fifty pupils in six sessions, each with a field for what it was before
FORM_AT_MOST = 512 * 1024


@get(PRESENCES, action="note_attendance", include_in_schema=False)
async def get_attendance(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """To the sheet of today, or of the day that is nearest."""
    async with edge.reading() as connection:
        offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
        day = nearest_day(await list_dates(connection, offer.id), now)
    if day is None:
        raise UnknownDay
    return Redirect(f"/planification/{slug}/presences/{day.isoformat()}", status_code=303)


@get(f"{PRESENCES}/{{day:date}}", action="note_attendance", include_in_schema=False)
async def get_sheet(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    day: FromPath[Date],
) -> Response[Any]:
    """Who is expected in each session, and who came."""
    async with edge.reading() as connection:
        offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
        sheet = await read_sheet(connection, offer.id, day)
        dates = await list_dates(connection, offer.id)
    return planner_page(
        f"{TEMPLATES}/sheet.html",
        actor,
        here="offers",
        offer=offer,
        sheet=sheet,
        dates=dates,
        states=STATE_NAMES,
        now=now,
    )


@post(
    f"{PRESENCES}/{{day:date}}",
    action="note_attendance",
    include_in_schema=False,
    request_max_body_size=FORM_AT_MOST,
)
async def post_sheet(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    day: FromPath[Date],
) -> Response[Any]:
    """Note what is new in the form, at the time it was filled in; a form sent twice is noted once."""
    fields = await _fields(request)
    async with edge.transaction() as connection:
        offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
        sheet = await read_sheet(connection, offer.id, day)
        marks = read_marks(fields, sheet)
        noted = await note_attendance(
            connection,
            offer_id=offer.id,
            day=day,
            marks=marks,
            noted_by=actor.person_id,
            filled_at=filled_in_at(fields.get("filled_at", ""), now),
            now=now,
        )
        if noted:
            with speaking("fr"):
                detail = f"Présences du {say_date(day)} : {noted} notée(s)."
            await write_audit(connection, actor, "note_attendance", detail, now=now, offer_id=offer.id)
    return Redirect(f"/planification/{slug}/presences/{day.isoformat()}", status_code=303)


@get(CONVENTIONS, action="read_pupils", include_in_schema=False)
async def get_conventions(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """Whose convention is signed, and since when."""
    async with edge.reading() as connection:
        offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
        return await _conventions(connection, actor, offer, now)


@post(CONVENTIONS, action="manage_seats", include_in_schema=False, request_max_body_size=FORM_AT_MOST)
async def post_conventions(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Note the dates that are new in the form."""
    fields = await _fields(request)
    try:
        async with edge.transaction() as connection:
            offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
            dates = _dates(fields)
            if changed := await sign_conventions(connection, offer_id=offer.id, dates=dates, now=now):
                detail = f"Conventions : {changed} date(s) notée(s)."
                await write_audit(connection, actor, "sign_conventions", detail, now=now, offer_id=offer.id)
    except InvalidField as refusal:
        async with edge.reading() as connection:
            offer = await find_seats(connection, slug, organisation_id=actor.organisation_id)
            return await _conventions(connection, actor, offer, now, fields=fields, refusal=refusal)
    return Redirect(f"/planification/{slug}/conventions", status_code=303)


def _dates(fields: dict[str, str]) -> dict[UUID, Date | None]:
    """The dates that were changed in the form; raises `InvalidField` for what is none."""
    dates: dict[UUID, Date | None] = {}
    for name, text in fields.items():
        kind, _, registration_id = name.partition(".")
        if kind != "date" or text == fields.get(f"avant.{registration_id}", ""):
            continue
        try:
            dates[UUID(registration_id)] = Date.fromisoformat(text) if text.strip() else None
        except ValueError as error:
            raise InvalidField(later("Cette date n’est pas valable."), field=name) from error
    return dates


async def _conventions(
    connection: Connection,
    actor: Actor,
    offer: PlannedSeats,
    now: datetime,
    *,
    fields: dict[str, str] | None = None,
    refusal: InvalidField | None = None,
) -> Response[Any]:
    pupils = await list_expected(connection, offer.id)
    return planner_page(
        f"{TEMPLATES}/conventions.html",
        actor,
        here="offers",
        status=refusal.status if refusal else 200,
        offer=offer,
        pupils=pupils,
        signed=sum(pupil.convention_signed_on is not None for pupil in pupils),
        fields=fields or {},
        fault=(refusal.field, refusal.sentence) if refusal else ("", ""),
        today=now.astimezone(PARIS).date(),
    )


async def _fields(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


route_handlers: list[Any] = [get_attendance, get_sheet, post_sheet, get_conventions, post_conventions]
