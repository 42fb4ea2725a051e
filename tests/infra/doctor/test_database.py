"""What is wrong with a database is said, with what to do; nothing is changed."""

import shutil
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from infra.doctor.database import look_at_database
from infra.migrate import FOLDER
from infra.sending_command import OPERATOR
from services.campaigns.sending.pause_sending import pause_sending
from shared.database import transaction
from shared.identifiers import new_id
from shared.settings import read_settings

pytestmark = pytest.mark.anyio


def settings(url: str):
    return read_settings({"QUINZAINE_DATABASE_URL": url, "QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests"})


async def states(url: str, **options) -> dict[str, str]:
    return {finding.what: finding.state for finding in await look_at_database(settings(url), **options)}


async def test_a_sound_database_is_good_in_everything_but_what_tests_turn_off(database_url):
    found = await states(database_url)
    assert found.pop("Écriture sur disque") in ("good", "bad")
    assert set(found.values()) <= {"good", "doubtful"}
    assert {"Migrations", "Horloge", "Faits à annoncer", "Messages à envoyer"} <= found.keys()


async def test_a_database_that_is_away_is_one_finding():
    (finding,) = await look_at_database(settings("postgresql://postgres@127.0.0.1:1/nowhere"))
    assert finding.state == "bad"
    assert "QUINZAINE_DATABASE_URL" in finding.advice


async def test_what_was_never_migrated_lacks_its_migrations_and_nothing_else_is_asked(empty_url):
    found = await states(empty_url)
    assert found["Migrations"] == "bad"
    assert "Faits à annoncer" not in found


async def test_a_missing_an_edited_and_a_newer_migration_are_told_apart(database_url, tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "migrations")
    (folder / "0999_more.sql").write_text("SELECT 1;")
    assert (await states(database_url, migrations=folder))["Migrations"] == "bad"
    (folder / "0999_more.sql").unlink()
    first = folder / "0001_spine.sql"
    text = first.read_text()
    first.write_text(text + "-- edited")
    (finding,) = [
        each for each in await look_at_database(settings(database_url), migrations=folder) if each.what == "Migrations"
    ]
    assert (finding.state, finding.seen) == ("bad", "0001_spine.sql")
    first.unlink()
    assert (await states(database_url, migrations=folder))["Migrations"] == "doubtful"


async def test_a_fact_nobody_has_told_for_long_is_bad(database_url):
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(
            "INSERT INTO contract.events (id, tag, occurred_at, body) VALUES ($1, 'offer.published', $2, '{}')",
            new_id(),
            datetime.now(UTC) - timedelta(hours=1),
        )
        assert (await states(database_url))["Faits à annoncer"] == "bad"
        # one that was put aside is told as such, not as a worker that is away
        await connection.execute(
            """
            INSERT INTO notifications.unplanned_events (event_id, failures, failed_at, error)
            SELECT id, 10, now(), '{}' FROM contract.events WHERE body = '{}'
            """
        )
        (finding,) = [
            each for each in await look_at_database(settings(database_url)) if each.what == "Faits à annoncer"
        ]
        assert "ne sait pas lire" in finding.seen
    finally:
        await connection.execute("DELETE FROM notifications.unplanned_events")
        await connection.execute("DELETE FROM contract.events WHERE body = '{}'")
        await connection.close()


async def test_an_answer_that_has_had_no_effect_for_long_is_bad(database_url):
    connection = await asyncpg.connect(database_url)
    try:
        assert "Réponses reçues" not in await states(database_url)
        await connection.execute(
            """
            INSERT INTO notifications.answers (id, kind, registration_id, message_key, facts, received_at, due_at)
            VALUES ($1, 'reply', $1, '', '{}', now() - interval '1 hour', now())
            """,
            new_id(),
        )
        assert (await states(database_url))["Réponses reçues"] == "bad"
    finally:
        await connection.execute("DELETE FROM notifications.answers")
        await connection.close()


async def test_a_pause_of_all_mails_is_said_with_the_way_out(database_url, pool):
    async with transaction(pool) as connection:
        await pause_sending(connection, OPERATOR, now=datetime.now(UTC))
    (finding,) = [each for each in await look_at_database(settings(database_url)) if each.what == "Messages à envoyer"]
    assert finding.state == "bad"
    assert "resume-sending" in finding.advice
