"""From a committed fact to an accepted mail, with the real relay, a real worker process and each broker."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from services.notifications.broker import install_broker, open_broker
from services.notifications.plan_events import plan_events
from services.notifications.relay import FIRST_AGAIN_SECONDS, RUNG_AT_MOST, Ledger, Relay, run_relay
from services.notifications.samples.letters import a_programme, session_id
from shared.database import Connection, Pool, transaction
from shared.events import Concerned, FieldChange, SessionChanged
from shared.identifiers import new_id
from shared.notices import SignInRequested
from shared.outbox import Doorbell, append_events
from shared.settings import Settings
from tests.processes import Process, free_port
from tests.services.notifications.facts_of_tests import confirm, enrol, offer_fact, write_programme
from tests.services.notifications.sink import ACCEPTED, Sink, open_sink

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["postgresql", "rabbitmq"])
def system(request, settings: Settings, sink) -> AsyncIterator[Settings]:
    """Settings of a system on each broker; RabbitMQ where `QUINZAINE_TEST_RABBITMQ_URL` names one."""
    broker_url = settings.database_url
    if request.param == "rabbitmq":
        given = os.environ.get("QUINZAINE_TEST_RABBITMQ_URL")
        if not given:
            pytest.skip("no QUINZAINE_TEST_RABBITMQ_URL")
        broker_url = f"{given}?queue=test_{uuid4().hex}"
    yield msgspec.structs.replace(settings, smtp_url=sink.url, broker_url=broker_url)
    if request.param == "rabbitmq":
        broker = open_broker(broker_url)
        broker.delete_queues()
        broker.close()


@asynccontextmanager
async def relay(settings: Settings) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(run_relay(settings, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(running, 5)


@asynccontextmanager
async def worker(settings: Settings, folder: Path) -> AsyncIterator[Process]:
    process = Process(settings, folder / "worker.log", "infra", "worker")
    await process.start()
    try:
        yield process
    finally:
        await process.stop()


async def until(condition, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


async def move_for_many(connection: Connection, number: int) -> SessionChanged:
    """A change that so many registered pupils are concerned by: one fact, appended."""
    rows = await connection.fetch(
        """
        INSERT INTO contract.people (id, first_name, last_name, email)
        SELECT gen_random_uuid(), 'Élève ' || n, 'Dupré', 'eleve' || n || '@eleve.example'
        FROM generate_series(1, $1) AS n RETURNING id
        """,
        number,
    )
    change = SessionChanged(
        **offer_fact(2, programme=2),
        session_id=session_id(1, 0),
        changes=(FieldChange(field="place", before="ici", after="là"),),
        audience=tuple(Concerned(registration_id=new_id(), pupil_id=row["id"], status="confirmed") for row in rows),
    )
    await append_events(connection, [change])
    return change


async def ask_to_sign_in(pool: Pool) -> None:
    """Somebody looks at a screen that says « nous vous avons envoyé un lien »."""
    planner_id = new_id()
    await pool.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, 'Sacha', 'Lenoir', $2)",
        planner_id,
        "planner@federation.example",
    )
    now = datetime.now(UTC)
    asked = SignInRequested(
        occurred_at=now, recipients=(planner_id,), sign_in_id=new_id(), expires_at=now + timedelta(minutes=15)
    )
    async with transaction(pool) as connection:
        await append_events(connection, [asked])


async def is_told(sink: Sink, address: str) -> bool:
    return any(to == address for _, to, _ in sink.mails)


async def is_true(pool: Pool, question: str) -> bool:
    return bool(await pool.fetchval(question))


async def ring(settings: Settings) -> None:
    connection = await asyncpg.connect(settings.database_url)
    await connection.execute("NOTIFY quinzaine")
    await connection.close()


async def test_facts_of_a_newer_version_hold_back_none_of_this_one(pool, settings, sink, tmp_path):
    await write_programme(pool)
    await pool.execute(
        """
        INSERT INTO contract.events (id, tag, offer_id, occurred_at, body)
        SELECT ('00000000-' || substr(gen_random_uuid()::text, 10))::uuid, 'pupil.sent_to_the_moon', gen_random_uuid(),
               now(), '{}'
        FROM generate_series(1, $1)
        """,
        RUNG_AT_MOST,
    )
    system = msgspec.structs.replace(settings, smtp_url=sink.url)
    async with relay(system), worker(system, tmp_path):
        await confirm(pool, [await enrol(pool, 0)])
        await until(lambda: received(sink, 1))
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE planned_at IS NULL") == RUNG_AT_MOST


async def test_a_committed_fact_becomes_a_mail_at_once(pool, system, sink, tmp_path):
    await write_programme(pool)
    async with relay(system), worker(system, tmp_path):
        await confirm(pool, [await enrol(pool, 0)])
        await until(lambda: received(sink, 1))
        doorbell = Doorbell(system.database_url)
        ringing = asyncio.create_task(doorbell.run())
        took = []
        for number in range(1, 6):
            pupil = await enrol(pool, number)
            started = time.monotonic()
            await confirm(pool, [pupil])
            doorbell.ring()
            await until(lambda number=number: received(sink, number + 1))
            took.append(time.monotonic() - started)
        ringing.cancel()
    # generous, and of most: figures are for the bench, this tells the doorbell from the poll behind it
    assert sorted(took)[2] < 0.9


async def test_a_fact_whose_bell_was_not_heard_is_found_by_the_poll(pool, system, sink, tmp_path):
    await write_programme(pool)
    async with relay(system), worker(system, tmp_path):
        await asyncio.sleep(1)
        await confirm(pool, [await enrol(pool)])
        await until(lambda: received(sink, 1))


async def test_a_killed_worker_and_a_lost_queue_lose_no_mail(pool, system, sink, tmp_path):
    await write_programme(pool)
    pupils = [await enrol(pool, number) for number in range(60)]

    async def half_sent() -> bool:
        return len(sink.mails) >= 20

    async with relay(system):
        async with worker(system, tmp_path) as process:
            await confirm(pool, pupils)
            await ring(system)
            await until(half_sent)
            await process.kill()
        await pool.execute("UPDATE notifications.deliveries SET lease_until = now() WHERE state = 'sending'")
        if not system.broker_url.startswith("amqp"):
            await pool.execute("DELETE FROM dramatiq.queue")
        async with worker(system, tmp_path):
            await until(lambda: everybody_has_one(sink, pupils), seconds=30)

            async def all_sent() -> bool:
                return not await pool.fetchval(
                    "SELECT count(*) FROM notifications.deliveries WHERE state <> 'sent' AND useless_from IS NULL"
                )

            await until(all_sent)
    by_person: dict[str, set[bytes]] = {}
    for _, to, mail in sink.mails:
        by_person.setdefault(to, set()).add(mail)
    # who was sent a mail twice was sent the same mail
    assert all(len(mails) == 1 for mails in by_person.values())


async def test_a_mail_server_that_was_away_for_a_while_gets_everything(pool, system, sink, tmp_path):
    await write_programme(pool)
    pupils = [await enrol(pool, number) for number in range(10)]
    sink.answer = lambda *_: "451 not now"
    async with relay(system), worker(system, tmp_path):
        await confirm(pool, pupils)
        await ring(system)

        async def offered() -> bool:
            return len(sink.offered) >= 10

        await until(offered)
        sink.answer = lambda *_: ACCEPTED
        await until(lambda: everybody_has_one(sink, pupils))


async def test_what_somebody_waits_for_overtakes_thousands_of_other_mails(pool, system, sink, tmp_path):
    await write_programme(pool)
    await write_programme(pool, a_programme(2))
    now = datetime.now(UTC)
    async with transaction(pool) as connection:
        change = await move_for_many(connection, 3000)
        await plan_events(connection, [change.id], settings=system, now=now - timedelta(minutes=5))
    async with relay(system), worker(system, tmp_path):
        await until(lambda: received(sink, 300))
        begun = len(sink.mails)
        await ask_to_sign_in(pool)
        await ring(system)
        await until(lambda: is_told(sink, "planner@federation.example"))
        # more than a thousand wait, and hundreds were rung already; so few went before it that it never stood in line
        assert len(sink.mails) - begun < 100
        assert len(sink.mails) < 2000


async def test_a_pause_is_obeyed_by_a_worker_at_work_and_nothing_is_lost(pool, system, sink, tmp_path):
    await write_programme(pool)
    await write_programme(pool, a_programme(2))
    async with transaction(pool) as connection:
        change = await move_for_many(connection, 600)
        await plan_events(connection, [change.id], settings=system, now=datetime.now(UTC) - timedelta(minutes=5))
    async with relay(system), worker(system, tmp_path):
        await until(lambda: received(sink, 100))
        await pool.execute("INSERT INTO contract.sending (paused_at) VALUES (now())")
        await asyncio.sleep(1.5)
        stopped = len(sink.mails)
        assert stopped < 600
        await asyncio.sleep(0.7)
        assert len(sink.mails) == stopped
        left = await pool.fetchval(
            """
            SELECT count(*) FROM notifications.deliveries
            WHERE state = 'due' AND attempts = 0 AND message = 'changed'
            """
        )
        assert left == 600 - stopped
        await pool.execute("UPDATE contract.sending SET paused_at = NULL")
        await ring(system)
        await until(lambda: received(sink, 600))
    assert len({to for _, to, _ in sink.mails}) == 600 == len(sink.mails)


async def test_when_the_mail_server_is_back_everything_goes_at_once(pool, system, tmp_path):
    await write_programme(pool)
    pupils = [await enrol(pool, number) for number in range(10)]
    port = free_port()
    away = msgspec.structs.replace(system, smtp_url=f"smtp://127.0.0.1:{port}")
    async with relay(away), worker(away, tmp_path):
        await confirm(pool, pupils)
        await ring(away)
        # tried once, and once more
        await until(lambda: is_true(pool, "SELECT max(failures) >= 2 FROM notifications.mail_servers"))
        assert await pool.fetchval("SELECT sum(attempts + losses) FROM notifications.deliveries") == 0
        async with open_sink(port) as back:
            await until(lambda: everybody_has_one(back, pupils))
            await until(lambda: is_true(pool, "SELECT count(*) = 0 FROM notifications.mail_servers"))


async def test_a_worker_that_is_asked_to_stop_stops_within_five_seconds(system, tmp_path):
    async with worker(system, tmp_path) as process:

        async def works() -> bool:
            return "worker.started" in (tmp_path / "worker.log").read_text()

        await until(works)
        started = time.monotonic()
        await process.stop()
        assert time.monotonic() - started < 5
    assert "worker.stopping" in (tmp_path / "worker.log").read_text()


async def test_the_logs_of_a_worker_hold_no_name_and_no_address(pool, system, sink, tmp_path):
    await write_programme(pool)
    pupils = [await enrol(pool, number, guardian_email=f"parent{number}@famille.example") for number in range(3)]
    sink.answer = lambda to, _: f"550 {to} unknown" if to == pupils[0].email else ACCEPTED
    async with relay(system), worker(system, tmp_path):
        await confirm(pool, pupils)
        await until(lambda: received(sink, 5))
        await asyncio.sleep(0.2)
    log = (tmp_path / "worker.log").read_text()
    assert "delivery.attempted" in log
    for secret in ("@eleve.example", "@famille.example", "Dupré", "Élève", "Responsable"):
        assert secret not in log


async def test_the_relay_rings_again_what_was_rung_and_is_not_done(pool, settings):
    async with tally(settings) as (relay, rung):
        (event,) = await confirm(pool, [await enrol(pool)])
        connection = await asyncpg.connect(settings.database_url)
        await relay.tick(connection)
        await relay.tick(connection)
        assert await rung() == [[str(event.id)]]
        relay._ledger["plan"]._rung[event.id].again_at -= FIRST_AGAIN_SECONDS
        await relay.tick(connection)
        assert await rung() == [[str(event.id)]] * 2
        await pool.execute("UPDATE contract.events SET planned_at = now()")
        await relay.tick(connection)
        assert relay._ledger["plan"]._rung == {}
        await connection.close()


async def test_what_cannot_be_thinned_out_keeps_nobody_from_being_told(pool, settings):
    async with tally(settings) as (relay, rung):
        connection = await asyncpg.connect(settings.database_url)
        (event,) = await confirm(pool, [await enrol(pool)])
        async with pool.acquire() as other, other.transaction():
            # somebody holds the table: the relay waits no longer than it can afford, and looks again in ten minutes
            await other.execute("LOCK TABLE notifications.calls")
            relay._thin_out_at = 0.0
            began = time.monotonic()
            await relay._thin_out(connection)
            assert time.monotonic() - began < 5
            assert relay._thin_out_at > time.monotonic() + 60
        await relay.tick(connection)
        assert await rung() == [[str(event.id)]]
        await connection.close()


async def test_an_ended_lease_is_due_again_and_a_running_one_is_not(pool, settings):
    async with tally(settings) as (relay, _):
        for minutes in (-1, 1):
            await pool.execute(
                """
                INSERT INTO notifications.deliveries
                    (id, event_id, message, recipient_id, offer_id, sequence, due_at, state, lease_until, message_id,
                     planned_at)
                VALUES ($1, $1, 'changed', $1, $1, 1, now(), 'sending', now() + $2, '', now())
                """,
                new_id(),
                timedelta(minutes=minutes),
            )
        connection = await asyncpg.connect(settings.database_url)
        await relay.tick(connection)
        await connection.close()
        states = await pool.fetch("SELECT state FROM notifications.deliveries ORDER BY lease_until NULLS FIRST")
        assert [row["state"] for row in states] == ["due", "sending"]


async def test_urgent_deliveries_are_rung_first_and_those_of_tomorrow_not_at_all(pool, settings):
    async with tally(settings) as (relay, rung):
        ids = {}
        for name, priority, hours in (("slow", 5, -2), ("fast", 1, -1), ("tomorrow", 1, 24)):
            ids[name] = new_id()
            await pool.execute(
                """
                INSERT INTO notifications.deliveries
                    (id, event_id, message, recipient_id, offer_id, sequence, priority, due_at, message_id, planned_at)
                VALUES ($1, $1, 'changed', $1, $1, 1, $2, now() + $3, '', now())
                """,
                ids[name],
                priority,
                timedelta(hours=hours),
            )
        connection = await asyncpg.connect(settings.database_url)
        await relay.tick(connection)
        await connection.close()
        assert await rung() == [[str(ids["fast"])], [str(ids["slow"])]]


def test_waits_between_rings_grow_and_are_forgotten_when_done():
    ledger, one = Ledger(), new_id()
    rung_at = [now for now in range(60) if ledger.to_ring([one], now=now)]
    assert rung_at == [0, 3, 9, 21, 36, 51]
    assert ledger.to_ring([], now=60) == []
    assert ledger.to_ring([one], now=61) == [one]


async def test_the_relay_comes_back_after_its_connection_was_cut(pool, settings, sink, tmp_path):
    system = msgspec.structs.replace(settings, smtp_url=sink.url)
    await write_programme(pool)
    async with relay(system), worker(system, tmp_path):
        await confirm(pool, [await enrol(pool, 1)])
        await until(lambda: received(sink, 1))
        await pool.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """
        )
        await confirm(pool, [await enrol(pool, 2)])
        await until(lambda: received(sink, 2))


async def received(sink, number: int) -> bool:
    return len(sink.mails) >= number


async def everybody_has_one(sink, pupils) -> bool:
    return {pupil.email for pupil in pupils} <= {to for _, to, _ in sink.mails}


@asynccontextmanager
async def tally(settings: Settings):
    """A relay whose rings nobody answers, and what it has rung so far."""
    await asyncio.to_thread(install_broker, settings.broker_url)
    broker = open_broker(settings.broker_url)
    connection = await asyncpg.connect(settings.database_url)

    async def rung() -> list[list[str]]:
        rows = await connection.fetch("SELECT message->'args'->0 AS ids FROM dramatiq.queue ORDER BY position")
        return [msgspec.json.decode(row["ids"]) for row in rows]

    yield Relay(settings, broker), rung
    await connection.close()
    broker.close()
