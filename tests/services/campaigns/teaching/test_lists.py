"""A teacher's own list: read over before it is kept, kept once however often it is sent, and not for ever."""

import asyncio
import io
from datetime import UTC, datetime

import openpyxl
import pytest

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.teaching.lists.add_pupils import PUPILS_AT_MOST
from tests.services.campaigns.teaching.conftest import LIST, PUPILS, lines

pytestmark = pytest.mark.anyio


async def keep(teacher, text, class_name="2nde 4"):
    return await teacher.post(LIST, {"list": text, "class_name": class_name})


async def listed(pool):
    rows = await pool.fetch(
        """
        SELECT person.last_name, person.first_name, l.class_name, person.email
        FROM campaigns.listed_pupils l JOIN contract.people person ON person.id = l.id ORDER BY 1, 2, 3
        """
    )
    return [tuple(row) for row in rows]


async def test_a_list_is_read_over_and_nothing_is_kept_before_it_is_sent(pool, teacher):
    fields = {"list": "Dupré Camille\nROY Jo", "class_name": "2nde 4"}
    preview = await teacher.post(f"{LIST}/apercu", fields)
    assert preview.status_code == 200
    assert "2 élèves lus, rien n’est encore gardé" in preview.text
    assert await listed(pool) == []
    assert (await keep(teacher, "Dupré Camille\nROY Jo")).status_code == 303
    assert await listed(pool) == [("Dupré", "Camille", "2nde 4", None), ("ROY", "Jo", "2nde 4", None)]


async def test_a_file_is_read_like_a_pasted_list(teacher):
    book = openpyxl.Workbook()
    for row in (("Nom", "Prénom", "Classe"), ("Dupré", "Camille", "2nde 4"), ("Roy", "Jo", "2nde 7")):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    answer = await teacher.post(
        f"{LIST}/apercu", {"list": ""}, files={"file": ("classe.xlsx", content.getvalue(), "application/octet-stream")}
    )
    assert answer.status_code == 200
    assert "2 élèves lus" in answer.text
    assert "2nde 7" in answer.text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Aucun élève n’a été trouvé"),
        ("Dupré;", "Ligne 1 : le prénom manque."),
        ("Dupré;Camille;pas une adresse@", "cette adresse e-mail n’est pas valable"),
        ("=1+1;Camille", "Ligne 1"),
        ("Dup\u202eré;Camille", "Ligne 1"),
        ("...;...", "un nom doit contenir au moins une lettre"),
        ("\n".join(f"Nom {n};Élève" for n in range(301)), "300 élèves au plus"),
        ("a" * 60_001, "Ce texte est trop long"),
        ("Dupré;Camille\nDupré;Camille", "cet élève est déjà à la ligne 1"),
    ],
)
async def test_a_list_that_cannot_be_read_is_told_line_by_line_and_nothing_is_kept(pool, teacher, text, sentence):
    for path in (f"{LIST}/apercu", LIST):
        answer = await teacher.post(path, {"list": text, "class_name": "2nde 4"})
        assert answer.status_code == 422, path
        assert sentence in answer.text
    assert await listed(pool) == []


async def test_the_same_list_twice_at_once_is_one_list(pool, teacher):
    answers = await asyncio.gather(*(keep(teacher, lines(5)) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len(await listed(pool)) == 5
    assert await pool.fetchval("SELECT count(*) FROM contract.people WHERE last_name LIKE 'Nom%'") == 5


async def test_a_list_brought_again_adds_the_new_ones_and_corrects_addresses(pool, teacher):
    await keep(teacher, "Dupré;Camille")
    await keep(teacher, "DUPRE;camille;camille@eleve.example\nRoy;Jo", class_name="2NDE4")
    assert await listed(pool) == [
        ("Dupré", "Camille", "2nde 4", "camille@eleve.example"),
        ("Roy", "Jo", "2NDE4", None),
    ]


async def test_a_list_is_not_endless(pool, teacher):
    for first in range(0, PUPILS_AT_MOST, 300):
        assert (await keep(teacher, lines(300, first=first))).status_code == 303
    answer = await keep(teacher, "Une;Deplus")
    assert answer.status_code == 409
    assert "Votre liste est pleine" in answer.text
    assert len(await listed(pool)) == PUPILS_AT_MOST


async def test_who_is_taken_off_a_list_leaves_no_name_behind(pool, teacher):
    await keep(teacher, lines(3))
    one = await pool.fetchval("SELECT id FROM campaigns.listed_pupils LIMIT 1")
    assert (await teacher.post(f"{LIST}/{one}/retrait")).status_code == 303
    assert (await teacher.post(f"{LIST}/{one}/retrait")).status_code == 404
    assert len(await listed(pool)) == 2
    for _ in range(2):
        assert (await teacher.post(f"{LIST}/retrait", {"class_name": "2nde 4"})).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM contract.people WHERE last_name LIKE 'Nom%'") == 0
    assert "Donnez la liste" in (await teacher.get(PUPILS)).text


async def test_lists_end_with_the_school_year(pool, settings, teacher):
    await keep(teacher, lines(3))
    edge = Edge(settings, pool)
    kept_until = await pool.fetchval("SELECT kept_until FROM campaigns.listed_pupils LIMIT 1")
    assert (kept_until.month, kept_until.day) == (8, 31)
    last_day = datetime(kept_until.year, 8, 31, 12, tzinfo=UTC)
    await tick(edge, now=last_day, free_seats=False, tombstones=True)
    assert len(await listed(pool)) == 3
    await tick(edge, now=last_day.replace(month=9, day=1), free_seats=False, tombstones=True)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.listed_pupils") == 0
    assert await pool.fetchval("SELECT count(*) FROM contract.people WHERE last_name LIKE 'Nom%'") == 0


async def test_the_list_is_in_the_order_of_a_register_accents_or_not(teacher):
    await keep(teacher, "Zola;Ada\nÉtienne;Zoé\nAumont;Tidiane")
    page = (await teacher.get(LIST)).text
    assert page.index("Aumont Tidiane") < page.index("Étienne Zoé") < page.index("Zola Ada")
