"""Planning: from facts to deliveries, once, for whoever is concerned and nobody else."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.notifications.plan_events import plan_events
from services.notifications.samples.letters import NOW, session_id
from shared.database import Pool, transaction
from shared.events import (
    AnyEvent,
    FieldChange,
    OfferCancelled,
    OfferPublished,
    RegistrationConfirmed,
    RegistrationConsentReminded,
    RegistrationHeld,
    RegistrationLinkRequested,
    RegistrationWaiting,
    RegistrationWithdrawn,
    SessionChanged,
)
from shared.identifiers import new_id
from shared.outbox import append_events
from shared.settings import Settings
from tests.services.notifications.facts_of_tests import confirm, enrol, offer_fact

pytestmark = pytest.mark.anyio


async def plan(pool: Pool, settings: Settings, *events: AnyEvent, now: datetime = NOW) -> None:
    async with transaction(pool) as connection:
        await append_events(connection, events)
    async with transaction(pool) as connection:
        await plan_events(connection, [event.id for event in events], settings=settings, now=now)


def moved(revision: int, *concerned, **fields) -> SessionChanged:
    return SessionChanged(
        **offer_fact(revision, **fields),
        session_id=session_id(1, 0),
        changes=(FieldChange(field="place", before="ici", after="là"),),
        audience=concerned,
    )


async def test_planning_twice_or_at_once_makes_each_delivery_once(pool, settings):
    events = await confirm(pool, [await enrol(pool, number) for number in range(5)])

    async def plan_all() -> None:
        async with transaction(pool) as connection:
            await plan_events(connection, [event.id for event in events], settings=settings, now=NOW)

    await asyncio.gather(plan_all(), plan_all(), plan_all())
    await plan_all()
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries") == 5
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE planned_at IS NULL") == 0


async def test_a_crash_before_the_commit_leaves_nothing_planned(pool, settings):
    events = await confirm(pool, [await enrol(pool)])

    async def plan_and_crash() -> None:
        async with transaction(pool) as connection:
            await plan_events(connection, [event.id for event in events], settings=settings, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await plan_and_crash()
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries") == 0
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE planned_at IS NULL") == 1


async def test_a_change_that_concerns_thousands_is_planned_in_a_few_statements(pool, settings):
    one = await enrol(pool)
    people = await pool.fetch(
        """
        INSERT INTO contract.people (id, first_name, last_name, email)
        SELECT gen_random_uuid(), 'Élève', n::text, 'eleve' || n || '@eleve.example' FROM generate_series(1, 5000) n
        RETURNING id
        """
    )
    many = [msgspec.structs.replace(one, pupil_id=row["id"], registration_id=new_id()) for row in people]
    event = moved(2, *(each.concerned() for each in many))
    statements = 0

    def count(_: object) -> None:
        nonlocal statements
        statements += 1

    await append_events(pool, [event])
    async with transaction(pool) as connection:
        with connection.query_logger(count):
            await plan_events(connection, [event.id], settings=settings, now=NOW)
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries") == 5000
    # the driver's own questions about types included, and the reminders
    assert statements <= 13


async def test_a_guardian_is_told_besides_and_instead_of_a_pupil_without_address(pool, settings):
    both = await enrol(pool, 1, guardian_email="parent@famille.example")
    alone = await enrol(pool, 2, email=None, guardian_email="autre@famille.example")
    shared_address = await enrol(pool, 3, email="foyer@famille.example", guardian_email="Foyer@famille.example")
    for each in (both, alone, shared_address):
        await plan(pool, settings, RegistrationConfirmed(**each.fact(1), how="registered"))
    rows = await pool.fetch("SELECT registration_id, recipient_id, calendar_method FROM notifications.deliveries")
    assert {tuple(row) for row in rows} == {
        (both.registration_id, both.pupil_id, "REQUEST"),
        (both.registration_id, both.guardian_id, "PUBLISH"),
        (alone.registration_id, alone.guardian_id, "REQUEST"),
        (shared_address.registration_id, shared_address.pupil_id, "REQUEST"),
    }


async def test_who_waits_has_no_calendar_entry_not_even_one_to_cancel(pool, settings):
    waiting, seated = await enrol(pool, 1), await enrol(pool, 2)
    await plan(pool, settings, RegistrationWaiting(**waiting.fact(1), position=1))
    await plan(
        pool, settings, OfferCancelled(**offer_fact(2), audience=(waiting.concerned("waiting"), seated.concerned()))
    )
    rows = await pool.fetch("SELECT registration_id, message, calendar_method FROM notifications.deliveries")
    assert {tuple(row) for row in rows} == {
        (waiting.registration_id, "registered_waiting", None),
        (waiting.registration_id, "offer_cancelled", None),
        (seated.registration_id, "offer_cancelled", "CANCEL"),
    }


async def test_a_withdrawal_from_the_queue_cancels_no_entry(pool, settings):
    pupil = await enrol(pool)
    await plan(pool, settings, RegistrationWithdrawn(**pupil.fact(2), had_seat=False))
    assert await pool.fetchval("SELECT calendar_method FROM notifications.deliveries") is None


async def test_an_event_that_concerns_nobody_is_planned_all_the_same(pool, settings):
    await plan(pool, settings, OfferPublished(**offer_fact(0)), moved(1))
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE planned_at IS NULL") == 0
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries") == 0


async def test_an_event_of_a_version_to_come_is_left_for_it_and_holds_back_no_other(pool, settings):
    await pool.execute(
        "INSERT INTO contract.events (id, tag, offer_id, occurred_at, body) VALUES ($1, 'x.y', $1, $2, $3)",
        new_id(),
        NOW,
        '{"tag": "x.y"}',
    )
    unknown = await pool.fetchval("SELECT id FROM contract.events")
    known = OfferPublished(**offer_fact(0))
    await append_events(pool, [known])
    async with transaction(pool) as connection:
        await plan_events(connection, [unknown, known.id], settings=settings, now=NOW)
    assert await pool.fetchval("SELECT id FROM contract.events WHERE planned_at IS NULL") == unknown


async def test_the_newest_calendar_is_kept_whatever_order_facts_arrive_in(pool, settings):
    pupil = await enrol(pool)
    deadline = datetime(2027, 5, 11, 12, tzinfo=UTC)
    held = RegistrationHeld(**pupil.fact(4), held_for="promotion", deadline=deadline)
    confirmed = RegistrationConfirmed(**pupil.fact(6, programme=3), how="accepted")
    await plan(pool, settings, confirmed)
    await plan(pool, settings, held, RegistrationWaiting(**pupil.fact(2), position=1))
    row = await pool.fetchrow("SELECT status, sequence, programme_version, reply_address FROM notifications.calendars")
    assert row["status"] == "confirmed"
    assert (row["sequence"], row["programme_version"]) == (6, 3)
    assert row["reply_address"].endswith("@quinzaine.example")


async def test_a_requested_link_changes_no_calendar(pool, settings):
    pupil = await enrol(pool)
    await plan(pool, settings, RegistrationConfirmed(**pupil.fact(1), how="registered"))
    before = await pool.fetchrow("SELECT * FROM notifications.calendars")
    await plan(pool, settings, RegistrationLinkRequested(**pupil.fact(9)))
    assert await pool.fetchrow("SELECT * FROM notifications.calendars") == before
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE message = 'personal_link'") == 1


async def test_changes_wait_for_others_and_other_news_does_not(pool, settings):
    patient = msgspec.structs.replace(settings, coalescing_seconds=120)
    pupil = await enrol(pool)
    await plan(pool, patient, RegistrationConfirmed(**pupil.fact(1), how="registered"), moved(2, pupil.concerned()))
    rows = await pool.fetch("SELECT message, due_at FROM notifications.deliveries")
    assert dict(map(tuple, rows)) == {"registered_confirmed": NOW, "changed": NOW + timedelta(seconds=120)}


async def test_consent_is_asked_of_the_guardian_alone_and_the_pupil_told_that_it_is_awaited(pool, settings):
    both = await enrol(pool, 1, guardian_email="a@famille.example")
    alone = await enrol(pool, 2, email=None, guardian_email="b@famille.example")
    shared = await enrol(pool, 3, email="c@famille.example", guardian_email="c@famille.example")
    held = [
        RegistrationHeld(**one.fact(2), held_for="consent", deadline=NOW, consent_needed=True)
        for one in (both, alone, shared)
    ]
    await plan(pool, settings, *held)
    rows = await pool.fetch("SELECT message, recipient_id, calendar_method FROM notifications.deliveries")
    assert {tuple(row) for row in rows} == {
        ("consent_awaited", both.pupil_id, "REQUEST"),
        ("consent_asked", both.guardian_id, "PUBLISH"),
        # the guardian of a pupil without an address has the invitation itself
        ("consent_asked", alone.guardian_id, "REQUEST"),
        ("consent_awaited", shared.pupil_id, "REQUEST"),
        ("consent_asked", shared.guardian_id, "PUBLISH"),
    }


async def test_a_reminder_goes_to_the_guardian_and_leaves_the_calendar_as_it_is(pool, settings):
    one = await enrol(pool, guardian_email="a@famille.example")
    await plan(pool, settings, RegistrationHeld(**one.fact(2), held_for="consent", deadline=NOW))
    await plan(pool, settings, RegistrationConsentReminded(**one.fact(2), deadline=NOW))
    (row,) = await pool.fetch(
        "SELECT recipient_id, calendar_method FROM notifications.deliveries WHERE message = 'consent_reminded'"
    )
    assert tuple(row) == (one.guardian_id, None)
    assert await pool.fetchval("SELECT status FROM notifications.calendars") == "held"
