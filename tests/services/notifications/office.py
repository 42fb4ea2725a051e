"""A planner at work, and the post that follows: verbs of the campaigns, and the mails that they come to."""

from datetime import UTC, datetime

from services.notifications.plan_events import plan_events
from shared.database import transaction
from tests.world import NOW


class Office:
    """A planner at work, and the post that follows."""

    def __init__(self, pool, post):
        self.pool, self.post = pool, post

    async def do(self, verb, **given):
        async with transaction(self.pool) as connection:
            return await verb(connection, **given, now=NOW)

    async def post_it(self):
        """Plan what nobody has planned, and send what is due."""
        async with transaction(self.pool) as connection:
            rows = await connection.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL ORDER BY id")
            ids = [row["id"] for row in rows]
            await plan_events(connection, ids, settings=self.post.settings, now=datetime.now(UTC))
        await self.post.send()
