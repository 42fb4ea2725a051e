"""Erasing: no name is left anywhere, counts stay, seats go on, and whatever ends in between is gone on with."""

import asyncio
import base64
import gzip
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import pytest

from services.campaigns.clock import carry_out_erasures, tick
from services.campaigns.edge import Edge
from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.referents.answer_referent import answer_referent
from services.campaigns.offers.referents.ask_referents import ask_referents
from services.campaigns.offers.referents.referent import Correction, UnknownTeacherLink
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.campaigns.privacy.erase_pupil import erase_pupil
from services.campaigns.privacy.read import find_erasures, find_pupils_kept_long_enough
from services.campaigns.privacy.records.read import read_record
from services.campaigns.privacy.request_erasure import request_erasure
from shared.database import transaction
from shared.events import decode_event
from shared.refusal import Refusal
from shared.signed_links import Signer
from tests.services.campaigns.privacy.conftest import PUPIL, find_marks, later, register
from tests.world import a_pupil

pytestmark = pytest.mark.anyio


@pytest.fixture
def edge(settings, pool) -> Edge:
    return Edge(settings, pool)


async def ask(pool, life, why="asked"):
    async with transaction(pool) as connection:
        await request_erasure(connection, pupil_ids=[life.pupil_id], why=why, now=datetime.now(UTC))


async def erase(pool, edge, life, post):
    """Asked, carried out, told, carried out on, and the other service has its turn."""
    await ask(pool, life)
    await carry_out_erasures(edge, now=later(0))
    await post.deliver()
    await carry_out_erasures(edge, now=later(0))
    await post.deliver()


async def status_of(pool, registration_id):
    return await pool.fetchval("SELECT status FROM campaigns.registrations WHERE id = $1", registration_id)


async def is_erased(pool, life):
    return await pool.fetchval("SELECT erased_at IS NOT NULL FROM contract.people WHERE id = $1", life.pupil_id)


async def test_the_search_for_names_finds_them_however_they_are_written(pool):
    for content in (b"Marqueterre", base64.b64encode(b"chez Marqueterre, de nouveau"), gzip.compress(b"Zephyrine")):
        await pool.execute("DELETE FROM campaigns.referents")
        await pool.execute("INSERT INTO contract.people (id, first_name, last_name) VALUES (gen_random_uuid(), '', '')")
        await pool.execute(
            "INSERT INTO campaigns.referents (person_id, mark) SELECT id, $1 FROM contract.people LIMIT 1", content
        )
        assert await find_marks(pool) == {"campaigns.referents.mark"}


async def test_a_whole_life_leaves_no_name_anywhere(pool, edge, life, post):
    before = await find_marks(pool)
    assert before >= {
        "contract.people.first_name",
        "contract.people.last_name",
        "contract.people.email",
        "campaigns.pupils.class_name",
        "campaigns.registrations.idempotency_key",
        "campaigns.listed_pupils.mark",
        "campaigns.idempotency_keys.answer",
        "campaigns.link_requests.email",
        "notifications.deliveries.mail",
        "notifications.deliveries.recipient_address",
        "notifications.deliveries.answer",
    }
    letters = await pool.fetchval("SELECT count(*) FROM notifications.deliveries")
    await erase(pool, edge, life, post)
    assert await is_erased(pool, life)
    assert await find_marks(pool) == set()
    assert await pool.fetchval("SELECT school_name FROM campaigns.pupils WHERE id = $1", life.pupil_id) == ""

    # what was is still counted
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries") > letters
    assert await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE pupil_id = $1", life.pupil_id) == 2
    assert await pool.fetchval("SELECT count(*) FROM campaigns.attendance") == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.erasures WHERE erased_at IS NOT NULL") == 1


async def test_the_kept_answers_of_strangers_stay_whole(pool, edge, life, post):
    strangers = (
        {"place": "Marqueterre-sur-Risle"},
        {"first_name": "Zephyrine", "last_name": "Marqueterre", "id": life.behind_id},
        {"email": f"autre.{PUPIL['email']}"},
        {"email": f"{PUPIL['email']}.org"},
    )
    for number, body in enumerate(strangers):
        await pool.execute(
            "INSERT INTO campaigns.idempotency_keys VALUES (gen_random_uuid(), 'POST /', $1, '\\x03', 201, $2, now())",
            f"stranger-{number}",
            msgspec.json.encode({"headers": {}, "body": body}).decode(),
        )
    await erase(pool, edge, life, post)
    kept = await pool.fetch("SELECT answer FROM campaigns.idempotency_keys WHERE key LIKE 'stranger-%' ORDER BY key")
    assert [msgspec.json.decode(row["answer"])["body"] for row in kept] == [
        {name: str(value) for name, value in body.items()} for body in strangers
    ]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.idempotency_keys WHERE answer LIKE '%null}'") == 2


async def test_whatever_answer_names_a_person_says_which(visitor):
    """Kept answers are found again by number: a body with a name and no id would be kept past an erasure."""
    schema = (await visitor.get("/schema/openapi.json")).json()
    answers = [
        name
        for path in schema["paths"].values()
        for operation in path.values()
        for answer in operation.get("responses", {}).values()
        for name in _bodies_in(answer, schema["components"]["schemas"])
    ]
    named = {name for name in answers if "last_name" in schema["components"]["schemas"][name].get("properties", {})}
    assert named
    for name in named:
        fields = set(schema["components"]["schemas"][name]["properties"])
        assert {"id", "registration_id", "person_id", "pupil_id"} & fields, name


def _bodies_in(part, schemas, seen=()):
    """The names of all schemas that a part of the document is made of."""
    if isinstance(part, list):
        part = dict(enumerate(part))
    if not isinstance(part, dict):
        return set()
    found = set()
    if isinstance(part.get("$ref"), str):
        name = part["$ref"].rpartition("/")[2]
        if name in schemas and name not in seen:
            found = {name} | _bodies_in(schemas[name], schemas, (*seen, name))
    return found.union(*(_bodies_in(each, schemas, seen) for each in part.values()))


async def test_seats_are_given_back_first_and_the_last_mail_says_so_to_both(pool, edge, life, post):
    post.sink.mails.clear()
    await ask(pool, life)
    await carry_out_erasures(edge, now=later(0))
    assert await status_of(pool, life.seat_id) == await status_of(pool, life.waiting_id) == "withdrawn"
    assert await status_of(pool, life.behind_id) == "held"
    assert not await is_erased(pool, life), "the mails about it have not gone"
    await post.deliver()
    told = {to for _, to, _ in post.sink.mails}
    assert {PUPIL["email"], PUPIL["guardian_email"]} <= told
    await carry_out_erasures(edge, now=later(0))
    assert await is_erased(pool, life)


async def test_a_mail_that_never_goes_holds_nothing_up_for_long(pool, edge, life, post):
    await ask(pool, life)
    await carry_out_erasures(edge, now=later(0))
    assert not await is_erased(pool, life)
    await carry_out_erasures(edge, now=later(9))
    assert not await is_erased(pool, life)
    await carry_out_erasures(edge, now=later(11))
    assert await is_erased(pool, life)
    # what was not sent never is
    post.sink.mails.clear()
    await post.deliver()
    assert not [to for _, to, _ in post.sink.mails if "marqueterre" in to]
    assert await find_marks(pool) == set()


async def test_erased_twice_is_erased_once(pool, edge, life, post):
    await erase(pool, edge, life, post)
    first = await pool.fetchrow("SELECT * FROM campaigns.erasures")
    await erase(pool, edge, life, post)
    assert await pool.fetchrow("SELECT * FROM campaigns.erasures") == first
    tags = [
        decode_event(row["body"])
        for row in await pool.fetch("SELECT body FROM contract.events WHERE tag = 'pupil.erased'")
    ]
    assert len(tags) == 1


async def test_two_who_carry_it_out_at_once_do_it_once(pool, edge, life, post):
    await ask(pool, life)
    await asyncio.gather(*(carry_out_erasures(edge, now=later(11)) for _ in range(4)))
    await carry_out_erasures(edge, now=later(11))
    await post.deliver()
    assert await is_erased(pool, life)
    assert await find_marks(pool) == set()
    taken = await pool.fetchval("SELECT taken FROM campaigns.offers WHERE id = $1", life.week.offer_id)
    assert taken == 1


async def test_who_is_killed_in_the_middle_is_gone_on_with_by_the_clock(pool, edge, life, post):
    await ask(pool, life)
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=life.waiting_id, now=later(0))
    # here the process ended; another one ticks
    await tick(edge, now=later(11), free_seats=False)
    assert await is_erased(pool, life)
    await post.deliver()
    assert await find_marks(pool) == set()


async def test_a_seat_offered_at_the_same_moment_is_accepted_or_given_back_but_never_kept(pool, edge, life):
    """The seat of the full week comes free while its next in the queue is being erased."""
    await ask(pool, life)
    holder = await pool.fetchval(
        "SELECT id FROM campaigns.registrations WHERE offer_id = $1 AND status = 'confirmed'", life.full.offer_id
    )

    async def leave():
        async with transaction(pool) as connection:
            await withdraw_registration(connection, registration_id=holder, now=later(0))

    async def accept():
        try:
            async with transaction(pool) as connection:
                await accept_seat(connection, registration_id=life.waiting_id, now=later(0))
        except Refusal as refusal:
            return refusal.reason

    await asyncio.gather(leave(), carry_out_erasures(edge, now=later(11)), accept())
    for _ in range(2):
        await carry_out_erasures(edge, now=later(11))
    assert await is_erased(pool, life)
    offers = await pool.fetch("SELECT taken, waiting FROM campaigns.offers ORDER BY slug")
    held = await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status IN ('held', 'confirmed')")
    waiting = await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status = 'waiting'")
    assert sum(offer["taken"] for offer in offers) == held
    assert sum(offer["waiting"] for offer in offers) == waiting
    assert await status_of(pool, life.waiting_id) == "withdrawn"


async def test_a_mail_that_is_being_sent_is_erased_once_it_is_sent(pool, edge, life, post):
    await ask(pool, life)
    await carry_out_erasures(edge, now=later(11))
    await pool.execute(
        """
        UPDATE notifications.deliveries SET state = 'sending', lease_until = now() + interval '30 seconds'
        WHERE id = (SELECT id FROM notifications.deliveries WHERE mail IS NOT NULL AND registration_id = $1 LIMIT 1)
        """,
        life.seat_id,
    )
    await post.plan()
    left = await pool.fetch(
        "SELECT state FROM notifications.deliveries WHERE mail IS NOT NULL AND registration_id = $1", life.seat_id
    )
    assert [row["state"] for row in left] == ["sending"]
    assert await pool.fetchval("SELECT planned_at IS NULL FROM contract.events WHERE tag = 'pupil.erased'")
    # its outcome is written, with an answer that repeats the address; the fact comes again
    await pool.execute(
        "UPDATE notifications.deliveries SET state = 'sent', answer = $1 WHERE state = 'sending'", PUPIL["email"]
    )
    await post.plan()
    assert await find_marks(pool) == set()
    assert await pool.fetchval("SELECT planned_at IS NOT NULL FROM contract.events WHERE tag = 'pupil.erased'")


async def test_who_registers_again_while_being_erased_is_withdrawn_and_erased(pool, edge, life, post, settings):
    """The request found the pupil's row before the names went, and its registration came after."""
    await ask(pool, life)
    signer = Signer(settings.secret_keys)
    await carry_out_erasures(edge, now=later(11))
    async with transaction(pool) as connection:
        await connection.execute(
            "UPDATE campaigns.pupils SET identity = $2 WHERE id = $1",
            life.pupil_id,
            a_pupil(900, **PUPIL).identity(signer),
        )
    (again,) = await register(pool, signer, life.full, a_pupil(900, key="marqueterre-3", **PUPIL))
    await tick(edge, now=later(12), free_seats=False, tombstones=True)
    assert await status_of(pool, again) == "withdrawn"
    await tick(edge, now=later(12), free_seats=False, tombstones=True)
    await post.deliver()
    assert await find_marks(pool) == set()


async def test_who_comes_back_after_being_erased_is_somebody_new(pool, edge, life, post, settings):
    await erase(pool, edge, life, post)
    (again,) = await register(pool, Signer(settings.secret_keys), life.week, a_pupil(900, **PUPIL))
    pupil_id = await pool.fetchval("SELECT pupil_id FROM campaigns.registrations WHERE id = $1", again)
    assert pupil_id != life.pupil_id
    await tick(edge, now=later(1), free_seats=False, tombstones=True)
    assert await status_of(pool, again) == "waiting"


async def test_a_guardian_of_two_children_stays_while_one_is_left(pool, edge, life, post):
    guardian_id = await pool.fetchval("SELECT guardian_id FROM campaigns.registrations WHERE id = $1", life.seat_id)
    await pool.execute("UPDATE campaigns.registrations SET guardian_id = $2 WHERE id = $1", life.behind_id, guardian_id)
    await erase(pool, edge, life, post)
    row = await pool.fetchrow("SELECT last_name, email FROM contract.people WHERE id = $1", guardian_id)
    assert row["email"] == PUPIL["guardian_email"]


async def test_a_teacher_whom_others_name_or_who_has_an_account_stays(pool, edge, life, post):
    await pool.execute(
        """
        INSERT INTO campaigns.referent_teachers (pupil_id, teacher_id, registration_id, asked_at)
        SELECT r.pupil_id, t.person_id, r.id, now() FROM campaigns.registrations r, campaigns.referents t
        WHERE r.id = $1
        """,
        life.behind_id,
    )
    await erase(pool, edge, life, post)
    assert await pool.fetchval("SELECT count(*) FROM campaigns.referents") == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.referent_teachers") == 1


@pytest.mark.parametrize("other", ["asks", "corrects"])
async def test_who_asks_or_answers_as_a_teacher_meanwhile_locks_nobody_out(pool, life, other):
    """All want the row that names the teacher: two that wait for each other would both be stuck."""
    after = datetime(2028, 7, 27, tzinfo=UTC)
    teacher_id = await pool.fetchval("SELECT person_id FROM campaigns.referents")
    await ask(pool, life)
    async with transaction(pool) as connection:
        (erasure,) = await find_erasures(connection, now=after)

    async def erase_it():
        async with transaction(pool) as connection:
            return await erase_pupil(connection, erasure=erasure, now=after)

    async def act():
        async with transaction(pool) as connection:
            if other == "asks":
                await ask_referents(connection, teacher_id=teacher_id, now=after)
            else:
                await answer_referent(
                    connection,
                    teacher_id=teacher_id,
                    pupil_id=life.pupil_id,
                    answer="corrected",
                    correction=Correction("Lycée Corneille", None, ""),
                    now=after,
                )

    async with pool.acquire() as holder:
        holding = holder.transaction()
        await holding.start()
        wanted = "referent_teachers WHERE pupil_id" if other == "asks" else "pupils WHERE id"
        await holder.execute(f"SELECT FROM campaigns.{wanted} = $1 FOR UPDATE", life.pupil_id)
        erasing = asyncio.create_task(erase_it())
        await _until_waiting(pool, 1)
        acting = asyncio.create_task(act())
        await _until_waiting(pool, 2)
        await holding.rollback()
    assert await erasing
    with suppress(UnknownTeacherLink):
        await acting


async def _until_waiting(pool, count):
    """Until so many transactions wait for another's lock."""
    for _ in range(500):
        waiting = await pool.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        if waiting >= count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


async def test_names_go_by_themselves_thirteen_months_after_the_last_day(pool, edge, life, post):
    last_day = datetime(2027, 6, 25, 20, tzinfo=UTC)
    async with transaction(pool) as connection:
        assert await find_pupils_kept_long_enough(connection, now=last_day.replace(year=2028, month=7)) == []
        due = await find_pupils_kept_long_enough(connection, now=last_day.replace(year=2028, month=7, day=27))
    assert life.pupil_id in due
    # what was sent ahead of the days has long been sent
    await pool.execute("UPDATE notifications.deliveries SET state = 'superseded' WHERE useless_from IS NOT NULL")
    await tick(edge, now=last_day.replace(year=2028, month=7, day=27), free_seats=False, tombstones=True)
    assert await is_erased(pool, life)
    # who was there was there
    assert await status_of(pool, life.seat_id) == "confirmed"
    await post.deliver()
    assert await find_marks(pool) == set()


async def test_who_is_kept_by_another_campaign_is_kept(pool, life):
    async with transaction(pool) as connection:
        other = await connection.fetchval(
            """
            INSERT INTO campaigns.campaigns (id, slug, title, period, keep_months)
            VALUES (gen_random_uuid(), 'autre', 'Autre', '[2027-06-14,2027-06-26)', 24) RETURNING id
            """
        )
        await connection.execute(
            "UPDATE campaigns.offers SET campaign_id = $2 WHERE id = $1", life.full.offer_id, other
        )
        after = datetime(2028, 8, 1, tzinfo=UTC)
        assert life.pupil_id not in await find_pupils_kept_long_enough(connection, now=after)
        assert life.pupil_id in await find_pupils_kept_long_enough(connection, now=after.replace(year=2029))


async def test_the_record_holds_all_of_it(pool, life):
    async with transaction(pool) as connection:
        record = await read_record(connection, life.pupil_id)
    assert record.pupil.email == PUPIL["email"]
    assert [guardian.email for guardian in record.guardians] == [PUPIL["guardian_email"]]
    assert {one.status for one in record.registrations} == {"confirmed", "waiting"}
    assert [one.state for one in record.attendance] == ["absent"]
    assert len(record.absences) == len(record.talks) == len(record.teachers) == len(record.consents) == 1
    assert {"pupil", "guardian", "other"} == {letter.to for letter in record.letters}
    assert {"registration.confirmed", "registration.waiting", "absence.announced", "follow_up.booked"} <= {
        fact.tag for fact in record.facts
    }
    # of others: no name, no address
    for stranger in ("Camille", "camille.", "professeur@", "suivi@"):
        assert stranger not in record.as_json().decode()
        assert stranger not in record.as_csv().decode()


async def test_nothing_is_erased_that_was_not_asked(pool, edge, life):
    async with transaction(pool) as connection:
        assert await find_erasures(connection, now=later(0)) == []
    await carry_out_erasures(edge, now=later(60))
    assert not await is_erased(pool, life)


async def test_a_pupil_with_a_seat_to_come_is_not_erased_before_it_is_given_back(pool, life):
    await ask(pool, life)
    async with transaction(pool) as connection:
        (erasure,) = await find_erasures(connection, now=later(20))
        assert set(erasure.living) == {life.seat_id, life.waiting_id}
        assert not await erase_pupil(connection, erasure=erasure, now=later(20))
