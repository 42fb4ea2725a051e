"""What is rewritten of a feed after a change: only what changed, and never anything else than all anew would give."""

import asyncio
import random
from datetime import timedelta

import pytest

from services.campaigns.feeds.public import writing
from services.campaigns.feeds.public.filters import NO_FILTER, Filters
from services.campaigns.feeds.public.shelf import Asked
from services.campaigns.feeds.remove_tombstones import KEPT, remove_tombstones
from services.campaigns.offers.builder.edit_day import edit_day
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.session import SessionChange
from services.campaigns.organisations.change_organisation import _raise_feeds
from shared.database import transaction
from shared.refusal import Refusal
from tests.world import MONDAY, NOW, SECTORS, a_week

pytestmark = pytest.mark.anyio

PLACES = ("1 rue du Quai, 27500 Pont-Audemer", "3 quai Vendeuvre, 14000 Caen", "En ligne", "Mairie, 76000 Rouen")
FILTERS = (
    NO_FILTER,
    Filters(sector=(SECTORS[0][0],)),
    Filters(departement=("14", "27")),
    Filters(kind=("workshop",), departement=("27",)),
)


async def all_asked(pool) -> list[Asked]:
    slugs = [row["slug"] for row in await pool.fetch("SELECT slug FROM campaigns.feeds ORDER BY slug")]
    return [
        Asked(slug, form, language, filters)
        for slug in slugs
        for filters in FILTERS
        for form, language in (("ics", "fr"), ("json", "fr"))
    ]


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
                await getattr(self, f"_{what}")(connection, self.chance.choice(self.weeks))
        except Refusal:
            return f"{what} (refused)"
        return what

    async def _session(self, connection, week, change: SessionChange) -> None:
        await change_session(
            connection, session_id=self.chance.choice(week.sessions), change=change, ask_host=False, now=self.now
        )

    async def _title(self, connection, week) -> None:
        await self._session(connection, week, SessionChange(title=f"Visite {self.chance.randrange(1000)}"))

    async def _place(self, connection, week) -> None:
        await self._session(connection, week, SessionChange(place=self.chance.choice(PLACES), site_id=None))

    async def _host(self, connection, week) -> None:
        host_id = self.chance.choice((*week.hosts, None))
        await self._session(connection, week, SessionChange(host_id=host_id, site_id=None))

    async def _hours(self, connection, week) -> None:
        session_id = self.chance.choice(week.sessions)
        row = await connection.fetchrow("SELECT starts_at, ends_at FROM campaigns.sessions WHERE id = $1", session_id)
        by = timedelta(minutes=self.chance.choice((-15, 15, 30)))
        change = SessionChange(starts_at=row["starts_at"] + by, ends_at=row["ends_at"] + by)
        await change_session(connection, session_id=session_id, change=change, ask_host=False, now=self.now)

    async def _sector(self, connection, week) -> None:
        days = len(week.days)
        date = MONDAY + timedelta(days=self.chance.randrange(days))
        sector = self.chance.choice([code for code, *_ in SECTORS] + [None])
        await edit_day(connection, offer_id=week.offer_id, date=date, sector=sector, now=self.now)

    async def _cancel(self, connection, week) -> None:
        await cancel_session(connection, session_id=self.chance.choice(week.sessions), now=self.now)

    async def _rename(self, connection, week) -> None:
        host_id = self.chance.choice(week.hosts)
        name = f"Enseigne {self.chance.randrange(1000)}"
        await connection.execute("UPDATE campaigns.organisations SET name = $2 WHERE id = $1", host_id, name)
        await _raise_feeds(connection, host_id, self.now)

    async def _publish(self, connection, week) -> None:
        new = await a_week(connection, slug=f"nouvelle-{self.chance.randrange(10**9)}", days=2, published=False)
        for host_id in week.hosts:  # which has its first name again
            await _raise_feeds(connection, host_id, self.now)
        await publish_offer(connection, offer_id=new.offer_id, now=self.now)
        self.weeks.append(new)

    async def _end(self, connection, week) -> None:
        await cancel_offer(connection, offer_id=week.offer_id, now=self.now)

    async def _wait(self, connection, week) -> None:  # noqa: ARG002  # called like the others
        self.now += KEPT / 3
        while await remove_tombstones(connection, now=self.now):
            pass


async def bytes_of(shelf, asked) -> dict[Asked, tuple[bytes, bytes]]:
    found = {}
    for one in asked:
        feed = await shelf.fetch(one)
        found[one] = (feed.plain.body, feed.compressed.body) if feed else (b"", b"")
    return found


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_changes_the_bytes_are_those_of_writing_all_anew(pool, weeks, new_shelf, seed):
    chance = Chance(pool, weeks, seed)
    kept = new_shelf()
    for _ in range(25):
        what = [await chance.change() for _ in range(chance.chance.randrange(1, 3))]
        asked = await all_asked(pool)
        some = chance.chance.sample(asked, 30)
        assert await bytes_of(kept, some) == await bytes_of(new_shelf(), some), what


async def test_versions_rise_exactly_with_what_is_shown(pool, weeks, new_shelf):
    chance = Chance(pool, weeks, 11)
    before: dict[str, tuple[int, bytes]] = {}
    for _ in range(40):
        what = await chance.change()
        feeds = await pool.fetch("SELECT slug, scope, version FROM campaigns.feeds WHERE scope <> 'everything'")
        shelf = new_shelf()
        for row in feeds:
            feed = await shelf.fetch(Asked(row["slug"], "ics", "fr"))
            known = before.get(row["slug"])
            if known is not None:
                changed, raised = feed.plain.body != known[1], row["version"] != known[0]
                # the offer's own feed is raised with its programme; a tombstone that goes was in filtered feeds alone
                more = raised and (row["scope"] == "offer" or what == "wait")
                assert changed == raised or more, (what, row["slug"])
            before[row["slug"]] = (row["version"], feed.plain.body)


async def test_whoever_asks_while_others_change_ends_with_the_truth(pool, weeks, new_shelf):
    kept = new_shelf(0.01)
    asked = [one for one in await all_asked(pool) if one.slug in ("deux-semaines", "toutes-les-seances", "secteur-s10")]
    done = asyncio.Event()

    async def ask_again() -> None:
        while not done.is_set():
            await asyncio.gather(*(kept.fetch(one) for one in asked))

    async def change_much(week, seed) -> None:
        chance = Chance(pool, [week], seed)
        for _ in range(12):
            await chance.change()

    askers = [asyncio.create_task(ask_again()) for _ in range(2)]
    await asyncio.gather(*(change_much(week, seed) for seed, week in enumerate(weeks)))
    done.set()
    await asyncio.gather(*askers)
    await asyncio.sleep(0.02)
    assert await bytes_of(kept, asked) == await bytes_of(new_shelf(), asked)


async def test_one_change_writes_one_session_in_all_the_feeds_that_show_it(pool, weeks, new_shelf, monkeypatch):
    asked = [one for one in await all_asked(pool) if one.form == "ics"]
    kept = new_shelf()
    await bytes_of(kept, asked)
    written = []
    write = writing.feed.write_feed_event
    monkeypatch.setattr(
        writing.feed, "write_feed_event", lambda item, **more: written.append(item.session.id) or write(item, **more)
    )
    session_id = weeks[0].sessions[3]
    async with transaction(pool) as connection:
        await change_session(connection, session_id=session_id, change=SessionChange(title="Fonderie"), now=NOW)
    await bytes_of(kept, asked)
    assert written == [session_id]


async def test_only_changed_offers_are_read_again(pool, weeks, new_shelf, monkeypatch):
    from services.campaigns.feeds.public import read

    kept = new_shelf()
    asked = Asked("deux-semaines", "ics", "fr")
    await kept.fetch(asked)
    seen = []
    read_sessions = read._read_sessions

    async def counted(connection, offer_ids):
        seen.append(list(offer_ids))
        return await read_sessions(connection, offer_ids)

    monkeypatch.setattr(read, "_read_sessions", counted)
    async with transaction(pool) as connection:
        await cancel_session(connection, session_id=weeks[1].sessions[0], now=NOW + timedelta(hours=1))
    await kept.fetch(asked)
    await kept.fetch(Asked("toutes-les-seances", "json", "fr"))
    assert seen == [[weeks[1].offer_id], []]
