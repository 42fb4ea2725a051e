"""Organisations: changing one's own, adding another, and the pages of all rooms here."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.access.sign_in import HOME, own_path
from services.campaigns.edge import Edge
from services.campaigns.look.pages import planner_page
from services.campaigns.organisations.add_contact import add_contact
from services.campaigns.organisations.change_organisation import change_organisation
from services.campaigns.organisations.contact import parse_contact
from services.campaigns.organisations.fields import Fields, take_fields
from services.campaigns.organisations.introduction import parse_introduction
from services.campaigns.organisations.invite_organisation import invite_organisation
from services.campaigns.organisations.journal.routes import route_handlers as journal
from services.campaigns.organisations.members.routes import route_handlers as members
from services.campaigns.organisations.organisation import (
    KIND_NAMES,
    NumberTaken,
    Organisation,
    OrganisationChangedMeanwhile,
    parse_organisation,
)
from services.campaigns.organisations.read import read_organisation
from services.campaigns.organisations.remove_contact import remove_contact
from services.campaigns.organisations.tokens.routes import route_handlers as tokens
from services.campaigns.organisations.webhooks.routes import route_handlers as webhooks
from shared.refusal import Refusal

PATH = "/planification/organisation"
ORGANISATION = ("name", "kind", "siret", "uai")
CONTACT = ("first_name", "last_name", "email", "phone")

GoesTo = Annotated[str, QueryParameter(name="vers")]


@get(PATH + "/modifier", action="manage_members", include_in_schema=False)
async def get_edit(edge: NamedDependency[Edge], actor: NamedDependency[Actor]) -> Response[str]:
    """The organisation in a form."""
    async with edge.reading() as connection:
        known = await read_organisation(connection, actor.organisation_id)
    return _form("edit", actor, _fields_of(known))


@post(PATH + "/modifier", action="manage_members", include_in_schema=False)
async def post_edit(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """The organisation as it was written."""
    typed = take_fields(await request.form(), (*ORGANISATION, "edition"))
    form, faults = parse_organisation(**{name: typed[name] for name in ORGANISATION})
    if form is None:
        return _form("edit", actor, typed, faults=faults)
    try:
        async with edge.transaction() as connection:
            await change_organisation(
                connection,
                actor=actor,
                organisation_id=actor.organisation_id,
                form=form,
                now=now,
                edition=typed["edition"] or None,
            )
    except OrganisationChangedMeanwhile as refusal:
        async with edge.reading() as connection:
            known = await read_organisation(connection, actor.organisation_id)
        return _form("edit", actor, _fields_of(known), trouble=refusal.sentence, status=refusal.status)
    except NumberTaken as refusal:
        return _form("edit", actor, typed, faults={refusal.field or "siret": refusal.sentence}, status=409)
    return Redirect(PATH, status_code=303)


@get(PATH + "/contacts", action="manage_members", include_in_schema=False)
async def get_contact_form(actor: NamedDependency[Actor]) -> Response[str]:
    """A form for one more contact."""
    return _form("contact", actor, Fields())


@post(PATH + "/contacts", action="manage_members", include_in_schema=False)
async def post_contact(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[Any]:
    """One more whom requests go to."""
    typed = take_fields(await request.form(), CONTACT)
    form, faults = parse_contact(**{name: typed[name] for name in CONTACT})
    if form is None:
        return _form("contact", actor, typed, faults=faults)
    try:
        async with edge.transaction() as connection:
            await add_contact(connection, actor=actor, organisation_id=actor.organisation_id, form=form, now=now)
    except Refusal as refusal:
        return _form("contact", actor, typed, trouble=refusal.sentence, status=refusal.status)
    return Redirect(PATH, status_code=303)


@post(PATH + "/contacts/{person_id:uuid}/retrait", action="manage_members", include_in_schema=False)
async def post_contact_removal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    person_id: FromPath[UUID],
) -> Response[Any]:
    """Requests no longer go to them."""
    async with edge.transaction() as connection:
        await remove_contact(
            connection, actor=actor, organisation_id=actor.organisation_id, person_id=person_id, now=now
        )
    return Redirect(PATH, status_code=303)


@get(PATH + "/ajouter", action="plan_campaigns", include_in_schema=False)
async def get_add(actor: NamedDependency[Actor], goes_to: GoesTo = "") -> Response[str]:
    """A form for a partner, a host, a school; `vers` is the page that asked for it."""
    return _form("add", actor, Fields(), goes_to=_back(goes_to), added=None)


@post(PATH + "/ajouter", action="plan_campaigns", include_in_schema=False)
async def post_add(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
) -> Response[str]:
    """The organisation with its contact; the way on carries its id."""
    typed = take_fields(await request.form(), (*ORGANISATION, *CONTACT, "invite", "vers"))
    goes_to = _back(typed["vers"])
    introduction, faults = parse_introduction(typed)
    if introduction is None:
        return _form("add", actor, typed, faults=faults, goes_to=goes_to, added=None)
    try:
        async with edge.transaction() as connection:
            outcome = await invite_organisation(connection, actor=actor, introduction=introduction, now=now)
            added = await read_organisation(connection, outcome.organisation_id)
    except Refusal as refusal:
        return _form("add", actor, typed, trouble=refusal.sentence, goes_to=goes_to, added=None, status=refusal.status)
    way_on = f"{goes_to}{'&' if '?' in goes_to else '?'}organisation={added.id}" if goes_to else ""
    return _form("add", actor, typed, goes_to=way_on, added=added, outcome=outcome, status=201 if outcome.new else 200)


def _fields_of(known: Organisation) -> Fields:
    return Fields(name=known.name, kind=known.kind, siret=known.siret or "", uai=known.uai or "", edition=known.edition)


def _back(goes_to: str) -> str:
    """The page of ours that asked, or nothing."""
    return "" if own_path(goes_to) == HOME else own_path(goes_to)


def _form(
    name: str,
    actor: Actor,
    typed: Fields,
    *,
    faults: dict[str, str] | None = None,
    trouble: str = "",
    status: int = 0,
    **values: Any,
) -> Response[str]:
    return planner_page(
        f"organisations/templates/{name}.html",
        actor,
        status=status or (422 if faults else 200),
        here="organisation",
        kinds=KIND_NAMES,
        typed=typed,
        faults=Fields(faults or {}),
        trouble=trouble,
        **values,
    )


route_handlers: list[Any] = [
    get_edit,
    post_edit,
    get_contact_form,
    post_contact,
    post_contact_removal,
    get_add,
    post_add,
    *members,
    *tokens,
    *webhooks,
    *journal,
]
