"""What tests of mails stand on: a mail server, and the whole way from a fact to it, without the broker."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest

from services.notifications.plan_events import plan_events
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer
from shared.database import Pool, transaction
from shared.events import AnyEvent
from shared.outbox import append_events
from shared.settings import Settings
from tests.services.notifications.sink import Sink, open_sink


class Post:
    """Appends facts, plans them and sends what is due, as often as it is asked to."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self.pool = pool
        self.settings = settings
        self.server = MailServer(settings.smtp_url, connections=2, local_hostname="quinzaine.example")
        self.sender = Sender(settings, pool, self.server)

    async def plan(self, *events: AnyEvent) -> None:
        """Append and plan, in one go."""
        async with transaction(self.pool) as connection:
            await append_events(connection, events)
            await plan_events(connection, [event.id for event in events], settings=self.settings, now=datetime.now(UTC))

    async def send(self) -> None:
        """Send everything that is due now."""
        rows = await self.pool.fetch("SELECT id FROM notifications.deliveries WHERE state = 'due' ORDER BY id")
        await self.sender.send([row["id"] for row in rows])

    async def tell(self, *events: AnyEvent) -> None:
        await self.plan(*events)
        await self.send()

    async def make_due(self) -> None:
        """Let every wait be over; reminders stay where they are, months ahead."""
        await self.pool.execute(
            "UPDATE notifications.deliveries SET due_at = now() - interval '1 second' WHERE useless_from IS NULL"
        )

    async def states(self) -> dict[str, int]:
        """How many deliveries are in each state, reminders not counted."""
        rows = await self.pool.fetch(
            """
            SELECT state, count(*) AS number FROM notifications.deliveries WHERE useless_from IS NULL GROUP BY state
            """
        )
        return {row["state"]: row["number"] for row in rows}


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with open_sink() as sink:
        yield sink


@pytest.fixture
async def post(pool: Pool, settings: Settings, sink: Sink) -> AsyncIterator[Post]:
    post = Post(pool, msgspec.structs.replace(settings, smtp_url=sink.url))
    yield post
    await post.server.close()
