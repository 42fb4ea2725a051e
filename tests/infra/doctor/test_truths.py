"""A database is asked what must be true of it; each truth is broken once to see that it notices."""

from datetime import UTC, datetime

import pytest

from infra.demo import load_demo
from infra.doctor.report import check_truths
from infra.doctor.truths import TRUTHS, look_at_truths
from shared.signed_links import Signer
from tests.infra.doctor.test_database import settings

pytestmark = pytest.mark.anyio

BREAKS = {
    "Les places prises sont comptées juste": "UPDATE campaigns.offers SET taken = taken + 1 WHERE taken < seats",
    "La file d’attente est comptée juste": "UPDATE campaigns.offers SET waiting = waiting + 1",
    "Chacun a son rang dans la file": "UPDATE campaigns.registrations SET rank = 1",
    "Personne n’est inscrit deux fois à une offre": """
        UPDATE campaigns.registrations SET pupil_id = (SELECT min(pupil_id::text)::uuid FROM campaigns.registrations)
    """,
    "Qui n’a plus de place ne garde pas d’horaire": """
        UPDATE campaigns.registrations SET status = 'withdrawn', held_for = NULL, deadline = NULL
    """,
    "Chaque personne inscrite est connue": "DELETE FROM contract.people",
    "Chaque fait a le programme qu’il raconte": "DELETE FROM contract.programmes",
    "Chaque envoi a son fait": """
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, sequence, due_at, message_id, planned_at)
        SELECT id, gen_random_uuid(), 'changed', id, 1, now(), 'a-message', now() FROM contract.people LIMIT 1
    """,
    "Chaque agenda dit l’inscription": "UPDATE contract.events SET planned_at = now()",
}


@pytest.fixture
async def demo(database_url, pool):
    """The demo campaign, and a connection to it."""
    assert await load_demo(database_url, now=datetime.now(UTC), signer=Signer(("un-secret-pour-les-tests",)))
    async with pool.acquire() as connection:
        yield connection


async def broken(connection) -> set[str]:
    return {finding.what for finding in await look_at_truths(connection) if finding.state == "bad"}


async def let_anything_in(connection) -> None:
    """Take away what the database itself would refuse."""
    await connection.execute("SET session_replication_role = replica")
    statements = await connection.fetch(
        """
        SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS text FROM pg_constraint
        WHERE conrelid IN ('campaigns.registrations'::regclass, 'campaigns.offers'::regclass) AND contype IN ('u', 'c')
        """
    ) + await connection.fetch(
        """
        SELECT format('DROP INDEX IF EXISTS %s', indexrelid::regclass) AS text FROM pg_index
        WHERE indrelid = 'campaigns.registrations'::regclass AND indisunique AND NOT indisprimary
        """
    )
    for statement in statements:
        await connection.execute(statement["text"])


async def test_each_truth_holds_in_the_demo_and_is_missed_when_it_is_broken(demo):
    assert await broken(demo) == set()
    assert set(BREAKS) == {truth.sentence for truth in TRUTHS}
    await let_anything_in(demo)
    for truth in TRUTHS:
        breaking = demo.transaction()
        await breaking.start()
        await demo.execute(BREAKS[truth.sentence])
        assert await demo.fetch(truth.broken_by), truth.sentence
        await breaking.rollback()


async def test_the_command_checks_the_migrations_first_and_then_the_truths(demo, database_url, empty_url):
    assert all(finding.state == "good" for finding in await check_truths(settings(database_url)))
    (finding,) = [each for each in await check_truths(settings(empty_url)) if each.what == "Migrations"]
    assert finding.state == "bad"
    await demo.execute("UPDATE campaigns.offers SET waiting = waiting + 1")
    assert [each.what for each in await check_truths(settings(database_url)) if each.state == "bad"] == [
        "La file d’attente est comptée juste"
    ]
