"""A fact that cannot be planned: counted, put aside after a while, tried again once an hour, in nobody's way."""

from datetime import UTC, datetime

import asyncpg
import msgspec
import pytest
import structlog

from services.notifications.note_failed_plans import AGAIN_AFTER, PUT_ASIDE_AFTER
from services.notifications.plan_events import plan_events
from services.notifications.relay import RUNG_AT_MOST
from services.notifications.samples.letters import NOW, a_programme
from services.notifications.worker import Errands
from shared.database import transaction
from shared.events import OfferPublished, RegistrationConfirmed
from shared.identifiers import new_id
from shared.outbox import Doorbell, append_events
from tests.services.notifications.facts_of_tests import enrol, offer_fact, write_programme
from tests.services.notifications.test_relay_and_worker import tally

pytestmark = pytest.mark.anyio

BROKEN = '{"tag": "registration.confirmed", "how": "by magic"}'


async def write_broken(pool, number=1):
    ids = [new_id() for _ in range(number)]
    await pool.execute(
        """
        INSERT INTO contract.events (id, tag, offer_id, occurred_at, body)
        SELECT id, 'registration.confirmed', id, now(), $2 FROM unnest($1::uuid[]) AS id
        """,
        ids,
        BROKEN,
    )
    return ids


async def plan(pool, settings, *ids, now=NOW):
    async with transaction(pool) as connection:
        await plan_events(connection, ids, settings=settings, now=now)


async def waiting(pool):
    return [row["id"] for row in await pool.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL")]


async def test_a_fact_that_cannot_be_read_is_counted_and_holds_back_no_other(pool, settings):
    (broken,) = await write_broken(pool)
    known = OfferPublished(**offer_fact(0))
    await append_events(pool, [known])
    await plan(pool, settings, broken, known.id)
    assert await waiting(pool) == [broken]
    row = await pool.fetchrow("SELECT * FROM notifications.unplanned_events")
    assert (row["event_id"], row["failures"], row["error"], row["again_at"]) == (broken, 1, "ValidationError", None)


async def test_it_is_put_aside_after_a_while_and_that_is_logged_once(pool, settings):
    (broken,) = await write_broken(pool)
    with structlog.testing.capture_logs() as logs:
        for _ in range(PUT_ASIDE_AFTER + 3):
            await plan(pool, settings, broken)
    assert [line["event"] for line in logs] == ["plan.failed"] * (PUT_ASIDE_AFTER - 1) + ["event.put_aside"]
    assert "magic" not in str(logs)
    row = await pool.fetchrow("SELECT * FROM notifications.unplanned_events")
    assert (row["failures"], row["again_at"]) == (PUT_ASIDE_AFTER + 3, NOW + AGAIN_AFTER)


async def test_what_is_put_aside_takes_no_place_in_the_relay_s_window_until_its_hour(pool, settings):
    broken = await write_broken(pool, RUNG_AT_MOST)
    known = OfferPublished(**offer_fact(0))
    await append_events(pool, [known])
    for _ in range(PUT_ASIDE_AFTER):
        await plan(pool, settings, *broken, now=datetime.now(UTC))
    async with tally(settings) as (relay, rung):
        connection = await asyncpg.connect(settings.database_url)
        await relay.tick(connection)
        assert await rung() == [[str(known.id)]]
        await pool.execute("UPDATE notifications.unplanned_events SET again_at = now() WHERE event_id = $1", broken[0])
        await relay.tick(connection)
        assert await rung() == [[str(known.id)], [str(broken[0])]]
        await connection.close()


async def test_a_fact_that_was_mended_is_planned_and_no_longer_counted(pool, settings):
    (broken,) = await write_broken(pool)
    await plan(pool, settings, broken)
    pupil = await enrol(pool)
    mended = RegistrationConfirmed(**pupil.fact(1), id=broken, how="registered")
    await pool.execute(
        "UPDATE contract.events SET body = $2 WHERE id = $1", broken, msgspec.json.encode(mended).decode()
    )
    await plan(pool, settings, broken)
    assert await waiting(pool) == []
    assert await pool.fetchval("SELECT count(*) FROM notifications.unplanned_events") == 0
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries") == 1


async def test_a_fact_that_the_database_refuses_to_plan_is_counted_too_and_its_batch_is_planned(pool, post):
    errands = Errands(post.settings, pool, post.server, Doorbell(post.settings.database_url))
    pupil, other = await enrol(pool, 1), await enrol(pool, 2)
    # no integer of PostgreSQL
    refused = RegistrationConfirmed(**pupil.fact(10**12), how="registered")
    fine = RegistrationConfirmed(**other.fact(1), how="registered")
    await append_events(pool, [refused, fine])
    await errands.plan([refused.id, fine.id])
    assert await waiting(pool) == [refused.id]
    row = await pool.fetchrow("SELECT event_id, failures, error FROM notifications.unplanned_events")
    assert (row["event_id"], row["failures"]) == (refused.id, 1)
    assert "Élève" not in row["error"]


async def test_a_letter_that_cannot_be_claimed_holds_back_none_of_its_batch(pool, post, sink):
    await write_programme(pool, a_programme(1))
    await write_programme(pool, a_programme(2))
    broken, *fine = [await enrol(pool, number) for number in (1, 2, 3)]
    await post.plan(
        RegistrationConfirmed(**broken.fact(1, programme=2), how="registered"),
        *(RegistrationConfirmed(**each.fact(1), how="registered") for each in fine),
    )
    await pool.execute("UPDATE contract.programmes SET body = '{}' WHERE version = 2")
    rows = await pool.fetch("SELECT id FROM notifications.deliveries WHERE useless_from IS NULL ORDER BY id")
    errands = Errands(post.settings, pool, post.server, Doorbell(post.settings.database_url))
    await errands.send([row["id"] for row in rows])
    assert {to for _, to, _ in sink.mails} == {each.email for each in fine}
    assert await post.states() == {"due": 1, "sent": 2}
    # it is no attempt: whoever mends the programme has it sent
    await pool.execute(
        "UPDATE contract.programmes SET body = $1::jsonb WHERE version = 2",
        msgspec.json.encode(a_programme(2)).decode(),
    )
    await errands.send([row["id"] for row in rows])
    assert await post.states() == {"sent": 3}


async def test_a_database_that_gives_way_to_another_transaction_is_no_fault_of_the_fact(pool, post):
    errands = Errands(post.settings, pool, post.server, Doorbell(post.settings.database_url))
    pupil = await enrol(pool)
    fact = RegistrationConfirmed(**pupil.fact(1), how="registered")
    await append_events(pool, [fact])
    await pool.execute(
        """
        CREATE FUNCTION give_way() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'give way' USING ERRCODE = '40P01'; END $$;
        CREATE TRIGGER give_way BEFORE INSERT ON notifications.deliveries EXECUTE FUNCTION give_way();
        """
    )
    await errands.plan([fact.id])
    assert await waiting(pool) == [fact.id]
    assert await pool.fetchval("SELECT count(*) FROM notifications.unplanned_events") == 0
