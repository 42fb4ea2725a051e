"""Registering on the page: from an empty form to the personal page, or back with each fault beside its field."""

import pytest

from tests.services.campaigns.look.page_reader import Page, read
from tests.services.campaigns.registering.test_form import GOOD

pytestmark = pytest.mark.anyio


def path_of(week) -> str:
    return f"/offres/{week.slug}/inscription"


async def send(visitor, week, **changes):
    return await visitor.post(path_of(week), data={**GOOD, **changes}, follow_redirects=False)


async def count(pool) -> int:
    return await pool.fetchval("SELECT count(*) FROM campaigns.registrations")


def fault_beside(page: Page, name: str) -> dict[str, str]:
    field = page.by_id(name)
    assert field["aria-invalid"] == "true"
    assert f"{name}-erreur" in field["aria-describedby"].split()
    for sentence in field["aria-describedby"].split():
        page.by_id(sentence)
    assert f"#{name}" in page.links()
    return field


async def test_the_form_asks_little_and_says_why(visitor, small_week):
    page = read(await visitor.get(path_of(small_week)))
    names = {field["name"] for field in page.all("input")}
    assert names == {*GOOD, "guardian_name", "guardian_email"}
    assert [field["name"] for field in page.all("input") if field["type"] != "hidden"][:4] == [
        "first_name",
        "last_name",
        "email",
        "school",
    ]
    assert len(page.value("key")) == 36
    labels = {label["for"] for label in page.all("label")}
    assert labels == names - {"key"} | {"under_15-non"}
    # each of the first four says why
    for name in ("email", "school", "teacher_email", "class_name"):
        assert page.by_id(f"{name}-aide")
    for words in ("Pourquoi", "Qui les voit", "Jusqu’au mardi 25 juillet 2028", "Vos droits"):
        assert words in page.text


async def test_a_good_form_leads_to_the_personal_page(visitor, small_week, pool):
    answer = await send(visitor, small_week)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/inscriptions/")
    assert answer.headers["cache-control"] == "no-store"
    assert await count(pool) == 1


async def test_the_same_form_sent_twice_is_one_registration(visitor, small_week, pool):
    first, second = await send(visitor, small_week), await send(visitor, small_week)
    assert first.headers["location"] == second.headers["location"]
    assert await count(pool) == 1


async def test_the_same_pupil_again_learns_nothing_but_that_a_mail_goes_out(visitor, small_week, pool):
    await send(visitor, small_week)
    answer = await send(visitor, small_week, key="another")
    assert answer.status_code == 409
    assert "renvoyé par e-mail, à l’adresse donnée la première fois" in read(answer).text
    for secret in ("/inscriptions/", "camille@eleve.example", "Dupré", "confirmée"):
        assert secret not in answer.text
    assert await count(pool) == 1


async def test_a_used_key_with_other_answers_gives_the_form_again_with_a_fresh_key(visitor, small_week, pool):
    await send(visitor, small_week)
    answer = await send(visitor, small_week, first_name="Andrea")
    assert answer.status_code == 422
    page = read(answer)
    assert "déjà été envoyé avec d’autres réponses" in page.text
    assert page.value("key") != GOOD["key"]
    assert page.value("first_name") == "Andrea"
    assert await count(pool) == 1


async def test_faults_stand_beside_their_fields_and_what_was_written_is_kept(visitor, small_week, pool):
    answer = await send(visitor, small_week, first_name="", email="personne", guardian_name="Dominique")
    assert answer.status_code == 422
    page = read(answer)
    invalid = {name for name in GOOD if name != "key" and "aria-invalid" in page.by_id(name)}
    assert invalid == {"first_name", "email"}
    fault_beside(page, "first_name")
    assert fault_beside(page, "email")["value"] == "personne"
    fault_beside(page, "guardian_email")
    assert "autofocus" in page.by_id("first_name")
    assert page.value("last_name") == "Dupré"
    assert page.value("key") == GOOD["key"]
    assert await count(pool) == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("first_name", "Ca\r\nBcc: x@y.example"),
        ("last_name", "\x00"),
        ("last_name", "\x1b[31m"),
        ("school", '=HYPERLINK("http://x")'),
        ("email", "a" * 400 + "@eleve.example"),
        ("email", "camille@eleve.example\r\nBcc: x@y.example"),
        ("guardian_email", "@"),
        ("class_name", "x" * 5_000),
        ("first_name", "<script>alert(1)</script>"),
    ],
)
async def test_bad_words_are_refused_beside_their_field(visitor, small_week, pool, name, value):
    answer = await send(visitor, small_week, **{name: value})
    assert answer.status_code == 422
    page = read(answer)
    fault_beside(page, name)
    assert [script["type"] for script in page.all("script")] == ["module"]
    assert "<script>alert" not in answer.text
    assert await count(pool) == 0


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"x" * 1_000_000, {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"first_name=" + b"x" * 60_000, {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"%FF%FE=%00&first_name=%C3%28", {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"a=1&" * 5_000, {"Content-Type": "application/x-www-form-urlencoded"}),
        (b"{", {"Content-Type": "application/json"}),
        (b"\xff\xfe", {"Content-Type": "text/plain; charset=nothing"}),
        (b"--x\r\nContent-Disposition: form-data; name=", {"Content-Type": "multipart/form-data; boundary=x"}),
        (b"", {"Content-Type": "multipart/form-data"}),
        (
            b'--x\r\nContent-Disposition: form-data; name="first_name"; filename="a"\r\n\r\nabc\r\n--x--\r\n',
            {"Content-Type": "multipart/form-data; boundary=x"},
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="first_name"\r\n\r\n\xff\r\n--x--\r\n',
            {"Content-Type": "multipart/form-data; boundary=x"},
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: text; charset=x\r\n\r\na\r\n--x--\r\n',
            {"Content-Type": "multipart/form-data; boundary=x"},
        ),
        (b"", {}),
    ],
)
async def test_a_body_that_is_no_form_is_a_page_and_no_error_of_ours(visitor, small_week, pool, body, headers):
    answer = await visitor.post(path_of(small_week), content=body, headers=headers, follow_redirects=False)
    assert 400 <= answer.status_code < 500
    read(answer)
    assert await count(pool) == 0


async def test_a_cancelled_offer_takes_nobody(visitor, small_week, pool):
    await pool.execute("UPDATE campaigns.offers SET status = 'cancelled' WHERE id = $1", small_week.offer_id)
    answer = await send(visitor, small_week)
    assert answer.status_code == 409
    assert "Cette offre est annulée" in read(answer).text
    assert await count(pool) == 0


async def test_a_school_is_asked_for_no_guardian(visitor, small_week, pool):
    await pool.execute("UPDATE campaigns.offers SET audience = 'schools' WHERE id = $1", small_week.offer_id)
    page = read(await visitor.get(path_of(small_week)))
    assert {field["name"] for field in page.all("input")} == set(GOOD) - {"under_15", "teacher_email"}
    assert (await send(visitor, small_week)).status_code == 303


async def test_who_does_not_say_whether_the_pupil_is_under_15_is_asked_again(visitor, small_week, pool):
    answer = await send(visitor, small_week, under_15="")
    assert answer.status_code == 422
    page = read(answer)
    assert "Dites si l’élève a moins de 15 ans." in page.text
    assert "#under_15" in page.links()
    assert await count(pool) == 0


async def test_a_pupil_under_15_has_a_seat_held_until_the_guardian_consents(visitor, small_week, pool):
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    assert (await send(visitor, small_week, under_15="oui", **guardian)).status_code == 303
    row = await pool.fetchrow("SELECT status, held_for, under_15 FROM campaigns.registrations")
    assert tuple(row) == ("held", "consent", True)


async def test_the_form_s_own_script_is_told_where_to_go(visitor, small_week, pool):
    async def ask(path: str):
        return await visitor.post(path, data=GOOD, headers={"Accept": "application/json"}, follow_redirects=False)

    first = await ask(path_of(small_week))
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["to"].startswith("/inscriptions/")
    # the answer was lost: the same again is the same, in either language
    assert (await ask(path_of(small_week))).json() == first.json()
    assert (await ask(f"/en{path_of(small_week)}")).json()["to"] == f"/en{first.json()['to']}"
    assert await count(pool) == 1
    faulty = await visitor.post(path_of(small_week), data={}, headers={"Accept": "application/json"})
    assert (faulty.status_code, faulty.headers["content-type"].startswith("text/html")) == (422, True)


async def test_the_form_is_english_below_its_english_address(visitor, small_week):
    answer = await visitor.get(f"/en{path_of(small_week)}")
    page = read(answer)
    for words in ("Is the pupil under 15?", "To link the pupil to the school", "Your rights", "Register the pupil"):
        assert words in page.text
    for words in ("L’élève", "Établissement", "Pourquoi", "responsable"):
        assert words not in page.text
    assert 'data-schools="/en/etablissements"' in answer.text
    assert (await visitor.get("/en/etablissements?q=prevert")).json()
    faults = read(await visitor.post(f"/en{path_of(small_week)}", data={"key": "a"}))
    assert "Say whether the pupil is under 15." in faults.text
    assert "Find my link again" in read(await visitor.get("/en/lien")).text
