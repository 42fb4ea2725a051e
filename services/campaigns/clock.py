"""The clock: facts that time brings, carried out by one loop inside every web process; no cron."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import asyncpg
import structlog

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.agreements.announce_campaign import announce_campaign, find_campaigns_to_announce
from services.campaigns.agreements.ends.find_offers_to_cancel import find_offers_to_cancel
from services.campaigns.agreements.partners.remind_partners import find_partners_to_remind, remind_partners
from services.campaigns.announcing.correspondents.remove_correspondent import remove_old_correspondents
from services.campaigns.announcing.send_batch import find_batches_to_send, send_batch
from services.campaigns.audit import write_audit
from services.campaigns.digests.choice import What
from services.campaigns.digests.read import find_digests
from services.campaigns.digests.sum_up import sum_up
from services.campaigns.edge import Edge
from services.campaigns.feeds.remove_tombstones import remove_tombstones
from services.campaigns.guarding.take_together import forget_who_asked
from services.campaigns.idempotency import forget_old_keys
from services.campaigns.offers.answers.end_leavings import end_leaving, find_ended_leavings
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.consent.remind_guardians import find_guardians_to_remind, remind_guardians
from services.campaigns.offers.expire_holds import expire_holds, find_ended_holds
from services.campaigns.offers.hosts.remind_hosts import find_hosts_to_remind, remind_hosts
from services.campaigns.offers.hosts.tell_who_comes import (
    find_hosts_to_tell,
    find_speakers_to_tell,
    tell_hosts,
    tell_speakers,
)
from services.campaigns.offers.kinds.follow_up.release_left_slots import find_left_slots, release_left_slots
from services.campaigns.offers.life.publication.end_offer import end_offer, find_ended_offers
from services.campaigns.offers.promote_free_seats import find_free_seats_with_a_queue, promote_free_seats
from services.campaigns.offers.questions.erase_questions import erase_questions
from services.campaigns.offers.questions.pass_questions_on import find_questions_to_pass_on, pass_questions_on
from services.campaigns.offers.referents.ask_referents import ask_referents, find_referents_to_ask
from services.campaigns.offers.registration import RegistrationEnded
from services.campaigns.offers.remind_offered import find_offered_to_remind, remind_offered
from services.campaigns.offers.seats.release_quotas import find_ended_quotas, release_quotas
from services.campaigns.offers.seats.withdraw_overlapping import find_overlapping, withdraw_overlapping
from services.campaigns.offers.speakers.remind_speakers import find_speakers_to_remind, remind_speakers
from services.campaigns.offers.speakers.remove_past_speakers import remove_past_speakers
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.campaigns.privacy.erase_pupil import erase_pupil
from services.campaigns.privacy.read import find_erasures, find_pupils_kept_long_enough
from services.campaigns.privacy.request_erasure import request_erasure
from services.campaigns.registering.links.send_links import find_link_requests, forget_link_requests, send_links
from services.campaigns.teaching.lists.remove_pupils import remove_old_lists
from services.campaigns.teaching.visits.remove_visit import remove_old_visits
from shared import clock
from shared.database import CONNECTION_LOST, NO_ROOM, Connection

TICK_SECONDS = 1.0
FREE_SEATS_EVERY = 15
TOMBSTONES_EVERY = 60

# who stands in the trail for what nobody did: time
TIME = Actor(organisation_id=EVERY_ORGANISATION, organisation="", organisation_kind="agency", role="viewer")

log = structlog.get_logger()


async def run_clock(edge: Edge) -> None:
    """Tick until cancelled. What one tick cannot do (a connection lost, a lock held), the next one does."""
    ticks = 0
    while True:
        try:
            await tick(
                edge,
                now=clock.now(),
                free_seats=ticks % FREE_SEATS_EVERY == 0,
                tombstones=ticks % TOMBSTONES_EVERY == 0,
            )
        except (*CONNECTION_LOST, NO_ROOM, asyncpg.InvalidCatalogNameError) as error:
            log.warning("clock.missed", error=type(error).__name__)
        except Exception:
            log.exception("clock.failed")
        ticks += 1
        await asyncio.sleep(TICK_SECONDS)


async def tick(edge: Edge, *, now: datetime, free_seats: bool, tombstones: bool = False) -> None:
    """Carry out what has come due; each offer in a transaction of its own."""
    async with edge.reading() as connection:
        ended = await find_ended_holds(connection, now=now)
        leaving = await find_ended_leavings(connection, now=now)
        quotas = await find_ended_quotas(connection, now=now)
        free = await find_free_seats_with_a_queue(connection, now=now) if free_seats else []
        overlapping = await find_overlapping(connection) if free_seats else []
        past = await find_ended_offers(connection, now=now) if free_seats else []
        left = await find_left_slots(connection, now=now) if free_seats else []
        links_asked = await find_link_requests(connection)
        named = await find_referents_to_ask(connection, now=now)
    while links_asked:
        async with edge.transaction() as connection:
            links_asked = await send_links(connection, now=now) > 0
    await _each(edge, ended, expire_holds, now)
    await _each(edge, leaving, end_leaving, now, of="registration_id")
    await _each(edge, named, ask_referents, now, of="teacher_id")
    await _each(edge, quotas, release_quotas, now)
    await _each(edge, free, promote_free_seats, now)
    await _each(edge, overlapping, withdraw_overlapping, now)
    await _each(edge, past, end_offer, now)
    await _each(edge, left, release_left_slots, now)
    if free_seats:
        await cancel_abandoned_offers(edge, now=now)
        async with edge.reading() as connection:
            late = await find_partners_to_remind(connection, now=now)
            silent_hosts = await find_hosts_to_remind(connection, now=now)
            silent_speakers = await find_speakers_to_remind(connection, now=now)
            silent_guardians = await find_guardians_to_remind(connection, now=now)
            silent_offered = await find_offered_to_remind(connection, now=now)
            asked = await find_questions_to_pass_on(connection, now=now)
        await _each(edge, late, remind_partners, now, of="campaign_id")
        await _each(edge, silent_hosts, remind_hosts, now)
        await _each(edge, silent_speakers, remind_speakers, now)
        await _each(edge, silent_guardians, remind_guardians, now)
        await _each(edge, silent_offered, remind_offered, now)
        await _each(edge, asked, pass_questions_on, now)
        await tell_ahead(edge, now=now)
    removed = int(tombstones)
    while removed:
        async with edge.transaction() as connection:
            removed = await remove_tombstones(connection, now=now)
    forgotten = int(tombstones)
    while forgotten:
        async with edge.transaction() as connection:
            forgotten = await forget_old_keys(connection, now=now)
            await forget_link_requests(connection, now=now)
            await forget_who_asked(connection)
    gone = int(tombstones)
    while gone:
        async with edge.transaction() as connection:
            gone = await remove_past_speakers(connection, now=now) + await erase_questions(connection, now=now)
    if tombstones:
        async with edge.transaction() as connection:
            kept = await find_pupils_kept_long_enough(connection, now=now)
            await request_erasure(connection, pupil_ids=kept, why="kept_long_enough", now=now)
    await carry_out_erasures(edge, now=now, late=tombstones)
    gone = int(tombstones)
    while gone:
        async with edge.transaction() as connection:
            gone = await remove_old_lists(connection, now=now) + await remove_old_visits(connection, now=now)
            gone += await remove_old_correspondents(connection, now=now)


async def tell_ahead(edge: Edge, *, now: datetime) -> None:
    """What is soon, what is new: hosts and speakers, members of a campaign that is public, summaries."""
    async with edge.reading() as connection:
        hosts = await find_hosts_to_tell(connection, now=now)
        speakers = await find_speakers_to_tell(connection, now=now)
        public = await find_campaigns_to_announce(connection, now=now)
        batches = await find_batches_to_send(connection, now=now)
        digests = dict.fromkeys(await find_digests(connection, now=now))

    async def make(connection: Connection, *, digest: tuple[UUID, What], now: datetime) -> None:
        await sum_up(connection, member_id=digest[0], what=digest[1], now=now)

    await _each(edge, hosts, tell_hosts, now)
    await _each(edge, speakers, tell_speakers, now)
    await _each(edge, public, announce_campaign, now, of="campaign_id")
    await _each(edge, batches, send_batch, now, of="announcement_id")
    await _each(edge, list(digests), make, now, of="digest")


async def carry_out_erasures(edge: Edge, *, now: datetime, pupil_id: UUID | None = None, late: bool = False) -> None:
    """Give back the seats of who is to be erased, one offer a transaction, then let the names go.

    Whoever asks calls it for the one pupil; what a kill in between, or a mail on its way, left over is found by the
    next tick. `late`: also who was registered while being erased.
    """
    async with edge.reading() as connection:
        found = await find_erasures(connection, now=now, pupil_id=pupil_id, late=late)
    erasures = {each.pupil_id: each for each in found}

    async def give_back(connection: Connection, *, registration_id: UUID, now: datetime) -> None:
        with suppress(RegistrationEnded):
            await withdraw_registration(connection, registration_id=registration_id, now=now)

    async def erase(connection: Connection, *, pupil_id: UUID, now: datetime) -> None:
        await erase_pupil(connection, erasure=erasures[pupil_id], now=now)

    living = [registration_id for each in erasures.values() for registration_id in each.living]
    await _each(edge, living, give_back, now, of="registration_id")
    await _each(edge, list(erasures), erase, now, of="pupil_id")


async def cancel_abandoned_offers(edge: Edge, *, now: datetime, campaign_id: UUID | None = None) -> None:
    """Cancel offers nobody stands behind any more, one transaction each: their campaign was cancelled, or left.

    Who leaves or cancels calls it for the campaign; what a kill in between left over is found by the next tick.
    """
    async with edge.reading() as connection:
        found = await find_offers_to_cancel(connection, now=now, campaign_id=campaign_id)
    offers = {offer.id: offer for offer in found}

    async def cancel_abandoned(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
        offer = offers[offer_id]
        if await cancel_offer(connection, offer_id=offer_id, note=offer.note, now=now):
            await write_audit(
                connection,
                TIME,
                "cancel_offer",
                offer.note,
                now=now,
                offer_id=offer_id,
                organisation_id=offer.organisation_id,
            )

    await _each(edge, list(offers), cancel_abandoned, now)


async def _each(
    edge: Edge, ids: Sequence[object], verb: Callable[..., Awaitable[object]], now: datetime, *, of: str = "offer_id"
) -> None:
    """One offer (or campaign) that cannot be carried out holds back none of those behind it."""
    for one in ids:
        try:
            async with edge.transaction() as connection:
                await verb(connection, now=now, **{of: one})
        except (*CONNECTION_LOST, NO_ROOM):
            raise
        except Exception:
            log.exception("clock.failed", verb=verb.__name__, **{of: str(one)})
