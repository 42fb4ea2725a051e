"""Enrol a class: a list of pupils for one offer, all or none, or as many as fit and the rest waiting."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.offers.offer import OfferClosed, UnknownOffer
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import PupilElsewhere, RegistrationRequest
from services.campaigns.offers.seats.classes.read import find_pupils, name_elsewhere
from services.campaigns.offers.seats.enrolment import ClassOutcome, Enrolment, NotAllTogether
from shared.database import Connection
from shared.notices import ClassEnrolled
from shared.outbox import append_events
from shared.refusal import Refusal
from shared.signed_links import Signer


async def enrol_class(
    connection: Connection,
    *,
    offer_id: UUID,
    requests: Sequence[RegistrationRequest],
    enrolment: Enrolment,
    signer: Signer,
    now: datetime,
) -> ClassOutcome:
    """What became of each pupil; whoever enrols is told in numbers. The same list again is the same outcome.

    Raises `OfferClosed` or `UnknownOffer` when nobody can register, and `NotAllTogether` when all or none was asked and
    not everybody gets a seat: then nobody is enrolled. A pupil who has a seat elsewhere is refused with its name where
    the asker enrolled the pupil there too, or plans that offer.
    """
    try:
        outcomes = await register_pupils(
            connection, offer_id=offer_id, requests=requests, signer=signer, now=now, enrolment=enrolment
        )
    except NotAllTogether as refusal:
        await _name_elsewhere(connection, offer_id, requests, refusal.reasons, enrolment, signer)
        raise
    refusals = {index: outcome for index, outcome in enumerate(outcomes) if isinstance(outcome, Refusal)}
    closed = next((one for one in refusals.values() if isinstance(one, OfferClosed | UnknownOffer)), None)
    if closed is not None:
        raise closed
    await _name_elsewhere(connection, offer_id, requests, refusals, enrolment, signer)
    result = ClassOutcome(outcomes=[refusals.get(index, outcome) for index, outcome in enumerate(outcomes)])
    if result.is_news and enrolment.person_id is not None:
        title = await connection.fetchval("SELECT title FROM campaigns.offers WHERE id = $1", offer_id)
        await append_events(
            connection,
            [
                ClassEnrolled(
                    occurred_at=now,
                    recipients=(enrolment.person_id,),
                    offer_id=offer_id,
                    offer=title,
                    seated=result.count("held", "confirmed"),
                    waiting=result.count("waiting"),
                    refused=result.refused,
                )
            ],
        )
    return result


async def _name_elsewhere(
    connection: Connection,
    offer_id: UUID,
    requests: Sequence[RegistrationRequest],
    refusals: dict[int, Refusal],
    enrolment: Enrolment,
    signer: Signer,
) -> None:
    """Put the other offer's name in the refusals of those who are elsewhere, for who may know it."""
    elsewhere = [index for index, refusal in refusals.items() if isinstance(refusal, PupilElsewhere)]
    if not elsewhere:
        return
    identities = [requests[index].identity(signer) for index in elsewhere]
    pupils = await find_pupils(connection, identities)
    titles = await name_elsewhere(
        connection,
        offer_id=offer_id,
        pupil_ids=list(pupils.values()),
        person_id=enrolment.person_id,
        organisation_id=enrolment.organisation_id,
    )
    for index, identity in zip(elsewhere, identities, strict=True):
        refusals[index] = PupilElsewhere(titles.get(pupils[identity], ""))
