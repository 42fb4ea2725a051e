"""The page of a week: what it shows, what it changes without a script, and what it refuses."""

import re

import pytest

from services.campaigns.access.actor import Actor
from services.campaigns.offers.builder.board.routes import drawn
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio

WEEK = "/planification/semaine-pont-audemer/semaine"


@pytest.fixture
async def draft(pool):
    async with transaction(pool) as connection:
        return await a_week(connection, published=False)


@pytest.fixture
async def planner(sign_in, draft):
    return await sign_in(draft.organisation_id)


@pytest.fixture
async def public(pool, settings):
    """A published week with two pupils in it."""
    async with transaction(pool) as connection:
        week = await a_week(connection, slug="publiee")
        signer = Signer(settings.secret_keys)
        requests = [a_pupil(number) for number in range(2)]
        await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=signer, now=NOW)
        return week


def fields_of(answer) -> dict[str, str]:
    """The inputs of a page as a browser would send them, choices left out."""
    return {
        field["name"]: field.get("value", "")
        for field in read(answer).all("input")
        if "name" in field and field.get("type") not in ("checkbox", "radio")
    }


def sheet(**given: str) -> dict[str, str]:
    return {
        "title": "Visite", "kind": "visit", "date": "2027-06-14", "starts": "16:00", "ends": "17:00", "group": "",
        "host": "", "place": "", "room": "", "contact": "", "meeting_point": "", "access": "", "bring": "",
        "expected": "", "online_url": "", **given,
    }  # fmt: skip


async def test_the_week_is_seen_at_once_with_its_hours_and_what_is_missing(planner):
    page = await planner.get(WEEK)
    assert page.status_code == 200, page.text
    text = read(page).text
    assert "Visite 1.1" in text
    assert "30 h par élève" in text
    assert "Chaque journée : le numéro d’urgence manque" in text
    assert "2 entreprises n’ont pas encore été sollicitées : Chantiers de la Risle, Énergies du Marais" in text
    text = read(await planner.get(f"/en{WEEK}")).text
    assert "Each day: the emergency number is missing" in text
    assert "2 companies have not been asked yet: Chantiers de la Risle, Énergies du Marais" in text


async def test_a_session_is_added_by_form_alone(planner, pool, draft):
    opened = await planner.get(f"{WEEK}/seances/nouvelle?jour=2027-06-15&debut=16:30")
    assert 'value="16:30"' in opened.text
    answer = await planner.post(f"{WEEK}/seances", sheet(host="chantiers de la risle", expected="Montrer\r\nle plan"))
    assert answer.status_code == 303
    assert re.fullmatch(WEEK + "#s-[0-9a-f-]{36}", answer.headers["location"])
    row = await pool.fetchrow("SELECT * FROM campaigns.sessions WHERE title = 'Visite'")
    assert (row["host_id"], row["place"], row["expected"]) == (
        draft.hosts[0],
        "1 rue du Quai, 27500 Pont-Audemer",
        "Montrer\nle plan",
    )
    assert "a ajouté la séance « Visite »" in await pool.fetchval("SELECT detail FROM campaigns.audit")


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"title": " "}, 422, "Le titre manque."),
        ({"starts": "neuf"}, 422, "Donnez l’heure de début"),
        ({"ends": "15:00"}, 422, "La fin doit venir après le début."),
        ({"date": "2027-07-14"}, 422, "Choisissez une journée de l’offre."),
        ({"host": "Personne"}, 422, "Choisissez une entreprise de la liste"),
        ({"kind": "party"}, 422, "Choisissez un type de séance."),
        ({"online_url": "javascript:1"}, 422, "Ce lien doit commencer par https://"),
        ({"title": "<b>x</b>", "starts": "11:00"}, 409, "a déjà « Visite 1.1 » (9 h–12 h)"),
    ],
)
async def test_a_fault_stands_beside_its_field_and_what_was_typed_is_kept(planner, wrong, status, sentence):
    answer = await planner.post(f"{WEEK}/seances", sheet(contact="Nadège Corbel", **wrong))
    assert answer.status_code == status
    assert sentence in read(answer).text
    assert "<b>x</b>" not in answer.text
    assert 'value="Nadège Corbel"' in answer.text


async def test_the_second_to_save_is_told_and_chooses_without_a_script(planner, pool, draft):
    path = f"{WEEK}/seances/{draft.sessions[0]}"
    opened = fields_of(await planner.get(path))
    async with transaction(pool) as connection:
        theirs = SessionChange(title="Le chantier", room="Salle 2")
        await change_session(connection, session_id=draft.sessions[0], change=theirs, now=NOW)
    host = "Chantiers de la Risle, 1 rue du Quai, 27500 Pont-Audemer"
    seen = {name: opened[name] for name in ("version", "base")}
    mine = sheet(title="Ma visite", starts="09:00", ends="12:00", host=host, contact="Nadège", **seen)
    answer = await planner.post(path, mine)
    assert answer.status_code == 412
    text = read(answer).text
    assert "Rien de vous n’est encore enregistré" in text
    assert "c’était : Visite 1.1" in text
    row = await pool.fetchrow("SELECT title, room, contact FROM campaigns.sessions WHERE id = $1", draft.sessions[0])
    assert tuple(row) == ("Le chantier", "Salle 2", "")
    chosen = fields_of(answer) | {"title": "Le chantier", "room": "Salle 2", "contact": "Nadège"}
    assert (await planner.post(path, chosen)).status_code == 303
    row = await pool.fetchrow("SELECT title, room, contact FROM campaigns.sessions WHERE id = $1", draft.sessions[0])
    assert tuple(row) == ("Le chantier", "Salle 2", "Nadège")


async def test_a_stale_move_is_a_choice_too_and_a_stale_removal_removes_nothing(planner, pool, draft):
    async with transaction(pool) as connection:
        change = SessionChange(title="Autre")
        await change_session(connection, session_id=draft.sessions[1], change=change, now=NOW)
    path = f"{WEEK}/seances/{draft.sessions[1]}"
    moved = {"version": "1", "date": "2027-06-14", "starts": "14:00", "ends": "17:00"}
    answer = await planner.post(f"{path}/deplacement", moved)
    assert answer.status_code == 412
    assert "14:00" in answer.text
    assert (await planner.post(f"{path}/deplacement", {**moved, "version": "2"})).status_code == 303
    assert (await planner.post(f"{path}/retrait", {"version": "2"})).status_code == 412
    assert (await planner.post(f"{path}/retrait", {"version": "3"})).status_code == 303


async def test_a_script_is_answered_with_the_board_and_the_sentence_to_read_out(planner, draft):
    path = f"{WEEK}/seances/{draft.sessions[1]}/deplacement"
    moved = {"version": "1", "date": "2027-06-15", "starts": "16:00", "ends": "17:00"}
    answer = await planner.post(path, moved, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-retarget"]) == (200, "#semaine")
    assert answer.text.lstrip().startswith('<div id="semaine"')
    assert 'data-said="« Visite 1.2 », mardi 15 juin, 16 h–17 h."' in answer.text
    clash = {**moved, "version": "2", "starts": "10:00", "ends": "11:00"}
    refused = await planner.post(path, clash, headers={"HX-Request": "true"})
    assert (refused.status_code, refused.headers["hx-retarget"]) == (409, "#semaine")
    assert "a déjà « Visite 2.1 »" in refused.text
    wrong = await planner.post(path, {**moved, "version": "2", "ends": "x"}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422


async def test_in_a_public_offer_the_planner_sees_who_is_told_before_anything_moves(sign_in, pool, public):
    planner = await sign_in(public.organisation_id)
    path = f"/planification/publiee/semaine/seances/{public.sessions[1]}/deplacement"
    moved = {"version": "1", "date": "2027-06-14", "starts": "14:00", "ends": "17:00"}
    panel = await planner.post(path, moved, headers={"HX-Request": "true"})
    assert (panel.status_code, panel.headers["hx-retarget"]) == (200, "body")
    assert "Qui sera prévenu" in panel.text
    assert "2 élèves" in read(panel).text
    assert await pool.fetchval("SELECT version FROM campaigns.sessions WHERE id = $1", public.sessions[1]) == 1
    confirmed = fields_of(panel) | {"confirmed": "oui", "note": "Le bus part plus tard."}
    done = await planner.post("/planification/publiee/consequences", confirmed)
    assert (done.status_code, done.headers["location"]) == (303, "/planification/publiee/semaine")
    body = await pool.fetchval("SELECT body FROM contract.events WHERE tag = 'session.changed'")
    assert "Le bus part plus tard." in body


async def test_days_and_groups_are_made_by_forms(planner, pool):
    # the journal is in French, whatever page was written on
    answer = await planner.post(f"/en{WEEK}/jours", {"date": "2027-06-21", "sector": "s21", "emergency_phone": "112"})
    assert answer.headers["location"] == f"/en{WEEK}#j-2027-06-21"
    assert (await planner.post(f"{WEEK}/jours", {"date": "2027-06-21"})).status_code == 409
    assert (await planner.post(f"{WEEK}/jours", {"date": "demain"})).status_code == 422
    assert (await planner.post(f"/en{WEEK}/jours/2027-06-14/copie", {"date": "2027-06-21"})).status_code == 303
    assert (await planner.post(f"{WEEK}/jours/2027-06-14/copie", {"date": "2027-06-21"})).status_code == 409
    assert (await planner.post(f"/en{WEEK}/jours/2027-06-21/retrait")).status_code == 303
    assert (await planner.post(f"{WEEK}/modele")).status_code == 409
    assert (await planner.post(f"{WEEK}/groupes", {"name": "A"})).status_code == 303
    twice = await planner.post(f"{WEEK}/groupes", {"name": "A"})
    assert (twice.status_code, "Le groupe A existe déjà." in twice.text) == (409, True)
    group_id = await pool.fetchval("SELECT id FROM campaigns.groups")
    assert (await planner.post(f"{WEEK}/groupes/{group_id}", {"name": "Rouge"})).status_code == 303
    assert "Rouge" in (await planner.get(f"{WEEK}/groupes")).text
    assert (await planner.post(f"{WEEK}/groupes/{group_id}/retrait")).status_code == 303
    trail = await pool.fetch("SELECT detail FROM campaigns.audit ORDER BY id")
    assert len(trail) == 6
    assert [row["detail"] for row in trail[:3]] == [
        "a ajouté la journée du lundi 21 juin.",
        "a copié la journée du lundi 14 juin vers le lundi 21 juin.",
        "a retiré la journée du lundi 21 juin.",
    ]


async def test_the_day_on_paper_has_whom_to_call_and_who_has_signed(sign_in, pool, public):
    planner = await sign_in(public.organisation_id)
    await pool.execute("UPDATE campaigns.days SET emergency_phone = '02 32 00 00 00'")
    await pool.execute("UPDATE campaigns.registrations SET convention_signed_on = '2027-05-01' WHERE rank = 1")
    text = read(await planner.get("/planification/publiee/jour/2027-06-14")).text
    assert "En cas d’urgence : 02 32 00 00 00" in text
    assert "Visite 1.1" in text
    assert "Chantiers de la Risle" in text
    assert (
        text.index("Dupré a Camille") < text.index("signée") < text.index("Dupré b Camille") < text.index("non signée")
    )
    assert (await planner.get("/planification/publiee/jour/2027-07-14")).status_code == 404


@pytest.mark.parametrize(
    "path", ["", "/seances/nouvelle", "/jours/2027-06-14", "/groupes", "/modele", "/../jour/2027-06-14"]
)
async def test_another_organisation_s_week_does_not_exist(sign_in, pool, draft, path):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Une autre agence")
    stranger = await sign_in(other)
    assert (await stranger.get(WEEK + path)).status_code == 404
    session_id = draft.sessions[0]
    assert (await stranger.post(f"{WEEK}/seances/{session_id}", sheet(version="1"))).status_code == 404
    # a session of one's own is not one of another's week
    async with transaction(pool) as connection:
        await connection.execute("UPDATE campaigns.offers SET organisation_id = $1", other)
        own = await a_week(connection, slug="la-mienne", published=False)
    planner = await sign_in(own.organisation_id)
    foreign = f"/planification/la-mienne/semaine/seances/{session_id}"
    assert (await planner.get(foreign)).status_code == 404
    assert (await planner.post(f"{foreign}/retrait")).status_code == 404


async def test_hostile_names_stay_names(planner, pool, draft):
    hostile = "<script>x</script>"
    await pool.execute("UPDATE campaigns.sessions SET title = $1, room = $1, contact = $1", hostile)
    await pool.execute("UPDATE campaigns.organisations SET name = $1 WHERE id = $2", hostile, draft.hosts[0])
    for path in (WEEK, f"{WEEK}/seances/{draft.sessions[0]}", f"{WEEK}/seances/{draft.sessions[0]}/retrait"):
        page = await planner.get(path)
        assert page.status_code == 200
        assert hostile not in page.text


async def test_the_number_of_statements_does_not_grow_with_the_week(pool, draft):
    async with transaction(pool) as connection:
        await a_week(connection, slug="grande", published=False, groups=("A", "B", "C"), days=20)
        await a_week(connection, slug="vide", published=False, days=0)
    actor = Actor(
        organisation_id=draft.organisation_id, organisation="Fédération", organisation_kind="federation", role="planner"
    )
    counts = {}
    for slug in ("vide", draft.slug, "grande"):
        statements: list[str] = []
        async with pool.acquire() as connection:
            with connection.query_logger(lambda query, seen=statements: seen.append(query.query)):
                page = await drawn(connection, actor, slug, fragment=False)
        counts[slug] = len(statements)
        assert page.status_code == 200
    assert counts == dict.fromkeys(counts, 5)


async def test_two_planners_at_one_day_the_second_is_told_and_chooses(planner, pool, draft):
    path = f"{WEEK}/jours/2027-06-14"
    seen = fields_of(await planner.get(path))["version"]
    first = {"sector": "s21", "emergency_phone": "112", "version": seen}
    assert (await planner.post(path, first)).status_code == 303
    second = {"sector": "", "emergency_phone": "02 32 00 00 00", "version": seen}
    told = await planner.post(path, second)
    assert told.status_code == 412
    assert "a été modifiée entre-temps" in read(told).text
    assert "numéro d’urgence : 112" in read(told).text
    assert await pool.fetchval("SELECT sector FROM campaigns.days WHERE id = $1", draft.days[0]) == "s21"
    again = fields_of(told)
    assert again["emergency_phone"] == "02 32 00 00 00"
    assert (await planner.post(path, second | {"version": again["version"]})).status_code == 303
    assert await pool.fetchval("SELECT sector FROM campaigns.days WHERE id = $1", draft.days[0]) is None


async def test_two_planners_rename_a_group_and_the_second_is_told(planner, pool, draft):
    await planner.post(f"{WEEK}/groupes", {"name": "A"})
    group_id = await pool.fetchval("SELECT id FROM campaigns.groups WHERE offer_id = $1", draft.offer_id)
    path = f"{WEEK}/groupes/{group_id}"
    assert (await planner.post(path, {"name": "Rouge", "version": "1"})).status_code == 303
    told = await planner.post(path, {"name": "Vert", "version": "1"})
    assert told.status_code == 412
    assert "il s’appelle Rouge" in read(told).text
    assert (await planner.post(path, {"name": "Vert", "version": "2"})).status_code == 303
