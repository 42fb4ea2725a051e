"""Organisations and their contacts: JSON, and the JSON of all rooms here."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody
from msgspec import UNSET

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.registration import InvalidField
from services.campaigns.organisations.add_contact import add_contact
from services.campaigns.organisations.bodies import (
    ContactBody,
    IntroducedBody,
    IntroductionBody,
    KnownContactBody,
    OrganisationBody,
    OrganisationChangeBody,
)
from services.campaigns.organisations.change_organisation import change_organisation
from services.campaigns.organisations.contact import parse_contact
from services.campaigns.organisations.fields import Fields
from services.campaigns.organisations.introduction import parse_introduction
from services.campaigns.organisations.invite_organisation import invite_organisation
from services.campaigns.organisations.journal.json_routes import route_handlers as journal
from services.campaigns.organisations.members.json_routes import route_handlers as members
from services.campaigns.organisations.organisation import Organisation, parse_organisation
from services.campaigns.organisations.page_keys import refuse_stranger
from services.campaigns.organisations.read import list_contacts, read_organisation
from services.campaigns.organisations.remove_contact import remove_contact
from services.campaigns.organisations.tokens.json_routes import route_handlers as tokens
from services.campaigns.organisations.webhooks.json_routes import route_handlers as webhooks
from shared.database import Connection

PATH = "/api/v1/organisations/{organisation_id:uuid}"
NO_STORE = {"Cache-Control": "no-store"}

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The ETag the organisation was read with")]


@post("/api/v1/organisations", action="plan_campaigns", summary="Add an organisation and its contact")
async def post_organisation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    data: JSONBody[IntroductionBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[IntroducedBody]:
    """201 for a new one; 200 for one of the same SIRET or UAI, left as it is."""
    fields = Fields(
        name=data.name,
        kind=data.kind,
        siret=data.siret or "",
        uai=data.uai or "",
        first_name=data.contact.first_name,
        last_name=data.contact.last_name,
        email=data.contact.email,
        phone=data.contact.phone,
        invite="oui" if data.invite else "",
    )
    introduction, faults = parse_introduction(fields)
    if introduction is None:
        raise _first(faults)

    async def write(connection: Connection) -> Response[IntroducedBody]:
        outcome = await invite_organisation(connection, actor=actor, introduction=introduction, now=now)
        body = IntroducedBody(
            organisation=_body(await read_organisation(connection, outcome.organisation_id)),
            new=outcome.new,
            has_members=outcome.has_members,
            invited=outcome.invited,
        )
        return Response(body, status_code=201 if outcome.new else 200)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get(PATH, action="read_organisation", summary="One's own organisation")
async def get_organisation(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], organisation_id: FromPath[UUID]
) -> Response[OrganisationBody]:
    """Its name, kind and numbers; the ETag is what If-Match of a change compares."""
    refuse_stranger(actor, organisation_id)
    async with edge.reading() as connection:
        return _answer(await read_organisation(connection, organisation_id))


@patch(PATH, action="manage_members", summary="Change one's own organisation")
async def patch_organisation(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    data: JSONBody[OrganisationChangeBody],
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[OrganisationBody]:
    """Any of the fields; 409 `number-taken` for a number of another organisation, 412 where it changed meanwhile."""
    refuse_stranger(actor, organisation_id)
    edition = None if if_match is None or if_match.strip() == "*" else if_match.strip().strip('"')

    async def write(connection: Connection) -> Response[OrganisationBody]:
        known = _body(await read_organisation(connection, organisation_id))
        given = {name: value for name, value in msgspec.structs.asdict(data).items() if value is not UNSET}
        wanted = msgspec.structs.replace(known, **given)
        form, faults = parse_organisation(
            name=wanted.name, kind=wanted.kind, siret=wanted.siret or "", uai=wanted.uai or ""
        )
        if form is None:
            raise _first(faults)
        await change_organisation(
            connection, actor=actor, organisation_id=organisation_id, form=form, now=now, edition=edition
        )
        return _answer(await read_organisation(connection, organisation_id))

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@get(PATH + "/contacts", action="read_organisation", summary="Whom requests go to")
async def get_contacts(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], organisation_id: FromPath[UUID]
) -> Response[list[KnownContactBody]]:
    """Besides the owners; twenty at most."""
    refuse_stranger(actor, organisation_id)
    async with edge.reading() as connection:
        contacts = await list_contacts(connection, organisation_id)
    items = [KnownContactBody(id=c.person_id, name=c.name, email=c.email, phone=c.phone) for c in contacts]
    return Response(items, headers=NO_STORE)


@post(PATH + "/contacts", action="manage_members", summary="Add a contact")
async def post_contact(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    data: JSONBody[ContactBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[KnownContactBody]:
    """The same address is the same contact."""
    refuse_stranger(actor, organisation_id)
    form, faults = parse_contact(
        first_name=data.first_name, last_name=data.last_name, email=data.email, phone=data.phone
    )
    if form is None:
        raise _first(faults)

    async def write(connection: Connection) -> Response[KnownContactBody]:
        person_id = await add_contact(connection, actor=actor, organisation_id=organisation_id, form=form, now=now)
        contact = next(c for c in await list_contacts(connection, organisation_id) if c.person_id == person_id)
        body = KnownContactBody(id=person_id, name=contact.name, email=contact.email, phone=contact.phone)
        return Response(body, headers=NO_STORE)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@delete(PATH + "/contacts/{person_id:uuid}", action="manage_members", summary="Remove a contact")
async def delete_contact(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    organisation_id: FromPath[UUID],
    person_id: FromPath[UUID],
) -> None:
    """Requests no longer go to them."""
    refuse_stranger(actor, organisation_id)
    async with edge.transaction() as connection:
        await remove_contact(connection, actor=actor, organisation_id=organisation_id, person_id=person_id, now=now)


def _answer(organisation: Organisation) -> Response[OrganisationBody]:
    return Response(_body(organisation), headers={"ETag": f'"{organisation.edition}"'})


def _body(organisation: Organisation) -> OrganisationBody:
    return msgspec.convert(organisation, OrganisationBody, from_attributes=True)


def _first(faults: dict[str, str]) -> InvalidField:
    field, sentence = next(iter(faults.items()))
    return InvalidField(sentence, field=field)


route_handlers: list[Any] = [
    post_organisation,
    get_organisation,
    patch_organisation,
    get_contacts,
    post_contact,
    delete_contact,
    *members,
    *tokens,
    *webhooks,
    *journal,
]
