"""Thousands of mails while workers are killed, the broker forgets and the mail server misbehaves: nothing is missing.

`make chaos` sends 5,000; every run of the tests sends few. What came twice is the same mail, and is counted.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.plan_events import plan_events
from services.notifications.samples.letters import a_programme
from shared.database import transaction
from tests.brokers import empty_queue
from tests.chaos.crowd import count_repeated
from tests.processes import System, system
from tests.services.notifications.facts_of_tests import write_programme
from tests.services.notifications.test_relay_and_worker import move_for_many

pytestmark = pytest.mark.anyio

MAILS = int(os.environ.get("QUINZAINE_CHAOS_MAILS", "300"))
SECONDS_BETWEEN_KILLS = 4.0
# what a kill may repeat: the mails of one worker that were accepted and not yet noted
A_KILL_REPEATS = 4 * 4


@pytest.mark.timeout(600)
async def test_thousands_of_mails_survive_kills_a_forgetful_broker_and_a_moody_server(
    pool, settings, tmp_path, record_property
):
    await write_programme(pool)
    await write_programme(pool, a_programme(2))
    async with system(settings, pool, tmp_path, with_web=False) as running:
        async with transaction(pool) as connection:
            change = await move_for_many(connection, MAILS)
            planned = await plan_events(
                connection, [change.id], settings=running.settings, now=datetime.now(UTC) - timedelta(minutes=5)
            )
        assert len(planned) == MAILS
        await accepted(running, MAILS // 10)
        kills = 0
        for mood, slow, forgets in (
            ("later", 0, True),
            ("accepts", 0.05, False),
            ("cut", 0, True),
            ("accepts", 0, False),
        ):
            await running.worker.kill()
            kills += 1
            running.sink.change_mood(mood)
            running.sink.slow_seconds = slow
            if forgets:
                empty_queue(running.settings.broker_url)
            await running.end_leases()
            await running.worker.start()
            await asyncio.wait_for(running.sink.offered.wait(), 60)
            await asyncio.sleep(1.5)
        # whoever is killed again and again still comes to an end
        while MAILS > 1000 and len(running.sink.mails) < MAILS * 0.9:
            await asyncio.sleep(SECONDS_BETWEEN_KILLS)
            await running.worker.kill()
            kills += 1
            await running.end_leases()
            await running.worker.start()
        await running.settled(seconds=300)
        repeated = count_repeated(running.sink.mails)
        states = await pool.fetch(
            "SELECT state, count(*) AS number FROM notifications.deliveries WHERE message = 'changed' GROUP BY state"
        )
        assert {row["state"]: row["number"] for row in states} == {"sent": MAILS}
        assert len({mail.recipient for mail in running.sink.mails}) == MAILS
        # each connection that was cut repeats what it had given, each kill what was under way
        cuts = await pool.fetchval("SELECT sum(losses) FROM notifications.deliveries")
        assert repeated <= cuts + kills * A_KILL_REPEATS
        record_property("mails, kills, cuts, repeated", (MAILS, kills, cuts, repeated))
        sys.stderr.write(f"{MAILS} mails, {kills} kills, {cuts} cut, {repeated} came twice, byte for byte\n")


async def accepted(running: System, number: int) -> None:
    """Wait until so many mails were accepted."""
    for _ in range(6000):
        if len(running.sink.mails) >= number:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError(f"{len(running.sink.mails)} of {number} mails")
