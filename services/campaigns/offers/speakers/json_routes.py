"""Speakers: the planner's JSON; that of who is invited stands beside."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.read import organisation_of_session
from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.session import UnknownSession
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.bodies import (
    InvitationBody,
    InvitationsBody,
    InviteBody,
    SpeakerBody,
    SpeakersBody,
    SpeakerSheetBody,
    invitation_body,
    speaker_body,
)
from services.campaigns.offers.speakers.edit_speaker import edit_speaker
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.read import (
    list_invitations,
    list_speakers,
    read_own_invitation,
    read_own_speaker,
    read_speaker,
)
from services.campaigns.offers.speakers.release_speakers import withdraw_invitation
from services.campaigns.offers.speakers.remove_speaker import remove_speaker
from services.campaigns.offers.speakers.speaker import SpeakerSheet, UnknownSpeaker, parse_sheet
from services.campaigns.offers.speakers.testimony.json_routes import route_handlers as testimony
from shared.database import Connection
from shared.languages import later

PAGE = 100
SPEAKER = "/api/v1/speakers/{speaker_id:uuid}"
NO_STORE = {"Cache-Control": "no-store"}

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]
OfSector = Annotated[str, QueryParameter(name="sector", description="Code of a sector")]


@get("/api/v1/speakers", action="plan_speakers", summary="The bank of speakers")
async def get_speakers(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    sector: OfSector = "",
    after: After = None,
) -> Response[SpeakersBody]:
    """By sector, trade and name, a hundred a page."""
    try:
        key = UUID(after) if after else None
    except ValueError as error:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after") from error
    async with edge.reading() as connection:
        speakers = await list_speakers(
            connection, actor.organisation_id, now=now, sector=sector, after=key, limit=PAGE + 1
        )
    following = str(speakers[PAGE - 1].id) if len(speakers) > PAGE else None
    return Response(SpeakersBody([speaker_body(one) for one in speakers[:PAGE]], following), headers=NO_STORE)


@post("/api/v1/speakers", action="plan_speakers", summary="Add a speaker")
async def post_speaker(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    data: JSONBody[SpeakerSheetBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[SpeakerBody]:
    """409 for a name with this trade, or an address, that the bank has already."""
    if actor.organisation_id == EVERY_ORGANISATION:
        raise UnknownSpeaker
    sheet = _sheet(data)

    async def write(connection: Connection) -> Response[SpeakerBody]:
        speaker_id = await add_speaker(connection, organisation_id=actor.organisation_id, sheet=sheet, now=now)
        await write_audit(connection, actor, "add_speaker", f"Intervenant ajouté : {sheet.name}.", now=now)
        return Response(speaker_body(await read_speaker(connection, speaker_id, now=now)), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@put(SPEAKER, action="plan_speakers", summary="Change the sheet of a speaker")
async def put_speaker(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
    data: JSONBody[SpeakerSheetBody],
) -> SpeakerBody:
    """The whole sheet; a consent that is there already keeps its date."""
    sheet = _sheet(data)
    async with edge.transaction() as connection:
        await read_own_speaker(connection, actor, speaker_id, now=now)
        await edit_speaker(connection, speaker_id=speaker_id, sheet=sheet, now=now)
        await write_audit(connection, actor, "edit_speaker", f"Fiche modifiée : {sheet.name}.", now=now)
        return speaker_body(await read_speaker(connection, speaker_id, now=now))


@delete(SPEAKER, action="plan_speakers", summary="Take a speaker out of the bank")
async def delete_speaker(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    speaker_id: FromPath[UUID],
) -> None:
    """The address is erased; 409 while somebody expects them."""
    async with edge.transaction() as connection:
        await read_own_speaker(connection, actor, speaker_id, now=now)
        await remove_speaker(connection, speaker_id=speaker_id, now=now)
        await write_audit(connection, actor, "remove_speaker", "Intervenant retiré de la liste.", now=now)


@get(
    "/api/v1/sessions/{session_id:uuid}/speaker-requests",
    action="plan_speakers",
    summary="Who was invited to a session, and what they answered",
)
async def get_invitations(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], session_id: FromPath[UUID]
) -> Response[InvitationsBody]:
    """Withdrawn and declined invitations included."""
    async with edge.reading() as connection:
        await _refuse_foreign_session(connection, actor, session_id)
        invitations = await list_invitations(connection, session_id=session_id)
    return Response(InvitationsBody([invitation_body(one) for one in invitations]), headers=NO_STORE)


@post(
    "/api/v1/sessions/{session_id:uuid}/speaker-requests",
    action="plan_speakers",
    summary="Invite a speaker to a session",
)
async def post_invitation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    session_id: FromPath[UUID],
    data: JSONBody[InviteBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[InvitationBody]:
    """The time is taken at once: 409 for a speaker who has, or is asked for, another session at that time."""

    async def write(connection: Connection) -> Response[InvitationBody]:
        await _refuse_foreign_session(connection, actor, session_id)
        speaker = await read_own_speaker(connection, actor, data.speaker_id, now=now)
        request_id = await invite_speaker(connection, session_id=session_id, speaker_id=speaker.id, now=now)
        await write_audit(connection, actor, "invite_speaker", f"Intervenant invité : {speaker.name}.", now=now)
        return Response(invitation_body(await read_own_invitation(connection, actor, request_id)), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(
    "/api/v1/speaker-requests/{request_id:uuid}/withdrawal",
    action="plan_speakers",
    status_code=200,
    summary="Withdraw an invitation",
)
async def post_withdrawal(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    request_id: FromPath[UUID],
    idempotency_key: IdempotencyKey = None,
) -> Response[InvitationBody]:
    """The speaker is told, and the time is free."""

    async def write(connection: Connection) -> Response[InvitationBody]:
        invitation = await read_own_invitation(connection, actor, request_id)
        await withdraw_invitation(connection, request_id=request_id, now=now)
        detail = f"Invitation retirée : {invitation.speaker}."
        await write_audit(connection, actor, "withdraw_invitation", detail, now=now)
        return Response(invitation_body(await read_own_invitation(connection, actor, request_id)), status_code=200)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


async def _refuse_foreign_session(connection: Connection, actor: Actor, session_id: UUID) -> None:
    if not actor.acts_for(await organisation_of_session(connection, session_id)):
        raise UnknownSession


def _sheet(data: SpeakerSheetBody) -> SpeakerSheet:
    return parse_sheet(
        name=data.name,
        trade=data.trade,
        employer=data.employer,
        sector=data.sector,
        email=data.email,
        contact_again=data.contact_again,
    )


route_handlers: list[Any] = [
    get_speakers,
    post_speaker,
    put_speaker,
    delete_speaker,
    get_invitations,
    post_invitation,
    post_withdrawal,
    *testimony,
]
