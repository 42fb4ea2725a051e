"""A programme file from the screen: what it would do is shown first, and what is given comes back without a change."""

import csv
import io
from datetime import date
from html import unescape

import pytest
from openpyxl import Workbook

from services.campaigns.imports.exported import write_csv, write_xlsx, write_yaml
from services.campaigns.imports.preview import unpack
from services.campaigns.imports.read import read_exported
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.services.campaigns.imports.test_import_file import everything
from tests.services.campaigns.imports.week_file import csv_bytes
from tests.services.campaigns.offers.life.test_draft_and_settings import form_of
from tests.world import NOW, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio


@pytest.fixture
async def week(pool, settings, small_week):
    """The small week in the programme's own words, with one pupil in it."""
    async with transaction(pool) as connection:
        await connection.execute(
            "INSERT INTO campaigns.sectors (code, label, family) VALUES ('s31', 'Numérique', 'digital')"
            " ON CONFLICT DO NOTHING"
        )
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(1)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    return small_week


async def lines_of(planner, week) -> list[list[str]]:
    """The export as a spreadsheet would show it."""
    answer = await planner.get(f"/planification/{week.slug}/fichier/programme.csv")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), delimiter=";"))


async def give(planner, week, content: bytes, name: str = "programme.csv", **fields):
    return await planner.post(
        f"/planification/{week.slug}/fichier", fields, files={"file": (name, content, "application/octet-stream")}
    )


@pytest.mark.parametrize("ending", ["csv", "xlsx", "yaml"])
async def test_what_is_given_is_taken_back_without_a_change(pool, week, planner, ending):
    before = await everything(pool)
    file = await planner.get(f"/planification/{week.slug}/fichier/programme.{ending}")
    assert f'filename="{week.slug}.{ending}"' in file.headers["content-disposition"]
    page = await give(planner, week, file.content, f"programme.{ending}")
    assert page.status_code == 200
    assert "il n’y a rien à changer" in unescape(page.text)
    done = await give(planner, week, file.content, f"programme.{ending}", confirmed="oui")
    assert done.status_code == 303
    assert await everything(pool) == before
    assert await pool.fetchval("SELECT count(*) FROM campaigns.audit") == 0


async def test_a_file_given_on_an_english_page_is_answered_in_english_and_kept_as_it_was_written(pool, week, planner):
    lines = await lines_of(planner, week)
    heading = next(number for number, line in enumerate(lines) if line[:2] == ["Date", "Début"])
    start, bring = lines[heading].index("Début"), lines[heading].index("À apporter")
    lines[heading + 1][start] = "bientôt"
    path = f"/en/planification/{week.slug}/fichier"
    page = unescape((await planner.post(path, {}, files={"file": ("a.csv", csv_bytes(lines))})).text)
    assert "Nothing was saved. There is one thing to correct in the file:" in page
    assert f"Line {heading + 2}, column B: “bientôt” is not a time, for example “9h30”." in page
    book = Workbook()
    lines[heading + 1][start] = "9h30"
    for line in lines:
        book.active.append(line)
    # a spreadsheet's own date where a text is meant
    book.active.cell(heading + 2, bring + 1).value = date(2027, 6, 1)
    content = io.BytesIO()
    book.save(content)
    answer = await planner.post(path, {}, files={"file": ("a.xlsx", content.getvalue())})
    page = unescape(answer.text)
    assert "1 session changed" in page
    assert "Start: <del>Monday 14 June at 9:00</del> <ins>Monday 14 June at 9:30</ins>" in page
    assert (await planner.post(path, form_of(answer.text) | {"confirmed": "oui"})).status_code == 303
    assert await pool.fetchval("SELECT bring FROM campaigns.sessions WHERE bring <> ''") == "mardi 1er juin 2027"
    kept = await pool.fetchval("SELECT detail FROM campaigns.audit")
    assert kept == "a importé un fichier : 0 séances ajoutées, 1 modifiées, 0 retirées."


@pytest.mark.parametrize("write", [write_csv, write_xlsx, write_yaml])
async def test_words_that_files_stumble_over_come_back_as_they_were(pool, week, planner, write):
    """Signs of formulas, names with commas, no address beside one that has it, a group called « Groupe 1 », lines."""
    async with transaction(pool) as connection:
        group_id, speaker_id = new_id(), new_id()
        await connection.execute(
            "INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, 'Groupe 1')", group_id, week.offer_id
        )
        await connection.execute(
            "INSERT INTO campaigns.speakers (id, name, trade) VALUES ($1, 'Morel, Inès', 'infirmière')", speaker_id
        )
        await connection.execute(
            """
            UPDATE campaigns.sessions
            SET title = '=1+1', place = '', site_id = NULL, room = '- 2', contact = '@accueil', bring = '''=neuf',
                access = 'Bus  7', kind = 'testimony', group_id = $2
            WHERE id = $1
            """,
            week.sessions[0],
            group_id,
        )
        await connection.execute(
            """
            INSERT INTO campaigns.session_speakers (session_id, speaker_id, during)
            SELECT id, $2, during FROM campaigns.sessions WHERE id = $1
            """,
            week.sessions[0],
            speaker_id,
        )
        await connection.execute(
            """
            UPDATE campaigns.offers SET summary = E'Une ligne.\n=Deux.', contact = '+33 2 00 00 00 00', city = 'Null',
                   closes_at = '2027-06-10T22:00:31Z'
            """
        )
        exported = await read_exported(connection, week.offer_id)
    page = await give(planner, week, write(exported), f"programme.{write.__name__.removeprefix('write_')}")
    assert "il n’y a rien à changer" in unescape(page.text)


async def test_the_preview_says_what_is_added_changed_and_taken_away_and_does_nothing(pool, week, planner):
    before = await everything(pool)
    lines = await lines_of(planner, week)
    heading = next(number for number, line in enumerate(lines) if line[:2] == ["Date", "Début"])
    title, start = lines[heading].index("Titre"), lines[heading].index("Début")
    lines[heading + 1][start] = "9h30"
    lines[heading + 2][title] = "Visite du quai"
    del lines[-1]
    extra = list(lines[heading + 1])
    extra[start], extra[start + 1], extra[title] = "16h10", "16h40", "Bilan du jour"
    lines.append(extra)
    lines[next(number for number, line in enumerate(lines) if line[:1] == ["Ville"])][1] = "Bernay"
    answer = await give(planner, week, csv_bytes(lines))
    page = unescape(answer.text)
    assert answer.status_code == 200
    assert "1 séance ajoutée" in page
    assert "2 séances modifiées" in page
    assert "1 séance retirée" in page
    assert "Titre : <del>Visite 1.2</del> <ins>Visite du quai</ins>" in page
    assert "Ville : <del>Pont-Audemer</del> <ins>Bernay</ins>" in page
    assert "<li>1 élève</li>" in page
    assert "Changement de programme" in page
    assert "Visite du quai" in page
    assert await everything(pool) == before
    # the page carries the file on: confirmed, it is done, with the planner's sentence
    done = await planner.post(
        f"/planification/{week.slug}/fichier", form_of(answer.text) | {"note": "Voici juin.", "confirmed": "oui"}
    )
    assert done.status_code == 303
    assert await pool.fetchval("SELECT city FROM campaigns.offers") == "Bernay"
    notes = await pool.fetch("SELECT body->>'note' AS note FROM contract.events WHERE tag LIKE 'session.%'")
    assert {row["note"] for row in notes} == {"Voici juin."}
    assert await pool.fetchval("SELECT action FROM campaigns.audit") == "import_file"


async def test_what_changed_since_the_preview_is_shown_again_before_anything_is_done(pool, week, planner):
    lines = await lines_of(planner, week)
    lines[next(number for number, line in enumerate(lines) if line[:1] == ["Ville"])][1] = "Bernay"
    form = form_of((await give(planner, week, csv_bytes(lines))).text)
    await pool.execute("UPDATE campaigns.sessions SET title = 'Autre titre' WHERE id = $1", week.sessions[0])
    answer = await planner.post(f"/planification/{week.slug}/fichier", form | {"confirmed": "oui"})
    page = unescape(answer.text)
    assert answer.status_code == 412
    assert "L’offre a changé depuis l’aperçu" in page
    assert "Titre : <del>Autre titre</del> <ins>Visite 1.1</ins>" in page
    assert await pool.fetchval("SELECT city FROM campaigns.offers") == "Pont-Audemer"
    again = await planner.post(f"/planification/{week.slug}/fichier", form_of(answer.text) | {"confirmed": "oui"})
    assert again.status_code == 303
    assert await pool.fetchval("SELECT city FROM campaigns.offers") == "Bernay"


async def test_a_draft_is_changed_by_its_file_but_never_published_by_it(pool, planner):
    async with transaction(pool) as connection:
        draft = await a_week(connection, slug="brouillon", published=False)
    lines = await lines_of(planner, draft)
    lines[next(number for number, line in enumerate(lines) if line[:1] == ["Titre"])][1] = "Semaine nouvelle"
    assert (await give(planner, draft, csv_bytes(lines), confirmed="oui")).status_code == 303
    offer = await pool.fetchrow("SELECT title, status, edition FROM campaigns.offers WHERE slug = 'brouillon'")
    assert tuple(offer) == ("Semaine nouvelle", "draft", 2)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("Identifiant", "une-autre-offre", "celui d’une autre offre"),
        ("Organisation", "Une autre fédération", "cette offre est celle de « Fédération des métiers »"),
        ("Campagne", "Tout autre chose", "cette offre est de « Deux semaines pour découvrir »"),
        ("Titre", "", "le champ « titre » manque"),
        ("Type d’offre", "atelier", "le type d’une offre ne peut pas changer"),
    ],
)
async def test_a_file_of_something_else_is_refused(pool, week, planner, field, value, sentence):
    before = await everything(pool)
    lines = await lines_of(planner, week)
    for line in lines:
        if line[:1] == [field]:
            line[1] = value
    for confirmed in ({}, {"confirmed": "oui"}):
        answer = await give(planner, week, csv_bytes(lines), **confirmed)
        assert answer.status_code == 422
        assert sentence in unescape(answer.text)
    assert await everything(pool) == before


async def test_a_file_brings_along_no_other_file_and_no_campaign(pool, week, planner):
    before = await everything(pool)
    for content in (b"programmes:\n  - /etc/passwd\n", b"programmes:\n  - semaine.csv\n", b"campagne:\n  titre: x\n"):
        answer = await give(planner, week, content, "x.yaml", confirmed="oui")
        assert answer.status_code == 422
        assert "root:" not in answer.text
    assert await everything(pool) == before


async def test_a_planner_s_file_changes_no_organisation(pool, week, planner):
    lines = await lines_of(planner, week)
    heading = next(number for number, line in enumerate(lines) if line[:2] == ["Date", "Début"])
    lines[heading + 1][lines[heading].index("SIRET")] = "00000201400017"
    assert (await give(planner, week, csv_bytes(lines), confirmed="oui")).status_code == 303
    assert await pool.fetchval("SELECT count(*) FROM campaigns.organisations WHERE siret IS NOT NULL") == 0
    await pool.execute("UPDATE campaigns.organisations SET siret = '00000201400017' WHERE slug LIKE 'chantiers%'")
    for line in lines[heading + 1 :]:
        line[:] = [cell.replace("Chantiers de la Risle", "Mes chantiers") for cell in line]
    answer = await give(planner, week, csv_bytes(lines), confirmed="oui")
    assert answer.status_code == 422
    assert "est celui de « Chantiers de la Risle »" in unescape(answer.text)


async def test_a_file_of_a_hundred_thousand_rows_is_refused_with_the_limit(pool, week, planner):
    before = await everything(pool)
    lines = await lines_of(planner, week)
    short = csv_bytes([*lines, *([["14/06/2027", "9h", "10h"]] * 100_000)])
    answer = await give(planner, week, short)
    assert answer.status_code == 422
    assert "2000 au plus" in unescape(answer.text)
    assert (await give(planner, week, csv_bytes([*lines, *([lines[-1]] * 100_000)]))).status_code in (413, 422)
    assert await everything(pool) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("vide.csv", b""),
        ("image.png", b"\x89PNG\r\n"),
        ("classeur.xlsx", b"PK\x03\x04 broken"),
        ("texte.csv", b"\x00\xff\x00"),
        ("profond.yaml", b"[" * 5000),
        ("../../x.csv", b"Titre;x"),
    ],
)
async def test_what_is_no_programme_is_refused_in_words(week, planner, name, content):
    answer = await give(planner, week, content, name)
    assert answer.status_code == 422
    assert "Rien n’a été enregistré" in unescape(answer.text)


async def test_a_carried_file_that_is_not_ours_is_no_file(week, planner):
    assert unpack("x.csv", "pas du base64 !") is None
    assert unpack("x.csv", "AAAA") is None
    answer = await planner.post(
        f"/planification/{week.slug}/fichier", {"name": "x.csv", "content": "AAAA", "confirmed": "oui"}
    )
    assert answer.status_code == 422


async def test_the_file_of_another_organisation_s_offer_does_not_exist(pool, week, planner, sign_in):
    content = (await planner.get(f"/planification/{week.slug}/fichier/programme.csv")).content
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre agence")
    stranger = await sign_in(other)
    assert (await stranger.get(f"/planification/{week.slug}/fichier")).status_code == 404
    assert (await stranger.get(f"/planification/{week.slug}/fichier/programme.csv")).status_code == 404
    assert (await give(stranger, week, content, confirmed="oui")).status_code == 404
    assert (await planner.get(f"/planification/{week.slug}/fichier/programme.pdf")).status_code == 404
