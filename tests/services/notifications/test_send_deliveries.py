"""Sending: what is claimed, merged, stored, retried and given up, against a real mail server and PostgreSQL."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.notifications import send_deliveries
from services.notifications.claim_deliveries import LEASE, claim_deliveries
from services.notifications.facts import Facts
from services.notifications.mark_deliveries import Attempt, mark_attempts
from services.notifications.samples.letters import PARIS, a_programme, session_id
from services.notifications.smtp import MailServerAway, Outcome
from shared.database import transaction
from shared.events import (
    FieldChange,
    RegistrationConfirmed,
    RegistrationHeld,
    RegistrationWithdrawn,
    SessionCancelled,
    SessionChanged,
)
from shared.signed_links import Signer
from tests.services.notifications.facts_of_tests import enrol, offer_fact, write_programme
from tests.services.notifications.sink import ACCEPTED, calendars_of

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def programmes(pool):
    for version in (1, 2, 3):
        await write_programme(pool, a_programme(version))


def confirmed(pupil, revision=1, *, how="registered"):
    return RegistrationConfirmed(**pupil.fact(revision), how=how)


def moved(revision, *pupils, before="ici", after="là", session=(1, 0), field="place"):
    return SessionChanged(
        **offer_fact(revision, programme=2),
        session_id=session_id(*session),
        changes=(FieldChange(field=field, before=before, after=after),),
        audience=tuple(pupil.concerned() for pupil in pupils),
    )


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def calendar_of(mail):
    return calendars_of(mail)[0].get_payload(decode=True).decode().replace("\r\n ", "")


async def test_a_registration_becomes_a_mail_with_its_invitation(pool, post, sink):
    pupil = await enrol(pool)
    await post.tell(confirmed(pupil))
    (mail,) = sink.messages()
    row = await pool.fetchrow("SELECT * FROM notifications.deliveries WHERE useless_from IS NULL")
    assert row["state"] == "sent"
    assert row["attempts"] == 1
    assert mail["To"] == f"Élève 1 Dupré <{pupil.email}>"
    assert mail["Message-ID"] == row["message_id"] == f"<{row['id']}@quinzaine.example>"
    assert f"UID:{pupil.registration_id}@quinzaine.example" in calendar_of(mail)
    assert "SEQUENCE:1" in calendar_of(mail)
    assert (row["calendar_uid"], row["calendar_sequence"]) == (f"{pupil.registration_id}@quinzaine.example", 1)
    assert await pool.fetchval("SELECT sequence_sent FROM notifications.calendars") == 1


async def test_a_letter_holds_the_personal_link_that_was_renewed_and_not_the_one_before(pool, post, sink):
    pupil = await enrol(pool)
    await pool.execute(
        "INSERT INTO contract.link_versions (registration_id, version) VALUES ($1, 2)", pupil.registration_id
    )
    await post.tell(confirmed(pupil))
    (mail,) = sink.messages()
    signer = Signer(post.settings.secret_keys)
    before, renewed = (signer.token("registration", pupil.registration_id, version) for version in (1, 2))
    assert renewed in text_of(mail)
    assert renewed in calendar_of(mail)
    assert before not in text_of(mail) + calendar_of(mail)


async def test_a_bounce_finds_its_delivery_by_the_envelope_sender(pool, post, sink):
    await post.tell(confirmed(await enrol(pool)))
    local_part, _, domain = sink.mails[0][0].partition("@")
    assert domain == "quinzaine.example"
    assert len(local_part) <= 64
    delivery_id = await pool.fetchval("SELECT id FROM notifications.deliveries WHERE useless_from IS NULL")
    assert Signer(post.settings.secret_keys).verify_bounce_local_part(local_part) == delivery_id


async def test_a_server_that_says_later_gets_the_same_bytes_again(pool, post, sink):
    pupil = await enrol(pool)
    sink.answer = lambda *_: "451 try again later"
    await post.tell(confirmed(pupil))
    row = await pool.fetchrow(
        "SELECT state, attempts, due_at, answer FROM notifications.deliveries WHERE useless_from IS NULL"
    )
    assert (row["state"], row["attempts"], row["answer"]) == ("due", 1, "451 try again later")
    assert row["due_at"] > datetime.now(UTC)
    # whatever happens meanwhile, a retry is the same mail
    await post.plan(moved(2, pupil))
    await pool.execute("UPDATE contract.people SET first_name = 'Autre'")
    sink.answer = lambda *_: ACCEPTED
    await post.make_due()
    await post.send()
    assert sink.offered[0] == sink.offered[1]
    assert await pool.fetchval("SELECT max(attempts) FROM notifications.deliveries") >= 1


async def test_waits_grow_with_every_attempt(pool, post, sink):
    sink.answer = lambda *_: "450 busy"
    await post.plan(confirmed(await enrol(pool)))
    waits = []
    for _ in range(5):
        await post.make_due()
        await post.send()
        due_at = await pool.fetchval("SELECT due_at FROM notifications.deliveries WHERE useless_from IS NULL")
        waits.append((due_at - datetime.now(UTC)).total_seconds())
    assert all(0.7 * 2**n - 0.3 <= wait <= 1.3 * 2**n for n, wait in enumerate(waits))


async def test_an_address_refused_for_good_fails_alone(pool, post, sink):
    pupils = [await enrol(pool, number) for number in range(4)]
    sink.answer = lambda to, _: "550 no such user" if to == pupils[1].email else ACCEPTED
    await post.tell(*(confirmed(pupil) for pupil in pupils))
    assert await post.states() == {"sent": 3, "failed": 1}
    row = await pool.fetchrow("SELECT answer, recipient_id FROM notifications.deliveries WHERE state = 'failed'")
    assert tuple(row) == ("550 no such user", pupils[1].pupil_id)


async def test_a_connection_that_breaks_is_replaced_and_the_mail_due_again(pool, post, sink):
    pupils = [await enrol(pool, number) for number in range(3)]
    await post.tell(confirmed(pupils[0]))
    sink.answer = lambda *_: "421 closing"
    await post.tell(confirmed(pupils[1]))
    sink.answer = lambda *_: ACCEPTED
    await post.make_due()
    await post.tell(confirmed(pupils[2]))
    assert await post.states() == {"sent": 3}


async def test_a_server_that_is_away_costs_no_attempt(pool, post):
    await post.plan(confirmed(await enrol(pool)))
    await post.server.close()
    post.server._url = post.server._url._replace(netloc="127.0.0.1:1")
    with pytest.raises(MailServerAway):
        await post.send()
    assert tuple(
        await pool.fetchrow("SELECT state, attempts FROM notifications.deliveries WHERE useless_from IS NULL")
    ) == ("due", 0)


async def test_connections_are_used_again_and_never_more_than_allowed(pool, post, sink):
    pupils = [await enrol(pool, number) for number in range(12)]
    await post.tell(*(confirmed(pupil) for pupil in pupils))
    assert len(sink.mails) == 12
    assert len(sink.sessions) <= 2


async def test_changes_close_together_become_one_mail_from_first_to_last(pool, post, sink):
    pupil = await enrol(pool)
    await post.tell(confirmed(pupil))
    await post.plan(
        moved(2, pupil, before="A", after="B"),
        moved(3, pupil, before="B", after="C"),
        moved(4, pupil, before="Visite", after="Atelier", session=(3, 0), field="title"),
        SessionCancelled(**offer_fact(5, programme=3), session_id=session_id(2, 0), audience=(pupil.concerned(),)),
    )
    await post.send()
    _, mail = sink.messages()
    assert await post.states() == {"sent": 2, "superseded": 3}
    assert "Lieu : A → C" in text_of(mail)
    assert "Titre : Visite → Atelier" in text_of(mail)
    assert "Séance annulée" in text_of(mail)
    assert "SEQUENCE:5" in calendar_of(mail)
    by = await pool.fetch("SELECT DISTINCT superseded_by FROM notifications.deliveries WHERE state = 'superseded'")
    assert len(by) == 1


async def test_a_change_taken_back_before_it_was_told_is_not_told(pool, post, sink):
    pupil = await enrol(pool)
    await post.tell(confirmed(pupil))
    await post.tell(moved(2, pupil, before="A", after="B"), moved(3, pupil, before="B", after="A"))
    assert len(sink.mails) == 1
    assert await post.states() == {"sent": 1, "superseded": 2}


async def test_a_change_taken_back_is_told_to_whom_another_mail_showed_it_meanwhile(pool, post, sink):
    pupil = await enrol(pool)
    held = RegistrationHeld(**pupil.fact(1), held_for="promotion", deadline=datetime(2027, 5, 11, 12, tzinfo=PARIS))
    await post.tell(held)
    # the first change still waits for others when the seat is accepted, and its mail carries the changed week
    await post.plan(moved(2, pupil, before="A", after="B"))
    change_id = await pool.fetchval("SELECT id FROM notifications.deliveries WHERE message = 'changed'")
    await pool.execute("UPDATE notifications.deliveries SET due_at = now() + '1 hour' WHERE id = $1", change_id)
    await post.tell(confirmed(pupil, 3, how="accepted"))
    await post.plan(moved(4, pupil, before="B", after="A"))
    await post.make_due()
    await post.send()
    *_, last = sink.messages()
    assert "Lieu : B → A" in text_of(last)
    assert "SEQUENCE:4" in calendar_of(last)
    assert len(sink.mails) == 3


async def test_a_change_taken_back_is_told_where_its_mail_may_have_arrived(pool, post, sink):
    pupil = await enrol(pool)
    await post.tell(confirmed(pupil))
    await post.tell(moved(2, pupil, before="A", after="B"))
    # accepted, but its sender was killed before it could say so
    await pool.execute(
        "UPDATE notifications.deliveries SET state = 'due', due_at = now() + '1 hour' WHERE message = 'changed'"
    )
    await post.tell(moved(3, pupil, before="B", after="A"))
    *_, last = sink.messages()
    assert "Lieu : B → A" in text_of(last)
    assert "SEQUENCE:3" in calendar_of(last)


async def test_outcomes_written_late_and_a_new_claim_do_not_lock_each_other_out(pool, post):
    await post.plan(*[confirmed(await enrol(pool, number)) for number in range(8)])
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM notifications.deliveries WHERE useless_from IS NULL")]
    async with transaction(pool) as connection:
        claim = await claim_deliveries(connection, ids, most=8, facts=Facts(), now=datetime.now(UTC))
    attempts = [Attempt(claimed.letter, Outcome("sent", ACCEPTED)) for claimed in claim.letters]
    # rendered, and the lease has ended, as after a database that was away for long
    await pool.execute("UPDATE notifications.deliveries SET state = 'due', lease_until = NULL, calendar_sequence = 1")

    async def mark():
        async with transaction(pool) as connection:
            await mark_attempts(connection, attempts, now=datetime.now(UTC))

    async with transaction(pool) as connection:
        # how a claim begins
        await connection.execute(
            "SELECT FROM notifications.calendars ORDER BY registration_id LIMIT 1 FOR NO KEY UPDATE"
        )
        marking = asyncio.create_task(mark())
        await asyncio.sleep(0.3)
        await claim_deliveries(connection, ids, most=8, facts=Facts(), now=datetime.now(UTC))
    await marking
    assert await post.states() == {"sent": 8}


async def test_a_change_that_comes_after_a_newer_one_was_told_is_not_told_backwards(pool, post, sink):
    pupil = await enrol(pool)
    await post.tell(confirmed(pupil))
    await post.tell(moved(3, pupil, before="B", after="C"))
    await post.tell(moved(2, pupil, before="A", after="B"))
    assert len(sink.mails) == 2
    # but what no newer mail has said is said, with the newest calendar
    await post.tell(moved(2, pupil, before="Visite", after="Atelier", field="title"))
    *_, last = sink.messages()
    assert "Titre : Visite → Atelier" in text_of(last)
    assert "SEQUENCE:3" in calendar_of(last)


async def test_who_joins_after_a_change_is_not_told_of_it(pool, post, sink):
    pupil = await enrol(pool)
    await post.plan(confirmed(pupil), moved(2, pupil))
    await post.send()
    assert [mail["Subject"] for mail in sink.messages()] == ["Votre place est confirmée : Semaine à Pont-Audemer"]
    assert "SEQUENCE:2" in calendar_of(sink.messages()[0])
    assert await post.states() == {"sent": 1, "superseded": 1}


async def test_other_news_is_always_sent_with_the_newest_calendar(pool, post, sink):
    pupil = await enrol(pool)
    held = RegistrationHeld(**pupil.fact(2), held_for="promotion", deadline=datetime(2027, 5, 11, 12, tzinfo=PARIS))
    await post.plan(held, confirmed(pupil, 4, how="accepted"))
    await post.send()
    offered, accepted = sink.messages()
    assert "proposée" in offered["Subject"]
    assert "SEQUENCE:4" in calendar_of(offered)
    assert "SEQUENCE:4" in calendar_of(accepted)


async def test_good_news_is_not_told_after_the_end(pool, post, sink):
    pupil = await enrol(pool)
    await post.tell(RegistrationWithdrawn(**pupil.fact(3), had_seat=True))
    await post.tell(confirmed(pupil, 1), moved(2, pupil))
    assert len(sink.mails) == 1
    assert "METHOD:CANCEL" in calendar_of(sink.messages()[0])


async def test_good_news_and_its_end_planned_together_fold_to_the_end(pool, post, sink):
    pupil = await enrol(pool)
    await post.plan(confirmed(pupil, 1), RegistrationWithdrawn(**pupil.fact(2), had_seat=True))
    await post.send()
    first, last = map(calendar_of, sink.messages())
    assert "METHOD:REQUEST" in first
    assert "SEQUENCE:1" in first
    assert "METHOD:CANCEL" in last
    assert "SEQUENCE:2" in last


async def test_who_has_no_address_or_was_erased_is_suppressed(pool, post, sink):
    nobody, erased, other = await enrol(pool, 1, email=None), await enrol(pool, 2), await enrol(pool, 3)
    await post.plan(*(confirmed(pupil) for pupil in (nobody, erased, other)))
    await pool.execute(
        "UPDATE contract.people SET first_name = '', last_name = '', email = NULL, erased_at = now() WHERE id = $1",
        erased.pupil_id,
    )
    await post.send()
    assert await post.states() == {"suppressed": 2, "sent": 1}
    assert [to for _, to, _ in sink.mails] == [other.email]


async def test_what_was_rendered_before_an_erasure_is_not_sent_after_it(pool, post, sink):
    pupil = await enrol(pool)
    sink.answer = lambda *_: "451 later"
    await post.tell(confirmed(pupil))
    await pool.execute("UPDATE contract.people SET email = NULL, erased_at = now()")
    await post.make_due()
    await post.send()
    row = await pool.fetchrow("SELECT state, mail FROM notifications.deliveries WHERE useless_from IS NULL")
    assert tuple(row) == ("suppressed", None)
    assert len(sink.offered) == 1


async def test_two_senders_at_once_send_each_mail_once(pool, post, sink):
    pupils = [await enrol(pool, number) for number in range(8)]
    await post.plan(*(confirmed(pupil) for pupil in pupils))
    await asyncio.gather(post.send(), post.send(), post.send())
    assert sorted(to for _, to, _ in sink.mails) == sorted(pupil.email for pupil in pupils)


async def test_a_claimed_delivery_has_its_bytes_and_a_lease_before_anything_is_sent(pool, post, sink):
    seen = []

    async def look(*_):
        seen.append(
            await pool.fetchrow(
                "SELECT state, mail, lease_until FROM notifications.deliveries WHERE useless_from IS NULL"
            )
        )

    original = sink.handle_DATA

    async def look_then_accept(*arguments):
        await look()
        return await original(*arguments)

    sink.handle_DATA = look_then_accept
    await post.tell(confirmed(await enrol(pool)))
    (row,) = seen
    assert row["state"] == "sending"
    assert row["mail"] == sink.mails[0][2]
    assert row["lease_until"] > datetime.now(UTC)


async def test_a_lease_that_was_used_up_before_the_mail_is_begun_sends_nothing(pool, post, sink, monkeypatch):
    await post.plan(confirmed(await enrol(pool)))
    monkeypatch.setattr(send_deliveries, "SECONDS_PER_MAIL", LEASE.total_seconds() - 0.2)
    async with transaction(pool) as connection:
        await connection.execute("SELECT FROM notifications.calendars FOR UPDATE")
        sending = asyncio.create_task(post.send())
        await asyncio.sleep(0.4)
    await sending
    assert sink.offered == []
    assert tuple(
        await pool.fetchrow("SELECT state, attempts FROM notifications.deliveries WHERE useless_from IS NULL")
    ) == ("due", 0)
    await post.send()
    assert await post.states() == {"sent": 1}


async def test_a_letter_that_cannot_be_written_holds_back_no_other(pool, post):
    good, bad = await enrol(pool, 1), await enrol(pool, 2)
    await post.plan(confirmed(bad), confirmed(good))
    await pool.execute(
        "UPDATE notifications.calendars SET programme_version = 99 WHERE registration_id = $1", bad.registration_id
    )
    await post.send()
    assert await post.states() == {"failed": 1, "sent": 1}


async def test_one_person_is_never_sent_two_mails_about_one_registration_at_once(pool, post):
    pupil = await enrol(pool)
    await post.plan(confirmed(pupil), moved(2, pupil), confirmed(pupil, 3, how="accepted"))
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM notifications.deliveries WHERE useless_from IS NULL")]
    async with transaction(pool) as connection:
        first = await claim_deliveries(connection, ids, most=5, facts=Facts(), now=datetime.now(UTC))
    async with transaction(pool) as connection:
        second = await claim_deliveries(connection, ids, most=5, facts=Facts(), now=datetime.now(UTC))
    assert [claimed.letter.message for claimed in first.letters] == ["registered_confirmed"]
    assert second.letters == []


async def test_a_guardian_is_sent_the_same_news_with_a_plain_file(pool, post, sink):
    pupil = await enrol(pool, guardian_email="parent@famille.example")
    await post.tell(confirmed(pupil))
    (mail,) = sink.messages("parent@famille.example")
    assert mail["Subject"] == "La place d’Élève 1 Dupré est confirmée : Semaine à Pont-Audemer"
    assert "METHOD:PUBLISH" in calendar_of(mail)
    assert len(calendars_of(mail)) == 1
