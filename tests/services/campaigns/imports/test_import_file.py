"""Importing a file: all or nothing, once or twice, and an edited copy as a change of its offer."""

import asyncio
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from services.campaigns.imports.import_file import import_file
from services.campaigns.imports.report import ImportReport, say_report
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.events import (
    AnyEvent,
    OfferChanged,
    OfferPublished,
    SessionAdded,
    SessionCancelled,
    SessionChanged,
    decode_event,
)
from shared.signed_links import Signer
from tests.services.campaigns.imports.week_file import CHANTIERS, FIRST_ROW, csv_bytes, grid, row, rows
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(days=1)
TABLES = (
    "organisations", "sites", "speakers", "campaigns", "campaign_sectors", "agreements", "offers", "groups", "days",
    "sessions", "session_speakers", "registrations", "pupil_times", "feeds",
)  # fmt: skip


@pytest.fixture
def bring(pool, tmp_path) -> Callable[..., object]:
    async def bring(sessions, *, now=NOW, name="semaine.csv", **header) -> ImportReport:
        file = tmp_path / name
        file.write_bytes(csv_bytes(grid(sessions, **header)))
        return await import_file(pool, file, now=now)

    return bring


async def everything(pool) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that an import may write."""
    names = [*(f"campaigns.{name}" for name in TABLES), "contract.events", "contract.programmes"]
    return {name: sorted(map(str, await pool.fetch(f"SELECT t::text FROM {name} t"))) for name in names}  # noqa: S608


async def events(pool) -> list[AnyEvent]:
    return [decode_event(r["body"]) for r in await pool.fetch("SELECT body FROM contract.events ORDER BY id")]


async def pupils(pool, count: int) -> None:
    offer_id = await pool.fetchval("SELECT id FROM campaigns.offers")
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=offer_id,
            requests=[a_pupil(number) for number in range(count)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )


async def test_a_new_week_is_published_with_its_hosts_days_and_speakers(pool, bring):
    report = await bring(rows())
    assert (report.faults, report.added) == ((), 4)
    offer = await pool.fetchrow("SELECT slug, status, seats, revision, series_starts_at FROM campaigns.offers")
    assert (offer["slug"], offer["status"], offer["seats"], offer["revision"]) == ("semaine-test", "published", 15, 1)
    assert [type(event) for event in await events(pool)] == [OfferPublished]
    days = await pool.fetch("SELECT date, instance_on, sector FROM campaigns.days ORDER BY date")
    assert [tuple(day) for day in days] == [
        (date(2027, 6, 14), date(2027, 6, 14), "s10"), (date(2027, 6, 15), date(2027, 6, 15), "s21")
    ]  # fmt: skip
    assert await pool.fetchval("SELECT count(*) FROM campaigns.session_speakers") == 2
    assert await pool.fetchval("SELECT latitude FROM campaigns.sites WHERE address LIKE '%Pont-Audemer'") == 49.35
    assert say_report(report)[-1] == (
        "Deux jours sur la Risle (semaine-test) : nouvelle offre, publiée, 4 séances ajoutées."
    )


async def test_the_same_file_again_changes_nothing_at_all(pool, bring):
    await bring(rows())
    await pupils(pool, 3)
    before = await everything(pool)
    report = await bring(rows(), now=LATER)
    assert await everything(pool) == before
    assert say_report(report) == ["Deux jours sur la Risle (semaine-test) : rien n’a changé."]


async def test_two_imports_of_the_same_file_at_once_are_one(pool, bring):
    first, second = await asyncio.gather(bring(rows(), name="a.csv"), bring(rows(), name="b.csv"))
    assert sorted([first.added, second.added]) == [0, 4]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 1
    assert len(await events(pool)) == 1


async def test_a_fault_leaves_the_database_untouched(pool, bring):
    await bring(rows())
    before = await everything(pool)
    report = await bring([*rows(), row(Date="19/06/2027", Entreprise="Nouvelle maison")], now=LATER)
    assert report.refused
    assert (report.faults[0].row, report.faults[0].column) == (FIRST_ROW + 4, "A")
    assert await everything(pool) == before
    assert say_report(report)[0] == "semaine.csv : 1 erreur, rien n’a été enregistré."


async def test_a_file_that_is_not_there_is_a_fault(pool, tmp_path):
    report = await import_file(pool, tmp_path / "absent.csv", now=NOW)
    assert [str(fault) for fault in report.faults] == ["le fichier « absent.csv » n’existe pas."]


async def edited(pool, bring, change, **header) -> list[AnyEvent]:
    """The facts of an edited copy; three pupils have a seat."""
    await bring(rows())
    await pupils(pool, 3)
    known = {event.id for event in await events(pool)}
    sessions = rows()
    change(sessions)
    report = await bring(sessions, now=LATER, **header)
    assert report.faults == ()
    return [event for event in await events(pool) if event.id not in known]


async def test_another_time_is_one_changed_session_with_one_revision(pool, bring):
    revision = "SELECT revision FROM campaigns.offers"

    def later(sessions):
        sessions[0]["Début"] = "9h30"

    (event,) = await edited(pool, bring, later)
    assert isinstance(event, SessionChanged)
    assert [(c.field, c.before[11:16], c.after[11:16]) for c in event.changes] == [("starts_at", "09:00", "09:30")]
    assert event.revision == await pool.fetchval(revision) == 3
    assert len(event.audience) == 3
    assert await pool.fetchval("SELECT sequence FROM campaigns.sessions WHERE id = $1", event.session_id) == 1
    assert await pool.fetchval("SELECT max(sequence) FROM campaigns.sessions WHERE id <> $1", event.session_id) == 0


async def test_another_host_at_the_same_time_is_the_same_session(pool, bring):
    def replace(sessions):
        sessions[2] |= {
            "Entreprise": "Atome et Estuaire",
            "Titre": "Souder",
            "Adresse": "8 rue des Ateliers, 27500 Pont-Audemer",
        }

    (event,) = await edited(pool, bring, replace)
    assert isinstance(event, SessionChanged)
    assert [change.field for change in event.changes] == ["title", "host", "place"]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions") == 4


async def test_a_row_taken_out_is_cancelled_and_a_row_put_in_is_added(pool, bring):
    def exchange(sessions):
        sessions.pop(1)
        sessions.append(row(Date="16/06/2027", Secteur="Santé", Entreprise="Résidence des Tanneurs", Titre="Un matin"))

    found = await edited(pool, bring, exchange)
    assert [type(event) for event in found] == [SessionCancelled, SessionAdded]
    assert {event.revision for event in found} == {3}
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions WHERE status = 'cancelled'") == 1


async def test_a_day_that_moves_keeps_its_instance(pool, bring):
    def move(sessions):
        for session in sessions[2:]:
            session["Date"] = "17/06/2027"

    found = await edited(pool, bring, move)
    assert [type(event) for event in found] == [SessionChanged] * 2
    days = await pool.fetch("SELECT date, instance_on FROM campaigns.days ORDER BY date")
    assert [tuple(day) for day in days] == [
        (date(2027, 6, 14), date(2027, 6, 14)), (date(2027, 6, 17), date(2027, 6, 15))
    ]  # fmt: skip


async def test_an_emptied_day_stays_without_sessions(pool, bring):
    def empty(sessions):
        del sessions[2:]

    found = await edited(pool, bring, empty)
    assert [type(event) for event in found] == [SessionCancelled] * 2
    assert await pool.fetchval("SELECT count(*) FROM campaigns.days WHERE instance_on = '2027-06-15'") == 1


async def test_sessions_that_swap_rooms_and_speakers_do_not_clash_on_the_way(bring):
    parallel = [
        row(Groupe="A", Salle="1", Intervenants="Inès Morel"),
        row(Groupe="B", Salle="2", Intervenants="Paul Rouvray", Titre="Monter un mur"),
    ]
    await bring(parallel)
    for first, second in ((0, 1), (1, 0)):
        swapped = [dict(session) for session in parallel]
        for field in ("Salle", "Intervenants"):
            swapped[0][field], swapped[1][field] = parallel[second][field], parallel[first][field]
        report = await bring(swapped, now=LATER)
        assert report.faults == ()
        assert report.changed == 2


async def test_words_above_the_table_change_the_offer_itself(pool, bring):
    (event,) = await edited(pool, bring, lambda _: None, Titre="Deux jours pour voir", Contact="Accueil")
    assert isinstance(event, OfferChanged)
    assert [change.field for change in event.changes] == ["title", "contact"]
    assert await pool.fetchval("SELECT slug FROM campaigns.offers") == "semaine-test"


async def test_more_seats_promote_who_waits_and_fewer_than_taken_are_a_fault(pool, bring):
    await bring(rows(), Places="2")
    await pupils(pool, 4)
    report = await bring(rows(), now=LATER, Places="3")
    assert say_report(report) == ["Deux jours sur la Risle (semaine-test) : 3 places."]
    counts = await pool.fetchrow("SELECT seats, taken, waiting FROM campaigns.offers")
    assert tuple(counts) == (3, 3, 1)
    before = await everything(pool)
    report = await bring(rows(), now=LATER, Places="1")
    assert [(fault.row, fault.column) for fault in report.faults] == [(7, "B")]
    assert await everything(pool) == before


async def test_a_speaker_of_another_offer_is_named_and_nothing_is_written(pool, bring):
    await bring(rows())
    before = await everything(pool)
    report = await bring(rows()[3:], now=LATER, Identifiant="autre", Titre="Une autre semaine")
    assert [(fault.row, fault.column) for fault in report.faults] == [
        (FIRST_ROW, "O"), (FIRST_ROW, "P"), (FIRST_ROW, "P")
    ]  # fmt: skip
    assert report.faults[1].sentence == (
        "Idriss Navarre a déjà une séance dans « Deux jours sur la Risle » (mardi 15 juin, 13 h 30–16 h)."
    )
    assert await everything(pool) == before


async def test_a_company_is_known_by_its_siret_then_by_its_name(pool, bring):
    await bring([row(), row(Date="15/06/2027", Secteur="Énergie", Entreprise="CHANTIERS DE LA RISLE", Titre="Suite")])
    await bring([row(SIRET=CHANTIERS), row(Date="15/06/2027", Secteur="Énergie", Titre="Suite")], now=LATER)
    rows_ = await pool.fetch("SELECT name, siret FROM campaigns.organisations WHERE kind = 'company'")
    assert [tuple(r) for r in rows_] == [("Chantiers de la Risle", CHANTIERS)]


async def test_a_company_that_only_this_offer_shows_can_be_renamed(pool, bring):
    await bring([row(SIRET=CHANTIERS)])
    report = await bring([row(SIRET=CHANTIERS, Entreprise="Nouveaux chantiers")], now=LATER)
    assert report.changed == 1
    event = (await events(pool))[-1]
    assert isinstance(event, SessionChanged)
    assert [(c.field, c.after) for c in event.changes] == [("host", "Nouveaux chantiers")]
    await bring(
        [row(SIRET=CHANTIERS, Entreprise="Nouveaux chantiers", Date="16/06/2027")], Identifiant="autre", Titre="B"
    )
    report = await bring([row(SIRET=CHANTIERS, Entreprise="Encore un nom")], now=LATER)
    assert "est celui de « Nouveaux chantiers », pas de « Encore un nom »" in report.faults[0].sentence


async def test_without_an_agreement_the_offer_stays_a_draft_and_says_nothing(pool, bring):
    await bring(rows())
    await pool.execute("UPDATE campaigns.agreements SET agreed_at = NULL")
    report = await bring([row(Date="16/06/2027")], Identifiant="autre", Titre="Une autre semaine")
    assert "en brouillon" in say_report(report)[-1]
    assert len(await events(pool)) == 1
    await bring(
        [row(Date="17/06/2027", Titre="Autre chose")], Identifiant="autre", Titre="Une autre semaine", now=LATER
    )
    assert len(await events(pool)) == 1
    days = "SELECT date FROM campaigns.days d JOIN campaigns.offers o ON o.id = d.offer_id WHERE o.slug = 'autre'"
    assert await pool.fetchval(days) == date(2027, 6, 17)
    await pool.execute("UPDATE campaigns.agreements SET agreed_at = $1", NOW)
    report = await bring([row(Date="17/06/2027", Titre="Autre chose")], Identifiant="autre", Titre="Une autre semaine")
    assert say_report(report)[-1] == "Une autre semaine (autre) : offre publiée."


async def test_a_cancelled_offer_is_not_brought_back(pool, bring):
    await bring(rows())
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=await pool.fetchval("SELECT id FROM campaigns.offers"), now=NOW)
    report = await bring(rows(), now=LATER)
    assert report.faults[0].sentence == "cette offre est annulée : elle ne peut plus être modifiée."


async def test_without_an_identifier_an_offer_is_known_by_its_title_or_its_sessions(pool, bring):
    await bring(rows(), Identifiant="")
    assert (await bring(rows(), Identifiant="", Titre="Deux jours pour voir", now=LATER)).offers[0].header == ("title",)
    sessions = rows()
    sessions[0]["Titre"] = "Lire une carte"
    assert (await bring(sessions, Identifiant="", Titre="Deux jours pour voir", now=LATER)).changed == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.offers") == 1


async def test_a_group_with_pupils_cannot_vanish(pool, bring):
    groups = [row(Groupe="A"), row(Groupe="B", Titre="Monter un mur")]
    await bring(groups)
    await pupils(pool, 2)
    report = await bring([row(Groupe="A")], now=LATER)
    assert [fault.sentence for fault in report.faults] == [
        "le groupe B a des inscriptions : il ne peut pas disparaître du programme."
    ]


async def test_a_change_for_one_group_is_told_to_that_group_alone(pool, bring):
    groups = [row(Groupe="A"), row(Groupe="B", Titre="Monter un mur")]
    await bring(groups)
    await pupils(pool, 4)
    await bring([row(Groupe="A", Début="9h30"), groups[1]], now=LATER)
    event = (await events(pool))[-1]
    assert isinstance(event, SessionChanged)
    assert len(event.audience) == 2
