"""Sendings: the page of an offer's messages, for who may read pupils' names."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import read_id
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.answers.send_again import send_again
from services.campaigns.offers.life.read import read_own_offer
from services.campaigns.offers.life.sendings.content import read_mail
from services.campaigns.offers.life.sendings.filters import read_filter
from services.campaigns.offers.life.sendings.read import count_sendings, find_sending, list_sendings
from services.campaigns.offers.life.sendings.sending import MESSAGES, STATES, UnknownSending

SENDINGS_A_PAGE = 100

# a mail is a page of its own, of which nothing runs, loads or leads away
MAIL_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

Before = Annotated[str, QueryParameter(name="avant")]
OfFact = Annotated[str, QueryParameter(name="fait")]
InState = Annotated[str, QueryParameter(name="etat")]
OfMessage = Annotated[str, QueryParameter(name="message")]
OfPerson = Annotated[str, QueryParameter(name="personne")]
OfDay = Annotated[str, QueryParameter(name="jour")]


@get("/planification/{slug:str}/envois", action="read_pupils", include_in_schema=False)
async def get_sendings(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    before: Before = "",
    of_fact: OfFact = "",
    in_state: InState = "",
    of_message: OfMessage = "",
    of_person: OfPerson = "",
    of_day: OfDay = "",
) -> Response[Any]:
    """Who was told what, when and why, the newest first."""
    only = read_filter(event_id=read_id(of_fact), state=in_state, message=of_message, person=of_person, day=of_day)
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        sendings = await list_sendings(
            connection, offer.id, only=only, before=read_id(before), limit=SENDINGS_A_PAGE + 1
        )
        counts, messages = await count_sendings(connection, offer.id)
    return planner_page(
        "offers/life/sendings/templates/sendings.html",
        actor,
        here="offers",
        offer=offer,
        sendings=sendings[:SENDINGS_A_PAGE],
        following=sendings[SENDINGS_A_PAGE - 1].id if len(sendings) > SENDINGS_A_PAGE else None,
        only=only,
        states=[(state, STATES.get(state, state), counts[state]) for state in STATES if counts.get(state)],
        messages=[(message, MESSAGES.get(message, message)) for message in MESSAGES if message in messages],
        now=now,
    )


@get("/planification/{slug:str}/envois/{sending_id:uuid}", action="read_pupils", include_in_schema=False)
async def get_sending(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    sending_id: FromPath[UUID],
) -> Response[Any]:
    """One message: to whom, why, what became of it, and its very words."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        sending, content = await find_sending(connection, offer.id, sending_id)
    return planner_page(
        "offers/life/sendings/templates/sending.html",
        actor,
        here="offers",
        offer=offer,
        sending=sending,
        mail=read_mail(content) if content else None,
        now=now,
    )


@get("/planification/{slug:str}/envois/{sending_id:uuid}/page", action="read_pupils", include_in_schema=False)
async def get_sending_page(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str], sending_id: FromPath[UUID]
) -> Response[Any]:
    """The mail as its reader sees it, on a page of its own, of which nothing runs, loads or leads away."""
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        _, content = await find_sending(connection, offer.id, sending_id)
    if content is None:
        raise UnknownSending
    headers = {"Content-Security-Policy": MAIL_POLICY, "Cache-Control": "no-store"}
    return Response(read_mail(content).html, media_type=MediaType.HTML, headers=headers)


@post("/planification/{slug:str}/envois/{sending_id:uuid}/renvoi", action="manage_seats", include_in_schema=False)
async def post_sending_again(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    sending_id: FromPath[UUID],
) -> Redirect:
    """The pupil is sent the invitation, or the link, once more."""
    async with edge.transaction() as connection:
        offer = await read_own_offer(connection, actor, slug)
        sending, _ = await find_sending(connection, offer.id, sending_id)
        if sending.registration_id is None:
            raise UnknownSending
        pupil_id = await send_again(connection, offer_id=offer.id, registration_id=sending.registration_id, now=now)
        await write_audit(connection, actor, "send_again", now=now, offer_id=offer.id)
    return Redirect(f"/planification/{slug}/envois?personne={pupil_id}", status_code=303)


route_handlers: list[Any] = [get_sendings, get_sending, get_sending_page, post_sending_again]
