"""Where each of a teacher's pupils is, and who has nothing: each teacher sees their own, the head the whole school."""

import re

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.teaching.conftest import LIST, PUPILS, SCHOOL_UAI, lines
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))


async def enrol(teacher, week, text, class_name="2nde 4", key="une-liste"):
    answer = await teacher.post(
        f"/planification/classes/{week.slug}", {"list": text, "class_name": class_name, "key": key}
    )
    assert answer.status_code == 303
    return answer


async def keep(teacher, text, class_name="2nde 4"):
    answer = await teacher.post(LIST, {"list": text, "class_name": class_name})
    assert answer.status_code == 303, answer.text
    return answer


async def register(pool, week, *requests):
    async with transaction(pool) as connection:
        return await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=NOW)


def rows(page):
    """Name → what stands in its row, of the table by pupil."""
    found = {}
    for body in re.findall(r"<tbody.*?</tbody>", page.text, re.DOTALL):
        text = " ".join(re.sub(r"<[^>]+>", " ", body).split())
        found[" ".join(text.split()[:3])] = text
    return found


def sessions(page):
    """What stands in each row of the table of a day."""
    bodies = re.findall(r"<tr[^>]*>(.*?)</tr>", page.text.split("<tbody>")[1], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", body).split()) for body in bodies]


async def test_a_teacher_without_pupils_is_asked_for_a_list(teacher):
    page = await teacher.get(PUPILS)
    assert page.status_code == 200
    assert "Donnez la liste de votre classe" in page.text


async def test_who_is_on_the_list_and_nowhere_enrolled_has_nothing_and_stands_first(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=2)
    await keep(teacher, lines(4))
    await enrol(teacher, week, lines(3))
    page = await teacher.get(PUPILS)
    assert "Un élève n’a rien" in page.text
    assert "1 élève sur 4 n’a rien" in page.text
    found = rows(page)
    assert list(found) == ["Nom ad Élève", "Nom ac Élève", "Nom aa Élève", "Nom ab Élève"]
    assert "n’a rien" in found["Nom ad Élève"]
    assert "Attend : 1 sur 1" in found["Nom ac Élève"]
    assert "Place confirmée" in found["Nom aa Élève"]
    assert "Lundi 14 juin, 9 h–12 h Chantiers de la Risle" in found["Nom aa Élève"]


async def test_the_filters_stand_in_the_address(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=1)
    await keep(teacher, lines(3))
    await enrol(teacher, week, lines(2))
    assert list(rows(await teacher.get(f"{PUPILS}?etat=nothing"))) == ["Nom ac Élève"]
    assert list(rows(await teacher.get(f"{PUPILS}?etat=waiting"))) == ["Nom ab Élève"]
    assert list(rows(await teacher.get(f"{PUPILS}?q=NOM%20AA"))) == ["Nom aa Élève"]
    assert list(rows(await teacher.get(f"{PUPILS}?q=pont-audemer"))) == ["Nom ab Élève", "Nom aa Élève"]
    assert "Aucun élève avec ces choix" in (await teacher.get(f"{PUPILS}?q=personne")).text
    for hostile in ("%25", "%00", "'%22", "%F0%9F%98%80", "%E2%80%AE", "a" * 10_000):
        answer = await teacher.get(f"{PUPILS}?q={hostile}&etat={hostile[:99]}&classe={hostile[:99]}")
        assert answer.status_code in (200, 422), hostile


async def test_a_withdrawn_pupil_has_nothing_again(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=2)
    await enrol(teacher, week, lines(1))
    own = await pool.fetchval("SELECT id FROM campaigns.registrations")
    await teacher.post(f"/planification/classes/{week.slug}/{own}/retrait")
    assert "n’a rien" in rows(await teacher.get(PUPILS))["Nom aa Élève"]


async def test_a_pupil_of_the_list_who_registered_alone_has_something_but_where_is_not_told(pool, teacher):
    """A teacher could write any name on a list: it must not say where its bearer will be."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=3)
    await register(pool, week, a_pupil(1, school_uai=SCHOOL_UAI, last_name="DUPRE", class_name="seconde 4"))
    await keep(teacher, "Dupré;Camille\nRoy;Jo")
    page = await teacher.get(PUPILS)
    found = rows(page)
    assert "inscrit autrement" in found["Dupré Camille inscrit"]
    assert "n’a rien" in found["Roy Jo n’a"]
    assert "Pont-Audemer" not in page.text
    assert "camille" not in page.text


async def test_a_pupil_of_another_school_or_class_with_the_same_name_is_not_theirs(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    await register(
        pool,
        week,
        a_pupil(1, school_uai="0140004D", last_name="Dupré"),
        a_pupil(2, school_uai=SCHOOL_UAI, last_name="Dupré", class_name="2nde 7"),
    )
    await keep(teacher, "Dupré;Camille")
    assert "n’a rien" in rows(await teacher.get(PUPILS))["Dupré Camille n’a"]


async def test_a_colleague_sees_none_of_them_and_another_school_neither(pool, teacher, colleague, sign_in):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
        other = await an_organisation(connection, slug="autre", kind="school", name="Lycée autre")
    await keep(teacher, lines(3))
    await enrol(teacher, week, lines(2))
    stranger = await sign_in(other, role="owner")
    for somebody in (colleague, stranger):
        for path in (PUPILS, f"{PUPILS}?de=moi", f"{PUPILS}/jour?date=2027-06-14", LIST):
            assert "Nom a" not in (await somebody.get(path)).text
    listed = await pool.fetchval("SELECT id FROM campaigns.listed_pupils LIMIT 1")
    for somebody in (colleague, stranger):
        assert (await somebody.post(f"{LIST}/{listed}/retrait")).status_code == 404
        assert (await somebody.post(f"{LIST}/retrait", {"class_name": "2nde 4"})).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM campaigns.listed_pupils") == 3


async def test_the_head_sees_all_of_the_school_by_class_with_counts(pool, teacher, colleague, head):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    await keep(teacher, lines(3))
    await keep(colleague, lines(2, name="Autre"), class_name="2nde 7")
    await enrol(teacher, week, lines(2))
    await register(pool, week, a_pupil(1, school_uai=SCHOOL_UAI, last_name="Seule", class_name="2nde 7"))
    page = await head.get(PUPILS)
    assert "1 élève sur 3 n’a rien" in page.text
    assert "2 élèves sur 2 n’ont rien" in page.text
    # who registered alone and is nobody's in the school yet
    assert "Seule" not in page.text
    assert "Nom a" not in (await head.get(f"{PUPILS}?de=moi")).text
    assert "@eleve.example" not in page.text


async def test_the_day_says_where_they_are_and_whom_to_call(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
        await connection.execute(
            "UPDATE campaigns.days SET emergency_phone = '02 00 00 11 01' WHERE id = $1", week.days[1]
        )
    await keep(teacher, lines(3))
    await enrol(teacher, week, lines(2))
    page = await teacher.get(f"{PUPILS}/jour?date=2027-06-15")
    assert 'href="tel:0200001101"' in page.text
    who = "Nom aa Élève, Nom ab Élève 02 00 00 11 01"
    assert sessions(page) == [
        f"9 h–12 h Chantiers de la Risle Visite 2.1 1 rue du Quai, 27500 Pont-Audemer {who}",
        f"13 h–16 h Énergies du Marais Visite 2.2 2 rue du Quai, 27500 Pont-Audemer {who}",
    ]
    assert "Un élève sans séance ce jour-là" in page.text
    assert "Nom ac Élève" in page.text
    # a day that is none, or not of the period, leads to the nearest one
    for day in ("2020-01-01", "rien", "2031-13-45"):
        assert (await teacher.get(f"{PUPILS}/jour?date={day}")).status_code == 200


async def test_an_absent_pupil_is_marked(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    await enrol(teacher, week, lines(2))
    async with transaction(pool) as connection:
        await connection.execute(
            """
            INSERT INTO campaigns.attendance (session_id, registration_id, state, noted_at)
            SELECT $1, r.id, 'absent', $2 FROM campaigns.registrations r ORDER BY r.rank LIMIT 1
            """,
            week.sessions[0],
            NOW,
        )
    page = await teacher.get(f"{PUPILS}/jour?date=2027-06-14")
    assert all("Nom aa Élève absent , Nom ab Élève pas" in one for one in sessions(page))
    assert "absent" not in "".join(sessions(await teacher.get(f"{PUPILS}/jour?date=2027-06-15")))


async def test_consent_that_is_awaited_is_told(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    await enrol(teacher, week, lines(1))
    async with transaction(pool) as connection:
        await connection.execute(
            "UPDATE campaigns.registrations SET status = 'held', held_for = 'consent', deadline = $1", NOW
        )
    page = await teacher.get(f"{PUPILS}?etat=consent")
    assert "Accord du responsable attendu avant le mardi 24 novembre à 10 h" in rows(page)["Nom aa Élève"]


async def test_last_year_s_pupils_do_not_have_nothing_this_year(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    await enrol(teacher, week, lines(1))
    await pool.execute(
        "UPDATE campaigns.offers SET busy = tstzmultirange(tstzrange('2026-01-05 9:00', '2026-01-05 12:00'))"
    )
    assert "Nom aa" not in (await teacher.get(PUPILS)).text


async def test_the_page_is_in_english_below_en(pool, teacher):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
    await keep(teacher, lines(3))
    await enrol(teacher, week, lines(1))
    page = await teacher.get(f"/en{PUPILS}")
    assert "2 pupils have nothing" in page.text
    assert "2 of 3 pupils have nothing" in page.text
    assert "Seat confirmed" in page.text
    assert 'href="/en/planification/eleves/offres"' in page.text


async def test_who_says_to_be_a_school_sees_nobody_by_that(pool, teacher, sign_in):
    """An owner may write any kind, name and number of their organisation."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=9)
        claimed = await an_organisation(connection, slug="faux", kind="school", name="Lycée Jacques Prévert")
        await connection.execute("UPDATE campaigns.organisations SET uai = '0140004D' WHERE id = $1", claimed)
    await register(pool, week, a_pupil(1, school_uai="0140004D"), a_pupil(2))
    stranger = await sign_in(claimed, role="owner", email="faux@organisation.example")
    page = await stranger.get(PUPILS)
    assert page.status_code == 200
    assert "Dupré" not in page.text
    assert "Dupré" not in (await stranger.get(f"{PUPILS}/jour?date=2027-06-14")).text
    assert "Dupré" not in (await teacher.get(PUPILS)).text
