"""Classes: JSON."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, InWords, answer_once
from services.campaigns.offers.registration import InvalidField, Registered, RegistrationRequest
from services.campaigns.offers.registration_form import parse_request
from services.campaigns.offers.seats.classes.bodies import (
    ClassBody,
    ClassOutcomeBody,
    EnrolmentBody,
    EnrolmentOutcomeBody,
    EnrolmentsBody,
    ListedPupilBody,
    SwapBody,
    enrolment_body,
)
from services.campaigns.offers.seats.classes.enrol_class import enrol_class
from services.campaigns.offers.seats.classes.read import list_enrolled, read_school_uai
from services.campaigns.offers.seats.classes.school_class import EnrolledPlace, UnknownEnrolment
from services.campaigns.offers.seats.classes.swap_pupil import swap_pupil
from services.campaigns.offers.seats.enrolment import ClassOutcome, enrolment_of
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal

ENROLMENTS = "/api/v1/offers/{offer_id:uuid}/enrolments"
# a list of three hundred with guardians
LIST_AT_MOST = 256 * 1024


@get(ENROLMENTS, action="enrol_class", summary="Where one's own pupils stand")
async def get_enrolments(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
) -> Response[EnrolmentsBody]:
    """The pupils whom the asker enrolled in this offer; an organisation's token has all of the organisation."""
    async with edge.reading() as connection:
        places = await _places(connection, actor, offer_id, now)
    return Response(EnrolmentsBody([enrolment_body(place) for place in places]), headers={"Cache-Control": "no-store"})


@post(ENROLMENTS, action="enrol_class", summary="Enrol a class", status_code=201, request_max_body_size=LIST_AT_MOST)
async def post_enrolments(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    data: JSONBody[ClassBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[ClassOutcomeBody]:
    """In one transaction: as many as fit have a seat and the rest wait, or all or none (409, nobody is enrolled)."""

    async def write(connection: Connection) -> Response[ClassOutcomeBody]:
        requests = await _requests(connection, actor, data)
        outcome = await enrol_class(
            connection,
            offer_id=offer_id,
            requests=requests,
            enrolment=enrolment_of(actor, all_or_none=data.all_or_none),
            signer=edge.signer,
            now=now,
        )
        detail = outcome.say_for_journal()
        await write_audit(connection, actor, "enrol_class", detail, now=now, offer_id=offer_id)
        return InWords(lambda: _outcome_body(outcome), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@post(f"{ENROLMENTS}/{{registration_id:uuid}}/swap", action="enrol_class", summary="Swap a pupil", status_code=200)
async def post_enrolment_swap(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    offer_id: FromPath[UUID],
    registration_id: FromPath[UUID],
    data: JSONBody[SwapBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[EnrolmentBody]:
    """The place passes to another pupil of the same class, not to the queue; before the deadline."""

    async def write(connection: Connection) -> Response[EnrolmentBody]:
        place = _of(await _places(connection, actor, offer_id, now), registration_id)
        coming = await swap_pupil(
            connection,
            registration_id=place.id,
            coming=_coming(data, place),
            enrolment=enrolment_of(actor),
            signer=edge.signer,
            now=now,
        )
        detail = "Une place échangée entre deux élèves d’une même classe."
        await write_audit(connection, actor, "swap_pupil", detail, now=now, offer_id=offer_id)
        return Response(enrolment_body(_of(await _places(connection, actor, offer_id, now), coming)))

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


async def _places(connection: Connection, actor: Actor, offer_id: UUID, now: datetime) -> list[EnrolledPlace]:
    return await list_enrolled(
        connection,
        organisation_id=actor.organisation_id,
        person_id=actor.person_id,
        now=now,
        offer_id=offer_id,
    )


def _of(places: list[EnrolledPlace], registration_id: UUID) -> EnrolledPlace:
    for place in places:
        if place.id == registration_id:
            return place
    raise UnknownEnrolment


async def _requests(connection: Connection, actor: Actor, data: ClassBody) -> list[RegistrationRequest]:
    name, uai = (data.school.name, data.school.uai) if data.school else ("", None)
    if actor.organisation_kind == "school":
        name, uai = actor.organisation, await read_school_uai(connection, actor.organisation_id)
    requests = []
    for index, pupil in enumerate(data.pupils):
        try:
            requests.append(_request(pupil, name, uai, data.class_name))
        except InvalidField as refusal:
            raise InvalidField(refusal.sentence, field=f"pupils.{index}.{refusal.field}") from refusal
    return requests


def _request(pupil: ListedPupilBody, school_name: str, school_uai: str | None, class_name: str) -> RegistrationRequest:
    return parse_request(
        first_name=pupil.first_name,
        last_name=pupil.last_name,
        email=pupil.email,
        guardian_name=pupil.guardian.name if pupil.guardian else None,
        guardian_email=pupil.guardian.email if pupil.guardian else None,
        school_name=school_name,
        school_uai=school_uai,
        class_name=pupil.class_name or class_name,
        idempotency_key=None,
        without_host=pupil.without_host,
        under_15=pupil.under_15,
    )


def _coming(data: SwapBody, place: EnrolledPlace) -> RegistrationRequest | UUID:
    if (data.enrolment_id is None) == (data.pupil is None):
        raise InvalidField(later("Indiquez soit un élève qui attend, soit un nouvel élève."), field="pupil")
    if data.enrolment_id is not None:
        return data.enrolment_id
    assert data.pupil is not None  # noqa: S101  # one of the two, see above
    # the new pupil is of the same class, whatever is written
    return _request(
        ListedPupilBody(
            first_name=data.pupil.first_name,
            last_name=data.pupil.last_name,
            email=data.pupil.email,
            guardian=data.pupil.guardian,
            without_host=place.without_host,
            under_15=data.pupil.under_15,
        ),
        place.school_name,
        place.school_uai,
        place.class_name,
    )


def _outcome_body(outcome: ClassOutcome) -> ClassOutcomeBody:
    return ClassOutcomeBody(
        seated=outcome.count("held", "confirmed"),
        waiting=outcome.count("waiting"),
        refused=outcome.refused,
        items=[_item(one) for one in outcome.outcomes],
    )


def _item(outcome: Registered | Refusal) -> EnrolmentOutcomeBody:
    if isinstance(outcome, Registered):
        return EnrolmentOutcomeBody(outcome.id, outcome.status, outcome.position)
    return EnrolmentOutcomeBody(None, "not_enrolled", None, outcome.reason, outcome.sentence)


route_handlers: list[Any] = [get_enrolments, post_enrolments, post_enrolment_swap]
