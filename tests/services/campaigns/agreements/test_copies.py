"""Duplicating the campaign of 2027 to 2028: the same weekdays and hours, holidays named, everybody asked again."""

import asyncio
from datetime import date, datetime, timedelta

import pytest

from services.campaigns.agreements.copies.copy import move_moment, plan_copy
from services.campaigns.agreements.copies.copy_form import suggest_copy
from services.campaigns.agreements.copies.read import read_offers_to_copy
from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.time_law import public_holiday
from shared.database import transaction
from shared.french_dates import PARIS
from shared.identifiers import new_id
from tests.services.campaigns.agreements.conftest import WORDING, agreement_of, facts
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

TO_2028 = {"title": "Normandie, encore", "first_day": "2028-06-19", "last_day": "2028-06-30"}


@pytest.fixture
async def last_year(pool, four, proposed, signer):
    """The campaign of 2027: a published week with groups, a speaker, a host who said yes, a pupil, a lost visit."""
    async with transaction(pool) as connection:
        for organisation_id in (four.agency, four.region):
            await invite_partner(connection, campaign_id=proposed.id, organisation_id=organisation_id, now=NOW)
            await agree_campaign(
                connection, campaign_id=proposed.id, organisation_id=organisation_id, version=1, word="Oui", now=NOW
            )
        week = await a_week(connection, slug="notre-semaine", groups=("A", "B"), published=False)
        await connection.execute(
            "UPDATE campaigns.offers SET campaign_id = $2, grades = '{seconde}' WHERE id = $1",
            week.offer_id,
            proposed.id,
        )
        await connection.execute(
            "UPDATE campaigns.sessions SET room = 'Salle 1', online_url = 'https://visio.example/a' WHERE id = $1",
            week.sessions[0],
        )
        await connection.execute(
            """
            WITH speaker AS (
                INSERT INTO campaigns.speakers (id, name, trade) VALUES ($2, 'Nora Vidal', 'Grutière') RETURNING id
            )
            INSERT INTO campaigns.session_speakers (session_id, speaker_id, during)
            SELECT s.id, speaker.id, s.during FROM campaigns.sessions s, speaker WHERE s.id = $1
            """,
            week.sessions[0],
            new_id(),
        )
        await connection.execute(
            """
            INSERT INTO campaigns.host_requests
                (id, session_id, organisation_id, person_id, status, asked_at, answer_by)
            SELECT $2, $1, $3, (SELECT person_id FROM campaigns.accounts LIMIT 1), 'confirmed', $4, $4
            """,
            week.sessions[0],
            new_id(),
            week.hosts[0],
            NOW,
        )
        await publish_offer(connection, offer_id=week.offer_id, now=NOW)
        await register_pupils(connection, offer_id=week.offer_id, requests=[a_pupil(1)], signer=signer, now=NOW)
        await cancel_session(connection, session_id=week.sessions[3], now=NOW)
    return week


async def copied(pool, slug_like="notre-semaine-2028%"):
    return await pool.fetchrow("SELECT * FROM campaigns.offers WHERE slug LIKE $1", slug_like)


async def test_the_campaign_of_2027_is_brought_to_2028(pool, four, owners, proposed, last_year):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}/dupliquer"
    seen = await lead.get(home, params=TO_2028)
    assert "du lundi 14 au vendredi 18 juin 2027" in seen.text
    assert "du lundi 19 au vendredi 23 juin 2028" in seen.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.campaigns WHERE lead_id = $1", four.federation) == 1
    made = await lead.post(home, TO_2028)
    assert made.status_code == 303, made.text

    new = await pool.fetchrow(
        "SELECT * FROM campaigns.campaigns WHERE slug = $1", made.headers["location"].rsplit("/")[-1]
    )
    assert (new["title"], new["period"].lower) == ("Normandie, encore", date(2028, 6, 19))
    offer = await copied(pool)
    assert (offer["status"], offer["taken"], offer["campaign_id"]) == ("draft", 0, new["id"])
    assert (offer["organisation_id"], offer["grades"], offer["seats"]) == (last_year.organisation_id, ["seconde"], 15)
    rows = await pool.fetch(
        """
        SELECT s.*, g.name AS group_name FROM campaigns.sessions s LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE s.offer_id = $1 ORDER BY s.starts_at
        """,
        offer["id"],
    )
    assert len(rows) == 9, "the cancelled visit is not taken along"
    first = rows[0]
    assert first["starts_at"].astimezone(PARIS) == datetime(2028, 6, 19, 9, tzinfo=PARIS)
    assert (first["group_name"], first["host_id"], first["room"]) == ("A", last_year.hosts[0], "Salle 1")
    assert first["online_url"] is None, "last year's link leads nowhere"
    days = await pool.fetch("SELECT date, instance_on, sector FROM campaigns.days WHERE offer_id = $1", offer["id"])
    assert {row["date"].weekday() for row in days} == {0, 1, 2, 3, 4}
    assert all(row["date"] == row["instance_on"] for row in days)
    left_behind = await pool.fetchrow(
        """
        SELECT (SELECT count(*) FROM campaigns.registrations WHERE offer_id = $1) AS registrations,
               (SELECT count(*) FROM campaigns.host_requests h JOIN campaigns.sessions s ON s.id = h.session_id
                WHERE s.offer_id = $1) AS host_requests,
               (SELECT count(*) FROM campaigns.session_speakers k JOIN campaigns.sessions s ON s.id = k.session_id
                WHERE s.offer_id = $1) AS speakers
        """,
        offer["id"],
    )
    assert tuple(left_behind) == (0, 0, 0)


async def test_all_partners_are_asked_again_and_who_left_is_not(pool, four, owners, proposed, last_year):
    async with transaction(pool) as connection:
        await withdraw_partner(connection, campaign_id=proposed.id, organisation_id=four.region, now=NOW)
    made = await owners[four.federation].post(f"/planification/campagnes/{proposed.slug}/dupliquer", TO_2028)
    slug = made.headers["location"].rsplit("/")[-1]
    new = await pool.fetchval("SELECT id FROM campaigns.campaigns WHERE slug = $1", slug)
    assert await agreement_of(pool, new, four.region) is None
    asked = await agreement_of(pool, new, four.agency)
    assert (asked["agreed_at"], asked["asked_version"], asked["word"]) == (None, 1, "")
    assert [fact["campaign_id"] for fact in await facts(pool, "agreement.requested")].count(str(new)) == 1
    assert last_year.campaign_id != new


async def test_a_copy_of_a_copy_to_the_same_days_leaves_the_rooms_that_are_taken_open(
    pool, four, owners, proposed, last_year
):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}/dupliquer"
    assert (await lead.post(home, TO_2028)).status_code == 303
    twice = await lead.post(home, TO_2028)
    assert twice.status_code == 409, "a form sent twice makes one campaign"
    again = TO_2028 | {"title": "Une autre"}
    assert "la salle Salle 1 est déjà prise lundi 19 juin" in (await lead.get(home, params=again)).text
    assert (await lead.post(home, again)).status_code == 303
    slugs = await pool.fetch("SELECT slug FROM campaigns.offers WHERE status = 'draft' ORDER BY slug")
    assert [row["slug"] for row in slugs] == ["notre-semaine-2028", "notre-semaine-2028-2"]
    assert last_year.slug not in {row["slug"] for row in slugs}


async def test_the_same_copy_asked_for_twice_at_once_is_made_once(pool, four, owners, proposed, last_year):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}/dupliquer"
    await lead.get("/planification/campagnes/nouvelle")
    answers = await asyncio.gather(*(lead.post(home, TO_2028) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers WHERE id <> $1", last_year.offer_id) == 1


async def test_public_holidays_and_days_outside_the_period_are_named(pool, proposed, last_year):
    async with transaction(pool) as connection:
        offers = await read_offers_to_copy(connection, proposed.id)
    # the week of Whit Monday 2028, three days of period only
    plan = plan_copy(offers, old_first_day=WORDING.first_day, first_day=date(2028, 6, 5), last_day=date(2028, 6, 7))
    assert plan.warnings == (
        "« Semaine à Pont-Audemer » : lundi 5 juin 2028 est férié (Lundi de Pentecôte).",
        "« Semaine à Pont-Audemer » : après la fin de la nouvelle période (jeudi 8 juin, vendredi 9 juin).",
        "« Semaine à Pont-Audemer » : le lien de la séance en ligne est à redonner.",
    )
    assert last_year.offer_id == offers[0].id


def test_an_hour_stays_the_hour_whatever_the_clocks_do():
    summer = datetime(2027, 6, 14, 9, tzinfo=PARIS)
    winter = move_moment(summer, timedelta(weeks=26))
    assert (winter.hour, winter.utcoffset()) == (9, timedelta(hours=1))
    assert summer.utcoffset() == timedelta(hours=2)


def test_the_holidays_are_those_of_france():
    assert public_holiday(date(2028, 5, 25)) == "Ascension"
    assert public_holiday(date(2028, 7, 14)) == "Fête nationale"
    assert public_holiday(date(2028, 6, 19)) is None


def test_next_year_is_suggested_with_the_period_the_ministry_decided():
    suggested = suggest_copy(WORDING)
    assert (suggested.first_day, suggested.last_day) == ("2028-06-19", "2028-06-30")


async def test_a_copy_to_the_same_period_or_a_period_that_ends_before_it_begins_is_refused(four, owners, proposed):
    lead, home = owners[four.federation], f"/planification/campagnes/{proposed.slug}/dupliquer"
    for days, sentence in (
        (("2027-06-14", "2027-06-25"), "Donnez une autre période"),
        (("2028-06-30", "2028-06-19"), "finit avant de commencer"),
        (("hier", "demain"), "Donnez une date"),
    ):
        answer = await lead.post(home, {"title": "Encore", "first_day": days[0], "last_day": days[1]})
        assert answer.status_code == 422
        assert sentence in answer.text


# what of an offer, a day, a session is taken along or made anew by the copy, and what begins as in any new draft
TAKEN_ALONG = {
    "offers": (
        "id slug campaign_id organisation_id series_id kind audience title summary city contact seats opens_at "
        "closes_at grades departements school_uais required proof_of_address busy"
    ),
    "days": "id offer_id date instance_on sector emergency_phone",
    "sessions": (
        "id offer_id day_id group_id starts_at ends_at title kind host_id site_id place room contact meeting_point "
        "access bring expected changed_at"
    ),
}
BEGINS_ANEW = {
    "offers": (
        "status taken waiting next_rank revision series_starts_at series_ends_at programme_version "
        "programme_changed_at cancelled_at closed_at edition names_shared_at kept"
    ),
    "days": "version",
    "sessions": "during for_groups online_url status sequence version cancelled_at removed_at",
}


@pytest.mark.parametrize("table", ["offers", "days", "sessions"])
async def test_every_column_is_taken_along_or_begins_anew(pool, table):
    """A column that is added and forgotten here would be lost in each copy without a word."""
    rows = await pool.fetch(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'campaigns' AND table_name = $1", table
    )
    known = TAKEN_ALONG[table].split() + BEGINS_ANEW[table].split()
    assert sorted(row["column_name"] for row in rows) == sorted(known)
