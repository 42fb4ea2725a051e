"""The resolver fails: mails and calls wait without an attempt being counted, and go by themselves when it is back."""

import asyncio
import socket
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.campaigns.offers.register_pupils import register_pupils
from services.notifications.plan_events import plan_events
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer, MailServerAway
from services.notifications.webhooks.caller import Caller
from shared.database import Pool, transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.mail_sink import open_sink
from tests.services.notifications.webhooks.receiver import open_receiver
from tests.world import a_pupil, a_week

pytestmark = pytest.mark.anyio

PUPILS = 3


class Names:
    """The resolver of this process: every name is this machine, unless it is away."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.away = True
        loop = asyncio.get_running_loop()
        self._look_up = loop.getaddrinfo
        monkeypatch.setattr(loop, "getaddrinfo", self.look_up)

    async def look_up(self, _host: Any, port: Any, **given: Any) -> Any:
        if self.away:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return await self._look_up("127.0.0.1", port, **given)


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


async def register_some(pool: Pool, settings: Any, webhook_url: str) -> list[Any]:
    """Some have a seat, and an organisation's program wants to know: the mails that are due."""
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await connection.execute(
            """
            INSERT INTO contract.webhooks (id, organisation_id, url, kinds, created_at)
            VALUES ($1, $2, $3, '{registration}', now())
            """,
            new_id(),
            week.organisation_id,
            webhook_url,
        )
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(PUPILS)],
            signer=Signer(settings.secret_keys),
            now=datetime.now(UTC),
        )
        rows = await connection.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL")
        return await plan_events(connection, [row["id"] for row in rows], settings=settings, now=datetime.now(UTC))


async def test_nothing_is_counted_while_names_are_away_and_all_goes_when_they_are_back(pool, settings, names):
    async with open_sink() as sink, open_receiver() as receiver:
        mine = msgspec.structs.replace(
            settings, smtp_url=f"smtp://courrier.federation.example:{sink.port}", private_webhooks=True
        )
        url = receiver.url.replace("127.0.0.1", "appels.federation.example")
        assert url != receiver.url
        mails = await register_some(pool, mine, url)
        server = MailServer(mine.smtp_url, connections=2, local_hostname="quinzaine.example")
        sender, caller = Sender(mine, pool, server), Caller(mine, pool)
        with pytest.raises(MailServerAway):
            await sender.send(mails)
        # the circuit is open: until its time nobody tries
        await sender.send(mails)
        await asyncio.gather(*await caller.call_due())
        assert await pool.fetchval("SELECT sum(attempts + losses) FROM notifications.deliveries") == 0
        assert await pool.fetchval("SELECT count(*) FROM notifications.mail_servers") == 1
        rows = await pool.fetch("SELECT state, attempts FROM notifications.calls")
        assert {(row["state"], row["attempts"]) for row in rows} == {("due", 0)}
        names.away = False
        # a moment passes
        await pool.execute("UPDATE notifications.mail_servers SET probe_at = now()")
        await pool.execute("UPDATE notifications.calls SET due_at = now()")
        await sender.send(mails)
        await sender.send(mails)
        while calls := await caller.call_due():
            await asyncio.gather(*calls)
        await server.close()
        assert len(sink.by_recipient()) == PUPILS
        assert len(receiver.told) == PUPILS
        assert await pool.fetchval("SELECT count(*) FROM notifications.mail_servers") == 0
