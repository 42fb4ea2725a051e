"""Public feeds: who is shown what, and that a change is seen."""

from datetime import timedelta

import pytest

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.feeds.remove_tombstones import remove_tombstones
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from tests.folding_client import FoldingCalendar
from tests.world import NOW, a_week, at

pytestmark = pytest.mark.anyio

CONTACT = "02 00 00 00 00"


def entries(answer):
    assert answer.status_code == 200
    calendar = FoldingCalendar()
    calendar.apply(answer.content)
    return calendar.entries()


async def do(pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": NOW + timedelta(hours=1), **given})


async def test_each_scope_shows_its_own_sessions(subscriber, week):
    shown = {
        slug: len(entries(await subscriber.get(f"/calendars/{slug}.ics")))
        for slug in (week.slug, "deux-semaines", "federation-des-metiers", "chantiers-de-la-risle", "secteur-s10")
    }
    assert list(shown.values()) == [10, 10, 10, 5, 2]


async def test_a_feed_has_the_instants_and_places_of_the_programme(subscriber, week):
    first = entries(await subscriber.get(f"/calendars/{week.slug}.ics"))[0]
    assert (first.start, first.end) == (at(0, 9), at(0, 12))
    assert first.summary == "Semaine à Pont-Audemer : Visite 1.1"
    assert first.location == "1 rue du Quai, 27500 Pont-Audemer"
    assert first.uid == f"{week.sessions[0]}@quinzaine.example"


async def test_a_draft_is_in_no_feed(subscriber, pool):
    async with transaction(pool) as connection:
        draft = await a_week(connection, published=False)
        await a_week(connection, slug="autre", days=1)
    assert (await subscriber.get(f"/calendars/{draft.slug}.ics")).status_code == 404
    for slug in ("deux-semaines", "federation-des-metiers"):
        assert len(entries(await subscriber.get(f"/calendars/{slug}.ics"))) == 2


async def test_a_campaign_of_drafts_is_not_there_and_appears_with_its_first_offer(subscriber, pool):
    async with transaction(pool) as connection:
        draft = await a_week(connection, published=False)
        await connection.execute(
            """
            INSERT INTO campaigns.feeds (slug, scope, subject, changed_at)
            VALUES ('deux-semaines', 'campaign', $1, $2)
            """,
            str(draft.campaign_id),
            NOW,
        )
    assert (await subscriber.get("/calendars/deux-semaines.ics")).status_code == 404
    async with transaction(pool) as connection:
        await a_week(connection, slug="autre")
    assert len(entries(await subscriber.get("/calendars/deux-semaines.ics"))) == 10


@pytest.mark.parametrize("status", ["closed", "over"])
async def test_a_closed_offer_stays_in_its_feed(subscriber, pool, week, status):
    await pool.execute("UPDATE campaigns.offers SET status = $1", status)
    assert len(entries(await subscriber.get(f"/calendars/{week.slug}.ics"))) == 10


async def test_a_changed_session_is_seen_at_the_next_request(subscriber, pool, week):
    before = await subscriber.get(f"/calendars/{week.slug}.ics")
    await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(title="Fonderie"))
    after = await subscriber.get(f"/calendars/{week.slug}.ics", headers={"If-None-Match": before.headers["ETag"]})
    assert "Fonderie" in entries(after)[0].summary
    assert after.headers["Last-Modified"] > before.headers["Last-Modified"]


async def test_a_host_that_loses_a_session_shows_it_as_gone(subscriber, pool, week):
    address = "/calendars/chantiers-de-la-risle.ics"
    assert len(entries(await subscriber.get(address))) == 5
    await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(host_id=week.hosts[1]))
    assert [entry.status for entry in entries(await subscriber.get(address))] == ["CANCELLED"] + ["CONFIRMED"] * 4
    assert len(entries(await subscriber.get("/calendars/energies-du-marais.ics"))) == 6


async def test_a_cancelled_session_stays_as_a_tombstone_for_90_days(subscriber, pool, week):
    address = f"/calendars/{week.slug}.ics"
    await do(pool, cancel_session, session_id=week.sessions[0], now=NOW)
    found = entries(await subscriber.get(address))
    assert [entry.status for entry in found] == ["CANCELLED"] + ["CONFIRMED"] * 9
    assert await do(pool, remove_tombstones, now=NOW + timedelta(days=90, seconds=-1)) == 0
    before = (await subscriber.get(address)).headers["ETag"]
    versions = dict(await pool.fetch("SELECT slug, version FROM campaigns.feeds"))
    assert await do(pool, remove_tombstones, now=NOW + timedelta(days=90)) == 1
    raised = dict(await pool.fetch("SELECT slug, version FROM campaigns.feeds"))
    assert {slug for slug in raised if raised[slug] != versions[slug]} == {
        week.slug,
        "deux-semaines",
        "federation-des-metiers",
        "chantiers-de-la-risle",
        "secteur-s10",
        "departement-27",
    }
    after = await subscriber.get(address, headers={"If-None-Match": before})
    assert [entry.status for entry in entries(after)] == ["CONFIRMED"] * 9
    assert await do(pool, remove_tombstones, now=NOW + timedelta(days=91)) == 0


async def test_tombstones_of_an_offer_under_change_wait(pool, week):
    await do(pool, cancel_session, session_id=week.sessions[0], now=NOW)
    async with transaction(pool) as other:
        await other.execute("SELECT FROM campaigns.offers WHERE id = $1 FOR NO KEY UPDATE", week.offer_id)
        assert await do(pool, remove_tombstones, now=NOW + timedelta(days=91)) == 0
    assert await do(pool, remove_tombstones, now=NOW + timedelta(days=91)) == 1


async def test_the_clock_removes_tombstones(subscriber, pool, week, settings):
    await do(pool, cancel_session, session_id=week.sessions[0], now=NOW)
    await tick(Edge(settings, pool), now=NOW + timedelta(days=91), free_seats=False, tombstones=True)
    assert len(entries(await subscriber.get(f"/calendars/{week.slug}.ics"))) == 9


async def test_a_cancelled_offer_is_a_feed_of_tombstones(subscriber, pool, week):
    await do(pool, cancel_offer, offer_id=week.offer_id)
    found = entries(await subscriber.get(f"/calendars/{week.slug}.ics"))
    assert {entry.status for entry in found} == {"CANCELLED"}
    assert len(found) == 10


@pytest.mark.usefixtures("week")
async def test_no_contact_is_told_in_public(subscriber, pool):
    await pool.execute("UPDATE campaigns.sessions SET contact = $1", CONTACT)
    for slug in await pool.fetch("SELECT slug FROM campaigns.feeds"):
        answer = await subscriber.get(f"/calendars/{slug['slug']}.ics")
        assert answer.status_code == 200
        assert CONTACT not in answer.text.replace("\r\n ", "")
        assert "eleve.example" not in answer.text.replace("\r\n ", "")


async def test_no_two_versions_of_a_feed_have_the_same_second(pool, week):
    seen = set()
    for number in range(3):
        await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(title=f"Titre {number}"))
        seen.add(await pool.fetchval("SELECT changed_at FROM campaigns.feeds WHERE slug = $1", week.slug))
    assert len(seen) == 3
    assert all(moment.microsecond == 0 for moment in seen)
