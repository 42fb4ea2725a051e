"""Speakers: the planner's bank, and invitations to sessions; the page of who is invited stands beside."""

from datetime import datetime
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import read_id
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.read import organisation_of_session
from services.campaigns.offers.session import UnknownSession
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.read import (
    list_invitations,
    list_sectors,
    list_sessions_to_fill,
    list_speakers,
    read_own_speaker,
)
from services.campaigns.offers.speakers.release_speakers import withdraw_invitation
from services.campaigns.offers.speakers.remove_speaker import remove_speaker
from services.campaigns.offers.speakers.sheet.routes import route_handlers as sheet
from services.campaigns.offers.speakers.speaker import UnknownInvitation, UnknownSpeaker
from services.campaigns.offers.speakers.testimony.routes import route_handlers as testimony
from shared.database import Connection
from shared.refusal import Refusal

PAGE = 100
BANK = "/planification/intervenants"

Sector = Annotated[str, QueryParameter(name="secteur")]
Words = Annotated[str, QueryParameter(name="mots")]
ForSession = Annotated[str, QueryParameter(name="seance")]
After = Annotated[str, QueryParameter(name="apres")]


@get(BANK, action="plan_speakers", include_in_schema=False)
async def get_bank(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    sector: Sector = "",
    words: Words = "",
    session: ForSession = "",
    after: After = "",
) -> Response[Any]:
    """The speakers by sector and trade; for one session, who can be invited to it."""
    session_id = read_id(session)
    async with edge.reading() as connection:
        speakers = await list_speakers(
            connection,
            actor.organisation_id,
            now=now,
            sector=sector[:20],
            words=words.strip()[:80].replace("\x00", ""),
            after=read_id(after),
            limit=PAGE + 1,
        )
        sectors = await list_sectors(connection)
        to_fill = (
            await list_sessions_to_fill(connection, actor.organisation_id, now=now, session_id=session_id)
            if session_id
            else []
        )
        invited = await list_invitations(connection, session_id=session_id) if to_fill else []
    shown = speakers[:PAGE]
    return planner_page(
        "offers/speakers/templates/bank.html",
        actor,
        here="speakers",
        by_sector=[(label, list(of_sector)) for label, of_sector in groupby(shown, lambda one: one.sector_label)],
        sectors=sectors,
        chosen=sector,
        words_asked=words.strip()[:80],
        session=next(iter(to_fill), None),
        invited={one.speaker_id: one for one in reversed(invited) if one.status != "withdrawn"},
        following=shown[-1].id if len(speakers) > PAGE else None,
        now=now,
    )


@get(f"{BANK}/{{speaker_id:uuid}}", action="plan_speakers", include_in_schema=False)
async def get_speaker(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
) -> Response[Any]:
    """One speaker: what they agreed to, where they are invited, and to what they can be."""
    async with edge.reading() as connection:
        return await _speaker_page(connection, actor, speaker_id, now=now)


@post(f"{BANK}/{{speaker_id:uuid}}/retrait", action="plan_speakers", include_in_schema=False)
async def post_removal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
) -> Response[Any]:
    """Out of the bank, the address erased."""
    try:
        async with edge.transaction() as connection:
            await read_own_speaker(connection, actor, speaker_id, now=now)
            await remove_speaker(connection, speaker_id=speaker_id, now=now)
            await write_audit(connection, actor, "remove_speaker", "Intervenant retiré de la liste.", now=now)
    except UnknownSpeaker:
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            return await _speaker_page(connection, actor, speaker_id, refusal=refusal, now=now)
    return Redirect(BANK, status_code=303)


@post(f"{BANK}/{{speaker_id:uuid}}/invitations", action="plan_speakers", include_in_schema=False)
async def post_invitation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
) -> Response[Any]:
    """Invite to a session; the time is taken at once."""
    fields = await request.form()
    try:
        async with edge.transaction() as connection:
            speaker = await read_own_speaker(connection, actor, speaker_id, now=now)
            session_id = await _own_session(connection, actor, str(fields.get("session_id", "")))
            await invite_speaker(connection, session_id=session_id, speaker_id=speaker_id, now=now)
            await write_audit(connection, actor, "invite_speaker", f"Intervenant invité : {speaker.name}.", now=now)
    except (UnknownSpeaker, UnknownSession):
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            return await _speaker_page(connection, actor, speaker_id, refusal=refusal, now=now)
    back = f"{BANK}?seance={session_id}" if fields.get("suite") == "seance" else f"{BANK}/{speaker_id}"
    return Redirect(back, status_code=303)


@post(
    f"{BANK}/{{speaker_id:uuid}}/invitations/{{request_id:uuid}}/retrait",
    action="plan_speakers",
    include_in_schema=False,
)
async def post_withdrawal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
    request_id: FromPath[UUID],
) -> Response[Any]:
    """The speaker is needed no more, and is told."""
    async with edge.transaction() as connection:
        speaker = await read_own_speaker(connection, actor, speaker_id, now=now)
        if request_id not in {one.id for one in await list_invitations(connection, speaker_id=speaker_id)}:
            raise UnknownInvitation
        await withdraw_invitation(connection, request_id=request_id, now=now)
        await write_audit(connection, actor, "withdraw_invitation", f"Invitation retirée : {speaker.name}.", now=now)
    return Redirect(f"{BANK}/{speaker_id}", status_code=303)


async def _own_session(connection: Connection, actor: Actor, text: str) -> UUID:
    session_id = read_id(text)
    if session_id is None or not actor.acts_for(await organisation_of_session(connection, session_id)):
        raise UnknownSession
    return session_id


async def _speaker_page(
    connection: Connection, actor: Actor, speaker_id: UUID, *, refusal: Refusal | None = None, now: datetime
) -> Response[Any]:
    speaker = await read_own_speaker(connection, actor, speaker_id, now=now)
    return planner_page(
        "offers/speakers/templates/speaker.html",
        actor,
        status=refusal.status if refusal else 200,
        here="speakers",
        speaker=speaker,
        invitations=await list_invitations(connection, speaker_id=speaker_id),
        sessions=await list_sessions_to_fill(connection, speaker.organisation_id, now=now),
        trouble=refusal.sentence if refusal else "",
        now=now,
    )


route_handlers: list[Any] = [
    get_bank,
    get_speaker,
    post_removal,
    post_invitation,
    post_withdrawal,
    *sheet,
    *testimony,
]
