"""The teacher's page that asks before a pupil is taken out of an offer."""

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
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.registration import RegistrationEnded
from services.campaigns.offers.seats.classes.read import read_enrolled
from services.campaigns.offers.seats.classes.school_class import EnrolledPlace, TooLateToWithdraw
from services.campaigns.offers.seats.classes.withdrawing.withdraw_enrolled import withdraw_enrolled

WITHDRAWAL = "/planification/classes/{slug:str}/{registration_id:uuid}/retrait"
WITHDRAWN = "Un élève retiré d’une classe inscrite."


@get(WITHDRAWAL, action="enrol_class", include_in_schema=False)
async def get_withdrawal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Who is taken out of what, and who moves up; nothing is done yet."""
    async with edge.reading() as connection:
        place = await read_enrolled(
            connection, registration_id, actor=(actor.organisation_id, actor.person_id), now=now, slug=slug
        )
    return _page(actor, place)


@post(WITHDRAWAL, action="enrol_class", include_in_schema=False)
async def post_withdrawal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Take the pupil out; pressing twice is harmless."""
    whose = (actor.organisation_id, actor.person_id)
    try:
        async with edge.transaction() as connection:
            place = await withdraw_enrolled(
                connection, slug=slug, registration_id=registration_id, actor=whose, now=now
            )
            if place is not None:
                await write_audit(connection, actor, "withdraw_enrolled", WITHDRAWN, now=now, offer_id=place.offer_id)
    except (RegistrationEnded, TooLateToWithdraw) as refusal:
        async with edge.reading() as connection:
            place = await read_enrolled(connection, registration_id, actor=whose, now=now, slug=slug)
        return _page(actor, place, trouble=refusal.sentence, status=refusal.status)
    return Redirect("/planification/classes", status_code=303)


def _page(actor: Actor, place: EnrolledPlace, *, trouble: str = "", status: int = 200) -> Response[Any]:
    return planner_page(
        "offers/seats/classes/withdrawing/templates/withdrawal.html",
        actor,
        here="classes",
        status=status,
        place=place,
        trouble=trouble,
    )


route_handlers: list[Any] = [get_withdrawal, post_withdrawal]
