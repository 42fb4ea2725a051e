"""Random changes of what public feeds show."""

import random
from datetime import timedelta

from services.campaigns.feeds.remove_tombstones import KEPT, remove_tombstones
from services.campaigns.offers.builder.edit_day import edit_day
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.session import SessionChange
from services.campaigns.organisations.change_organisation import _raise_feeds
from services.campaigns.standings import lock_name
from shared.database import transaction
from shared.refusal import Refusal
from tests.world import MONDAY, NOW, SECTORS, a_week

PLACES = ("1 rue du Quai, 27500 Pont-Audemer", "3 quai Vendeuvre, 14000 Caen", "En ligne", "Mairie, 76000 Rouen")


class Chance:
    """Random changes, each a transaction of its own; what the rules refuse changes nothing."""

    def __init__(self, pool, weeks, seed: int) -> None:
        self.pool = pool
        self.weeks = weeks
        self.chance = random.Random(seed)  # noqa: S311  # the same changes in each run
        self.now = NOW + timedelta(hours=1)

    async def change(self) -> str:
        self.now += timedelta(seconds=self.chance.randrange(120))
        what = self.chance.choices(
            ("title", "place", "host", "hours", "sector", "cancel", "rename", "publish", "end", "wait"),
            (8, 4, 4, 3, 5, 2, 2, 1, 0.4, 1),
        )[0]
        try:
            async with transaction(self.pool) as connection:
                await getattr(self, what)(connection, self.chance.choice(self.weeks))
        except Refusal:
            return f"{what} (refused)"
        return what

    async def _session(self, connection, week, change: SessionChange) -> None:
        await change_session(
            connection, session_id=self.chance.choice(week.sessions), change=change, ask_host=False, now=self.now
        )

    async def title(self, connection, week) -> None:
        await self._session(connection, week, SessionChange(title=f"Visite {self.chance.randrange(1000)}"))

    async def place(self, connection, week) -> None:
        await self._session(connection, week, SessionChange(place=self.chance.choice(PLACES), site_id=None))

    async def host(self, connection, week) -> None:
        host_id = self.chance.choice((*week.hosts, None))
        await self._session(connection, week, SessionChange(host_id=host_id, site_id=None))

    async def hours(self, connection, week) -> None:
        session_id = self.chance.choice(week.sessions)
        row = await connection.fetchrow("SELECT starts_at, ends_at FROM campaigns.sessions WHERE id = $1", session_id)
        by = timedelta(minutes=self.chance.choice((-15, 15, 30)))
        change = SessionChange(starts_at=row["starts_at"] + by, ends_at=row["ends_at"] + by)
        await change_session(connection, session_id=session_id, change=change, ask_host=False, now=self.now)

    async def sector(self, connection, week) -> None:
        days = len(week.days)
        date = MONDAY + timedelta(days=self.chance.randrange(days))
        sector = self.chance.choice([code for code, *_ in SECTORS] + [None])
        await edit_day(connection, offer_id=week.offer_id, date=date, sector=sector, now=self.now)

    async def cancel(self, connection, week) -> None:
        await cancel_session(connection, session_id=self.chance.choice(week.sessions), now=self.now)

    async def rename(self, connection, week) -> None:
        host_id = self.chance.choice(week.hosts)
        name = f"Enseigne {self.chance.randrange(1000)}"
        await lock_name(connection, host_id)
        await connection.execute("UPDATE campaigns.organisations SET name = $2 WHERE id = $1", host_id, name)
        await _raise_feeds(connection, host_id, self.now)

    async def publish(self, connection, week) -> None:
        new = await a_week(connection, slug=f"nouvelle-{self.chance.randrange(10**9)}", days=2, published=False)
        for host_id in week.hosts:  # which has its first name again
            await _raise_feeds(connection, host_id, self.now)
        await publish_offer(connection, offer_id=new.offer_id, now=self.now)
        self.weeks.append(new)

    async def end(self, connection, week) -> None:
        await cancel_offer(connection, offer_id=week.offer_id, now=self.now)

    async def wait(self, connection, week) -> None:  # noqa: ARG002  # called like the others
        self.now += KEPT / 3
        while await remove_tombstones(connection, now=self.now):
            pass
