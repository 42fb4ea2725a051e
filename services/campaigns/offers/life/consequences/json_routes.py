"""Consequences: JSON, and cancellations with the planner's sentence."""

from datetime import date as Date
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.offers.bodies import OfferWithDaysBody, SessionBody
from services.campaigns.offers.life.bodies import ActBody, CancellationBody, ChangeBody, ConsequencesBody, MailBody
from services.campaigns.offers.life.consequences.act import Act, DayEdit
from services.campaigns.offers.life.consequences.apply_act import apply_act
from services.campaigns.offers.life.consequences.consequences import Words, checked_note
from services.campaigns.offers.life.consequences.routes import rehearse
from services.campaigns.offers.life.read import read_own_offer
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.read import offer_of_session, read_offer, read_session
from services.campaigns.offers.session import UnknownSession


@post(
    "/api/v1/offers/{offer_id:uuid}/consequences",
    action="plan_offers",
    status_code=200,
    summary="Who would be told, and what",
)
async def post_consequences(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[ActBody],
) -> ConsequencesBody:
    """Nothing is done: a change or a cancellation is tried and undone. What it would refuse is refused."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
    act = Act(
        name=data.act,
        session_id=data.session_id,
        session=data.session,
        sheet=data.offer.change() if data.offer else None,
        date=data.date,
        target=data.target,
        day=DayEdit(sector=data.sector),
        group_id=data.group_id,
        group_name=data.name,
        words=Words(note=checked_note(data.note), hold=data.hold),
    )
    found = await rehearse(edge, actor, offer, act, now=now)
    return ConsequencesBody(
        pupils=found.told.pupils,
        guardians=found.told.guardians,
        waiting=found.told.waiting,
        silent=found.told.silent,
        hosts=found.told.hosts,
        speakers=found.told.speakers,
        changes=[ChangeBody(one.field, one.before, one.after) for one in found.changes],
        mails=[MailBody(mail.readers, mail.subject, mail.text) for mail in found.mails],
    )


@post(
    "/api/v1/sessions/{session_id:uuid}/cancellation",
    action="cancel_offers",
    status_code=200,
    summary="Cancel a session",
)
async def post_session_cancellation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    data: JSONBody[CancellationBody | None] = None,
) -> SessionBody:
    """The session will not take place; everybody who has it in the programme is told."""
    act = Act(name="cancel_session", session_id=session_id, words=_words(data))
    async with edge.transaction() as connection:
        try:
            offer = await read_own_offer(connection, actor, await offer_of_session(connection, session_id))
        except UnknownOffer as refusal:
            raise UnknownSession from refusal
        await apply_act(connection, actor, offer, act, now=now)
        return await read_session(connection, session_id)


@post(
    "/api/v1/offers/{offer_id:uuid}/days/{day:date}/cancellation",
    action="cancel_offers",
    status_code=200,
    summary="Cancel a day",
)
async def post_day_cancellation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    day: FromPath[Date],
    data: JSONBody[CancellationBody | None] = None,
) -> OfferWithDaysBody:
    """None of the sessions of the day takes place; whom that concerns hears it in one mail."""
    act = Act(name="cancel_day", date=day, words=_words(data))
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        await apply_act(connection, actor, offer, act, now=now)
        return await read_offer(connection, offer_id, base_url=edge.settings.base_url)


@post("/api/v1/offers/{offer_id:uuid}/cancellation", action="cancel_offers", status_code=200, summary="Cancel an offer")
async def post_offer_cancellation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[CancellationBody | None] = None,
) -> OfferWithDaysBody:
    """The offer will not take place; everybody in it or waiting for it is told."""
    act = Act(name="cancel_offer", words=_words(data))
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, offer_id)
        await apply_act(connection, actor, offer, act, now=now)
        return await read_offer(connection, offer_id, base_url=edge.settings.base_url)


def _words(data: CancellationBody | None) -> Words:
    return Words(note=checked_note(data.note), hold=data.hold) if data else Words()


route_handlers: list[Any] = [
    post_consequences,
    post_session_cancellation,
    post_day_cancellation,
    post_offer_cancellation,
]
