"""The circuit: who tries a server that gives no answer, and what it costs the mails."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.notifications.circuit import LOSSES, Circuit
from services.notifications.conditions import FRESH_SECONDS
from services.notifications.smtp import MailServer, MailServerAway, Outcome
from shared.events import RegistrationConfirmed
from tests.services.notifications.facts_of_tests import enrol, write_programme
from tests.services.notifications.sink import ACCEPTED

pytestmark = pytest.mark.anyio

LOST, LATER, SENT = (Outcome(kind, "") for kind in ("lost", "later", "sent"))


async def circuits(pool, number):
    rung = []
    return [Circuit(pool, "mail.example:25", lambda: rung.append(1)) for _ in range(number)], rung


async def test_several_silences_open_it_for_all_and_one_alone_tries(pool):
    (one, other, third), rung = await circuits(pool, 3)
    assert await other.let_through() > 1
    await one.hear([LOST] * (LOSSES - 1), probed=False)
    assert await one.let_through() > 1
    await one.hear([LOST], probed=False)
    await asyncio.sleep(FRESH_SECONDS)
    assert [await each.let_through() for each in (one, other, third)] == [0, 0, 0]
    await pool.execute("UPDATE notifications.mail_servers SET probe_at = now()")
    assert sorted(await asyncio.gather(*(each.let_through() for each in (one, other, third)))) == [0, 0, 1]
    # the one who tries hears nothing: again nobody, and for longer
    await one.hear([LOST], probed=True)
    assert await other.let_through() == 0
    await pool.execute("UPDATE notifications.mail_servers SET probe_at = now()")
    assert await other.let_through() == 1
    await other.hear([LATER], probed=True)
    assert rung == [1]
    assert await third.let_through() > 1


async def test_an_answer_between_silences_keeps_it_closed(pool):
    (one,), _ = await circuits(pool, 1)
    for _ in range(3):
        await one.hear([LOST, LOST], probed=False)
        await one.hear([SENT], probed=False)
    assert await one.let_through() > 1


async def test_a_server_that_takes_mails_and_says_nothing_burns_no_attempt(pool, post, sink):
    await write_programme(pool)

    async def hang_up(server, *_):
        server.transport.close()
        return ACCEPTED

    original, sink.handle_DATA = sink.handle_DATA, hang_up
    pupils = [await enrol(pool, number) for number in range(6)]
    await post.plan(*(RegistrationConfirmed(**pupil.fact(1), how="registered") for pupil in pupils))
    for _ in range(4):
        await post.send()
    row = await pool.fetchrow("SELECT max(attempts) AS attempts, sum(losses) AS losses FROM notifications.deliveries")
    assert row["attempts"] == 0
    assert 0 < row["losses"] <= 6
    (server,) = await pool.fetch("SELECT server, error FROM contract.mail_servers")
    assert tuple(server) == (post.server.server, "NoAnswer")
    sink.handle_DATA = original
    await pool.execute("UPDATE notifications.mail_servers SET probe_at = now()")
    # one to try, and then what was lost is due at once
    await post.send()
    await post.send()
    assert await post.states() == {"sent": 6}
    assert await pool.fetchval("SELECT count(*) FROM contract.mail_servers") == 0


async def test_a_paused_sending_lets_nothing_through_until_it_goes_on(pool, post, sink):
    await write_programme(pool)
    await pool.execute("INSERT INTO contract.sending (paused_at) VALUES ($1)", datetime.now(UTC))
    await post.tell(RegistrationConfirmed(**(await enrol(pool)).fact(1), how="registered"))
    assert sink.offered == []
    await pool.execute("UPDATE contract.sending SET paused_at = NULL")
    await post.send()
    assert await post.states() == {"sent": 1}


async def test_one_connection_is_left_for_what_is_urgent(sink):
    server = MailServer(sink.url, connections=3, local_hostname="quinzaine.example")
    async with server.connections(5) as first, server.connections(5) as second:
        assert len(first) + len(second) == 2
        assert server.is_busy
        async with asyncio.timeout(5), server.connections(5, urgent=True) as urgent:
            assert len(urgent) == 1
    assert not server.is_busy
    await server.close()


async def test_no_connection_opens_it(pool, post):
    await write_programme(pool)
    post.server._url = post.server._url._replace(netloc="127.0.0.1:1")
    await post.plan(RegistrationConfirmed(**(await enrol(pool)).fact(1), how="registered"))
    with pytest.raises(MailServerAway):
        await post.send()
    await post.send()
    assert await pool.fetchval("SELECT attempts FROM notifications.deliveries") == 0
