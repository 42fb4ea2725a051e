"""The day: JSON: attendance and conventions."""

from datetime import date as Date
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.seats.attendance.bodies import (
    ConventionsBody,
    DaySheetBody,
    ExpectedBody,
    NamedConventionBody,
    NewConventionsBody,
    NewMarksBody,
    SessionSheetBody,
)
from services.campaigns.offers.seats.attendance.note_attendance import note_attendance
from services.campaigns.offers.seats.attendance.read import list_expected, read_sheet
from services.campaigns.offers.seats.attendance.sheet import DaySheet, Mark, filled_in_at
from services.campaigns.offers.seats.attendance.sign_conventions import sign_conventions
from services.campaigns.offers.seats.queue.read import read_seats
from shared.database import Connection
from shared.french_dates import PARIS, say_date
from shared.languages import speaking

OFFER = "/api/v1/offers/{offer_id:uuid}"
BODY_AT_MOST = 1024 * 1024


@get(f"{OFFER}/attendance/{{day:date}}", action="note_attendance", summary="The attendance sheet of a day")
async def get_attendance_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID], day: FromPath[Date]
) -> Response[DaySheetBody]:
    """Who is expected in each session, and who came."""
    async with edge.reading() as connection:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        sheet = await read_sheet(connection, offer_id, day)
    return Response(_sheet_body(sheet), headers={"Cache-Control": "no-store"})


@post(
    f"{OFFER}/attendance/{{day:date}}",
    action="note_attendance",
    status_code=200,
    summary="Note who came",
    request_max_body_size=BODY_AT_MOST,
)
async def post_attendance_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    day: FromPath[Date],
    data: JSONBody[NewMarksBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[DaySheetBody]:
    """Of two marks the later one by its own time stands; an absence is told at once on the day itself, and once."""

    async def write(connection: Connection) -> Response[DaySheetBody]:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        await read_sheet(connection, offer_id, day)
        noted = await note_attendance(
            connection,
            offer_id=offer_id,
            day=day,
            marks=[Mark(mark.session_id, mark.registration_id, mark.state) for mark in data.marks],
            noted_by=actor.person_id,
            filled_at=filled_in_at(data.filled_at.isoformat() if data.filled_at else "", now),
            now=now,
        )
        if noted:
            with speaking("fr"):
                detail = f"Présences du {say_date(day)} : {noted} notée(s)."
            await write_audit(connection, actor, "note_attendance", detail, now=now, offer_id=offer_id)
        return Response(_sheet_body(await read_sheet(connection, offer_id, day)))

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get(f"{OFFER}/conventions", action="read_pupils", summary="Whose convention is signed")
async def get_conventions_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> Response[ConventionsBody]:
    """Everybody with a seat, with the date, by name."""
    async with edge.reading() as connection:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        return Response(await _conventions(connection, offer_id), headers={"Cache-Control": "no-store"})


@put(
    f"{OFFER}/conventions",
    action="manage_seats",
    summary="Note the dates of conventions",
    request_max_body_size=BODY_AT_MOST,
)
async def put_conventions_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[NewConventionsBody],
) -> Response[ConventionsBody]:
    """A date, or null where it is not signed after all; the same again changes nothing."""
    async with edge.transaction() as connection:
        await read_seats(connection, offer_id, organisation_id=actor.organisation_id)
        dates = {item.registration_id: item.signed_on for item in data.items}
        if changed := await sign_conventions(connection, offer_id=offer_id, dates=dates, now=now):
            detail = f"Conventions : {changed} date(s) notée(s)."
            await write_audit(connection, actor, "sign_conventions", detail, now=now, offer_id=offer_id)
        return Response(await _conventions(connection, offer_id))


def _sheet_body(sheet: DaySheet) -> DaySheetBody:
    return DaySheetBody(
        date=sheet.date,
        emergency_phone=sheet.emergency_phone,
        sessions=[
            SessionSheetBody(
                session.id,
                session.title,
                session.starts_at.astimezone(PARIS),
                session.ends_at.astimezone(PARIS),
                [
                    ExpectedBody(
                        pupil.registration_id, pupil.first_name, pupil.last_name, sheet.state(session, pupil) or None
                    )
                    for pupil in sheet.expected(session)
                ],
            )
            for session in sheet.sessions
        ],
    )


async def _conventions(connection: Connection, offer_id: UUID) -> ConventionsBody:
    pupils = await list_expected(connection, offer_id)
    items = [
        NamedConventionBody(pupil.registration_id, pupil.first_name, pupil.last_name, pupil.convention_signed_on)
        for pupil in pupils
    ]
    return ConventionsBody(sum(item.signed_on is not None for item in items), items)


route_handlers: list[Any] = [
    get_attendance_json,
    post_attendance_json,
    get_conventions_json,
    put_conventions_json,
]
