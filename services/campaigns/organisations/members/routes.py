"""Members: the organisation's page, changing roles, removing, leaving, inviting, and where an invitation leads."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.access.guard import cookie_name, refuse_other_sites
from services.campaigns.access.permissions import ROLE_NAMES, ROLE_PROMISES, ROLES
from services.campaigns.access.read import hash_of
from services.campaigns.access.revoke_device import revoke_secret
from services.campaigns.access.routes import welcome
from services.campaigns.access.sign_in import HOME
from services.campaigns.access.sign_in_person import open_device
from services.campaigns.edge import Edge
from services.campaigns.look.pages import page, planner_page
from services.campaigns.organisations.fields import Fields, take_fields
from services.campaigns.organisations.members.accept_invitation import accept_invitation
from services.campaigns.organisations.members.change_role import change_role
from services.campaigns.organisations.members.invitation import (
    OPEN_AT_MOST,
    Invitation,
    parse_invitation,
    parse_own_name,
)
from services.campaigns.organisations.members.invite_member import invite_member
from services.campaigns.organisations.members.member import parse_role
from services.campaigns.organisations.members.read import list_members, list_open_invitations, read_invitation
from services.campaigns.organisations.members.remove_member import leave_organisation, remove_member
from services.campaigns.organisations.members.revoke_invitation import revoke_invitation
from services.campaigns.organisations.organisation import KIND_NAMES
from services.campaigns.organisations.read import list_contacts, read_organisation
from shared.languages import _
from shared.refusal import Refusal

PATH = "/planification/organisation"
MEMBERS_A_PAGE = 100

After = Annotated[str, QueryParameter(name="apres")]


@get(PATH, action="read_organisation", include_in_schema=False)
async def get_organisation(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor], after: After = ""
) -> Response[Any]:
    """Who we are, who acts for us, who is invited, whom requests go to."""
    return await _organisation_page(edge, actor, now, after=_member_id(after))


@post(PATH + "/membres/{member_id:uuid}/role", action="manage_members", include_in_schema=False)
async def post_role(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    member_id: FromPath[UUID],
) -> Response[Any]:
    """Another role for a member."""
    form = await request.form()
    try:
        role = parse_role(str(form.get("role", "")))
        async with edge.transaction() as connection:
            await change_role(
                connection,
                actor=actor,
                organisation_id=actor.organisation_id,
                member_id=member_id,
                role=role,
                now=now,
            )
    except Refusal as refusal:
        return await _refused(edge, actor, now, refusal)
    return Redirect(PATH, status_code=303)


@post(PATH + "/membres/{member_id:uuid}/retrait", action="manage_members", include_in_schema=False)
async def post_removal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    member_id: FromPath[UUID],
) -> Response[Any]:
    """The member no longer acts for the organisation."""
    try:
        async with edge.transaction() as connection:
            await remove_member(
                connection, actor=actor, organisation_id=actor.organisation_id, member_id=member_id, now=now
            )
    except Refusal as refusal:
        return await _refused(edge, actor, now, refusal)
    return Redirect(PATH, status_code=303)


@post(PATH + "/depart", action="read_organisation", include_in_schema=False)
async def post_departure(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """The actor leaves; with another hat they go on under that one."""
    try:
        async with edge.transaction() as connection:
            await leave_organisation(connection, actor=actor, organisation_id=actor.organisation_id, now=now)
    except Refusal as refusal:
        return await _refused(edge, actor, now, refusal)
    return Redirect("/compte" if len(actor.memberships) > 1 else "/connexion", status_code=303)


@post(PATH + "/invitations", action="manage_members", include_in_schema=False)
async def post_invitation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """An invitation goes out by mail."""
    given = await request.form()
    typed = take_fields(given, ("email", "role"))
    form, faults = parse_invitation(email=typed["email"], role=typed["role"])
    if form is None:
        return await _organisation_page(edge, actor, now, typed=typed, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            await invite_member(connection, actor=actor, organisation_id=actor.organisation_id, form=form, now=now)
    except Refusal as refusal:
        return await _refused(edge, actor, now, refusal, typed)
    return Redirect(PATH, status_code=303)


@post(PATH + "/invitations/{invitation_id:uuid}/retrait", action="manage_members", include_in_schema=False)
async def post_invitation_end(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    invitation_id: FromPath[UUID],
) -> Response[Any]:
    """The link of an invitation ends."""
    async with edge.transaction() as connection:
        await revoke_invitation(
            connection, actor=actor, organisation_id=actor.organisation_id, invitation_id=invitation_id, now=now
        )
    return Redirect(PATH, status_code=303)


@get("/invitations/{token:str}", include_in_schema=False)
async def get_invitation(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """A page with a button: scanners of mail open links, and must not accept for anybody."""
    invitation = await _invitation(edge, token)
    invitation.refuse_if_ended(now)
    return _ask(invitation, token, Fields(), {})


@post("/invitations/{token:str}", include_in_schema=False)
async def post_acceptance(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """The address becomes an account, its person a member, and this browser theirs: who has the link reads the mail."""
    refuse_other_sites(request)
    invitation = await _invitation(edge, token)
    invitation.refuse_if_ended(now)
    given = await request.form()
    typed = take_fields(given, ("first_name", "last_name"))
    names, faults = parse_own_name(first_name=typed["first_name"], last_name=typed["last_name"])
    if faults and not invitation.has_account:
        return _ask(invitation, token, typed, faults)
    async with edge.transaction() as connection:
        person_id, _accepted = await accept_invitation(
            connection, invitation_id=invitation.id, first_name=names[0], last_name=names[1], now=now
        )
        agent = request.headers.get("User-Agent", "")[:300]
        secret = await open_device(
            connection, person_id=person_id, agent=agent, now=now, organisation_id=invitation.organisation_id
        )
        if before := request.cookies.get(cookie_name(edge.settings)):
            await revoke_secret(connection, hash_of(before), now=now)
    return welcome(edge, secret, HOME)


def _ask(invitation: Invitation, token: str, typed: Fields, faults: dict[str, str]) -> Response[str]:
    return page(
        "organisations/templates/invitation.html",
        status=422 if faults else 200,
        private=True,
        invitation=invitation,
        token=token,
        promise=ROLE_PROMISES[invitation.role],
        typed=typed,
        faults=Fields(faults),
    )


async def _invitation(edge: Edge, token: str) -> Invitation:
    signed = edge.signer.read("invitation", token)
    async with edge.reading() as connection:
        return await read_invitation(connection, signed.id)


async def _refused(
    edge: Edge, actor: Actor, now: datetime, refusal: Refusal, typed: Fields | None = None
) -> Response[Any]:
    """The page again with what was refused; a thing that does not exist stays a page of its own."""
    if refusal.status == 404:
        raise refusal
    beside = refusal.field == "email"
    return await _organisation_page(
        edge,
        actor,
        now,
        typed=typed,
        faults={"email": refusal.sentence} if beside else {},
        trouble="" if beside else refusal.sentence,
        status=refusal.status,
    )


async def _organisation_page(
    edge: Edge,
    actor: Actor,
    now: datetime,
    *,
    after: UUID | None = None,
    typed: Fields | None = None,
    faults: dict[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response[str]:
    async with edge.reading() as connection:
        organisation = await read_organisation(connection, actor.organisation_id)
        members = await list_members(connection, organisation.id, after=after, limit=MEMBERS_A_PAGE + 1)
        invitations = (
            await list_open_invitations(connection, organisation.id, now=now, limit=OPEN_AT_MOST)
            if actor.may("manage_members")
            else []
        )
        contacts = await list_contacts(connection, organisation.id)
    return planner_page(
        "organisations/templates/organisation.html",
        actor,
        status=status,
        here="organisation",
        organisation=organisation,
        kinds=KIND_NAMES,
        members=members[:MEMBERS_A_PAGE],
        following=members[MEMBERS_A_PAGE - 1].id if len(members) > MEMBERS_A_PAGE else None,
        invitations=invitations,
        contacts=contacts,
        role_options=[
            (role, _("{role} : {promise}", role=ROLE_NAMES[role], promise=ROLE_PROMISES[role])) for role in ROLES
        ],
        typed=typed or Fields(),
        faults=Fields(faults or {}),
        trouble=trouble,
    )


def _member_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


route_handlers: list[Any] = [
    get_organisation,
    post_role,
    post_removal,
    post_departure,
    post_invitation,
    post_invitation_end,
    get_invitation,
    post_acceptance,
]
