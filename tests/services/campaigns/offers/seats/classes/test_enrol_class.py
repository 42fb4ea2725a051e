"""A teacher enrols a class: looked at first, done once, all or none or as many as fit."""

import asyncio
import io
import re

import openpyxl
import pytest
from asyncpg import Connection

from services.campaigns.offers.cancel_offer import cancel_offer
from shared.database import transaction
from shared.events import decode_event
from shared.notices import ClassEnrolled
from tests.world import NOW, a_week, an_organisation

pytestmark = pytest.mark.anyio

SCHOOL_UAI = "0271585B"


def lines(count, *, first=0, name="Nom"):
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "\n".join(
        f"{name} {letters[n // 26]}{letters[n % 26]};Élève;{name.lower()}.{n}@eleve.example"
        for n in range(first, first + count)
    )


@pytest.fixture
async def school(pool):
    async with transaction(pool) as connection:
        school_id = await an_organisation(connection, slug="lycee-prevert", kind="school", name="Lycée Prévert")
        await connection.execute("UPDATE campaigns.organisations SET uai = $2 WHERE id = $1", school_id, SCHOOL_UAI)
    return school_id


@pytest.fixture
async def teacher(sign_in, school):
    return await sign_in(school, role="teacher")


async def a_week_of(pool, seats, **given):
    async with transaction(pool) as connection:
        return await a_week(connection, seats=seats, **given)


def key_of(answer):
    return re.search(r'name="key" value="([^"]+)"', answer.text)[1]


async def enrol(teacher, week, text, *, key="une-liste", before="", **given):
    fields = {"list": text, "class_name": "2nde 4", "key": key, **given}
    return await teacher.post(f"{before}/planification/classes/{week.slug}", fields)


async def counts(pool, week):
    row = await pool.fetchrow("SELECT seats, taken, waiting FROM campaigns.offers WHERE id = $1", week.offer_id)
    living = await pool.fetchval(
        "SELECT count(*) FROM campaigns.registrations WHERE offer_id = $1 AND status IN ('held', 'confirmed')",
        week.offer_id,
    )
    assert living == row["taken"] <= row["seats"]
    return row["taken"], row["waiting"]


async def test_a_list_is_looked_at_and_nothing_is_done_before_it_is_sent(pool, teacher):
    week = await a_week_of(pool, 2)
    form = await teacher.get(f"/planification/classes/{week.slug}")
    assert form.status_code == 200
    fields = {"list": lines(3), "class_name": "2nde 4", "key": key_of(form)}
    preview = await teacher.post(f"/planification/classes/{week.slug}/apercu", fields)
    assert preview.status_code == 200
    assert "3 élèves lus, rien n’est encore fait" in preview.text
    assert "Les 2 premiers de la liste auront une place, le suivant attendra" in preview.text
    assert await counts(pool, week) == (0, 0)


async def test_as_many_as_fit_have_a_seat_and_the_rest_wait_in_the_order_given(pool, teacher):
    week = await a_week_of(pool, 2)
    answer = await enrol(teacher, week, lines(4))
    assert answer.status_code == 303
    assert await counts(pool, week) == (2, 2)
    rows = await pool.fetch(
        """
        SELECT person.last_name, r.status, p.school_uai, p.class_name, r.enrolled_by, r.enrolled_for
        FROM campaigns.registrations r JOIN campaigns.pupils p ON p.id = r.pupil_id
        JOIN contract.people person ON person.id = p.id ORDER BY r.rank
        """
    )
    assert [row["last_name"] for row in rows] == ["Nom aa", "Nom ab", "Nom ac", "Nom ad"]
    assert [row["status"] for row in rows] == ["confirmed", "confirmed", "waiting", "waiting"]
    assert {(row["school_uai"], row["class_name"]) for row in rows} == {(SCHOOL_UAI, "2nde 4")}
    assert {row["enrolled_by"] for row in rows} == {teacher.member.person_id}
    page = await teacher.get("/planification/classes")
    assert "2 élèves ont une place sur 4, 2 n’ont encore rien" in page.text
    assert "Attend, 2e sur 2" in page.text


async def test_the_teacher_is_told_in_numbers_once(pool, teacher):
    week = await a_week_of(pool, 2)
    for _ in range(2):
        await enrol(teacher, week, lines(3), before="/en")
    bodies = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'class.enrolled'")
    (notice,) = [decode_event(row["body"]) for row in bodies]
    assert isinstance(notice, ClassEnrolled)
    assert notice.recipients == (teacher.member.person_id,)
    assert (notice.seated, notice.waiting, notice.refused) == (2, 1, 0)
    audit = await pool.fetch("SELECT detail FROM campaigns.audit WHERE action = 'enrol_class'")
    assert [row["detail"] for row in audit] == ["Une liste de 3 élèves : 2 places, 1 en attente."]


async def test_the_same_list_sent_twice_at_once_is_one_class(pool, teacher):
    week = await a_week_of(pool, 10)
    answers = await asyncio.gather(*(enrol(teacher, week, lines(5)) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert await counts(pool, week) == (5, 0)


async def test_all_or_none_enrols_nobody_where_seats_are_too_few(pool, teacher):
    week = await a_week_of(pool, 15)
    answer = await enrol(teacher, week, lines(30), all_or_none="oui")
    assert answer.status_code == 409
    assert "il reste 15 places pour 30 élèves" in answer.text
    assert "Nom aa" in answer.text  # the list stays in the form
    assert await counts(pool, week) == (0, 0)
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag LIKE 'registration%'") == 0
    assert (await enrol(teacher, week, lines(15), all_or_none="oui")).status_code == 303
    assert await counts(pool, week) == (15, 0)


@pytest.mark.parametrize("size", [30, 12])
async def test_a_class_all_or_none_against_twenty_others_at_the_same_moment(pool, teacher, visitor, size):
    """Fifteen seats. Whoever comes first: never oversold, and of the class everybody or nobody has a seat."""
    week = await a_week_of(pool, 15)
    await teacher.get(f"/planification/classes/{week.slug}")

    async def alone(number):
        body = {
            "pupil": {"first_name": "Seul", "last_name": "Élève", "email": f"seul.{number}@eleve.example"},
            "school": {"name": "Lycée Corneille"},
        }
        return await visitor.post(f"/api/v1/offers/{week.offer_id}/registrations", json=body)

    first, *others = await asyncio.gather(
        enrol(teacher, week, lines(size), all_or_none="oui"), *(alone(number) for number in range(20))
    )
    assert [answer.status_code for answer in others] == [201] * 20
    taken, waiting = await counts(pool, week)
    of_class = await pool.fetchval(
        "SELECT count(*) FROM campaigns.registrations WHERE enrolled_by IS NOT NULL AND status = 'confirmed'"
    )
    assert of_class in (0, size)
    assert (first.status_code == 303) == (of_class == size)
    assert (taken, waiting) == (15, 20 + of_class - 15)


async def test_who_is_refused_is_named_with_the_reason_and_the_others_are_in(pool, teacher):
    week = await a_week_of(pool, 10)
    await enrol(teacher, week, lines(1))
    answer = await enrol(teacher, week, lines(3), key="autre-liste")
    assert answer.status_code == 200
    assert "2 places, 1 élève non inscrit" in answer.text
    assert "Nom aa" in answer.text
    assert "déjà inscrit" in answer.text
    assert await counts(pool, week) == (3, 0)


async def test_a_pupil_elsewhere_is_refused_with_the_name_only_for_who_may_know_it(pool, teacher, sign_in):
    here = await a_week_of(pool, 10, slug="ici")
    elsewhere = await a_week_of(pool, 10, slug="ailleurs")
    await pool.execute("UPDATE campaigns.offers SET title = 'Semaine au Havre' WHERE slug = 'ailleurs'")
    assert (await enrol(teacher, elsewhere, lines(1), key="a")).status_code == 303
    told = await enrol(teacher, here, lines(2))
    assert "Cet élève a déjà une place dans « Semaine au Havre » aux mêmes dates" in told.text
    # another school's teacher who knows name, school and address learns no more than that
    async with transaction(pool) as connection:
        other_school = await an_organisation(connection, slug="autre", kind="local_authority", name="Mairie")
    stranger = await sign_in(other_school, role="teacher")
    await pool.execute("UPDATE campaigns.organisations SET uai = NULL")
    await pool.execute("UPDATE campaigns.pupils SET school_uai = NULL")
    await enrol(stranger, elsewhere, "Seul;Jo;jo@eleve.example", school="Lycée Prévert", key="b")
    answer = await enrol(stranger, here, lines(1) + "\nSeul;Jo;jo@eleve.example", school="Lycée Prévert", key="c")
    assert answer.text.count("Semaine au Havre") == 1  # of the pupil they enrolled there themselves
    untold = await enrol(teacher, here, "Seul;Jo;jo@eleve.example", key="d")
    assert untold.status_code == 200
    assert "Cet élève a déjà une place ailleurs aux mêmes dates" in untold.text
    assert "Semaine au Havre" not in untold.text


async def test_all_or_none_says_who_stands_in_the_way(pool, teacher):
    week = await a_week_of(pool, 10)
    await enrol(teacher, week, lines(1, first=2))
    answer = await enrol(teacher, week, lines(4), key="autre-liste", all_or_none="oui")
    assert answer.status_code == 409
    assert "vous avez demandé toute la liste ou rien, et 1 élève ne peut pas l’être" in answer.text
    assert "Ligne 3 : Cet élève est déjà inscrit" in answer.text
    assert await counts(pool, week) == (1, 0)


async def test_faults_are_told_at_line_and_column_and_nothing_is_done(pool, teacher):
    week = await a_week_of(pool, 10)
    text = "nom;prénom;adresse\nDupré;Cam1lle;camille\nRoy;Jo;jo@eleve.example"
    for path in ("/apercu", ""):
        answer = await teacher.post(f"/planification/classes/{week.slug}{path}", {"list": text, "key": "k"})
        assert answer.status_code == 422
        assert "Ligne 2, colonne B : le prénom contient" in answer.text
        assert "Ligne 2, colonne C : cette adresse e-mail" in answer.text
    assert await counts(pool, week) == (0, 0)


async def test_a_workbook_is_read_and_shown(pool, teacher):
    week = await a_week_of(pool, 10)
    book = openpyxl.Workbook()
    for row in (["Nom", "Prénom", "Courriel"], ["Dupré", "Camille", "camille@eleve.example"]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    answer = await teacher.post(
        f"/planification/classes/{week.slug}/apercu",
        {"key": "k", "class_name": "2nde 1"},
        files={"file": ("classe.xlsx", content.getvalue())},
    )
    assert answer.status_code == 200
    assert "1 élève lu" in answer.text
    assert "camille@eleve.example" in answer.text


async def test_a_file_of_a_hundred_thousand_rows_is_refused_with_the_limit(pool, teacher):
    week = await a_week_of(pool, 10)
    content = "\n".join(f"Nom;Prénom;a{number}@b.example" for number in range(100_000)).encode()
    assert len(content) > 2_000_000
    answer = await teacher.post(
        f"/planification/classes/{week.slug}/apercu", {"key": "k"}, files={"file": ("classe.csv", content)}
    )
    assert answer.status_code == 422
    assert "300 élèves au plus" in answer.text


async def test_a_file_beyond_all_measure_is_refused_and_other_forms_stay_small(pool, teacher):
    week = await a_week_of(pool, 10)
    await teacher.get(f"/planification/classes/{week.slug}")
    huge = b"x" * 6_000_000
    answer = await teacher.post(
        f"/planification/classes/{week.slug}/apercu", {"key": "k"}, files={"file": ("classe.csv", huge)}
    )
    assert answer.status_code == 413
    assert (await enrol(teacher, week, "x" * 300_000)).status_code == 413


async def test_the_longest_list_goes_through_the_form(pool, teacher):
    week = await a_week_of(pool, 400)
    family = "\n".join(
        f"Élévé {chr(97 + n // 26)}{chr(97 + n % 26)};Héloïse;e{n}@eleve.example;Anaïs Élévé;a{n}@famille.example"
        for n in range(300)
    )
    assert (await enrol(teacher, week, family)).status_code == 303
    assert await counts(pool, week) == (300, 0)


async def test_lines_typed_one_by_one_follow_the_pasted_ones(pool, teacher):
    week = await a_week_of(pool, 10)
    fields = {
        "list": lines(1),
        "key": "k",
        "last_name-1": "Tapé",
        "first_name-1": "Ana",
        "email-1": "ana@eleve.example",
    }
    preview = await teacher.post(f"/planification/classes/{week.slug}/apercu", fields)
    assert "2 élèves lus" in preview.text
    assert "Tapé Ana" in preview.text


async def test_somebody_else_than_a_school_names_the_school(pool, sign_in):
    week = await a_week_of(pool, 10)
    planner = await sign_in(week.organisation_id, role="planner")
    assert (await enrol(planner, week, lines(1))).status_code == 422
    assert (await enrol(planner, week, lines(1), school="Lycée Corneille")).status_code == 303
    assert await pool.fetchval("SELECT school_name FROM campaigns.pupils") == "Lycée Corneille"


async def test_a_draft_or_a_closed_offer_takes_no_class(pool, teacher):
    week = await a_week_of(pool, 10)
    await teacher.get(f"/planification/classes/{week.slug}")
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=week.offer_id, now=NOW)
    assert (await teacher.get(f"/planification/classes/{week.slug}")).status_code == 404
    assert (await enrol(teacher, week, lines(1))).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "host"])
async def test_who_enrols_no_class_is_refused(sign_in, school, role):
    somebody = await sign_in(school, role=role)
    assert (await somebody.get("/planification/classes")).status_code == 403


async def test_another_teacher_sees_none_of_my_pupils(pool, teacher, sign_in, school):
    week = await a_week_of(pool, 10)
    await enrol(teacher, week, lines(2))
    colleague = await sign_in(school, role="teacher", email="autre.professeur@lycee.example")
    assert "Nom aa" not in (await colleague.get("/planification/classes")).text
    assert "Nom aa" in (await teacher.get("/planification/classes")).text


async def test_the_page_asks_the_same_number_of_queries_for_one_pupil_and_for_sixty(pool, teacher, monkeypatch):
    asked = []
    for method in ("fetch", "fetchrow", "fetchval", "execute"):
        original = getattr(Connection, method)

        def counted(self, query, *args, _original=original, **options):
            asked.append(query)
            return _original(self, query, *args, **options)

        monkeypatch.setattr(Connection, method, counted)
    week = await a_week_of(pool, 100)
    await enrol(teacher, week, lines(1))
    sizes = []
    for _ in range(2):
        asked.clear()
        await teacher.get("/planification/classes")
        sizes.append(len([query for query in asked if "campaigns." in query]))
        await enrol(teacher, week, lines(60, first=1), key="suite")
    assert sizes[0] == sizes[1]


async def test_after_the_deadline_nobody_is_enrolled(pool, teacher):
    week = await a_week_of(pool, 10)
    await pool.execute("UPDATE campaigns.offers SET closes_at = now() - interval '1 minute'")
    assert (await enrol(teacher, week, lines(1))).status_code == 404


async def test_a_role_taken_away_while_the_form_is_open_enrols_nobody(pool, teacher):
    week = await a_week_of(pool, 10)
    await teacher.get(f"/planification/classes/{week.slug}")
    await pool.execute("UPDATE campaigns.members SET role = 'host' WHERE person_id = $1", teacher.member.person_id)
    assert (await enrol(teacher, week, lines(1))).status_code == 403
    await pool.execute("DELETE FROM campaigns.members WHERE person_id = $1", teacher.member.person_id)
    assert (await enrol(teacher, week, lines(1))).status_code in (303, 401)
    assert await counts(pool, week) == (0, 0)


async def test_who_has_left_the_school_sees_its_pupils_no_more(pool, teacher, sign_in):
    week = await a_week_of(pool, 10)
    await enrol(teacher, week, lines(2))
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre-lycee", kind="school", name="Autre lycée")
    await pool.execute("DELETE FROM campaigns.members WHERE person_id = $1", teacher.member.person_id)
    again = await sign_in(other, role="teacher", email=teacher.member.email)
    assert again.member.person_id == teacher.member.person_id
    assert "Nom aa" not in (await again.get("/planification/classes")).text


async def test_only_whom_an_offer_is_for_are_enrolled(pool, teacher):
    week = await a_week_of(pool, 10)
    await pool.execute("UPDATE campaigns.offers SET grades = '{seconde}', departements = '{27}'")
    assert (await enrol(teacher, week, lines(2) + "\nTrop;Grande;t@eleve.example;Tle 2")).status_code == 200
    assert await counts(pool, week) == (2, 0)
