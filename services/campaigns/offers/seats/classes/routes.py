"""Classes: the teacher's pages: where each pupil stands, a list enrolled after a look at it, one pupil for another."""

import asyncio
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import structs

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.imports.fault import Fault
from services.campaigns.imports.spreadsheet import FILE_AT_MOST
from services.campaigns.look.pages import planner_page
from services.campaigns.offers.offer import OfferClosed
from services.campaigns.offers.seats.classes.class_form import (
    LINES_IN_FORM,
    ClassForm,
    ClassPreview,
    preview_class,
    read_class_form,
)
from services.campaigns.offers.seats.classes.class_list import write_class
from services.campaigns.offers.seats.classes.enrol_class import enrol_class
from services.campaigns.offers.seats.classes.read import (
    count_room,
    list_enrolled,
    list_open_offers,
    read_enrolled,
    read_open_offer,
    read_school_uai,
)
from services.campaigns.offers.seats.classes.school_class import EnrolledPlace, OpenOffer, group_classes
from services.campaigns.offers.seats.classes.swap_form import SwapForm, read_swap_form
from services.campaigns.offers.seats.classes.swap_pupil import swap_pupil
from services.campaigns.offers.seats.enrolment import ClassOutcome, NotAllTogether, enrolment_of
from services.campaigns.registering.form import empty_form
from services.campaigns.teaching.finding.read import write_pupils
from shared.database import Connection
from shared.refusal import Refusal

CLASSES = "/planification/classes"
OFFERS_LISTED = 100
LIST_AT_MOST = 200_000
TEMPLATES = "offers/seats/classes/templates"
Pupils = Annotated[str, QueryParameter(name="eleves")]
ClassName = Annotated[str | None, QueryParameter(name="classe")]


@get(CLASSES, action="enrol_class", include_in_schema=False)
async def get_classes(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], actor: NamedDependency[Actor]
) -> Response[Any]:
    """Where each of my pupils stands, who has nothing yet, and the offers a class can join."""
    async with edge.reading() as connection:
        places = await list_enrolled(
            connection, organisation_id=actor.organisation_id, person_id=actor.person_id, now=now
        )
        offers = await list_open_offers(connection, now=now, limit=OFFERS_LISTED)
    classes = group_classes(places)
    return planner_page(f"{TEMPLATES}/classes.html", actor, here="classes", classes=classes, offers=offers, now=now)


@get(f"{CLASSES}/{{slug:str}}", action="enrol_class", include_in_schema=False)
async def get_class_form(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    pupils: Pupils = "",
    class_name: ClassName = None,
) -> Response[Any]:
    """The form for a list: empty, or filled in with those of one's own pupils who have nothing yet."""
    async with edge.reading() as connection:
        offer = await read_open_offer(connection, slug, now=now)
        lines = await write_pupils(connection, actor, who=pupils, class_name=class_name, now=now)
    return _form(actor, offer, ClassPreview(form=ClassForm(key=empty_form().key, list=lines)))


@post(
    f"{CLASSES}/{{slug:str}}/apercu",
    action="enrol_class",
    include_in_schema=False,
    # a file, and the form around it
    request_max_body_size=FILE_AT_MOST + LIST_AT_MOST,
)
async def post_class_preview(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """The list as it was understood, or each fault at its line and column; nothing is done yet."""
    fields = await form_given(request)
    form = read_class_form(fields)
    upload = fields.get("file")
    file = (upload.filename, await upload.read()) if isinstance(upload, UploadFile) and upload.filename else None
    async with edge.reading() as connection:
        offer = await read_open_offer(connection, slug, now=now)
        school, uai = await _school(connection, actor, form)
    # a workbook takes its time to read, and others are served meanwhile
    preview = await asyncio.to_thread(preview_class, form, school_name=school, school_uai=uai, file=file)
    if not preview.ready:
        # what was pasted stands as it was: faults name its lines
        return _form(actor, offer, preview, status=422)
    preview = structs.replace(preview, form=structs.replace(form, list=write_class(preview.pupils)))
    async with edge.reading() as connection:
        room = await count_room(connection, offer, preview.requests, now=now)
    return planner_page(f"{TEMPLATES}/preview.html", actor, here="classes", offer=offer, preview=preview, room=room)


@post(
    f"{CLASSES}/{{slug:str}}",
    action="enrol_class",
    include_in_schema=False,
    # three hundred pupils with guardians, accents written as %C3%A9
    request_max_body_size=LIST_AT_MOST,
)
async def post_class(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
) -> Response[Any]:
    """Enrol the list; then where everybody stands. Who was refused, and why, is shown once."""
    form = read_class_form(await form_given(request))
    async with edge.reading() as connection:
        offer = await read_open_offer(connection, slug, now=now)
        school, uai = await _school(connection, actor, form)
    preview = preview_class(form, school_name=school, school_uai=uai)
    if not preview.ready:
        return _form(actor, offer, preview, status=422)
    try:
        outcome = await _enrol(edge, actor, offer, preview, now)
    except NotAllTogether as refusal:
        faults = tuple(Fault(preview.pupils[i].row, "", one.sentence) for i, one in sorted(refusal.reasons.items()))
        again = structs.replace(preview, faults=faults)
        return _form(actor, offer, again, trouble=refusal.sentence, status=refusal.status)
    except OfferClosed as refusal:
        return _form(actor, offer, preview, trouble=refusal.sentence, status=refusal.status)
    if not outcome.refused:
        return Redirect(CLASSES, status_code=303)
    refused = [
        (pupil, result.sentence)
        for pupil, result in zip(preview.pupils, outcome.outcomes, strict=True)
        if isinstance(result, Refusal)
    ]
    return planner_page(
        f"{TEMPLATES}/outcome.html", actor, here="classes", offer=offer, outcome=outcome, refused=refused
    )


async def _enrol(edge: Edge, actor: Actor, offer: OpenOffer, preview: ClassPreview, now: datetime) -> ClassOutcome:
    async with edge.transaction() as connection:
        outcome = await enrol_class(
            connection,
            offer_id=offer.id,
            requests=preview.requests,
            enrolment=enrolment_of(actor, all_or_none=preview.form.all_or_none),
            signer=edge.signer,
            now=now,
        )
        if outcome.is_news:
            detail = outcome.say_for_journal()
            await write_audit(connection, actor, "enrol_class", detail, now=now, offer_id=offer.id)
        return outcome


@get(f"{CLASSES}/{{slug:str}}/{{registration_id:uuid}}/echange", action="enrol_class", include_in_schema=False)
async def get_swap(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """Whom the place goes to: one who waits in the same class, or somebody new."""
    async with edge.reading() as connection:
        place = await read_enrolled(connection, registration_id, actor=_whose(actor), now=now, slug=slug)
        others = await _others(connection, actor, place, now)
    return _swap_page(actor, place, others, SwapForm(key=empty_form().key))


@post(f"{CLASSES}/{{slug:str}}/{{registration_id:uuid}}/echange", action="enrol_class", include_in_schema=False)
async def post_swap(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    registration_id: FromPath[UUID],
) -> Response[Any]:
    """The one's place becomes the other's; the queue does not move."""
    form = read_swap_form(await form_given(request))
    async with edge.reading() as connection:
        place = await read_enrolled(connection, registration_id, actor=_whose(actor), now=now, slug=slug)
        others = await _others(connection, actor, place, now)
    chosen = next((other for other in others if str(other.id) == form.waiting), None)
    faults = {} if chosen else form.find_faults(place)
    if faults:
        return _swap_page(actor, place, others, form, faults=faults, status=422)
    try:
        async with edge.transaction() as connection:
            await swap_pupil(
                connection,
                registration_id=registration_id,
                coming=chosen.id if chosen else form.parse(place),
                enrolment=enrolment_of(actor),
                signer=edge.signer,
                now=now,
            )
            detail = "Une place échangée entre deux élèves d’une même classe."
            await write_audit(connection, actor, "swap_pupil", detail, now=now, offer_id=place.offer_id)
    except Refusal as refusal:
        return _swap_page(actor, place, others, form, trouble=refusal.sentence, status=refusal.status)
    return Redirect(CLASSES, status_code=303)


async def _school(connection: Connection, actor: Actor, form: ClassForm) -> tuple[str, str | None]:
    """The school of the pupils: the teacher's own, or the one written where somebody else enrols them."""
    if actor.organisation_kind != "school":
        return form.school, form.school_uai or None
    return actor.organisation, await read_school_uai(connection, actor.organisation_id)


def _whose(actor: Actor) -> tuple[UUID, UUID | None]:
    return actor.organisation_id, actor.person_id


async def _others(connection: Connection, actor: Actor, place: EnrolledPlace, now: datetime) -> list[EnrolledPlace]:
    """Who of the same class waits for a seat of the same offer."""
    if not place.has_seat:
        return []
    mine = await list_enrolled(
        connection,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        now=now,
        offer_id=place.offer_id,
    )
    return [other for other in mine if other.status == "waiting" and other.class_name == place.class_name]


def _form(
    actor: Actor, offer: OpenOffer, preview: ClassPreview, *, trouble: str = "", status: int = 200
) -> Response[Any]:
    return planner_page(
        f"{TEMPLATES}/form.html",
        actor,
        here="classes",
        status=status,
        offer=offer,
        preview=preview,
        form=preview.form,
        trouble=trouble,
        lines=LINES_IN_FORM,
    )


def _swap_page(
    actor: Actor,
    place: EnrolledPlace,
    others: list[EnrolledPlace],
    form: SwapForm,
    *,
    faults: dict[str, str] | None = None,
    trouble: str = "",
    status: int = 200,
) -> Response[Any]:
    return planner_page(
        f"{TEMPLATES}/swap.html",
        actor,
        here="classes",
        status=status,
        place=place,
        others=others,
        form=form,
        faults=faults or {},
        trouble=trouble,
    )


route_handlers: list[Any] = [get_classes, get_class_form, post_class_preview, post_class, get_swap, post_swap]
