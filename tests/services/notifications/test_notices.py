"""Notices on their way: planned for whoever is named, sent once, superseded, suppressed, kept while needed."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.notifications.claim_deliveries import LEASE
from services.notifications.claim_notices import claim_notices
from services.notifications.facts import Facts
from services.notifications.mark_deliveries import Attempt, mark_attempts
from services.notifications.plan_events import plan_events
from services.notifications.samples.appointments import APPOINTMENT
from services.notifications.samples.notices import NOTICES
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import Outcome
from shared.database import transaction
from shared.events import RegistrationConfirmed
from shared.identifiers import new_id
from shared.notices import AbsenceAnnounced, HostAnswered, SignInRequested
from shared.signed_links import Signer
from tests.services.notifications.facts_of_tests import enrol, write_programme
from tests.services.notifications.sink import ACCEPTED

pytestmark = pytest.mark.anyio


async def a_person(pool, email="camille.martin@agence.example", first_name="Camille", last_name="Martin"):
    person_id = new_id()
    await pool.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
        person_id,
        first_name,
        last_name,
        email,
    )
    return person_id


def sign_in(*recipients, minutes=15):
    now = datetime.now(UTC)
    return SignInRequested(
        occurred_at=now, recipients=recipients, sign_in_id=new_id(), expires_at=now + timedelta(minutes=minutes)
    )


def notice(name, *recipients, **fields):
    return msgspec.structs.replace(NOTICES[name], id=new_id(), recipients=recipients, **fields)


async def delivery(pool):
    return await pool.fetchrow("SELECT * FROM notifications.deliveries")


async def test_who_asks_for_a_link_reads_it_in_the_mailbox(pool, post, sink):
    person = await a_person(pool)
    asked = sign_in(person)
    await post.tell(asked)
    (mail,) = sink.messages("camille.martin@agence.example")
    token = Signer(post.settings.secret_keys).token("sign_in", asked.sign_in_id)
    link = f"http://quinzaine.example/connexion/{token}"
    assert link in mail.get_body(("plain",)).get_content()
    assert f'href="{link}"' in mail.get_body(("html",)).get_content()
    assert mail["From"] == "Quinzaine <ne-pas-repondre@quinzaine.example>"
    assert mail["To"] == "Camille Martin <camille.martin@agence.example>"
    row = await delivery(pool)
    assert (row["state"], row["priority"], row["registration_id"], row["calendar_method"]) == ("sent", 0, None, None)


async def test_a_bounce_of_a_notice_finds_its_delivery(pool, post, sink):
    await post.tell(sign_in(await a_person(pool)))
    ((sender, _, _),) = sink.mails
    found = Signer(post.settings.secret_keys).verify_bounce_local_part(sender.partition("@")[0])
    assert found == (await delivery(pool))["id"]


async def test_the_bytes_of_a_link_are_kept_until_it_is_sent_and_no_longer(pool, post, sink):
    sink.answer = lambda *_: "451 not now"
    await post.tell(sign_in(await a_person(pool)))
    assert (await delivery(pool))["mail"] is not None
    sink.answer = lambda *_: ACCEPTED
    await post.make_due()
    await post.send()
    row = await delivery(pool)
    assert (row["state"], row["mail"]) == ("sent", None)
    # the second attempt was the first mail again
    assert len({mail for _, mail in sink.offered}) == 1
    assert len(sink.offered) == 2


async def test_the_bytes_of_a_link_go_when_its_address_is_refused_for_good(pool, post, sink):
    sink.answer = lambda *_: "550 unknown"
    await post.tell(sign_in(await a_person(pool)))
    row = await delivery(pool)
    assert (row["state"], row["mail"]) == ("failed", None)


async def test_the_bytes_of_other_notices_are_kept_for_who_asks_what_was_sent(pool, post):
    await post.tell(notice("host_requested", await a_person(pool)))
    row = await delivery(pool)
    assert row["state"] == "sent"
    assert row["mail"] is not None


async def test_a_link_that_has_expired_is_not_sent(pool, post, sink):
    await post.tell(sign_in(await a_person(pool), minutes=-1))
    assert sink.offered == []
    assert await post.states() == {"superseded": 1}


async def test_a_link_that_expires_between_two_attempts_is_not_sent_again_and_its_bytes_go(pool, post, sink):
    sink.answer = lambda *_: "451 not now"
    asked = sign_in(await a_person(pool))
    await post.tell(asked)
    late = asked.expires_at + timedelta(seconds=1)
    async with transaction(pool) as connection:
        claim = await claim_notices(connection, [(await delivery(pool))["id"]], most=1, facts=Facts(), now=late)
    assert claim.letters == []
    row = await delivery(pool)
    assert (row["state"], row["mail"], claim.settled) == ("superseded", None, [row["id"]])


async def test_who_has_no_address_was_erased_or_never_was_is_suppressed(pool, post, sink):
    nowhere, erased = await a_person(pool, email=None), await a_person(pool)
    await post.plan(notice("partner_left", nowhere, erased, new_id()))
    await pool.execute("UPDATE contract.people SET email = NULL, erased_at = now() WHERE id = $1", erased)
    await post.send()
    assert sink.offered == []
    assert await post.states() == {"suppressed": 3}


async def test_what_was_rendered_before_an_erasure_is_not_sent_after_it(pool, post, sink):
    person = await a_person(pool)
    sink.answer = lambda *_: "451 not now"
    await post.tell(notice("host_requested", person))
    await pool.execute("UPDATE contract.people SET email = NULL, erased_at = now() WHERE id = $1", person)
    await post.make_due()
    await post.send()
    row = await delivery(pool)
    assert (row["state"], row["mail"], len(sink.offered)) == ("suppressed", None, 1)


async def test_a_pupil_who_was_erased_is_not_named_any_more(pool, post, sink):
    pupil = await enrol(pool)
    absence = AbsenceAnnounced(
        occurred_at=datetime.now(UTC),
        recipients=(await a_person(pool),),
        pupil_id=pupil.pupil_id,
        appointment=APPOINTMENT,
        emergency_phone="06 00 00 00 00",
    )
    await post.tell(absence)
    await pool.execute(
        "UPDATE contract.people SET first_name = '', last_name = '', email = NULL WHERE id = $1", pupil.pupil_id
    )
    await pool.execute(
        "UPDATE contract.people SET email = 'camille.martin@agence.example' WHERE id <> $1", pupil.pupil_id
    )
    await post.tell(msgspec.structs.replace(absence, id=new_id()))
    first, second = sink.messages()
    assert "L’absence d’Élève 1 Dupré est signalée" in first.get_body(("plain",)).get_content()
    assert "L’absence d’un élève est signalée" in second.get_body(("plain",)).get_content()


async def test_each_recipient_is_told_once_however_often_it_is_planned_and_named(pool, post, sink):
    one, two = await a_person(pool), await a_person(pool, email="sacha@federation.example")
    event = notice("host_answered.declined", one, two, one)
    await post.plan(event)
    await pool.execute("UPDATE contract.events SET planned_at = NULL")
    async with transaction(pool) as connection:
        await plan_events(connection, [event.id], settings=post.settings, now=datetime.now(UTC))
    await post.send()
    assert sorted(to for _, to, _ in sink.mails) == ["camille.martin@agence.example", "sacha@federation.example"]


async def test_two_senders_at_once_send_each_notice_once(pool, post, sink):
    people = [await a_person(pool, email=f"membre{number}@agence.example") for number in range(30)]
    await post.plan(notice("partner_left", *people))
    other = Sender(post.settings, pool, post.server)
    ids = [row["id"] for row in await pool.fetch("SELECT id FROM notifications.deliveries")]
    await asyncio.gather(post.sender.send(ids), other.send(ids[::-1]))
    assert len(sink.mails) == 30
    assert len({to for _, to, _ in sink.mails}) == 30
    assert await post.states() == {"sent": 30}


async def test_a_claimed_notice_has_its_bytes_and_a_lease_before_anything_is_sent(pool, post, sink):
    seen = []

    def look(_recipient, mail):
        seen.append(mail)
        return "451 not now"

    sink.answer = look
    await post.plan(sign_in(await a_person(pool)))
    now = datetime.now(UTC)
    prepared = await post.sender._prepare_notices([(await delivery(pool))["id"]], 1)
    row = await delivery(pool)
    assert (row["state"], row["attempts"], row["mail"]) == ("sending", 1, prepared.parcels[0].mail)
    assert now + LEASE <= row["lease_until"] <= datetime.now(UTC) + LEASE
    assert seen == []


async def test_a_worker_killed_after_its_claim_leaves_a_notice_that_is_sent_with_the_same_bytes(pool, post, sink):
    await post.plan(sign_in(await a_person(pool)))
    delivery_id = (await delivery(pool))["id"]
    prepared = await post.sender._prepare_notices([delivery_id], 1)
    # the lease runs: nobody else may have it
    await post.sender.send([delivery_id])
    assert sink.offered == []
    await pool.execute("UPDATE notifications.deliveries SET state = 'due', lease_until = NULL")
    await Sender(post.settings, pool, post.server).send([delivery_id])
    ((_, _, mail),) = sink.mails
    assert mail == prepared.parcels[0].mail
    assert await post.states() == {"sent": 1}


async def test_an_outcome_written_late_counts_as_sent_and_takes_the_secret_away(pool, post):
    await post.plan(sign_in(await a_person(pool)))
    prepared = await post.sender._prepare_notices([(await delivery(pool))["id"]], 1)
    await pool.execute("UPDATE notifications.deliveries SET state = 'due', lease_until = NULL")
    async with transaction(pool) as connection:
        attempt = Attempt(prepared.parcels[0].letter, Outcome("sent", "250 accepted"))
        await mark_attempts(connection, [attempt], now=datetime.now(UTC))
    row = await delivery(pool)
    assert (row["state"], row["mail"]) == ("sent", None)


async def test_a_notice_that_cannot_be_written_holds_back_no_other(pool, post, sink):
    broken = await a_person(pool, email="a@b.example\r\nBcc: x@mal.example")
    await post.tell(notice("partner_left", broken, await a_person(pool)))
    assert [to for _, to, _ in sink.mails] == ["camille.martin@agence.example"]
    assert await post.states() == {"failed": 1, "sent": 1}


async def test_letters_and_notices_of_one_batch_are_both_sent_the_notice_first(pool, post, sink):
    await write_programme(pool)
    pupil = await enrol(pool)
    await post.plan(RegistrationConfirmed(**pupil.fact(1), how="registered"), sign_in(await a_person(pool)))
    await post.send()
    assert [to for _, to, _ in sink.mails] == ["camille.martin@agence.example", pupil.email]
    assert await post.states() == {"sent": 2}


@pytest.mark.parametrize("evil", ["Mal\r\nBcc: x@mal.example", "Mal\u2028Bcc: x", "\u202emal", "M" * 300])
async def test_a_hostile_name_of_an_organisation_stays_a_name_on_one_line(pool, post, sink, evil):
    person = await a_person(pool)
    appointment = msgspec.structs.replace(APPOINTMENT, organisation=evil, title=evil)
    await post.tell(
        notice("agreement_requested", person, lead=evil, organisation=evil, campaign=evil, awaited=(evil,)),
        notice("member_invited", person, organisation=evil, expires_at=datetime.now(UTC) + timedelta(days=1)),
        notice("host_requested", person, host=evil, appointment=appointment),
        notice("host_answered.declined", person, host=evil, appointment=appointment, word=f"{evil}\n{evil}"),
        notice("speaker_answered.declined", person, speaker=evil, appointment=appointment),
    )
    mails = sink.messages()
    assert len(mails) == 5
    for mail in mails:
        assert mail.defects == []
        assert mail["Bcc"] is None
        assert mail["From"].addresses[0].addr_spec == "ne-pas-repondre@quinzaine.example"
        text = mail.get_body(("plain",)).get_content()
        assert not [line for line in text.splitlines() if line.startswith("Bcc")]
        assert "\u202e" not in text + str(mail["Subject"]) + mail.get_body(("html",)).get_content()


async def test_words_of_people_stay_words_in_the_page(pool, post, sink):
    evil = '<script>alert(1)</script>"&'
    await post.tell(notice("host_answered.declined", await a_person(pool), host=evil, word=evil))
    (mail,) = sink.messages()
    page = mail.get_body(("html",)).get_content()
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") >= 2


async def test_who_answers_is_told_of_a_proposal_with_its_times(pool, post, sink):
    event: HostAnswered = notice("host_answered.proposed", await a_person(pool))
    await post.tell(event)
    (mail,) = sink.messages()
    assert "mercredi 16 juin, 14 h–17 h, au lieu du mardi 15 juin, 9 h–12 h" in mail.get_body(("plain",)).get_content()
