"""One's own data on pages: behind a link that came a moment ago, shown, taken along, erased; and how long they stay."""

import csv
import io
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from shared.events import decode_event
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.services.campaigns.privacy.conftest import PUPIL, find_marks

pytestmark = pytest.mark.anyio


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


def fresh(signer, registration_id, *, minutes=15, scope="fresh", version=1):
    until = datetime.now(UTC) + timedelta(minutes=minutes)
    return f"/donnees/{signer.timed_token(scope, registration_id, version, until)}"


@pytest.mark.usefixtures("life")
async def test_the_public_page_says_it_in_plain_words_and_is_linked_from_every_page(visitor):
    page = read(await visitor.get("/donnees"))
    for said in ("Combien de temps", "noms gardés jusqu’au", "Fédération des métiers", "RGPD", "CNIL"):
        assert said in page.text
    assert "/donnees" in read(await visitor.get("/")).links()
    assert "Your data, in plain words" in read(await visitor.get("/en/donnees")).text


async def test_the_link_is_asked_for_on_the_personal_page_and_goes_to_the_address_on_file(visitor, pool, life):
    path = f"/inscriptions/{life.token}/donnees"
    assert PUPIL["guardian_email"] not in (await visitor.get(path)).text
    answer = await visitor.post(path)
    assert answer.status_code == 202
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'fresh_link.requested'")
    (asked,) = [decode_event(row["body"]) for row in rows]
    assert asked.recipients == (life.pupil_id,)


async def test_all_that_is_kept_is_shown_and_taken_along(visitor, life, signer):
    path = fresh(signer, life.seat_id)
    answer = await visitor.get(path)
    text = read(answer).text
    for said in ("Zephyrine Marqueterre", PUPIL["guardian_email"], "2 inscriptions", "1 entretien"):
        assert said in text
    assert answer.headers["cache-control"] == "no-store"
    record = msgspec.json.decode((await visitor.get(f"{path}/mes-donnees.json")).content)
    assert record["pupil"]["email"] == PUPIL["email"]
    answer = await visitor.get(f"{path}/mes-donnees.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == ["Rubrique", "Donnée", "Valeur"]
    assert ["Élève", "Nom", "Marqueterre"] in rows
    assert ["Réponse d’un responsable légal 1", "Réponse", "a donné son accord"] in rows
    assert ["Inscription 1", "Moins de 15 ans", "non"] in rows
    assert not [label for row in rows for label in row[:2] if "_" in label]
    english = (await visitor.get(f"/en{path}/mes-donnees.csv")).content.decode("utf-8-sig")
    assert ["Pupil", "Name", "Marqueterre"] in list(csv.reader(io.StringIO(english), delimiter=";"))
    assert "attachment" in answer.headers["content-disposition"]


async def test_a_cell_that_a_spreadsheet_would_reckon_stays_text(visitor, pool, life, signer):
    await pool.execute("UPDATE contract.people SET first_name = '=1+1' WHERE id = $1", life.pupil_id)
    content = (await visitor.get(f"{fresh(signer, life.seat_id)}/mes-donnees.csv")).text
    assert ";'=1+1" in content


async def test_following_the_link_erases_nothing_and_one_press_erases_all(visitor, pool, life, signer, post):
    path = fresh(signer, life.seat_id)
    await visitor.get(path)
    assert (await visitor.get(f"{path}/effacement")).status_code == 405
    answer = await visitor.post(f"{path}/effacement")
    assert answer.status_code == 200
    assert "C’est demandé, et cela se fait" in read(answer).text
    assert "L’effacement est en cours" in read(await visitor.get(path)).text
    await post.deliver()
    answer = await visitor.post(f"{path}/effacement")
    assert "Vos données sont effacées" in read(answer).text
    await post.deliver()
    assert await find_marks(pool) == set()
    # no link of theirs opens anything any more, and all say the same
    for dead in (
        path,
        f"{path}/mes-donnees.json",
        f"/inscriptions/{life.token}",
        f"/inscriptions/{life.token}/donnees",
    ):
        assert (await visitor.get(dead)).status_code == 404, dead
    assert (await visitor.post(f"{path}/effacement")).status_code == 404


async def test_a_link_that_is_old_cut_forged_of_somebody_else_or_renewed_opens_nothing(visitor, pool, life, signer):
    good = fresh(signer, life.seat_id)
    wrong = [
        fresh(signer, life.seat_id, minutes=-1),
        fresh(signer, new_id()),
        fresh(signer, life.seat_id, version=2),
        good[:-1],
        f"/donnees/{life.token}",
        "/donnees/%00",
        f"/donnees/{'x' * 3000}",
    ]
    for path in wrong:
        for rest in ("", "/mes-donnees.json", "/mes-donnees.csv"):
            assert (await visitor.get(path + rest)).status_code == 404, path
        assert (await visitor.post(f"{path}/effacement")).status_code == 404, path
    await pool.execute("UPDATE campaigns.registrations SET token_version = 2 WHERE id = $1", life.seat_id)
    assert (await visitor.get(good)).status_code == 404
    assert await pool.fetchval("SELECT count(*) FROM campaigns.erasures") == 0


async def test_a_guardian_whom_all_registrations_name_may_see_and_erase(visitor, life, signer):
    path = fresh(signer, life.seat_id, scope="fresh_guardian")
    assert "Zephyrine Marqueterre" in read(await visitor.get(path)).text
    assert (await visitor.post(f"{path}/effacement")).status_code == 200


async def test_a_guardian_whom_somebody_else_typed_learns_and_erases_nothing(visitor, pool, life, signer):
    """Who registers a pupil again, and names an own address as the guardian's, is the guardian of that alone."""
    await pool.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, '', 'X', 'x@ailleurs.example')",
        stranger := new_id(),
    )
    await pool.execute("UPDATE campaigns.registrations SET guardian_id = $2 WHERE id = $1", life.waiting_id, stranger)
    path = fresh(signer, life.waiting_id, scope="fresh_guardian")
    for rest in ("", "/mes-donnees.json", "/mes-donnees.csv"):
        answer = await visitor.get(path + rest)
        assert answer.status_code == 403
        assert PUPIL["email"] not in answer.text
    assert (await visitor.post(f"{path}/effacement")).status_code == 403
    assert await pool.fetchval("SELECT count(*) FROM campaigns.erasures") == 0


async def test_the_lead_sets_how_long_names_are_kept(visitor, pool, life, sign_in):
    await pool.execute("UPDATE campaigns.campaigns SET lead_id = $1", life.week.organisation_id)
    planner = await sign_in(life.week.organisation_id)
    path = "/planification/campagnes/deux-semaines/conservation"
    assert "25 juillet 2028" in read(await planner.get(path)).text
    for wrong in ("", "0", "25", "douze", "1 2", "-3", "１３"):
        answer = await planner.post(path, {"months": wrong})
        assert answer.status_code == 422
        assert "Indiquez un nombre de mois" in answer.text
    assert (await planner.post(path, {"months": "6"})).status_code == 303
    assert await pool.fetchval("SELECT keep_months FROM campaigns.campaigns") == 6
    assert "25 décembre 2027" in read(await planner.get(path)).text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'change_keeping'") == 1
    # what pages promise follows
    assert "25 décembre 2027" in read(await visitor.get("/donnees")).text


async def test_machines_set_it_once_for_one_key_and_who_does_not_lead_may_not(visitor, pool, life, sign_in):
    planner = await sign_in(life.week.organisation_id)
    await planner.get("/compte")
    path = f"/api/v1/campaigns/{life.week.campaign_id}/keeping"
    headers = planner.cookies | {"X-CSRF-Token": planner.csrf, "Idempotency-Key": "une-cle"}
    await pool.execute(
        """
        INSERT INTO campaigns.agreements (campaign_id, organisation_id, asked_at) VALUES ($1, $2, now())
        ON CONFLICT DO NOTHING
        """,
        life.week.campaign_id,
        life.week.organisation_id,
    )
    await pool.execute("UPDATE campaigns.campaigns SET lead_id = $1", life.week.hosts[0])
    assert (await visitor.put(path, json={"months": 3}, headers=headers)).status_code == 403
    await pool.execute("UPDATE campaigns.campaigns SET lead_id = $1", life.week.organisation_id)
    for _ in range(2):
        answer = await visitor.put(path, json={"months": 3}, headers=headers)
        assert (answer.status_code, answer.json()["until"]) == (200, "2027-09-25")
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit WHERE action = 'change_keeping'") == 1
    assert (await visitor.get(path, headers=headers)).json()["kept"] == 4
    for months in (0, 25, "six", None):
        assert (
            await visitor.put(path, json={"months": months}, headers=headers | {"Idempotency-Key": str(months)})
        ).status_code in (400, 422)


async def test_planners_read_that_a_name_is_gone_not_an_empty_line(pool, life, sign_in):
    planner = await sign_in(life.week.organisation_id)
    await pool.execute(
        "UPDATE contract.people SET first_name = '', last_name = '', email = NULL, erased_at = now() WHERE id = $1",
        life.pupil_id,
    )
    assert "Données effacées" in read(await planner.get(f"/planification/{life.week.slug}/places")).text
    assert "Données effacées" in read(await planner.get(f"/planification/{life.week.slug}/presences/2027-06-14")).text
