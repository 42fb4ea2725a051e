"""What is rewritten of a feed after a change: only what changed, and never anything else than all anew would give."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.campaigns.feeds.public import writing
from services.campaigns.feeds.public.filters import NO_FILTER, Filters
from services.campaigns.feeds.public.shelf import Asked
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.edit_speaker import edit_speaker
from services.campaigns.offers.speakers.speaker import SpeakerSheet
from services.campaigns.organisations.change_organisation import _raise_feeds
from services.campaigns.standings import HostJustRenamed, lock_name, settle_standings
from shared.database import transaction
from tests.services.campaigns.feeds.public.changes import Chance
from tests.world import NOW, SECTORS

pytestmark = pytest.mark.anyio

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


async def test_who_gives_a_session_to_a_host_that_is_just_renamed_is_asked_to_try_again(pool, weeks):
    async with transaction(pool) as connection:
        await lock_name(connection, weeks[0].hosts[0])
        with pytest.raises(HostJustRenamed):
            async with transaction(pool) as other:
                await cancel_session(other, session_id=weeks[0].sessions[0], now=NOW)


async def test_a_new_name_waits_for_who_gives_the_host_a_session(pool, weeks, new_shelf):
    kept = new_shelf()
    asked = Asked("semaine-caen", "ics", "fr")
    host_id = weeks[0].hosts[1]
    await kept.fetch(asked)

    async def rename() -> None:
        async with transaction(pool) as connection:
            await lock_name(connection, host_id)
            await connection.execute("UPDATE campaigns.organisations SET name = 'Neuve' WHERE id = $1", host_id)
            await _raise_feeds(connection, host_id, NOW)

    async with transaction(pool) as connection:
        given = SessionChange(host_id=host_id, site_id=None)
        await change_session(connection, session_id=weeks[1].sessions[0], change=given, ask_host=False, now=NOW)
        renaming = asyncio.create_task(rename())
        await asyncio.sleep(0.3)
        assert not renaming.done()
        await kept.fetch(asked)
    await renaming
    feed = await kept.fetch(asked)
    assert feed.plain.body.count(b"Neuve") == 6
    assert await bytes_of(kept, [asked]) == await bytes_of(new_shelf(), [asked])


async def test_a_speaker_s_new_trade_is_told_where_the_speaker_comes(pool, weeks, new_shelf):
    kept = new_shelf()
    asked = [Asked(slug, "ics", "fr") for slug in ("semaine-caen", "deux-semaines", "toutes-les-seances")]
    sheet = SpeakerSheet(
        name="Ambre Vallin", trade="Grutière", employer="", sector=None, email="a@levage.example", contact_again=True
    )
    async with transaction(pool) as connection:
        speaker_id = await add_speaker(connection, organisation_id=weeks[1].organisation_id, sheet=sheet, now=NOW)
        session_id = weeks[1].sessions[0]
        await connection.execute(
            """
            INSERT INTO campaigns.session_speakers (session_id, speaker_id, during, confirmed)
            SELECT id, $2, during, true FROM campaigns.sessions WHERE id = $1
            """,
            session_id,
            speaker_id,
        )
        await settle_standings(connection, offer_id=weeks[1].offer_id, now=NOW)
    assert all(b"Gruti" in body for body, _ in (await bytes_of(kept, asked)).values())
    other = await kept.fetch(Asked("semaine-pont-audemer", "ics", "fr"))
    async with transaction(pool) as connection:
        await edit_speaker(connection, speaker_id=speaker_id, sheet=replace(sheet, trade="Soudeuse"), now=NOW)
    told = await bytes_of(kept, asked)
    assert all(b"Soudeuse" in body and b"Gruti" not in body for body, _ in told.values())
    assert told == await bytes_of(new_shelf(), asked)
    assert await kept.fetch(Asked("semaine-pont-audemer", "ics", "fr")) == other
