"""Members and invitations: JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.registration import InvalidField
from services.campaigns.organisations.bodies import (
    AcceptanceBody,
    AcceptedBody,
    InvitationBody,
    InvitationRequestBody,
    InvitationsBody,
    MemberBody,
    MembersBody,
    OpenInvitationBody,
    RoleBody,
)
from services.campaigns.organisations.members.accept_invitation import accept_invitation
from services.campaigns.organisations.members.change_role import change_role
from services.campaigns.organisations.members.invitation import (
    Invitation,
    InvitationForm,
    parse_invitation,
    parse_own_name,
)
from services.campaigns.organisations.members.invite_member import invite_member
from services.campaigns.organisations.members.read import (
    list_members,
    list_open_invitations,
    read_invitation,
    read_member,
)
from services.campaigns.organisations.members.remove_member import leave_organisation, remove_member
from services.campaigns.organisations.members.revoke_invitation import revoke_invitation
from services.campaigns.organisations.page_keys import PAGE, cut_page, parse_key, refuse_stranger
from shared.database import Connection

PATH = "/api/v1/organisations/{organisation_id:uuid}"
NO_STORE = {"Cache-Control": "no-store"}

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]


@get(PATH + "/members", action="read_organisation", summary="Who acts for the organisation")
async def get_members(
    edge: NamedDependency[Edge],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    after: After = None,
) -> Response[MembersBody]:
    """Members in the order they joined, a hundred a page."""
    refuse_stranger(actor, organisation_id)
    key = parse_key(after)
    async with edge.reading() as connection:
        members, following = cut_page(await list_members(connection, organisation_id, after=key, limit=PAGE + 1))
    items = msgspec.convert(members, list[MemberBody], from_attributes=True)
    return Response(MembersBody(items, following), headers=NO_STORE)


@patch(PATH + "/members/{member_id:uuid}", action="manage_members", summary="Change a member's role")
async def patch_member(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    member_id: FromPath[UUID],
    data: JSONBody[RoleBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[MemberBody]:
    """409 `last-owner` where nobody would be responsible any more."""
    refuse_stranger(actor, organisation_id)

    async def write(connection: Connection) -> Response[MemberBody]:
        await change_role(
            connection, actor=actor, organisation_id=organisation_id, member_id=member_id, role=data.role, now=now
        )
        member = await read_member(connection, member_id)
        return Response(msgspec.convert(member, MemberBody, from_attributes=True), headers=NO_STORE)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@delete(PATH + "/members/{member_id:uuid}", action="manage_members", summary="Remove a member")
async def delete_member(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    member_id: FromPath[UUID],
) -> None:
    """From this moment on the person no longer acts for the organisation; 409 `last-owner`."""
    refuse_stranger(actor, organisation_id)
    async with edge.transaction() as connection:
        await remove_member(connection, actor=actor, organisation_id=organisation_id, member_id=member_id, now=now)


@get(PATH + "/invitations", action="manage_members", summary="Open invitations")
async def get_invitations(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    after: After = None,
) -> Response[InvitationsBody]:
    """Invitations that can still be accepted, a hundred a page."""
    refuse_stranger(actor, organisation_id)
    key = parse_key(after)
    async with edge.reading() as connection:
        invitations, following = cut_page(
            await list_open_invitations(connection, organisation_id, now=now, after=key, limit=PAGE + 1)
        )
    items = msgspec.convert(invitations, list[InvitationBody], from_attributes=True)
    return Response(InvitationsBody(items, following), headers=NO_STORE)


@post(PATH + "/invitations", action="manage_members", summary="Invite somebody")
async def post_invitation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    data: JSONBody[InvitationRequestBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[InvitationBody]:
    """A mail with a link goes out, valid for seven days; one open invitation per address."""
    refuse_stranger(actor, organisation_id)
    form = _checked(data)

    async def write(connection: Connection) -> Response[InvitationBody]:
        invitation_id = await invite_member(
            connection, actor=actor, organisation_id=organisation_id, form=form, now=now
        )
        invitation = await read_invitation(connection, invitation_id)
        return Response(msgspec.convert(invitation, InvitationBody, from_attributes=True), headers=NO_STORE)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@delete(PATH + "/invitations/{invitation_id:uuid}", action="manage_members", summary="Take an invitation back")
async def delete_invitation(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    invitation_id: FromPath[UUID],
) -> None:
    """Its link ends."""
    refuse_stranger(actor, organisation_id)
    async with edge.transaction() as connection:
        await revoke_invitation(
            connection, actor=actor, organisation_id=organisation_id, invitation_id=invitation_id, now=now
        )


@delete(PATH + "/membership", action="read_organisation", summary="Leave the organisation")
async def delete_membership(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
) -> None:
    """Whoever asks no longer acts for it; 409 `last-owner`. A token is nobody who could leave: 404."""
    refuse_stranger(actor, organisation_id)
    async with edge.transaction() as connection:
        await leave_organisation(connection, actor=actor, organisation_id=organisation_id, now=now)


@get("/api/v1/invitations/{token:str}", summary="An invitation, by its link")
async def get_invitation(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[OpenInvitationBody]:
    """410 `invitation-ended` once it was accepted, taken back or is seven days old."""
    invitation = await _invitation(edge, token, now)
    return Response(msgspec.convert(invitation, OpenInvitationBody, from_attributes=True), headers=NO_STORE)


@post("/api/v1/invitations/{token:str}/acceptance", status_code=200, summary="Accept an invitation")
async def post_acceptance(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
    data: JSONBody[AcceptanceBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[AcceptedBody]:
    """The address becomes an account and its person a member; whoever wants to be in asks for a link to sign in."""
    signed = edge.signer.read("invitation", token)

    async def write(connection: Connection) -> Response[AcceptedBody]:
        asked = await read_invitation(connection, signed.id)
        names, faults = parse_own_name(first_name=data.first_name, last_name=data.last_name)
        if faults and not asked.has_account:
            field, sentence = next(iter(faults.items()))
            raise InvalidField(sentence, field=field)
        _, invitation = await accept_invitation(
            connection, invitation_id=signed.id, first_name=names[0], last_name=names[1], now=now
        )
        return Response(msgspec.convert(invitation, AcceptedBody, from_attributes=True), headers=NO_STORE)

    return await answer_once(request, edge, signed.id, idempotency_key, write, now=now)


async def _invitation(edge: Edge, token: str, now: datetime) -> Invitation:
    signed = edge.signer.read("invitation", token)
    async with edge.reading() as connection:
        invitation = await read_invitation(connection, signed.id)
    invitation.refuse_if_ended(now)
    return invitation


def _checked(data: InvitationRequestBody) -> InvitationForm:
    form, faults = parse_invitation(email=data.email, role=data.role)
    if form is None:
        field, sentence = next(iter(faults.items()))
        raise InvalidField(sentence, field=field)
    return form


route_handlers: list[Any] = [
    get_members,
    patch_member,
    delete_member,
    get_invitations,
    post_invitation,
    delete_invitation,
    delete_membership,
    get_invitation,
    post_acceptance,
]
