"""A new offer, its settings, two planners who save them at once, and what another organisation sees of it: nothing."""

import re
from html import unescape

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from shared.database import transaction
from tests.world import NOW, an_organisation

pytestmark = pytest.mark.anyio

NEW = {
    "kind": "workshop",
    "first_day": "2027-06-18",
    "last_day": "2027-06-22",
    "title": "  Atelier CV  ",
    "summary": "Écrire son CV.",
    "city": "Bernay",
    "seats": "",
}


@pytest.fixture
async def leading(pool, small_week):
    """The small week's campaign is led by its organisation."""
    await pool.execute("UPDATE campaigns.campaigns SET lead_id = $1", small_week.organisation_id)
    return small_week


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    fields = {
        name: unescape(value) for name, value in re.findall(r'<textarea [^>]*?name="([^"]+)"[^>]*>([^<]*)<', page)
    }
    for tag in re.findall(r"<input [^>]*>", page):
        given = dict(re.findall(r'([a-z]+)="([^"]*)"', tag))
        if "name" in given and (given.get("type") != "checkbox" or " checked" in tag):
            fields[given["name"]] = unescape(given.get("value", ""))
    return fields


async def test_a_draft_has_the_seats_of_its_kind_and_its_working_days(pool, leading, planner):
    answer = await planner.post("/planification/offres/nouvelle", {**NEW, "campaign_id": str(leading.campaign_id)})
    assert (answer.status_code, answer.headers["location"]) == (303, "/planification/atelier-cv")
    offer = await pool.fetchrow("SELECT * FROM campaigns.offers WHERE slug = 'atelier-cv'")
    assert (offer["status"], offer["seats"], offer["title"]) == ("draft", 15, "Atelier CV")
    days = await pool.fetch("SELECT date FROM campaigns.days WHERE offer_id = $1 ORDER BY date", offer["id"])
    assert [str(day["date"]) for day in days] == ["2027-06-18", "2027-06-21", "2027-06-22"]
    assert await pool.fetchval("SELECT action FROM campaigns.audit WHERE offer_id = $1", offer["id"]) == "draft_offer"


async def test_two_drafts_of_one_title_have_two_addresses(leading, planner):
    for slug in ("atelier-cv", "atelier-cv-2"):
        answer = await planner.post("/planification/offres/nouvelle", {**NEW, "campaign_id": str(leading.campaign_id)})
        assert answer.headers["location"] == f"/planification/{slug}"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "Donnez un titre à l’offre."),
        ({"kind": "party"}, "Choisissez un type d’offre."),
        ({"campaign_id": "0"}, "Choisissez une campagne."),
        ({"first_day": "le 12"}, "Donnez le premier jour."),
        ({"last_day": "2027-06-01"}, "Le dernier jour vient avant le premier."),
        ({"first_day": "2027-06-19", "last_day": "2027-06-20"}, "Aucun jour ouvré dans cette période."),
        ({"first_day": "2027-05-10", "last_day": ""}, "La campagne a lieu du lundi 14 au vendredi 25 juin 2027."),
        ({"first_day": "0001-01-01", "last_day": ""}, "Cette date est hors du possible."),
        ({"first_day": "9999-12-31", "last_day": ""}, "Cette date est hors du possible."),
        ({"last_day": "2099-06-20"}, "Une offre dure au plus 62 jours."),
        ({"seats": "-3"}, "Indiquez un nombre de places, de 1 à 10 000."),
        ({"title": "x" * 300}, "Ce texte est trop long : 150 caractères au plus."),
        ({"city": "a\x07b"}, "Ce texte contient un caractère invisible"),
        ({"opens_at": "2027-06-02T09:00", "closes_at": "2027-06-01T09:00"}, "Les inscriptions doivent se clore après"),
    ],
)
async def test_a_draft_is_refused_with_every_fault_beside_its_field(pool, leading, planner, wrong, sentence):
    given = {**NEW, "campaign_id": str(leading.campaign_id), **wrong}
    answer = await planner.post("/planification/offres/nouvelle", given)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert "Écrire son CV." in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 1


async def test_who_carries_no_campaign_is_told_so_and_cannot_draft_in_another_one(pool, small_week, planner):
    assert "ne porte encore aucune campagne" in (await planner.get("/planification/offres/nouvelle")).text
    given = {**NEW, "campaign_id": str(small_week.campaign_id)}
    assert (await planner.post("/planification/offres/nouvelle", given)).status_code == 422
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 1


async def test_settings_are_saved_and_tell_who_takes_part_only_of_what_they_see(pool, small_week, planner):
    path = f"/planification/{small_week.slug}/reglages"
    form = form_of((await planner.get(path)).text)
    answer = await planner.post(
        path, form | {"grade_seconde": "oui", "departements": "27, 2a", "school_uais": "", "seats": "9"}
    )
    assert answer.status_code == 303
    offer = await pool.fetchrow("SELECT grades, departements, seats, edition FROM campaigns.offers")
    assert tuple(offer) == (["seconde"], ["27", "2A"], 9, 2)
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'offer.changed'") == 0
    answer = await planner.post(path, form_of((await planner.get(path)).text) | {"city": "Bernay"})
    assert answer.status_code == 303
    event = await pool.fetchval("SELECT body FROM contract.events WHERE tag = 'offer.changed'")
    assert '"after": "Bernay"' in event
    assert '"before": "Pont-Audemer"' in event
    saved = form_of((await planner.get(path)).text)
    assert (saved["city"], saved["departements"], saved.get("grade_seconde")) == ("Bernay", "27 2A", "oui")


async def test_saving_what_is_there_already_writes_nothing(pool, small_week, planner):
    path = f"/planification/{small_week.slug}/reglages"
    assert (await planner.post(path, form_of((await planner.get(path)).text))).status_code == 303
    assert await pool.fetchval("SELECT edition FROM campaigns.offers") == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit") == 0


async def test_the_second_of_two_planners_is_told_what_the_first_changed_and_nothing_is_overwritten(
    pool, small_week, planner, sign_in
):
    path = f"/planification/{small_week.slug}/reglages"
    second = await sign_in(small_week.organisation_id, email="second@federation.example")
    first_form, second_form = form_of((await planner.get(path)).text), form_of((await second.get(path)).text)
    await planner.post(path, first_form | {"city": "Bernay", "title": "Semaine à Bernay"})
    answer = await second.post(path, second_form | {"contact": "Maud, 02 00 00 00 00", "title": "Semaine en Risle"})
    page = unescape(answer.text)
    assert answer.status_code == 412
    assert "Maud Ferrand a enregistré cette offre entre-temps" in page
    assert "<del>Pont-Audemer</del> <ins>Bernay</ins>" in page
    assert "vous aviez écrit : Semaine en Risle" in page
    merged = form_of(answer.text)
    assert (merged["city"], merged["contact"], merged["title"]) == (
        "Bernay",
        "Maud, 02 00 00 00 00",
        "Semaine en Risle",
    )
    assert await pool.fetchval("SELECT title FROM campaigns.offers") == "Semaine à Bernay"
    # the choice is the planner's: sent again, it is saved
    assert (await second.post(path, merged)).status_code == 303
    assert tuple(await pool.fetchrow("SELECT title, city, contact FROM campaigns.offers")) == (
        "Semaine en Risle",
        "Bernay",
        "Maud, 02 00 00 00 00",
    )


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"departements": "27 99"}, "« 99 » n’est pas un numéro de département"),
        ({"school_uais": "0271111A"}, "« 0271111A » n’est pas un code d’établissement"),
        ({"seats": "0"}, "Indiquez un nombre de places"),
        ({"opens_at": ""}, "Une offre publiée garde une date d’ouverture."),
        ({"closes_at": "0001-01-01T00:00"}, "Cette date est hors du possible."),
        ({"opens_at": "9999-12-31T23:59"}, "Cette date est hors du possible."),
        ({"closes_at": "demain"}, "Donnez un jour et une heure."),
    ],
)
async def test_settings_are_refused_beside_the_field(pool, small_week, planner, wrong, sentence):
    path = f"/planification/{small_week.slug}/reglages"
    answer = await planner.post(path, form_of((await planner.get(path)).text) | wrong)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert await pool.fetchval("SELECT edition FROM campaigns.offers") == 1


@pytest.mark.parametrize("base", ["", "{", '{"title":"x","seats":-5,"opens_at":"0001-01-01T00:00:00Z"}'])
async def test_a_hidden_field_that_is_not_ours_is_left_aside(pool, small_week, planner, base):
    path = f"/planification/{small_week.slug}/reglages"
    form = form_of((await planner.get(path)).text)
    await pool.execute("UPDATE campaigns.offers SET edition = 9, city = 'Bernay'")
    answer = await planner.post(path, form | {"base": base})
    assert answer.status_code == 412
    assert form_of(answer.text)["edition"] == "9"


async def test_a_cancelled_offer_keeps_its_settings(pool, small_week, planner):
    path = f"/planification/{small_week.slug}/reglages"
    form = form_of((await planner.get(path)).text)
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=small_week.offer_id, now=NOW)
    assert (await planner.post(path, form | {"city": "Bernay"})).status_code == 409


async def test_the_offer_of_another_organisation_does_not_exist(pool, small_week, sign_in):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre agence")
    stranger = await sign_in(other)
    path = f"/planification/{small_week.slug}/reglages"
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.post(path, {"title": "À moi", "seats": "3"})).status_code == 404
    assert small_week.slug not in (await stranger.get("/planification/offres")).text


async def test_a_role_removed_while_the_form_is_open_saves_nothing(pool, small_week, planner):
    path = f"/planification/{small_week.slug}/reglages"
    form = form_of((await planner.get(path)).text)
    await pool.execute("UPDATE campaigns.members SET role = 'viewer' WHERE person_id = $1", planner.member.person_id)
    assert (await planner.post(path, form | {"city": "Bernay"})).status_code == 403
    await pool.execute("DELETE FROM campaigns.members WHERE person_id = $1", planner.member.person_id)
    answer = await planner.post(path, form | {"city": "Bernay"})
    assert answer.status_code in (303, 401)
    assert await pool.fetchval("SELECT city FROM campaigns.offers") == "Pont-Audemer"
