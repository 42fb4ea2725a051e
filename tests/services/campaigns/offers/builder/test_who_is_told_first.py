"""Acts of the week builder in a published offer: who will be told, and the very mail, before anything is done."""

from datetime import timedelta
from html import unescape

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import decode_event
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.services.campaigns.offers.builder.test_week_page import fields_of, sheet
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

WEEK = "/planification/publiee/semaine"
CONFIRM = "/planification/publiee/consequences"


@pytest.fixture
async def public(pool, settings):
    """A published week of two groups with a pupil in each."""
    async with transaction(pool) as connection:
        week = await a_week(connection, slug="publiee", groups=("A", "B"))
        signer = Signer(settings.secret_keys)
        requests = [a_pupil(number) for number in range(2)]
        await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=signer, now=NOW)
        return week


@pytest.fixture
async def planner(sign_in, public):
    return await sign_in(public.organisation_id)


async def facts_of(pool, tag):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = $1 ORDER BY id", tag)
    return [decode_event(row["body"]) for row in rows]


async def an_empty_day(planner):
    assert (await planner.post(f"{WEEK}/jours", {"date": "2027-06-21"})).status_code == 303


# each act: where its form posts, what it sends, whom it is told to, what the mail says, the fact, the audit line
ACTS = [
    ("/seances", sheet(), 2, "Visite", "session.added", 1, "add_session", "a ajouté la séance « Visite »."),
    (
        "/jours/2027-06-14/copie", {"date": "2027-06-22"}, 2, "22 juin", "session.added", 2, "copy_day",
        "a copié la journée du lundi 14 juin vers le mardi 22 juin.",
    ),
    (
        "/modele", {}, 2, "21 juin", "session.added", 5, "apply_template_week",
        "a rempli 1 journée avec la semaine modèle.",
    ),
    (
        "/jours/2027-06-14", {"sector": "s21", "emergency_phone": "112", "phone_of_all": "oui"}, 2, "Secteur",
        "session.changed", 2, "edit_day", "a changé la journée du lundi 14 juin.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("path", "sent", "pupils", "said", "tag", "count", "action", "detail"), ACTS)
async def test_it_is_shown_first_and_done_when_pressed_again(
    pool, planner, path, sent, pupils, said, tag, count, action, detail
):
    await an_empty_day(planner)
    shown = await planner.post(f"{WEEK}{path}", sent)
    page = unescape(shown.text)
    assert shown.status_code == 200, page
    assert f"<li>{pupils} élèves</li>" in page
    assert said in page.partition("mot pour mot")[2]
    assert await facts_of(pool, tag) == []
    again = {**fields_of(shown), "note": "Une étape de plus.", "hold": "oui"}
    reread = await planner.post(CONFIRM, {**again, "again": "oui"})
    assert "Une étape de plus." in unescape(reread.text).partition("mot pour mot")[2]
    # the journal is in French, whatever page was written on
    done = await planner.post(f"/en{CONFIRM}", {**again, "confirmed": "oui"})
    assert (done.status_code, done.headers["location"].partition("#")[0]) == (303, f"/en{WEEK}")
    facts = await facts_of(pool, tag)
    assert len(facts) == count
    assert {fact.note for fact in facts} == {"Une étape de plus."}
    assert {fact.tell_after - fact.occurred_at for fact in facts} == {timedelta(hours=1)}
    line = await pool.fetchrow("SELECT action, detail FROM campaigns.audit ORDER BY id DESC LIMIT 1")
    assert (line["action"], line["detail"]) == (action, f"{detail} La nouvelle attend une heure.")


async def test_what_the_form_said_of_the_day_is_what_is_done(pool, planner):
    sent = {"sector": "s21", "emergency_phone": "02 32 00 00 00", "phone_of_all": "oui"}
    shown = await planner.post(f"{WEEK}/jours/2027-06-14", sent)
    await planner.post(CONFIRM, {**fields_of(shown), "confirmed": "oui"})
    days = await pool.fetch("SELECT sector, emergency_phone FROM campaigns.days ORDER BY date")
    assert days[0]["sector"] == "s21"
    assert {day["emergency_phone"] for day in days} == {"02 32 00 00 00"}


async def test_a_group_is_renamed_once_its_own_pupils_are_named(pool, public, planner):
    await pool.execute(
        "UPDATE campaigns.sessions SET group_id = $1 WHERE id = $2", public.groups[0], public.sessions[0]
    )
    shown = await planner.post(f"{WEEK}/groupes/{public.groups[0]}", {"name": "Rouge"})
    page = unescape(shown.text)
    assert "<li>1 élève</li>" in page
    assert "Son nouveau nom : Rouge" in page
    assert await pool.fetchval("SELECT count(*) FROM campaigns.groups WHERE name = 'Rouge'") == 0
    done = await planner.post(CONFIRM, {**fields_of(shown), "confirmed": "oui"})
    assert (done.status_code, done.headers["location"]) == (303, f"{WEEK}/groupes")
    assert await pool.fetchval("SELECT name FROM campaigns.groups WHERE id = $1", public.groups[0]) == "Rouge"


async def test_in_the_drawer_the_panel_takes_the_whole_page(planner):
    answer = await planner.post(f"{WEEK}/seances", sheet(), headers={"HX-Request": "true"})
    assert answer.headers["hx-retarget"] == "body"
    assert read(answer).text.count("Avant d’ajouter la séance") >= 1


async def test_what_nobody_is_told_of_is_done_at_once(pool, planner):
    path = f"{WEEK}/jours/2027-06-14"
    assert (await planner.post(path, {"sector": "s10", "emergency_phone": "112"})).status_code == 303
    await an_empty_day(planner)
    assert (await planner.post(f"{WEEK}/jours/2027-06-21", {"sector": "s21"})).status_code == 303
    assert (await planner.post(f"{WEEK}/groupes", {"name": "C"})).status_code == 303
    assert await facts_of(pool, "session.changed") == []


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("/seances", sheet(starts="09:00", ends="10:00"), 409),
        ("/seances", sheet(title=""), 422),
        ("/jours/2027-06-14/copie", {"date": "2027-06-15"}, 409),
        ("/jours/2027-06-14", {"sector": "s99"}, 422),
        ("/modele", {}, 409),
    ],
)
async def test_what_cannot_be_is_refused_at_its_own_form_before_any_panel(planner, path, sent, status):
    assert (await planner.post(f"{WEEK}{path}", sent)).status_code == status


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"act": "copy_day", "date": "2027-06-14"}, 422),
        ({"act": "copy_day", "date": "2027-06-14", "target": "jamais"}, 422),
        ({"act": "edit_day", "sector": "s21"}, 422),
        ({"act": "edit_day", "date": "2029-01-01"}, 404),
        ({"act": "edit_group", "name": "Rouge"}, 404),
        ({"act": "edit_group", "name": "Rouge", "group_id": "x"}, 404),
        ({"act": "add_session", "title": "Seul un titre"}, 422),
        ({"act": "add_session", "title": "Visite", "kind": "fête", "starts_at": "2027-06-14T16:00",
          "ends_at": "2027-06-14T17:00"}, 422),
    ],
)  # fmt: skip
async def test_a_panel_of_nonsense_changes_nothing(pool, planner, wrong, status):
    before = await pool.fetchval("SELECT count(*) FROM contract.events")
    assert (await planner.post(CONFIRM, {**wrong, "confirmed": "oui"})).status_code == status
    assert await pool.fetchval("SELECT count(*) FROM contract.events") == before


async def test_a_day_that_was_changed_while_the_panel_was_read_is_not_changed(pool, planner):
    path = f"{WEEK}/jours/2027-06-14"
    version = fields_of(await planner.get(path))["version"]
    shown = await planner.post(path, {"sector": "s21", "version": version})
    await pool.execute("UPDATE campaigns.days SET emergency_phone = '15'")
    answer = await planner.post(CONFIRM, {**fields_of(shown), "confirmed": "oui"})
    assert (answer.status_code, "entre-temps" in answer.text) == (412, True)
    assert await facts_of(pool, "session.changed") == []


@pytest.mark.parametrize("path", ["/seances/nouvelle", "/jours/2027-06-14", "/modele"])
async def test_the_button_says_that_nothing_is_done_yet(planner, path):
    await an_empty_day(planner)
    assert "Voir qui sera prévenu" in (await planner.get(f"{WEEK}{path}")).text
