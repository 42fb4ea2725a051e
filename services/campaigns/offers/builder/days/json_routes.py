"""Days of an offer, the template week and the state of the week: JSON."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.builder.add_day import add_day
from services.campaigns.offers.builder.apply_template_week import apply_template_week
from services.campaigns.offers.builder.bodies import (
    DayChangeBody,
    DayCopyBody,
    NewDayBody,
    PlannedDayBody,
    PlannedDaysBody,
    TemplateBody,
    WeekBody,
    day_body,
    week_body,
)
from services.campaigns.offers.builder.copy_day import copy_day
from services.campaigns.offers.builder.edit_day import UnknownDay, checked_phone, edit_day, read_sector_label
from services.campaigns.offers.builder.read import read_clashes, read_week
from services.campaigns.offers.builder.remarks import find_remarks
from services.campaigns.offers.builder.remove_day import remove_day
from services.campaigns.offers.builder.week import Week
from services.campaigns.offers.kinds.versions import version_of
from services.campaigns.offers.offer import UnknownOffer
from shared.database import Connection
from shared.french_dates import say_date
from shared.languages import speaking

IfMatch = Annotated[
    str | None, HeaderParameter(name="If-Match", description="The version that was read, quoted or bare")
]


@get("/api/v1/offers/{offer_id:uuid}/week", action="plan_offers", summary="Whether the week is whole, legal, clashless")
async def get_week_json(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> WeekBody:
    """Hours per group and day, and each remark: what is missing, doubtful, or not allowed."""
    async with edge.reading() as connection:
        week = await read_planned_week(connection, actor, offer_id)
        return week_body(week, find_remarks(week, await read_clashes(connection, offer_id)))


@get("/api/v1/offers/{offer_id:uuid}/days", action="plan_offers", summary="The days of an offer, for planners")
async def get_days(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID]
) -> PlannedDaysBody:
    """By date; sixty at most."""
    async with edge.reading() as connection:
        return _days(await read_planned_week(connection, actor, offer_id))


@post("/api/v1/offers/{offer_id:uuid}/days", action="plan_offers", summary="Add a day")
async def post_day_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[NewDayBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[PlannedDayBody]:
    """Empty; 409 `day-exists` for a date that the offer has."""

    async def write(connection: Connection) -> Response[PlannedDayBody]:
        await read_planned_week(connection, actor, offer_id)
        await read_sector_label(connection, data.sector)
        phone = checked_phone(data.emergency_phone)
        await add_day(connection, offer_id=offer_id, date=data.date, sector=data.sector, emergency_phone=phone)
        with speaking("fr"):
            detail = f"a ajouté la journée du {say_date(data.date)}."
        await write_audit(connection, actor, "add_day", detail, now=now, offer_id=offer_id)
        return Response(await _day(connection, actor, offer_id, data.date), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@patch("/api/v1/offers/{offer_id:uuid}/days/{day:date}", action="plan_offers", summary="Set a day's sector and phone")
async def patch_day(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    day: FromPath[Date],
    data: JSONBody[DayChangeBody],
    if_match: IfMatch = None,
) -> PlannedDayBody:
    """A new sector is told to everybody who has the day in the programme. 412 where `If-Match` is not its version."""
    expected, words = version_of(if_match), data.words()
    async with edge.transaction() as connection:
        await read_planned_week(connection, actor, offer_id)
        await edit_day(
            connection,
            offer_id=offer_id,
            date=day,
            sector=data.sector,
            emergency_phone=data.emergency_phone,
            if_match=expected,
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        with speaking("fr"):
            detail = f"a changé la journée du {say_date(day)}."
        await write_audit(connection, actor, "edit_day", detail, now=now, offer_id=offer_id)
        return await _day(connection, actor, offer_id, day)


@delete("/api/v1/offers/{offer_id:uuid}/days/{day:date}", action="plan_offers", summary="Remove a day")
async def delete_day(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    day: FromPath[Date],
) -> None:
    """An empty one, or a draft's with its sessions; 409 `day-has-sessions` otherwise."""
    async with edge.transaction() as connection:
        await read_planned_week(connection, actor, offer_id)
        await remove_day(connection, offer_id=offer_id, date=day, now=now)
        with speaking("fr"):
            detail = f"a retiré la journée du {say_date(day)}."
        await write_audit(connection, actor, "remove_day", detail, now=now, offer_id=offer_id)


@post("/api/v1/offers/{offer_id:uuid}/days/{day:date}/copies", action="plan_offers", summary="Copy a day")
async def post_day_copy(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    day: FromPath[Date],
    data: JSONBody[DayCopyBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[PlannedDayBody]:
    """Its sessions again, at the same times, on another date; speakers are not copied."""

    async def write(connection: Connection) -> Response[PlannedDayBody]:
        await read_planned_week(connection, actor, offer_id)
        words = data.words()
        await copy_day(
            connection,
            offer_id=offer_id,
            source=day,
            target=data.date,
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        with speaking("fr"):
            detail = f"a copié la journée du {say_date(day)} vers le {say_date(data.date)}."
        await write_audit(connection, actor, "copy_day", detail, now=now, offer_id=offer_id)
        return Response(await _day(connection, actor, offer_id, data.date), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post("/api/v1/offers/{offer_id:uuid}/template-week", action="plan_offers", summary="Fill the empty days")
async def post_template_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[TemplateBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[PlannedDaysBody]:
    """Welcome, visit, meal, workshop, debrief; an offer without days first takes Monday to Friday of `week_of`."""

    async def write(connection: Connection) -> Response[PlannedDaysBody]:
        await read_planned_week(connection, actor, offer_id)
        words = data.words()
        count = await apply_template_week(
            connection,
            offer_id=offer_id,
            week_of=data.week_of,
            note=words.note,
            tell_after=words.tell_after(now),
            now=now,
        )
        with speaking("fr"):
            detail = f"a rempli {count} journée{'s' if count > 1 else ''} avec la semaine modèle."
        await write_audit(connection, actor, "apply_template_week", detail, now=now, offer_id=offer_id)
        return Response(_days(await read_planned_week(connection, actor, offer_id)), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


async def read_planned_week(connection: Connection, actor: Actor, offer_id: UUID) -> Week:
    """The week of an offer of the actor's organisation; another's does not exist (`UnknownOffer`)."""
    week = await read_week(connection, offer_id=offer_id)
    if not actor.acts_for(week.organisation_id):
        raise UnknownOffer
    return week


async def _day(connection: Connection, actor: Actor, offer_id: UUID, date: Date) -> PlannedDayBody:
    day = (await read_planned_week(connection, actor, offer_id)).day_of(date)
    if day is None:
        raise UnknownDay
    return day_body(day)


def _days(week: Week) -> PlannedDaysBody:
    return PlannedDaysBody([day_body(day) for day in week.days])


route_handlers: list[Any] = [
    get_week_json,
    get_days,
    post_day_json,
    patch_day,
    delete_day,
    post_day_copy,
    post_template_json,
]
