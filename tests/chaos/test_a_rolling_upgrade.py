"""Two releases beside each other: what only the newer knows waits for it, what both know goes on, in either order."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from dramatiq.message import Message

from infra.migrate import prepare_broker
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.register_pupils import register_pupils
from services.notifications.broker import open_broker, queue_of
from shared.database import transaction
from shared.signed_links import Signer
from tests.processes import Process, System, stop_all, system, unfinished
from tests.world import Week, a_pupil, a_week

pytestmark = pytest.mark.anyio

ONLY_NEWER = "session.cancelled"
PUPILS = 20


async def test_an_older_relay_and_worker_leave_what_they_do_not_know_to_newer_ones(pool, on_each_broker, tmp_path):
    async with system(on_each_broker, pool, tmp_path, with_web=False) as running:
        newer = [running.relay, running.worker]
        await stop_all(newer)
        older = [
            Process(running.settings, tmp_path / f"older-{part}.log", "tests.chaos.older_release", part, ONLY_NEWER)
            for part in ("relay", "worker")
        ]
        week = await register_some(running)
        # a newer web process says more of each fact than this release reads
        await pool.execute("""UPDATE contract.events SET body = body || '{"weather": "fair"}'""")
        async with transaction(pool) as connection:
            await cancel_session(
                connection, session_id=week.sessions[3], note="La visite n’a pas lieu.", now=datetime.now(UTC)
            )
        try:
            await prepare_broker(running.settings.broker_url)
            for process in older:
                await process.start()
            # and a newer relay asks for errands that this worker does not run, or says them another way
            await asyncio.to_thread(ring_strangely, running)
            await only_the_new_is_left(running)
            row = await pool.fetchrow("SELECT count(*) FROM notifications.unplanned_events")
            assert row["count"] == 0
            for process in newer:
                await process.start()
            # both releases at work: nobody takes from the other what it cannot do
            await running.settled()
        finally:
            await stop_all(older)
        mails = running.sink.by_recipient()
        assert len(mails) == PUPILS
        assert all(len({mail.message_id for mail in of_one}) == 2 for of_one in mails.values())
        states = await pool.fetch("SELECT DISTINCT state FROM notifications.deliveries WHERE useless_from IS NULL")
        assert [row["state"] for row in states] == ["sent"]


async def test_a_newer_worker_reads_what_an_older_web_process_wrote(pool, settings, tmp_path):
    async with system(settings, pool, tmp_path, with_web=False) as running:
        await stop_all([running.relay, running.worker])
        await register_some(running)
        # fields that came to this fact since its first release
        written = await pool.execute(
            """
            UPDATE contract.events SET body = body - 'consent_needed' - 'tell_after' - 'note' - 'guardian_id'
            WHERE tag LIKE 'registration.%'
            """
        )
        assert written == f"UPDATE {PUPILS}"
        await running.start()
        await running.settled()
        assert len(running.sink.by_recipient()) == PUPILS


async def register_some(running: System) -> Week:
    """A week in which everybody has a seat."""
    async with transaction(running.pool) as connection:
        week = await a_week(connection, seats=PUPILS, days=2)
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(PUPILS)],
            signer=Signer(running.settings.secret_keys),
            now=datetime.now(UTC),
        )
    return week


async def only_the_new_is_left(running: System, *, seconds: float = 60) -> None:
    """Wait until all but the one fact is told."""
    until = time.monotonic() + seconds
    while (left := await unfinished(running.pool)) != "1 events, 0 deliveries":
        assert time.monotonic() < until, left
        await asyncio.sleep(0.05)
    assert await running.pool.fetchval("SELECT tag FROM contract.events WHERE planned_at IS NULL") == ONLY_NEWER


def ring_strangely(running: System) -> None:
    """An errand that nobody here knows, one with more words than expected, one with other ids."""
    broker = open_broker(running.settings.broker_url)

    def ring(errand: str, *arguments: Any) -> None:
        queue = queue_of(broker, "plan")
        broker.enqueue(Message(queue_name=queue, actor_name=errand, args=arguments, kwargs={}, options={}))

    try:
        ring("sum_up", [str(UUID(int=1))], time.time())
        ring("plan", [str(UUID(int=1))], time.time(), "with care")
        ring("plan", ["no id"], time.time())
        ring("plan", {"ids": []}, time.time())
    finally:
        broker.close()
