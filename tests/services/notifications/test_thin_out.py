"""What sending leaves behind goes in time; what is still of use, and the sums since ever, stay."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.personal_space.unwanted.decline_message import decline_message
from services.campaigns.sending.read import read_counts
from services.notifications.thin_out import AT_MOST, thin_out
from shared.database import transaction
from shared.identifiers import new_id

pytestmark = pytest.mark.anyio

NOW = datetime(2027, 11, 3, 12, tzinfo=UTC)
LONG_AGO, LATELY = NOW - timedelta(days=401), NOW - timedelta(days=2)


async def thin(pool):
    async with transaction(pool) as connection:
        return await thin_out(connection, now=NOW)


async def deliver(pool, planned_at, *, state="sent", offer_id=None, message="sign_in_link"):
    delivery_id = new_id()
    await pool.execute(
        """
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, offer_id, sequence, due_at, message_id, planned_at, state, mail,
             recipient_address, answer)
        VALUES ($1, $1, $5, $1, $2, 0, $3, '', $3, $4, 'mail', 'camille@eleve.example', '250 ok')
        """,
        delivery_id,
        offer_id,
        planned_at,
        state,
        message,
    )
    return delivery_id


async def test_tallies_become_one_sum_for_each_outcome_and_counters_see_no_step(pool):
    await pool.executemany(
        "INSERT INTO notifications.tallies (hour, shard, domain, outcome, number) VALUES ($1, $2, $3, $4, 5)",
        [
            (moment, shard, domain, outcome)
            for moment in (LONG_AGO, LONG_AGO + timedelta(hours=1), LATELY)
            for shard in (1, 2)
            for domain in ("a.example", "b.example")
            for outcome in ("sent", "refused")
        ],
    )
    before = await read_counts(pool)
    assert before == {"sent": 60, "refused": 60}
    await thin(pool)
    assert await read_counts(pool) == before
    rows = await pool.fetch("SELECT domain, count(*) AS number FROM notifications.tallies GROUP BY domain ORDER BY 1")
    assert [tuple(row) for row in rows] == [("", 2), ("a.example", 4), ("b.example", 4)]
    # twice changes nothing
    assert await thin(pool) == 0
    assert await read_counts(pool) == before


async def test_mails_of_an_offer_lose_their_bytes_and_address_and_links_to_sign_in_go(pool):
    offer = new_id()
    log = await deliver(pool, LONG_AGO, offer_id=offer)
    fresh = await deliver(pool, LATELY, offer_id=offer)
    waiting = await deliver(pool, LONG_AGO, state="due")
    await deliver(pool, LONG_AGO)
    link = await deliver(pool, LATELY)
    await thin(pool)
    rows = await pool.fetch("SELECT id, mail, recipient_address, answer FROM notifications.deliveries")
    left = {row["id"]: tuple(row)[1:] for row in rows}
    whole = (b"mail", "camille@eleve.example", "250 ok")
    assert left == {log: (None, None, ""), fresh: whole, waiting: whole, link: whole}


async def test_answers_calls_domains_and_servers_of_long_ago_go(pool):
    for moment, state in ((LONG_AGO, "done"), (LONG_AGO, "read"), (LATELY, "done")):
        await pool.execute(
            """
            INSERT INTO notifications.answers
                (id, kind, registration_id, message_key, facts, received_at, due_at, state)
            VALUES ($1, 'letter', $1, $2, '{}', $3, $3, $4)
            """,
            new_id(),
            new_id().bytes,
            moment,
            state,
        )
    for moment, state in ((LONG_AGO, "failed"), (LONG_AGO, "due"), (LATELY, "answered")):
        await pool.execute(
            """
            INSERT INTO notifications.calls (id, webhook_id, event_id, tag, planned_at, due_at, state)
            VALUES ($1, $1, $1, 'offer.changed', $2, $2, $3)
            """,
            new_id(),
            moment,
            state,
        )
    recent = await deliver(pool, LATELY, offer_id=new_id())
    await pool.executemany(
        """
        INSERT INTO notifications.domains (domain, failures, held_until, free_at, last_failed)
        VALUES ($1, $2, $3, $4, $5)
        """,
        [
            ("old.example", 0, None, LONG_AGO, None),
            ("held-once.example", 3, LONG_AGO, None, new_id()),
            ("mistyped.example", 1, None, None, new_id()),
            ("held.example", 3, NOW + timedelta(minutes=1), None, None),
            ("troubled.example", 2, None, None, recent),
            ("rated.example", 0, None, LATELY, None),
        ],
    )
    for server, probe_at in (("old.example:25", LATELY), ("mail.example:25", NOW)):
        await pool.execute(
            """
            INSERT INTO notifications.mail_servers (server, away_since, failures, probe_at, error)
            VALUES ($1, $2, 1, $2, 'NoAnswer')
            """,
            server,
            probe_at,
        )
    await thin(pool)

    async def left(column, table):
        rows = await pool.fetch(f"SELECT {column} FROM notifications.{table}")  # noqa: S608  # names of this test
        return sorted(row[0] for row in rows)

    assert await left("state", "answers") == ["done", "read"]
    assert await left("state", "calls") == ["answered", "due"]
    assert await left("domain", "domains") == ["held.example", "rated.example", "troubled.example"]
    assert await left("server", "mail_servers") == ["mail.example:25"]


async def test_two_at_once_do_it_once_and_much_is_done_little_by_little(pool):
    await pool.execute(
        """
        INSERT INTO notifications.tallies (hour, shard, domain, outcome, number)
        SELECT $1::timestamptz - number * interval '1 hour', 1, 'a.example', 'sent', 1
        FROM generate_series(1, $2::int) AS number
        """,
        LONG_AGO,
        AT_MOST + 10,
    )
    async with transaction(pool) as first, transaction(pool) as second:
        assert await thin_out(first, now=NOW) == AT_MOST
        assert await thin_out(second, now=NOW) == 0
    assert await thin(pool) == 10
    assert await read_counts(pool) == {"sent": AT_MOST + 10}


async def test_an_announcement_stays_known_so_that_the_way_out_in_it_still_leads_out(pool):
    old = await deliver(pool, LONG_AGO, message="offers_announced")
    other = await deliver(pool, LONG_AGO)
    await thin(pool)
    left = await pool.fetch("SELECT id, mail, recipient_address FROM notifications.deliveries ORDER BY id")
    assert [tuple(row) for row in left] == [(old, None, None)]
    async with transaction(pool) as connection:
        assert await decline_message(connection, old, now=NOW) == "offers_announced"
        assert await decline_message(connection, other, now=NOW) is None
