"""Clocks that are an hour off and jump at work: no hold ends early, no mail goes twice, nothing waits an hour."""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from infra.doctor.truths import look_at_truths
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.chaos.crowd import count_repeated
from tests.chaos.test_nothing_is_lost import until
from tests.mail_sink import open_sink
from tests.processes import Process, System, free_port, stop_all, wait_for_web
from tests.world import a_pupil, a_week

pytestmark = pytest.mark.anyio

HOUR = 3600
SEATS, PUPILS = 15, 20


async def test_processes_whose_clocks_are_off_and_jump_keep_the_databases_time(pool, settings, tmp_path):
    async with open_sink() as sink:
        port = free_port()
        mine = msgspec.structs.replace(
            settings, port=port, base_url=f"http://127.0.0.1:{port}", smtp_url=sink.url, smtp_connections=2
        )
        running = System(mine, pool, tmp_path, sink)
        processes = [
            Process(mine, tmp_path / f"{part}{off}.log", "tests.chaos.another_clock", part, str(off))
            for part, off in (("web", HOUR), ("relay", -HOUR), ("worker", HOUR), ("worker", -HOUR))
        ]
        sink.slow_seconds = 0.2
        try:
            await asyncio.gather(*(process.start() for process in processes))
            await wait_for_web(mine.base_url)
            began = time.monotonic()
            offer_id = await fill_a_week(running)
            await until(lambda: has_held(running))
            # less than an hour from its end, on the clock that counts; the web process's own says it is over
            soon = datetime.now(UTC) + timedelta(minutes=30)
            await pool.execute("UPDATE campaigns.registrations SET deadline = $1 WHERE status = 'held'", soon)
            jump(processes[1:3], signal.SIGUSR2)
            await running.settled()
            assert await has_held(running)
            # the mail server is away while a clock is ahead, and back when it is right again
            sink.change_mood("cut")
            await withdraw_one(running, offer_id)
            await asyncio.wait_for(sink.offered.wait(), 30)
            jump(processes[2:], signal.SIGUSR1)
            sink.change_mood("accepts")
            await running.settled()
            took = time.monotonic() - began
            await pool.execute("UPDATE campaigns.registrations SET deadline = now() WHERE status = 'held'")
            await until(lambda: has_expired(running))
            await running.settled()
            async with pool.acquire() as connection:
                assert [each for each in await look_at_truths(connection) if each.state == "bad"] == []
        finally:
            await stop_all(processes)
        cuts = await pool.fetchval("SELECT sum(losses) FROM notifications.deliveries")
        # what was cut goes again; no lease was ended early by somebody else's clock
        assert count_repeated(sink.mails) <= cuts
        assert took < 0.05 * HOUR


def jump(processes: list[Process], which: signal.Signals) -> None:
    for process in processes:
        os.kill(process.pid, which)


async def fill_a_week(running: System) -> object:
    """Fifteen have a seat, five wait; one gives the seat back, which is held for the next."""
    async with transaction(running.pool) as connection:
        week = await a_week(connection, seats=SEATS, days=2)
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(PUPILS)],
            signer=Signer(running.settings.secret_keys),
            now=datetime.now(UTC),
        )
    await withdraw_one(running, week.offer_id)
    return week.offer_id


async def withdraw_one(running: System, offer_id: object) -> None:
    async with transaction(running.pool) as connection:
        registration_id = await connection.fetchval(
            "SELECT id FROM campaigns.registrations WHERE offer_id = $1 AND status = 'confirmed' ORDER BY rank LIMIT 1",
            offer_id,
        )
        await withdraw_registration(connection, registration_id=registration_id, now=datetime.now(UTC))


async def has_held(running: System) -> bool:
    return bool(await running.pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status = 'held'"))


async def has_expired(running: System) -> bool:
    return bool(await running.pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status = 'expired'"))
