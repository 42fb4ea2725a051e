"""Holding back: order for one person, domains that say « later » or have a rate, addresses that take no mail."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from services.notifications.claim_deliveries import claim_deliveries
from services.notifications.facts import Facts
from services.notifications.send_deliveries import Sender
from shared.database import transaction
from shared.events import RegistrationConfirmed
from shared.identifiers import new_id
from shared.notices import SignInRequested
from tests.services.notifications.facts_of_tests import enrol, write_programme
from tests.services.notifications.sink import ACCEPTED

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def programmes(pool):
    await write_programme(pool)


def confirmed(pupil, revision=1, *, how="registered"):
    return RegistrationConfirmed(**pupil.fact(revision), how=how)


def signing_in(person_id):
    now = datetime.now(UTC)
    return SignInRequested(
        occurred_at=now, recipients=(person_id,), sign_in_id=new_id(), expires_at=now + timedelta(minutes=15)
    )


async def test_one_person_is_told_in_the_order_of_the_facts_by_however_many_workers(pool, post, sink):
    pupil = await enrol(pool)
    again = msgspec.structs.replace(pupil, registration_id=new_id())
    await post.plan(confirmed(pupil), confirmed(again), confirmed(pupil, 2, how="accepted"))
    await forget_reminders(pool)
    rows = await pool.fetch("SELECT id, event_id FROM notifications.deliveries ORDER BY event_id")
    others = [Sender(post.settings, pool, post.server) for _ in rows]
    # each worker was rung for one of them, the last one first
    for sender, row in reversed(list(zip(others, rows, strict=True))):
        await sender.send([row["id"]])
    assert len(sink.mails) == 1
    await asyncio.gather(*(sender.send([row["id"] for row in rows]) for sender in others))
    assert await post.states() == {"sent": 3}
    order = [row["id"] for row in rows]
    assert [mail["Message-ID"] for mail in sink.messages()] == [f"<{each}@quinzaine.example>" for each in order]


async def test_what_is_urgent_does_not_wait_for_an_older_mail_to_the_same_person(pool, post, sink):
    pupil = await enrol(pool)
    await post.plan(confirmed(pupil), signing_in(pupil.pupil_id))
    urgent = await pool.fetchval("SELECT id FROM notifications.deliveries WHERE message = 'sign_in_link'")
    await post.sender.send([urgent])
    assert len(sink.mails) == 1
    await post.send()
    assert await post.states() == {"sent": 2}


async def test_a_domain_that_says_later_to_several_is_left_alone_and_then_tried(pool, post, sink):
    pupils = [await enrol(pool, number) for number in range(8)]
    elsewhere = await enrol(pool, 9, email="camille@ailleurs.example")
    sink.answer = lambda to, _: ACCEPTED if to.endswith("ailleurs.example") else "451 later"
    await post.tell(*(confirmed(pupil) for pupil in pupils[:6]))
    held = await pool.fetchrow("SELECT * FROM contract.held_domains")
    assert held["domain"] == "eleve.example"
    offered = len(sink.offered)
    # nobody is tried there meanwhile, whoever it is, and it costs no attempt; others are not concerned
    post.sender._circuit._lookout.forget()
    await post.make_due()
    await post.tell(confirmed(pupils[6]), confirmed(elsewhere))
    assert len(sink.mails) == 1
    assert len(sink.offered) == offered + 1
    assert await pool.fetchval("SELECT max(attempts) FROM notifications.deliveries") == 1
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE due_at >= $1", held["held_until"])
    # the time is over: one more « later » and it is left alone for longer
    await end_hold(pool, post)
    await post.send()
    assert await pool.fetchval("SELECT waves FROM notifications.domains") == 2
    sink.answer = lambda *_: ACCEPTED
    await end_hold(pool, post)
    await post.send()
    assert await post.states() == {"sent": 8}
    assert tuple(await pool.fetchrow("SELECT failures, held_until FROM notifications.domains")) == (0, None)


async def test_one_full_mailbox_does_not_hold_its_whole_domain(pool, post, sink):
    sink.answer = lambda *_: "452 mailbox full"
    await post.plan(confirmed(await enrol(pool)))
    for _ in range(5):
        await post.make_due()
        await post.send()
    assert await pool.fetchval("SELECT count(*) FROM contract.held_domains") == 0


async def test_a_domain_with_a_rate_is_given_turns_that_all_workers_agree_on(pool, post, sink):
    slow = msgspec.structs.replace(post.settings, mail_rates={"eleve.example": 2.0})
    senders = [Sender(slow, pool, post.server) for _ in range(2)]
    pupils = [await enrol(pool, number) for number in range(8)]
    elsewhere = await enrol(pool, 9, email="camille@ailleurs.example")
    await post.plan(*(confirmed(pupil) for pupil in pupils), confirmed(elsewhere))
    await forget_reminders(pool)
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM notifications.deliveries")]
    began = datetime.now(UTC)
    await asyncio.gather(*(sender.send(ids) for sender in senders))
    taken = [to for _, to, _ in sink.mails]
    assert "camille@ailleurs.example" in taken
    waiting = await pool.fetch("SELECT due_at, attempts FROM notifications.deliveries WHERE state = 'due' ORDER BY 1")
    # a second's worth, and what came due while the test ran
    assert len(waiting) == 9 - len(taken) >= 4
    assert {row["attempts"] for row in waiting} == {0}
    gaps = [(b["due_at"] - a["due_at"]).total_seconds() for a, b in pairwise(waiting)]
    assert all(abs(gap - 0.5) < 0.01 for gap in gaps)
    assert waiting[-1]["due_at"] > began + timedelta(seconds=2)
    # what somebody waits for takes no notice
    await post.plan(signing_in(pupils[0].pupil_id))
    urgent = await pool.fetchval("SELECT id FROM notifications.deliveries WHERE message = 'sign_in_link'")
    await senders[0].send([urgent])
    assert len(sink.mails) == len(taken) + 1
    # and whose turn has come goes without asking for another
    await pool.execute("UPDATE notifications.deliveries SET due_at = now(), turn_at = now() WHERE state = 'due'")
    await senders[1].send(ids)
    assert await post.states() == {"sent": 10}


async def test_what_is_urgent_overtakes_the_rest_of_its_domain_and_keeps_the_rate_all_the_same(pool, post, sink):
    post.sender._rates = {"eleve.example": 2.0}
    pupils = [await enrol(pool, number) for number in range(16)]
    await post.plan(*(confirmed(pupil) for pupil in pupils[:8]))
    await forget_reminders(pool)
    await post.send()
    others = {row["id"]: row["due_at"] for row in await waiting_of(pool, "registered_confirmed")}
    assert len(others) >= 4
    taken = len(sink.mails)
    await post.plan(*(signing_in(pupil.pupil_id) for pupil in pupils[8:]))
    began = datetime.now(UTC)
    await post.send()
    links = await waiting_of(pool, "sign_in_link")
    # a second's worth at once, though the next turn of the rest is seconds away, and what came due while it ran
    assert 2 <= len(sink.mails) - taken == 8 - len(links) <= 4
    gaps = [(b["due_at"] - a["due_at"]).total_seconds() for a, b in pairwise(links)]
    assert all(abs(gap - 0.5) < 0.01 for gap in gaps)
    # who comes now waits for all of them
    late = await enrol(pool, 20)
    await post.plan(confirmed(late))
    await forget_reminders(pool)
    await post.send()
    last = max(row["due_at"] for row in await waiting_of(pool, "registered_confirmed"))
    assert last >= max(others.values()) + timedelta(seconds=4)
    assert last > began + timedelta(seconds=4)


async def test_nothing_goes_to_an_address_that_takes_no_mail(pool, post, sink):
    gone, other, late = [await enrol(pool, number) for number in range(3)]
    for pupil in (gone, late):
        await pool.execute("UPDATE contract.people SET email = initcap(email) WHERE id = $1", pupil.pupil_id)
    await suppress(pool, gone)
    await post.plan(confirmed(gone), confirmed(other), confirmed(late), signing_in(gone.pupil_id))
    assert await post.states() == {"due": 2, "suppressed": 2}
    # found out after it was planned
    await suppress(pool, late)
    await post.send()
    assert await post.states() == {"sent": 1, "suppressed": 3}
    assert [to for _, to, _ in sink.mails] == [other.email]


async def test_who_claims_late_takes_nothing_of_whom_another_is_writing_to(pool, post):
    pupil = await enrol(pool)
    again = msgspec.structs.replace(pupil, registration_id=new_id())
    await post.plan(confirmed(pupil), confirmed(again))
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM notifications.deliveries ORDER BY event_id")]

    async def claim(connection, delivery_id):
        return await claim_deliveries(connection, [delivery_id], most=5, facts=Facts(), now=datetime.now(UTC))

    async def claim_second():
        async with transaction(pool) as connection:
            return await claim(connection, ids[1])

    async with transaction(pool) as connection:
        assert len((await claim(connection, ids[0])).letters) == 1
        # it waits until the first claim is to be seen
        second = asyncio.create_task(claim_second())
        await asyncio.sleep(0.2)
        assert not second.done()
    assert (await second).letters == []


async def waiting_of(pool, message):
    return await pool.fetch(
        "SELECT id, due_at FROM notifications.deliveries WHERE state = 'due' AND message = $1 ORDER BY due_at", message
    )


async def forget_reminders(pool):
    """Those of next June are another matter."""
    await pool.execute("DELETE FROM notifications.deliveries WHERE message LIKE 'reminder%'")


async def end_hold(pool, post):
    await pool.execute("UPDATE notifications.domains SET held_until = now() - interval '1 second'")
    await post.make_due()
    post.sender._circuit._lookout.forget()


async def suppress(pool, pupil):
    await pool.execute(
        "INSERT INTO notifications.suppressions (address, reason, at) VALUES (lower($1), 'bounce', now())", pupil.email
    )
