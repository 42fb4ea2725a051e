"""Series: workshops and mornings that are repeated, from a form to drafts to the catalogue."""

import asyncio
import re
from datetime import time

import pytest

from services.campaigns.offers.kinds.series.build_series import build_series
from services.campaigns.offers.kinds.series.series import Hours, Place, Series, title_of_series
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.identifiers import new_id
from shared.refusal import Refusal
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import MONDAY, NOW, Week, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio

NEW = "/planification/series/nouvelle"


@pytest.fixture
async def week(pool) -> Week:
    """A published week whose federation leads the campaign."""
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await connection.execute("UPDATE campaigns.campaigns SET lead_id = $1", week.organisation_id)
    return week


@pytest.fixture
async def planner(sign_in, week):
    return await sign_in(week.organisation_id)


def mornings(week: Week, **changes: str) -> dict[str, str]:
    """Tuesdays and Thursdays of two weeks, in Caen and Rouen."""
    return {
        "kind": "information_morning",
        "audience": "pupils",
        "campaign_id": str(week.campaign_id),
        "title": "Trois métiers, une matinée",
        "seats": "50",
        "first_day": "2027-06-14",
        "last_day": "2027-06-25",
        "mar": "oui",
        "jeu": "oui",
        "starts_1": "09:00",
        "ends_1": "12:00",
        "address_1": "20 rue des Chaloupes, 14000 Caen",
        "city_1": "Caen",
        "room_1": "Auditorium",
        "address_2": "3 quai des Deux Rives, 76000 Rouen",
        "city_2": "Rouen",
        "room_2": "Forum",
        **changes,
    }


async def count(pool, what: str) -> int:
    async with pool.acquire() as connection:
        return await connection.fetchval(f"SELECT count(*) FROM {what}")  # noqa: S608  # a test's own words


async def create(planner, form: dict[str, str]) -> str:
    answer = await planner.post(NEW, {**form, "create": "oui"})
    assert answer.status_code == 303, read(answer).text
    return answer.headers["location"]


async def test_the_dates_are_shown_before_anything_is_made(planner, week, pool):
    answer = await planner.post(NEW, mornings(week))
    assert answer.status_code == 200
    text = read(answer).text
    assert "8 créneaux" in text
    assert "Mardi 15 juin, 9 h–12 h, Caen, Auditorium" in text
    assert "Jeudi 24 juin, 9 h–12 h, Rouen, Forum" in text
    assert await count(pool, "campaigns.offers") == 1


async def test_a_series_becomes_drafts_each_an_offer_of_its_own(planner, week, pool):
    path = await create(planner, mornings(week))
    seen = await planner.get(path)
    page = read(seen).text
    link = re.search(r'href="(/planification/intervenants\?seance=[^"]+)"', seen.text)
    assert link is not None
    assert (await planner.get(link[1])).status_code == 200
    assert "Trois métiers, une matinée" in page
    assert "8 créneaux, dont 8 en brouillon" in page
    assert "3 places d’intervenant à pourvoir" in page
    async with pool.acquire() as connection:
        rows = await connection.fetch(
            """
            SELECT o.title, o.status, o.seats, s.kind, s.room, site.address
            FROM campaigns.offers o JOIN campaigns.sessions s ON s.offer_id = o.id
            JOIN campaigns.sites site ON site.id = s.site_id
            WHERE o.series_id IS NOT NULL ORDER BY s.starts_at, o.city
            """
        )
    assert len(rows) == 8
    assert dict(rows[0]) == {
        "title": "Trois métiers, une matinée, mardi 15 juin à Caen",
        "status": "draft",
        "seats": 50,
        "kind": "testimony",
        "room": "Auditorium",
        "address": "20 rue des Chaloupes, 14000 Caen",
    }
    assert read(await planner.client.get("/")).text.count("Trois métiers") == 0


async def test_a_series_made_on_an_english_page_is_called_as_a_french_one(planner, week, pool):
    answer = await planner.post(f"/en{NEW}", mornings(week))
    assert "Tuesday 15 June, 9:00–12:00, Caen, Auditorium" in read(answer).text
    answer = await planner.post(f"/en{NEW}", mornings(week, create="oui"))
    assert answer.status_code == 303, read(answer).text
    titles = await pool.fetch("SELECT title FROM campaigns.offers WHERE series_id IS NOT NULL ORDER BY id LIMIT 1")
    assert titles[0]["title"] == "Trois métiers, une matinée, mardi 15 juin à Caen"


async def test_public_holidays_are_passed_over_and_named(planner, week, pool):
    async with transaction(pool) as connection:
        await connection.execute("UPDATE campaigns.campaigns SET period = '[2027-05-01,2027-07-01)'")
    # Ascension Day of 2027 is Thursday 6 May
    answer = await planner.post(NEW, mornings(week, first_day="2027-05-03", last_day="2027-05-07"))
    assert "2 créneaux" in read(answer).text
    assert "jeudi 6 mai, ce jour est férié (Ascension)" in read(answer).text


async def test_a_room_that_is_taken_is_named_in_the_preview_and_nothing_is_made(planner, week, pool):
    await create(planner, mornings(week))
    again = mornings(week, title="Encore une matinée", first_day="2027-06-15", last_day="2027-06-15")
    preview = await planner.post(NEW, again)
    assert "Mardi 15 juin, 9 h–12 h, Caen, Auditorium : la salle est déjà prise" in read(preview).text
    assert "Créer 2 brouillons" not in read(preview).text
    assert (await planner.post(NEW, {**again, "create": "oui"})).status_code == 422
    assert await count(pool, "campaigns.offers") == 9


async def test_what_can_be_published_is_and_the_rest_says_why_not(planner, week, pool):
    path = await create(planner, mornings(week))
    async with transaction(pool) as connection:
        stuck = await connection.fetchval("SELECT id FROM campaigns.offers WHERE status = 'draft' ORDER BY id LIMIT 1")
        await connection.execute("DELETE FROM campaigns.sessions WHERE offer_id = $1", stuck)
    answer = await planner.post(f"{path}/publication")
    assert answer.status_code == 200
    text = read(answer).text
    assert "7 créneaux sont publiés" in text
    assert "Cette offre n’a encore aucune séance." in text
    assert await count(pool, "campaigns.offers WHERE status = 'published'") == 8
    assert await count(pool, "campaigns.audit WHERE action = 'publish_offer'") == 7


async def test_without_every_partner_s_agreement_no_slot_is_published(planner, week, pool):
    path = await create(planner, mornings(week))
    async with transaction(pool) as connection:
        partner = await an_organisation(connection, slug="region", kind="local_authority", name="Région des Deux Rives")
        await connection.execute(
            "INSERT INTO campaigns.agreements (campaign_id, organisation_id) VALUES ($1, $2)", week.campaign_id, partner
        )
    text = read(await planner.post(f"{path}/publication")).text
    assert "0 créneau est publié" in text
    assert "Il manque l’accord de : Région des Deux Rives." in text


async def test_a_required_workshop_tells_who_has_no_slot_yet(planner, week, pool, settings):
    path = await create(
        planner,
        mornings(
            week, kind="workshop", title="Atelier lettre", required="oui", jeu="", city_2="", address_2="", room_2=""
        ),
    )
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        slots = await connection.fetch("SELECT id FROM campaigns.offers WHERE series_id IS NOT NULL ORDER BY id")
        await publish_offer(connection, offer_id=slots[1]["id"], now=NOW)
        for number in (1, 2):
            await register_pupils(
                connection, offer_id=week.offer_id, requests=[a_pupil(number)], signer=signer, now=NOW
            )
        await register_pupils(connection, offer_id=slots[1]["id"], requests=[a_pupil(1)], signer=signer, now=NOW)
        rows = await connection.fetch(
            "SELECT id FROM campaigns.registrations WHERE offer_id = $1 ORDER BY rank", week.offer_id
        )
    assert "1 élève des semaines n’a pas encore choisi de créneau" in read(await planner.get(path)).text
    with_one, without = [
        read(await planner.client.get(f"/inscriptions/{signer.token('registration', row['id'])}")).text for row in rows
    ]
    assert "Un atelier à choisir" not in with_one
    assert "Un atelier à choisir" in without


async def test_a_webinar_for_schools_may_come_before_the_campaign_and_needs_no_place(planner, week, pool):
    form = mornings(
        week, kind="workshop", audience="schools", title="Préparer juin", first_day="2027-05-18", last_day="2027-05-18",
        starts_1="17:00", ends_1="18:00", address_1="", city_1="", room_1="", address_2="", city_2="", room_2="",
        online_url="https://visio.orientation.example/juin",
    )  # fmt: skip
    await create(planner, form)
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            "SELECT o.audience, s.online_url FROM campaigns.offers o JOIN campaigns.sessions s ON s.offer_id = o.id "
            "WHERE o.series_id IS NOT NULL"
        )
    assert tuple(row) == ("schools", "https://visio.orientation.example/juin")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "collective_week"}, "Choisissez une sorte de rendez-vous."),
        ({"campaign_id": str(new_id())}, "Choisissez une campagne."),
        ({"campaign_id": "x"}, "Choisissez une campagne."),
        ({"title": ""}, "Le titre manque."),
        ({"title": "=1+1"}, "ne peut pas commencer par"),
        ({"title": "a" * 121}, "120 caractères au plus"),
        ({"seats": "0"}, "Donnez un nombre entre 1 et 10000."),
        ({"mar": "", "jeu": ""}, "Choisissez au moins un jour."),
        ({"starts_1": "", "ends_1": ""}, "Choisissez au moins un horaire."),
        ({"ends_1": "08:00"}, "La fin doit venir après le début."),
        ({"starts_1": "04:00"}, "Rien avant 6 h"),
        ({"starts_2": "11:00", "ends_2": "13:00"}, "Deux horaires se chevauchent."),
        ({"last_day": "2027-06-01"}, "Le dernier jour suit le premier"),
        ({"first_day": "2027-06-19", "last_day": "2027-06-21"}, "Aucune date ne convient"),
        ({"address_1": ""}, "Une salle se trouve à une adresse"),
        ({"online_url": "javascript:alert(1)"}, "Le lien commence par https://."),
        ({"starts_2": "12:00", "ends_2": "13:00", "starts_3": "13:00", "ends_3": "14:00", "last_day": "2027-08-13"},
         "une série en compte 60 au plus"),
    ],
)  # fmt: skip
async def test_each_fault_stands_beside_its_field_and_what_was_typed_is_kept(planner, week, pool, change, sentence):
    answer = await planner.post(NEW, {**mornings(week, **change), "create": "oui"})
    assert answer.status_code == 422
    assert sentence in read(answer).text
    assert 'value="3 quai des Deux Rives, 76000 Rouen"' in answer.text
    assert await count(pool, "campaigns.offers") == 1


@pytest.mark.parametrize("change", [{"sector": "s99"}, {"last_day": "2027-07-02"}])
async def test_what_only_the_database_knows_makes_nothing_either(planner, week, pool, change):
    answer = await planner.post(NEW, {**mornings(week, **change), "create": "oui"})
    assert answer.status_code == 422
    assert await count(pool, "campaigns.offers") == 1
    assert await count(pool, "campaigns.audit") == 0


async def test_another_organisation_s_series_and_campaign_do_not_exist(planner, sign_in, week, pool):
    path = await create(planner, mornings(week))
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="ailleurs", kind="agency", name="Agence d’ailleurs")
    stranger = await sign_in(other)
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.post(f"{path}/publication")).status_code == 404
    assert (await stranger.get(f"/planification/series/{new_id()}")).status_code == 404
    refused = await stranger.post(NEW, {**mornings(week), "create": "oui"})
    assert "ne porte encore aucune campagne" in read(refused).text
    assert await count(pool, "campaigns.offers WHERE status = 'published'") == 1


async def test_a_viewer_sees_a_series_and_publishes_nothing(planner, sign_in, week):
    path = await create(planner, mornings(week))
    viewer = await sign_in(week.organisation_id, role="viewer")
    page = await viewer.get(path)
    assert page.status_code == 200
    assert "Publier" not in read(page).text
    assert (await viewer.post(f"{path}/publication")).status_code == 403


async def test_machines_build_list_read_and_publish_a_series(visitor, week, settings, pool):
    bearer = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', week.organisation_id)}"}
    body = {
        "kind": "workshop", "campaign_id": str(week.campaign_id), "title": "Atelier lettre", "seats": 12,
        "first_day": "2027-06-14", "last_day": "2027-06-18", "weekdays": [0, 2], "required": True,
        "hours": [{"starts": "14:00:00", "ends": "15:30:00"}, {"starts": "16:00:00", "ends": "17:30:00"}],
        "places": [{"city": "Caen", "address": "20 rue des Chaloupes, 14000 Caen", "room": "Salle 2"}],
    }  # fmt: skip
    made = [
        await visitor.post("/api/v1/series", json=body, headers=bearer | {"Idempotency-Key": "une-fois"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json() == made[1].json()
    assert [slot["title"] for slot in made[0].json()["slots"]][:2] == [
        "Atelier lettre, lundi 14 juin à Caen, 14 h",
        "Atelier lettre, lundi 14 juin à Caen, 16 h",
    ]
    assert made[0].json()["title"] == "Atelier lettre"
    listed = (await visitor.get("/api/v1/series", headers=bearer)).json()
    assert [(item["slots"], item["drafts"]) for item in listed["items"]] == [(4, 4)]
    assert listed["next"] is None
    path = made[0].headers["location"]
    published = await visitor.post(f"{path}/publication", headers=bearer)
    assert (len(published.json()["published"]), published.json()["refused"]) == (4, [])
    slots = (await visitor.get(path, headers=bearer)).json()["slots"]
    assert {slot["status"] for slot in slots} == {"published"}
    clash = await visitor.post("/api/v1/series", json=body, headers=bearer)
    assert (clash.status_code, clash.json()["field"]) == (422, "places")
    for bad in ({"kind": "hosting"}, {"weekdays": [9]}, {"seats": -1}, {"hours": [{"starts": "x", "ends": "y"}]}):
        assert (await visitor.post("/api/v1/series", json=body | bad, headers=bearer)).status_code == 400
    for bad in (
        {"title": "a\nb"},
        {"title": "=1"},
        {"online_url": "javascript:x"},
        {"places": [{"address": "\u0000"}]},
    ):
        assert (await visitor.post("/api/v1/series", json=body | bad, headers=bearer)).status_code == 422
    assert (await visitor.get("/api/v1/series?after=x", headers=bearer)).status_code == 422
    assert (await visitor.get(path)).status_code == 401
    assert await count(pool, "campaigns.offers WHERE series_id IS NOT NULL") == 4


async def test_two_planners_building_in_one_room_at_once_make_one_series(week, pool):
    series = Series(
        kind="workshop",
        campaign_id=week.campaign_id,
        title="Atelier",
        seats=12,
        first_day=MONDAY,
        last_day=MONDAY,
        weekdays=(0,),
        hours=(Hours(starts=time(14), ends=time(15)),),
        places=(Place(city="Caen", address="20 rue des Chaloupes, 14000 Caen", room="Salle 2"),),
    )

    async def build() -> str:
        try:
            async with transaction(pool) as connection:
                await build_series(connection, organisation_id=week.organisation_id, series=series, now=NOW)
        except Refusal as refusal:
            return refusal.reason
        return "built"

    outcomes = sorted(await asyncio.gather(*(build() for _ in range(3))))
    assert outcomes[0] == "built"
    assert set(outcomes[1:]) <= {"room-in-use", "invalid-field"}
    assert await count(pool, "campaigns.offers WHERE series_id IS NOT NULL") == 1


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        (["Atelier, mardi 15 juin à Caen", "Atelier, jeudi 17 juin à Caen"], "Atelier"),
        (["Atelier, mardi 15 juin à Caen", "Atelier, mardi 22 juin à Caen"], "Atelier"),
        (["Bâtir, le mardi", "Soigner, le jeudi"], "Ateliers"),
        (["Webinaire"], "Webinaire"),
    ],
)
def test_a_series_is_called_what_its_slots_have_in_common(titles, said):
    assert title_of_series(titles, "workshop") == said
