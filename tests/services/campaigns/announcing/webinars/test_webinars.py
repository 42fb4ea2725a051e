"""Webinars: whom the invitation reaches, once each, what a change and a cancellation tell whom, what is refused."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.announcing.correspondents.remove_correspondent import remove_old_correspondents
from services.campaigns.announcing.webinars.read import read_reach, read_webinar
from services.notifications.plan_events import plan_events
from shared.database import transaction
from shared.events import decode_event
from shared.identifiers import new_id
from tests.services.campaigns.announcing.lists import HEAD, OF_BAYEUX, PREVERT, REFERENT
from tests.services.campaigns.announcing.test_announcements import list_many
from tests.services.campaigns.announcing.test_correspondents import decline, id_of, keep
from tests.world import an_organisation

pytestmark = pytest.mark.anyio

HOME = "/planification/annonces/webinaires"
DAY = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
FIELDS = {
    "title": "Préparer juin",
    "day": DAY,
    "starts": "17:30",
    "ends": "18:30",
    "link": "https://visio.example/juin",
    "word": "À bientôt.",
    "departement": "",
    "roles": ["head", "referent"],
}


async def plan_one(planner, **changes):
    answer = await planner.post(HOME, {**FIELDS, "id": str(new_id()), **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def shown_in(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


async def invite(planner, location):
    page = (await planner.get(location)).text
    fields = {name: shown_in(page, name) for name in ("version", "batch")}
    return await planner.post(f"{location}/invitations", fields)


async def change(planner, location, *, version=None, **changes):
    version = version or shown_in((await planner.get(f"{location}/modifier")).text, "version")
    return await planner.post(f"{location}/modifier", {**FIELDS, "version": version, **changes})


async def facts(pool, tag):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = $1 ORDER BY id", tag)
    return [decode_event(row["body"]) for row in rows]


def told(facts):
    return sorted(each for fact in facts for each in fact.recipients)


async def test_a_page_says_whom_it_reaches_and_why_not_others_with_the_very_mail(pool, planner):
    await keep(planner, HEAD, REFERENT, OF_BAYEUX, f"{PREVERT};Sans;Ada;Référente;")
    await decline(pool, await id_of(pool, "malo.kervella@prevert.example"), "webinar_changed")
    page = (await planner.get(await plan_one(planner, departement="27"))).text
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    for words in ("Une personne à inviter", "Inviter une personne", "sans adresse", "ne veulent plus de messages",
                  "À bientôt.", "Rectorat, mars 2027", "Aucune réponse n’est attendue"):  # fmt: skip
        assert words in text, words
    assert await facts(pool, "webinar.invited") == []


async def test_pressed_twice_is_once_and_somebody_new_is_invited_by_pressing_again(pool, planner):
    await keep(planner, HEAD, REFERENT)
    location = await plan_one(planner)
    page = (await planner.get(location)).text
    fields = {name: shown_in(page, name) for name in ("version", "batch")}
    for _ in range(2):
        assert (await planner.post(f"{location}/invitations", fields)).status_code == 303
    assert len(told(await facts(pool, "webinar.invited"))) == 2
    await keep(planner, HEAD, REFERENT, OF_BAYEUX)
    assert (await invite(planner, location)).status_code == 303
    assert len(set(told(await facts(pool, "webinar.invited")))) == 3
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'invite_to_webinar'") == 2
    assert "Personne à inviter" in (await planner.get(location)).text


async def test_a_button_pressed_four_times_at_once_invites_everybody_once(pool, settings, small_week, planner):
    await list_many(pool, settings, small_week.organisation_id, 260)
    location = await plan_one(planner)
    webinar_id = location.rpartition("/")[2]
    # the control: each press alone would take the same people
    async with pool.acquire() as one, pool.acquire() as other:
        webinar = await read_webinar(one, small_week.organisation_id, webinar_id)
        found = [await read_reach(each, small_week.organisation_id, webinar.id, webinar.plan) for each in (one, other)]
    assert found[0] == found[1]
    assert len(found[0].people) == 260
    page = (await planner.get(location)).text
    assert "Inviter 200 personnes" in page
    fields = {name: shown_in(page, name) for name in ("version", "batch")}
    await asyncio.gather(*(planner.post(f"{location}/invitations", fields) for _ in range(4)))
    assert len(told(await facts(pool, "webinar.invited"))) == 200
    assert "Inviter 60 personnes" in (await planner.get(location)).text
    await invite(planner, location)
    everybody = told(await facts(pool, "webinar.invited"))
    assert len(everybody) == len(set(everybody)) == 260


async def test_a_change_is_told_to_those_invited_who_still_want_it_and_a_cancellation_to_all(pool, planner):
    await keep(planner, HEAD, REFERENT)
    location = await plan_one(planner)
    await invite(planner, location)
    head, referent = [await id_of(pool, each) for each in ("s.aubry@prevert.example", "malo.kervella@prevert.example")]
    await decline(pool, referent, "webinar_invited")
    await keep(planner, HEAD, REFERENT, OF_BAYEUX)
    assert (await change(planner, location, starts="17:00", word="Autre")).status_code == 303
    (changed,) = await facts(pool, "webinar.changed")
    assert (changed.recipients, changed.sequence) == ((head,), 1)
    assert [each.field for each in changed.changes] == ["starts_at"]
    assert changed.changes[0].after[10:16] == "T17:00"
    # its sentence alone is no news; nothing at all is none either
    assert (await change(planner, location, starts="17:00", word="Encore")).status_code == 303
    assert (await change(planner, location, starts="17:00", word="Encore")).status_code == 303
    assert len(await facts(pool, "webinar.changed")) == 1
    version = shown_in((await planner.get(location)).text, "version")
    for _ in range(2):
        assert (await planner.post(f"{location}/annulation", {"version": version})).status_code == 303
    (cancelled,) = await facts(pool, "webinar.cancelled")
    assert (sorted(cancelled.recipients), cancelled.sequence) == (sorted((head, referent)), 2)
    refused = await planner.post(f"{location}/invitations", {"version": "4", "batch": "1"})
    assert refused.status_code == 409
    assert "terminé ou annulé" in refused.text


async def test_of_two_planners_at_once_the_second_reads_it_again(pool, planner):
    await keep(planner, HEAD)
    location = await plan_one(planner)
    page = (await planner.get(location)).text
    assert (await change(planner, location, title="Un autre titre")).status_code == 303
    for answer in (
        await change(planner, location, version="1", title="Un troisième"),
        await planner.post(f"{location}/invitations", {"version": shown_in(page, "version"), "batch": "0"}),
        await planner.post(f"{location}/annulation", {"version": "1"}),
    ):
        assert answer.status_code == 409
        assert "Le webinaire a changé entre-temps" in answer.text
    assert await pool.fetchval("SELECT title FROM campaigns.webinars") == "Un autre titre"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.webinar_invitations") == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "Donnez un titre."),
        ({"title": "x" * 121}, "120 caractères au plus"),
        ({"day": "demain"}, "Donnez un jour."),
        ({"day": "2020-05-20"}, "C’est déjà passé."),
        ({"day": "9999-12-31"}, "deux ans au plus"),
        ({"starts": "25:99"}, "Donnez une heure"),
        ({"ends": "17:30"}, "La fin vient après le début."),
        ({"link": ""}, "Donnez le lien"),
        ({"link": "http://visio.example/juin"}, "qui commence par « https »"),
        ({"link": "https://[visio"}, "qui commence par « https »"),
        ({"link": "javascript:alert(1)"}, "qui commence par « https »"),
        ({"link": "https://visio.example/" + "x" * 500}, "500 caractères au plus"),
        ({"word": "x" * 501}, "500 caractères au plus"),
        ({"departement": "99"}, "Choisissez un département."),
        ({"roles": ["owner"]}, "Choisissez à qui vous écrivez."),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_kept(pool, planner, changes, words):
    answer = await planner.post(HOME, {**FIELDS, "id": str(new_id()), **changes})
    assert answer.status_code == 422
    assert words in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.webinars") == 0


async def test_the_form_sent_twice_is_one_webinar_and_it_is_its_organisation_s_alone(pool, sign_in, planner):
    one = str(new_id())
    assert await plan_one(planner, id=one) == await plan_one(planner, id=one)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.webinars") == 1
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="agence", kind="agency", name="Agence")
    stranger = await sign_in(other)
    assert (await stranger.get(f"{HOME}/{one}")).status_code == 404
    assert (await stranger.post(HOME, {**FIELDS, "id": one})).status_code == 404
    assert (await stranger.post(f"{HOME}/{one}/annulation", {"version": "1"})).status_code == 404


async def test_an_invitation_is_news_with_an_entry_and_counted_as_waiting_until_it_leaves(pool, settings, planner):
    await keep(planner, HEAD)
    location = await plan_one(planner)
    await invite(planner, location)
    rows = await pool.fetch("SELECT id FROM contract.events WHERE tag = 'webinar.invited'")
    async with transaction(pool) as connection:
        await plan_events(connection, [row["id"] for row in rows], settings=settings, now=datetime.now(UTC))
    row = await pool.fetchrow("SELECT message, priority, calendar_method FROM notifications.deliveries")
    assert tuple(row) == ("webinar_invited", 7, "REQUEST")
    assert "1</b> <span>en attente" in re.sub(r"\s+", " ", (await planner.get(location)).text)


async def test_who_was_invited_is_a_digest_of_nothing_once_the_webinar_is_over(pool, planner):
    await keep(planner, HEAD)
    await invite(planner, await plan_one(planner))
    known = await pool.fetchval("SELECT mark FROM campaigns.webinar_invitations")
    async with transaction(pool) as connection:
        await remove_old_correspondents(connection, now=datetime.now(UTC))
    assert await pool.fetchval("SELECT mark FROM campaigns.webinar_invitations") == known
    async with transaction(pool) as connection:
        await remove_old_correspondents(connection, now=datetime.now(UTC) + timedelta(days=31))
    assert len(await pool.fetchval("SELECT mark FROM campaigns.webinar_invitations")) == 16
