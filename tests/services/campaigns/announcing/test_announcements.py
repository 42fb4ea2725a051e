"""Announcements: whom one reaches and why not others, once each, in batches that can be stopped, what came of it."""

import asyncio
import csv
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.announcing.announcement import BATCH, Choice
from services.campaigns.announcing.correspondents.keep_correspondents import keep_correspondents
from services.campaigns.announcing.reach import place_of_school
from services.campaigns.announcing.read import read_progress, read_reach
from services.campaigns.announcing.send_batch import find_batches_to_send, send_batch
from services.campaigns.schools.directory import FOLDER, school_of
from services.notifications.plan_events import plan_events
from shared.database import transaction
from shared.events import decode_event
from shared.signed_links import Signer
from tests.services.campaigns.announcing.lists import BAYEUX, HEAD, OF_BAYEUX, PREVERT, REFERENT, many
from tests.services.campaigns.announcing.test_correspondents import decline, id_of, keep
from tests.world import an_organisation

pytestmark = pytest.mark.anyio

HOME = "/planification/annonces"
NEAR_PONT_AUDEMER = (PREVERT, "0271049U", "0271081D", "0271382F")


def choice(**changes):
    return {"campaign": "deux-semaines", "kilometres": "30", "roles": ["head", "referent"], "word": "", **changes}


async def preview(planner, **changes):
    return await planner.post(f"{HOME}/apercu", choice(**changes))


async def press(planner, page, **changes):
    """The button of a preview."""
    found = re.search(r'name="id" value="([^"]+)"', page)
    return await planner.post(HOME, choice(id=found[1], **changes))


async def announce(planner, **changes):
    answer = await press(planner, (await preview(planner, **changes)).text, **changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def facts(pool):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'offers.announced' ORDER BY id")
    return [decode_event(row["body"]) for row in rows]


async def plan(pool, settings):
    rows = await pool.fetch("SELECT id FROM contract.events WHERE tag = 'offers.announced' AND planned_at IS NULL")
    async with transaction(pool) as connection:
        await plan_events(connection, [row["id"] for row in rows], settings=settings, now=datetime.now(UTC))


async def hand_over(pool, settings, *, failed=0):
    """What the worker does: everything leaves, but `failed` of them, whose servers say no."""
    await plan(pool, settings)
    await pool.execute("UPDATE notifications.deliveries SET state = 'sent', sent_at = now() WHERE state = 'due'")
    await pool.execute(
        """
        UPDATE notifications.deliveries SET state = 'failed' WHERE id IN (
            SELECT d.id FROM notifications.deliveries d JOIN campaigns.announced a ON a.person_id = d.recipient_id
            ORDER BY a.batch DESC, d.id LIMIT $1)
        """,
        failed,
    )


async def list_many(pool, settings, organisation_id, count):
    async with transaction(pool) as connection:
        await keep_correspondents(
            connection,
            organisation_id=organisation_id,
            lines=tuple(many(count, NEAR_PONT_AUDEMER)),
            source="Rectorat",
            signer=Signer(settings.secret_keys),
            now=datetime.now(UTC),
        )


async def next_batch(pool, *, later=timedelta(minutes=6)):
    """The clock, some minutes later."""
    now = datetime.now(UTC) + later
    told = 0
    async with transaction(pool) as connection:
        for announcement_id in await find_batches_to_send(connection, now=now):
            told += await send_batch(connection, announcement_id=announcement_id, now=now)
    return told


async def test_a_preview_says_whom_it_reaches_whom_not_and_why_and_shows_the_very_mail(pool, planner):
    await keep(
        planner,
        HEAD,
        REFERENT,
        OF_BAYEUX,
        f"{PREVERT};Sans;Adresse;Référent;",
        f"{PREVERT};Refusée;Ada;Référente;refusee@prevert.example",
        f"{PREVERT};Lasse;Léa;Référente;lasse@prevert.example",
    )
    await decline(pool, await id_of(pool, "lasse@prevert.example"))
    await pool.execute(
        "INSERT INTO notifications.suppressions (address, reason, at) VALUES ($1, 'bounce 5.1.1', now())",
        "refusee@prevert.example",
    )
    shown = await preview(planner, word="Venez <b>voir</b>\nnotre webinaire.")
    assert shown.status_code == 200
    text = re.sub(r"<[^>]+>|\s+", " ", shown.text)
    for words in (
        "2 personnes recevraient ce message",
        "Dans un lycée",
        "1 ne veulent plus de messages",
        "1 adresse qui ne reçoit rien",
        "1 sans adresse",
        "1 rien d’ouvert à cette distance",
    ):
        assert words in re.sub(r"\s+", " ", text), words
    for words in (
        "Près de votre établissement, une offre pour vos élèves",
        "Semaine à Pont-Audemer",
        "15 places libres" if "15 places" in shown.text else "2 places libres sur 2",
        "?lieu=Pont-Audemer",
        "Rectorat, mars 2027",
        "&gt; Venez &lt;b&gt;voir&lt;/b&gt;",
    ):
        assert words in shown.text, words
    assert await facts(pool) == []
    heads = await preview(planner, roles=["head"])
    assert "Une personne recevrait ce message" in heads.text
    far = await preview(planner, kilometres="100", departement="14")
    assert "Une personne recevrait ce message" in far.text
    assert "Bayeux" in far.text


async def test_a_press_sends_the_first_batch_and_twice_is_once(pool, planner):
    await keep(planner, HEAD, REFERENT, OF_BAYEUX)
    page = (await preview(planner)).text
    answers = await asyncio.gather(*(press(planner, page, word="Bonjour") for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    (fact,) = await facts(pool)
    assert len(fact.recipients) == 2
    assert fact.school == "Lycée Jacques Prévert, Pont-Audemer"
    assert [(offer.slug, offer.kilometres, offer.state) for offer in fact.offers] == [
        ("semaine-pont-audemer", 0, "open")
    ]
    assert fact.word == "Bonjour"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'open_announcement'") == 1
    # another announcement of the same campaign reaches whom this one did not
    again = await preview(planner)
    assert "Personne ne recevrait ce message" in again.text
    assert "2</b> <span>déjà informés" in again.text
    refused = await planner.post(HOME, choice(id="01900000-0000-7000-8000-000000000001"))
    assert refused.status_code == 409
    assert len(await announcement_ids(pool)) == 1
    location = await announce(planner, kilometres="100")
    assert "Terminée" in (await planner.get(location)).text
    assert len(await facts(pool)) == 2


async def announcement_ids(pool):
    return [row["id"] for row in await pool.fetch("SELECT id FROM campaigns.announcements")]


async def test_whom_a_partner_has_told_is_not_told_again(pool, sign_in, planner, small_week):
    await keep(planner, HEAD)
    await announce(planner)
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="agence", kind="agency", name="Agence")
        await connection.execute(
            "INSERT INTO campaigns.agreements (campaign_id, organisation_id, agreed_at) VALUES ($1, $2, now())",
            small_week.campaign_id,
            other,
        )
    partner = await sign_in(other)
    await keep(partner, HEAD.replace("s.aubry", "S.AUBRY"), REFERENT)
    shown = await preview(partner)
    assert "Une personne recevrait ce message" in shown.text
    assert "déjà informés" in shown.text
    await announce(partner)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.announced") == 2


async def test_hundreds_go_in_batches_that_wait_for_each_other_and_can_be_stopped(pool, settings, small_week, planner):
    await list_many(pool, settings, small_week.organisation_id, 450)
    location = await announce(planner)
    told = "SELECT count(*) FROM campaigns.announced"
    assert await pool.fetchval(told) == BATCH
    assert await next_batch(pool, later=timedelta(minutes=1)) == 0
    # the last one has not left
    assert await next_batch(pool) == 0
    await hand_over(pool, settings)
    shown = re.sub(r"\s+", " ", (await planner.get(location)).text)
    assert '<b class="num">450</b> <span>prévus' in shown
    assert '<b class="num">200</b> <span>partis' in shown
    for _ in range(2):
        await planner.post(f"{location}/arret")
    assert "Arrêtée par vous" in (await planner.get(location)).text
    assert await next_batch(pool, later=timedelta(hours=1)) == 0
    for _ in range(2):
        await planner.post(f"{location}/reprise")
    assert await next_batch(pool) == BATCH
    await hand_over(pool, settings)
    assert await next_batch(pool, later=timedelta(minutes=12)) == 50
    await hand_over(pool, settings)
    shown = re.sub(r"\s+", " ", (await planner.get(location)).text)
    assert "Terminée" in shown
    assert '<b class="num">450</b> <span>remis' in shown
    assert await next_batch(pool, later=timedelta(days=1)) == 0
    assert await pool.fetchval("SELECT count(DISTINCT person_id) FROM campaigns.announced") == 450
    acts = await pool.fetch("SELECT action FROM campaigns.audit WHERE action LIKE '%_announcement' ORDER BY id")
    assert [row["action"] for row in acts] == ["open_announcement", "stop_announcement", "resume_announcement"]


async def test_two_clocks_at_once_tell_nobody_twice(pool, settings, small_week, planner):
    await list_many(pool, settings, small_week.organisation_id, 260)
    await announce(planner)
    await hand_over(pool, settings)
    (announcement_id,) = await announcement_ids(pool)
    # the control: each of them alone would take the same people
    async with pool.acquire() as one, pool.acquire() as other:
        found = await asyncio.gather(*(reach_of(connection, small_week) for connection in (one, other)))
    assert found[0] == found[1] != set()
    assert sum(await asyncio.gather(*(next_batch(pool) for _ in range(4)))) == 60
    rows = await pool.fetch("SELECT DISTINCT event_id FROM campaigns.announced WHERE batch = 2")
    assert {row["event_id"] for row in rows} <= {fact.id for fact in await facts(pool)}
    recipients = [each for fact in await facts(pool) for each in fact.recipients]
    assert len(recipients) == len(set(recipients)) == 260
    assert await next_batch(pool, later=timedelta(hours=1)) == 0
    async with pool.acquire() as connection:
        assert (await read_progress(connection, announcement_id)).told == 260


async def reach_of(connection, week):
    found = await read_reach(
        connection,
        organisation_id=week.organisation_id,
        campaign_id=week.campaign_id,
        choice=Choice(kilometres=30),
        now=datetime.now(UTC),
    )
    return {each.id for each in found.people}


async def test_a_list_that_is_out_of_date_stops_by_itself_until_somebody_has_looked(
    pool, settings, small_week, planner
):
    await list_many(pool, settings, small_week.organisation_id, 450)
    location = await announce(planner)
    await hand_over(pool, settings, failed=12)
    assert await next_batch(pool) == 0
    shown = re.sub(r"\s+", " ", (await planner.get(location)).text)
    assert "trop d’adresses n’existent pas" in shown
    assert '<b class="num">12</b> <span>non remis' in shown
    assert '<b class="num">188</b> <span>remis' in shown
    await planner.post(f"{location}/reprise")
    assert await next_batch(pool) == BATCH
    await hand_over(pool, settings)
    assert await next_batch(pool, later=timedelta(minutes=12)) == 50


async def test_a_campaign_that_is_cancelled_is_announced_no_further(pool, settings, small_week, planner):
    await list_many(pool, settings, small_week.organisation_id, 210)
    location = await announce(planner)
    await hand_over(pool, settings)
    # each mail that is not gone yet says of which campaign it is
    campaign_id = await pool.fetchval("SELECT id FROM campaigns.campaigns WHERE slug = 'deux-semaines'")
    assert {fact.campaign_id for fact in await facts(pool)} == {campaign_id}
    await pool.execute("UPDATE campaigns.campaigns SET cancelled_at = now()")
    assert await next_batch(pool) == 0
    assert "la campagne n’est plus publiée" in (await planner.get(location)).text
    assert (await preview(planner)).status_code == 422


async def test_a_bounce_and_an_unsubscription_are_counted_and_the_person_is_written_to_no_more(
    pool, settings, visitor, planner
):
    await keep(planner, HEAD, REFERENT)
    location = await announce(planner)
    await hand_over(pool, settings)
    deliveries = await pool.fetch(
        "SELECT d.id, p.email FROM notifications.deliveries d JOIN contract.people p ON p.id = d.recipient_id"
    )
    mails = {row["email"]: row["id"] for row in deliveries}
    await pool.execute(
        """
        INSERT INTO notifications.suppressions (address, reason, at, delivery_id)
        VALUES ($1, 'bounce 5.1.1', now(), $2)
        """,
        "malo.kervella@prevert.example",
        mails["malo.kervella@prevert.example"],
    )
    token = Signer(settings.secret_keys).token("unwanted", mails["s.aubry@prevert.example"])
    looked = await visitor.get(f"/desabonnement/{token}")
    assert "annonces et des invitations" in looked.text
    for _ in range(2):
        assert (await visitor.post(f"/desabonnement/{token}")).status_code == 200
    shown = re.sub(r"\s+", " ", (await planner.get(location)).text)
    for words in ("2</b> <span>partis", "1</b> <span>remis", "1</b> <span>non remis", "1</b> <span>ne veulent plus"):
        assert words in shown, words
    # a new list changes nothing
    await keep(planner, HEAD, REFERENT)
    await pool.execute("DELETE FROM campaigns.announced")
    again = await preview(planner)
    assert "Personne ne recevrait ce message" in again.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"campaign": "inconnue"}, "Choisissez une campagne publiée."),
        ({"campaign": ""}, "Choisissez une campagne."),
        ({"kilometres": "7000"}, "Choisissez une distance."),
        ({"kilometres": "²"}, "Choisissez une distance."),
        ({"departement": "99"}, "Choisissez un département."),
        ({"roles": []}, "Choisissez à qui vous écrivez."),
        ({"roles": ["owner"]}, "Choisissez à qui vous écrivez."),
        ({"word": "x" * 501}, "500 caractères au plus"),
    ],
)
async def test_what_cannot_be_announced_is_said_and_nothing_is_sent(pool, planner, changes, words):
    await keep(planner, HEAD)
    for path in (f"{HOME}/apercu", HOME):
        answer = await planner.post(path, choice(id="01900000-0000-7000-8000-000000000001", **changes))
        assert answer.status_code == 422
        assert words in answer.text
    assert await facts(pool) == []


async def test_an_announcement_is_its_organisation_s_alone(pool, sign_in, planner):
    await keep(planner, HEAD)
    location = await announce(planner)
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="agence", kind="agency", name="Agence")
    stranger = await sign_in(other)
    assert (await stranger.get(location)).status_code == 404
    for what in ("arret", "reprise"):
        assert (await stranger.post(f"{location}/{what}")).status_code == 404
    assert location not in (await stranger.get(HOME)).text
    assert "Choisissez une campagne publiée." in (await preview(stranger)).text


async def test_an_offer_for_other_schools_or_closed_is_near_nobody(pool, planner):
    await keep(planner, HEAD, OF_BAYEUX)
    await pool.execute("UPDATE campaigns.offers SET departements = '{14}'")
    assert "Personne ne recevrait" in (await preview(planner)).text
    await pool.execute("UPDATE campaigns.offers SET school_uais = $1", [PREVERT])
    assert "Une personne recevrait" in (await preview(planner)).text
    await pool.execute("UPDATE campaigns.offers SET closes_at = now()")
    assert "Personne ne recevrait" in (await preview(planner)).text


def test_a_school_lies_in_its_own_town():
    assert place_of_school(PREVERT).label == "Pont-Audemer (27)"
    assert place_of_school(BAYEUX).label == "Bayeux (14)"
    assert place_of_school("9999999P") is None
    # once a commune, today a part of Pont-Audemer
    assert place_of_school("0271081D").label == "Pont-Audemer (27)"
    with (FOLDER / "lycees-normandie.csv").open(encoding="utf-8", newline="") as file:
        uais = {row["uai"] for row in csv.DictReader(file) if school_of(row["uai"])}
    assert [uai for uai in uais if place_of_school(uai) is None] == []


async def test_two_thousand_are_told_in_ten_batches_once_each_and_quickly(pool, settings, small_week, planner):
    await list_many(pool, settings, small_week.organisation_id, 2_000)
    await announce(planner)
    spent = []
    for number in range(1, 12):
        await hand_over(pool, settings)
        at = time.monotonic()
        if not await next_batch(pool, later=timedelta(minutes=6 * number)):
            break
        spent.append(time.monotonic() - at)
    assert len(spent) == 9
    assert await pool.fetchval("SELECT count(DISTINCT recipient_id) FROM notifications.deliveries") == 2_000
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries") == 2_000
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE priority < 7") == 0
    # a batch holds a transaction of the clock: a second on a machine with nothing else to do
    assert max(spent) < 10, spent
