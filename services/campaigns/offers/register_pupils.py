"""Register pupils: requests for one offer become outcomes, in one transaction of a few set-based statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.campaigns.offers.eligibility import refuse_others
from services.campaigns.offers.hold import Hold, address_deadline, consent_deadline, remind_at
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.offer import Offer, least_filled_groups
from services.campaigns.offers.promote_waiting import promote_waiting
from services.campaigns.offers.read import count_groups
from services.campaigns.offers.recognise_pupils import (
    Newcomer,
    Outcome,
    find_twins,
    insert_guardians,
    recognise_keys,
    recognise_pupils,
)
from services.campaigns.offers.referents.note_referents import note_referents
from services.campaigns.offers.registration import (
    TOLD_BY_MAIL,
    AlreadyRegistered,
    PupilElsewhere,
    Registered,
    RegistrationRequest,
)
from services.campaigns.offers.seats.enrolment import Enrolment, refuse_parts
from services.campaigns.offers.seats.take_kept_seats import take_kept_seats
from services.campaigns.offers.settle_offer import settle_offer
from services.campaigns.offers.take_times import take_times
from shared.database import Connection
from shared.events import RegistrationConfirmed, RegistrationHeld, RegistrationLinkRequested, RegistrationWaiting
from shared.outbox import append_events
from shared.refusal import Refusal
from shared.signed_links import Signer


async def register_pupils(
    connection: Connection,
    *,
    offer_id: UUID,
    requests: Sequence[RegistrationRequest],
    signer: Signer,
    now: datetime,
    enrolment: Enrolment | None = None,
) -> list[Outcome]:
    """An outcome for each request, in the order given: a seat, a place in the queue, the earlier answer, or a refusal.

    One request's refusal is its own; nothing is written for it. A seat is confirmed only where nobody waits: a
    newcomer never overtakes the queue, even while a freed seat is being offered, but into a seat kept for such as it.

    Where the offer asks for proof of the address, a seat is held until a link in a mail is pressed, and what came of
    it is told by mail alone: a pupil who is elsewhere waits, one who is in gets the link again. Who is enrolled by
    somebody needs no proof. Of a pupil under 15 the seat is held until the guardian consents, after the address.

    Pupils whom somebody enrols may ask to be seated all or none; raises `NotAllTogether`, and nothing is written.
    """
    offer = await lock_offer(connection, offer_id)
    try:
        offer.refuse_if_closed(now)
    except Refusal as refusal:
        return await _repeat_or_refuse(connection, offer, requests, refusal)
    outcomes: dict[int, Outcome] = {}
    twins = find_twins(requests)
    fresh = refuse_others(offer.rules, await recognise_keys(connection, offer, requests, outcomes, twins), outcomes)
    newcomers, asked_again = await recognise_pupils(connection, offer, fresh, signer, outcomes, now)
    proof = offer.proof_of_address and enrolment is None
    seated = await _take_seats(connection, offer, newcomers, outcomes, now)
    if proof:
        _let_wait(outcomes)
    queued = [newcomer for newcomer in newcomers if newcomer.index not in outcomes and newcomer not in seated]
    if enrolment is not None and enrolment.all_or_none:
        refuse_parts(outcomes, seated={newcomer.index for newcomer in seated}, asked=len(requests))
    hold = _hold(offer, seated, proof=proof, now=now)
    await _insert(connection, offer, seated, queued, enrolment, now, hold=hold, proof=proof)
    await note_referents(connection, [*seated, *queued], signer=signer, now=now)

    revision = offer.revision + 1
    confirmed = [_seated(newcomer, offer, hold, revision, now) for newcomer in seated]
    links = [
        RegistrationLinkRequested(**registration.facts(offer, revision=offer.revision, now=now))
        for registration in asked_again
    ]
    held = await _promote_passed_over(connection, offer, seated, queued, revision, now)
    # who is offered a seat at once is told that alone: two facts of one revision have no order
    waiting = [
        RegistrationWaiting(
            position=newcomer.position or 1,
            consent_needed=newcomer.request.under_15,
            **newcomer.registration(offer).facts(offer, revision=revision, now=now),
        )
        for newcomer in _still_queued(offer, queued, held)
    ]
    if seated or queued or held:
        await settle_offer(
            connection,
            offer,
            taken=len(seated) + len(held),
            waiting=len(queued) - len(held),
            ranks=len(seated) + len(queued),
            revision=revision,
        )
    await append_events(connection, [*confirmed, *waiting, *links, *held])
    _answer(outcomes, seated, queued, held, twins, by_mail=proof, hold=hold)
    return [outcomes[index] for index in range(len(requests))]


def _hold(offer: Offer, seated: list[Newcomer], *, proof: bool, now: datetime) -> Hold | None:
    """What the seats of those marked `held` wait for: all for the address, or those under 15 for the guardian."""
    waiting = seated if proof else [newcomer for newcomer in seated if newcomer.request.under_15]
    for newcomer in waiting:
        newcomer.held = True
    if not waiting:
        return None
    if proof:
        return Hold("address", address_deadline(now, offer.first_session_at))
    return Hold("consent", consent_deadline(now, offer.first_session_at))


def _seated(
    newcomer: Newcomer, offer: Offer, hold: Hold | None, revision: int, now: datetime
) -> RegistrationConfirmed | RegistrationHeld:
    """The fact about a newcomer who has a seat: confirmed, or held until the address is proved or consent is given."""
    told = newcomer.registration(offer).facts(offer, revision=revision, now=now)
    if hold is None or not newcomer.held:
        return RegistrationConfirmed(how="registered", **told)
    return RegistrationHeld(
        held_for=hold.held_for, deadline=hold.deadline, consent_needed=newcomer.request.under_15, **told
    )


def _let_wait(outcomes: dict[int, Outcome]) -> None:
    """Who is elsewhere at these times joins the queue: a refusal would tell whoever asks where the pupil is."""
    for index in [index for index, outcome in outcomes.items() if isinstance(outcome, PupilElsewhere)]:
        del outcomes[index]


async def _repeat_or_refuse(
    connection: Connection, offer: Offer, requests: Sequence[RegistrationRequest], refusal: Refusal
) -> list[Outcome]:
    """A closed offer still gives its earlier answer to who repeats a request."""
    outcomes: dict[int, Outcome] = {}
    await recognise_keys(connection, offer, requests, outcomes, {})
    return [outcomes.get(index, refusal) for index in range(len(requests))]


async def _take_seats(
    connection: Connection, offer: Offer, newcomers: list[Newcomer], outcomes: dict[int, Outcome], now: datetime
) -> list[Newcomer]:
    """The newcomers who get a free seat, in order of arrival; who has a seat elsewhere at these times is refused."""
    seated: list[Newcomer] = []
    if offer.kept is not None:
        seated = await take_kept_seats(connection, offer, newcomers, outcomes, now)
    free = 0 if offer.waiting or offer.kept is not None else offer.free
    left = list(newcomers)
    while free > len(seated) and left:
        candidates, left = left[: free - len(seated)], left[free - len(seated) :]
        wanted = [(candidate.request.id, candidate.pupil_id) for candidate in candidates]
        free_now = await take_times(connection, offer_id=offer.id, wanted=wanted)
        for candidate in candidates:
            if candidate.request.id in free_now:
                seated.append(candidate)
            else:
                outcomes[candidate.index] = PupilElsewhere()
    if seated and offer.group_ids:
        groups = least_filled_groups(offer.group_ids, await count_groups(connection, offer), len(seated))
        for newcomer, group_id in zip(seated, groups, strict=True):
            newcomer.group_id = group_id
    return seated


async def _insert(
    connection: Connection,
    offer: Offer,
    seated: list[Newcomer],
    queued: list[Newcomer],
    enrolment: Enrolment | None,
    now: datetime,
    *,
    hold: Hold | None,
    proof: bool,
) -> None:
    """The registrations, ranked in order of arrival. No conflict can arise: the offer is locked, pupils were read."""
    for position, newcomer in enumerate(queued, start=offer.waiting + 1):
        newcomer.position = position
    everybody = sorted([*seated, *queued], key=lambda newcomer: newcomer.index)
    if not everybody:
        return
    await insert_guardians(connection, [newcomer for newcomer in everybody if newcomer.brings_guardian])
    await connection.execute(
        """
        INSERT INTO campaigns.registrations
            (id, offer_id, pupil_id, guardian_id, group_id, status, rank, idempotency_key, body_hash, created_at,
             changed_at, enrolled_by, enrolled_for, without_host, under_15, held_for, deadline, consent_remind_at,
             programme_joined, link_by_mail)
        SELECT id, $1, pupil_id, guardian_id, group_id, status, $2 + place - 1, idempotency_key, body_hash, $3, $3,
               $11, $12, without_host, under_15, CASE status WHEN 'held' THEN $15 END,
               CASE status WHEN 'held' THEN $16::timestamptz END, CASE status WHEN 'held' THEN $17::timestamptz END,
               $18, $19
        FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::bytea[], $10::uuid[], $13::bool[],
                    $14::bool[])
            WITH ORDINALITY
            AS t (id, pupil_id, group_id, status, idempotency_key, body_hash, guardian_id, without_host, under_15,
                  place)
        """,
        offer.id,
        offer.next_rank,
        now,
        [newcomer.request.id for newcomer in everybody],
        [newcomer.pupil_id for newcomer in everybody],
        [newcomer.group_id for newcomer in everybody],
        [
            "waiting" if newcomer.position is not None else "held" if newcomer.held else "confirmed"
            for newcomer in everybody
        ],
        [newcomer.request.idempotency_key for newcomer in everybody],
        [newcomer.request.body_hash for newcomer in everybody],
        [newcomer.guardian_id for newcomer in everybody],
        enrolment.person_id if enrolment else None,
        enrolment.organisation_id if enrolment else None,
        [newcomer.request.without_host for newcomer in everybody],
        [newcomer.request.under_15 for newcomer in everybody],
        hold.held_for if hold else None,
        hold.deadline if hold else None,
        remind_at(now, hold.deadline) if hold and hold.held_for == "consent" else None,
        offer.programme_version,
        # nobody but who reads the mail is given the link
        proof or enrolment is not None,
    )


async def _promote_passed_over(
    connection: Connection,
    offer: Offer,
    seated: list[Newcomer],
    queued: list[Newcomer],
    revision: int,
    now: datetime,
) -> list[RegistrationHeld]:
    """Seats that stayed free because the whole queue is elsewhere are held for the newcomers behind it."""
    free = offer.free - len(seated)
    if free <= 0 or not queued:
        return []
    return await promote_waiting(connection, offer=offer, free=free, revision=revision, now=now)


def _still_queued(offer: Offer, queued: list[Newcomer], held: list[RegistrationHeld]) -> list[Newcomer]:
    """The newcomers who wait after all, each at the place that the promotions have left."""
    promoted = {fact.registration_id for fact in held}
    left = [newcomer for newcomer in queued if newcomer.request.id not in promoted]
    before = offer.waiting + len(queued) - len(left) - len(held)
    for position, newcomer in enumerate(left, start=before + 1):
        newcomer.position = position
    return left


def _answer(
    outcomes: dict[int, Outcome],
    seated: list[Newcomer],
    queued: list[Newcomer],
    held: list[RegistrationHeld],
    twins: dict[int, int],
    *,
    by_mail: bool,
    hold: Hold | None,
) -> None:
    holds = {fact.registration_id: Hold(fact.held_for, fact.deadline) for fact in held}
    for newcomer in [*seated, *queued]:
        own = hold if newcomer.held else holds.get(newcomer.request.id)
        outcomes[newcomer.index] = Registered(
            id=newcomer.request.id,
            status="held" if own else "confirmed" if newcomer.position is None else "waiting",
            position=None if own else newcomer.position,
            token_version=1,
            repeated=False,
            by_mail=by_mail,
            held_for=own.held_for if own else None,
            deadline=own.deadline if own else None,
        )
    if by_mail:
        for index in [index for index, outcome in outcomes.items() if isinstance(outcome, AlreadyRegistered)]:
            outcomes[index] = TOLD_BY_MAIL
    for index, earlier in twins.items():
        first = outcomes[earlier]
        outcomes[index] = msgspec.structs.replace(first, repeated=True) if isinstance(first, Registered) else first
