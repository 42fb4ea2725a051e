"""Whatever is killed while notices are on their way: everybody is told, and told the same, and no log says who."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from shared.database import Pool
from shared.identifiers import new_id
from shared.notices import MemberInvited, SignInRequested
from shared.outbox import append_events
from tests.brokers import empty_queue
from tests.mail_sink import Accepted
from tests.processes import System, system

pytestmark = pytest.mark.anyio

PEOPLE = 40


async def test_relay_and_worker_are_killed_and_the_queue_emptied_while_people_are_invited(
    pool, on_each_broker, tmp_path
):
    async with system(on_each_broker, pool, tmp_path, with_web=False) as running:
        people = await write_people(pool)
        killed = asyncio.Event()

        async def kill(_: Accepted) -> None:
            # accepted by the mail server, not noted by the worker
            if len(running.sink.mails) == PEOPLE // 2:
                await asyncio.shield(asyncio.create_task(restart(running, on_each_broker.broker_url, killed)))

        running.sink.on_accepted = kill
        await append_events(pool, [invitation(person) for person in people])
        await asyncio.wait_for(killed.wait(), 60)
        await running.settled(seconds=60)
        told = running.sink.by_recipient()
        assert set(told) == {f"membre{number}@agence.example" for number in range(PEOPLE)}
        # who was sent a mail twice was sent the same mail
        assert all(len({(mail.message_id, mail.content) for mail in mails}) == 1 for mails in told.values())
        assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE state <> 'sent'") == 0
        for secret in ("@agence.example", "Camille", "Martin", "Tilleuls", "/invitations/"):
            assert secret not in running.logs()


async def test_a_link_that_expired_while_everything_was_down_is_not_sent(pool, on_each_broker, tmp_path):
    async with system(on_each_broker, pool, tmp_path, with_web=False) as running:
        one, two = (await write_people(pool))[:2]
        await running.crash()
        now = datetime.now(UTC)
        facts = [
            SignInRequested(occurred_at=now, recipients=(person,), sign_in_id=new_id(), expires_at=now + life)
            for person, life in ((one, timedelta(seconds=-1)), (two, timedelta(minutes=15)))
        ]
        await append_events(pool, facts)
        await running.start()
        await running.settled()
        assert list(running.sink.by_recipient()) == ["membre1@agence.example"]
        rows = await pool.fetch("SELECT state, mail FROM notifications.deliveries ORDER BY state")
        assert [tuple(row) for row in rows] == [("sent", None), ("superseded", None)]
        for secret in ("@agence.example", "Camille", "/connexion/"):
            assert secret not in running.logs()


async def restart(running: System, broker_url: str, killed: asyncio.Event) -> None:
    await running.crash()
    empty_queue(broker_url)
    await running.start()
    killed.set()


async def write_people(pool: Pool) -> list:
    rows = await pool.fetch(
        """
        INSERT INTO contract.people (id, first_name, last_name, email)
        SELECT gen_random_uuid(), 'Camille', 'Martin', 'membre' || n || '@agence.example'
        FROM generate_series(0, $1 - 1) n RETURNING id
        """,
        PEOPLE,
    )
    return [row["id"] for row in rows]


def invitation(person) -> MemberInvited:
    return MemberInvited(
        occurred_at=datetime.now(UTC),
        recipients=(person,),
        invitation_id=new_id(),
        organisation="Lycée des Tilleuls",
        role="teacher",
        expires_at=datetime.now(UTC) + timedelta(days=7),
    )
