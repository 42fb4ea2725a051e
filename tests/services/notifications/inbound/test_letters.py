"""What people write by hand reaches the planner, with what the planner needs to know; what machines write does not."""

import base64
import re
from datetime import timedelta

import pytest

from services.notifications.inbound.reading import read
from shared.database import transaction
from shared.erasures import PupilErased
from shared.identifiers import new_id
from shared.outbox import append_events
from shared.signed_links import Signer
from tests.services.notifications.inbound.replies import STAMP, Invited, calendar, component, letter, mail_with, reply
from tests.services.notifications.sink import calendars_of, parse
from tests.world import NOW, a_member

pytestmark = pytest.mark.anyio

DONE = "250 2.0.0 "
TO_AN_INVITATION = {"to_delivery": False, "without_sender": False}


@pytest.fixture
async def planner(way_back):
    async with transaction(way_back.pool) as connection:
        return (await a_member(connection, way_back.week.organisation_id)).email


def to(way_back, address):
    return [parse(mail) for _, recipient, mail in way_back.sink.mails if recipient == address]


async def test_a_letter_goes_to_the_planner_with_its_context_above_and_can_be_answered(way_back, planner):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    quoted = "Le lundi 14 juin, Fédération a écrit :\n> Votre place\n> est confirmée\n"
    words = f"Bonjour,\n\nfaut-il un pique-nique ?\n\n{quoted}"
    assert await way_back.send(invited.organizer, letter(invited, words)) == DONE + "passed_on"
    await way_back.deliver()
    (mail,) = to(way_back, planner)
    text = mail.get_body(("plain",)).get_content()
    assert text.index("Camille Dupré a") < text.index("place confirmée") < text.index("> faut-il un pique-nique ?")
    assert "Votre place" not in text.replace(str(mail["Subject"]), "")
    assert str(mail["Reply-To"]) == invited.attendee
    assert mail["Auto-Submitted"] == "auto-generated"
    # who writes without end is not passed on without end
    await way_back.pool.execute(
        """
        INSERT INTO notifications.answers
            (id, kind, registration_id, message_key, facts, received_at, due_at, state, outcome)
        SELECT gen_random_uuid(), kind, registration_id, uuid_send(gen_random_uuid()), facts, received_at, due_at,
               state, outcome
        FROM notifications.answers, generate_series(1, 20)
        """
    )
    assert await way_back.send(invited.organizer, letter(invited, "Encore moi")) == DONE + "too_many"


async def test_a_host_who_answers_the_mail_is_heard(way_back, planner):
    entry, delivery = new_id(), new_id()
    await way_back.pool.execute(
        """
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, offer_id, sequence, due_at, state, message_id, calendar_uid,
             calendar_sequence, calendar_method, recipient_address, planned_at, sent_at)
        VALUES ($1, $1, 'host_requested', $1, $2, 0, now(), 'sent', '<a@quinzaine.example>', $3, 1, 'REQUEST',
                'accueil@chantiers.example', now(), now())
        """,
        delivery,
        way_back.week.offer_id,
        f"{entry}@quinzaine.example",
    )
    address = Signer(way_back.settings.secret_keys).reply_local_part(entry, "reply_host") + "@quinzaine.example"
    invited = Invited(
        uid=f"{entry}@quinzaine.example", sequence=1, organizer=address, attendee="accueil@chantiers.example"
    )
    assert await way_back.send(address, letter(invited, "Nous serons deux.")) == DONE + "passed_on"
    # nothing is known of such a request (any more)
    assert await way_back.send(address, reply(invited, "DECLINED")) == DONE + "ended"
    await way_back.deliver()
    (mail,) = to(way_back, planner)
    text = mail.get_body(("plain",)).get_content()
    assert "> Nous serons deux." in text
    assert "Élève" not in text
    unknown = Signer(way_back.settings.secret_keys).reply_local_part(delivery, "reply_speaker")
    assert (await way_back.send(f"{unknown}@quinzaine.example", letter(invited, "?"))).startswith("550 5.1.1")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated (vacation)"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"List_Id": "<liste.example>"},
        # programs that know nothing of RFC 3834
        {"X_Autoreply": "yes"},
        {"X_Autoresponder": "1"},
        {"Precedence": "auto_reply"},
        {"subject": "Réponse automatique : Re: Votre place est confirmée"},
        {"subject": "RÉPONSE AUTOMATIQUE"},
        {"subject": "Absence du bureau Re: Votre place"},
        {"subject": "Message d’absence"},
        {"subject": "Automatic reply: Votre place"},
        {"subject": "Out of Office Re: Votre place"},
    ],
)
async def test_a_vacation_notice_changes_nothing_and_is_told_to_nobody(way_back, planner, headers):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    answer = await way_back.send(invited.organizer, letter(invited, "Je suis absent.", **headers))
    assert answer == DONE + "nothing"
    # nor is who names no sender to answer to (RFC 3834)
    assert await way_back.send(invited.organizer, letter(invited, "Absent."), sender="") == DONE + "nothing"
    await way_back.deliver()
    assert to(way_back, planner) == []
    rows = await way_back.pool.fetch("SELECT words || sender || subject AS kept FROM notifications.answers")
    assert {row["kept"] for row in rows} == {""}


@pytest.mark.parametrize(
    "subject", ["Re: Réponse automatique", "Absence mardi", "Absent lundi matin", "Ma réponse automatique ?", "Bureau"]
)
async def test_a_person_who_writes_of_an_absence_is_heard(way_back, subject):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    assert read(letter(invited, "Je serai absent.", subject=subject), **TO_AN_INVITATION).kind == "letter"


def named(invited, name: str) -> bytes:
    """A letter from who calls themselves so."""
    encoded = base64.b64encode(name.encode())
    return letter(invited, "Bonjour").replace(b"From: Camille", b"From: =?utf-8?B?" + encoded + b"?=")


async def test_a_name_that_is_no_name_is_told_on_one_line_without_what_turns_it_round(way_back, planner):
    """Marks that turn text round, 300 characters: the planner reads a short line. CR and LF: refused."""
    await way_back.register(0)
    invited = await way_back.invitation(0)
    answer = await way_back.send(invited.organizer, named(invited, "Camille\r\nBcc: tous@ailleurs.example"))
    assert answer.startswith("550 5.6.0")
    name = "Camille\u202e\u2066nom\u200f" + "é" * 300
    assert await way_back.send(invited.organizer, named(invited, name)) == DONE + "passed_on"
    await way_back.deliver()
    (mail,) = to(way_back, planner)
    text = mail.get_body(("plain",)).get_content()
    assert not [each for each in text if each in "\u202e\u2066\u200f"]
    assert "é" * 100 in text
    assert "é" * 121 not in text
    assert str(mail["Reply-To"]) == invited.attendee


async def test_an_answer_that_no_person_gave_declines_nothing(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    absent = mail_with(invited, calendar(component(invited, "DECLINED")), Auto_Submitted="auto-replied")
    assert await way_back.send(invited.organizer, absent) == DONE + "nothing"
    # a calendar's server says of a person's own answer that it was generated
    real = mail_with(invited, calendar(component(invited, "DECLINED")), Auto_Submitted="auto-generated")
    assert await way_back.send(invited.organizer, real) == DONE + "leaving"
    assert await way_back.status(id_) == "confirmed"


async def test_an_answer_to_what_has_changed_is_noted_and_its_owner_told_once(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    session = f"/api/v1/sessions/{way_back.week.sessions[0]}"
    moved = await way_back.web.patch(session, json={"room": "Salle 2"}, headers=way_back.planner)
    assert moved.status_code == 200, moved.text
    current = await way_back.invitation(0)
    assert current.sequence > invited.sequence
    before = len(to(way_back, invited.attendee))
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "outdated"
    again = reply(invited, "DECLINED", stamp=STAMP + timedelta(minutes=1))
    await way_back.deliver()
    assert await way_back.send(invited.organizer, again) == DONE + "outdated"
    await way_back.deliver()
    assert await way_back.status(id_) == "confirmed"
    assert await way_back.pool.fetchval("SELECT count(*) FROM campaigns.leavings") == 0
    (told,) = to(way_back, invited.attendee)[before:]
    assert "a changé depuis" in str(told["Subject"])
    body, _ = calendars_of(told)
    assert f"SEQUENCE:{current.sequence}" in body.get_payload(decode=True).decode()
    assert len(set(re.findall(r"/inscriptions/\S+", told.get_body(("plain",)).get_content()))) == 1


async def test_refresh_brings_the_last_invitation_again_byte_for_byte(way_back):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    (first,) = to(way_back, invited.attendee)
    asks = mail_with(invited, calendar(component(invited, "NEEDS-ACTION"), method="REFRESH"), method="REFRESH")
    assert await way_back.send(invited.organizer, asks) == DONE + "refresh"
    await way_back.deliver()
    _, again = to(way_back, invited.attendee)
    assert [part.get_payload() for part in calendars_of(again)] == [part.get_payload() for part in calendars_of(first)]


async def test_another_time_is_declined_with_a_sentence(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    proposed = component(invited, "TENTATIVE", extra="DTSTART:20270614T120000Z\nDTEND:20270614T130000Z")
    counter = mail_with(invited, calendar(proposed, method="COUNTER"), method="COUNTER")
    assert await way_back.send(invited.organizer, counter) == DONE + "counter"
    await way_back.deliver()
    told = to(way_back, invited.attendee)[-1]
    body, file = calendars_of(told)
    assert body["Content-Type"].params["method"] == "DECLINECOUNTER"
    text = body.get_payload(decode=True).decode().replace("\r\n ", "")
    assert text == file.get_payload(decode=True).decode().replace("\r\n ", "")
    for line in ("METHOD:DECLINECOUNTER", f"UID:{invited.uid}", f"SEQUENCE:{invited.sequence}", "COMMENT:Les horaires"):
        assert line in text
    # it is no newer programme: the answer to the invitation still counts
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "leaving"
    assert await way_back.status(id_) == "confirmed"


async def test_what_was_written_goes_with_who_is_erased(way_back, planner):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    await way_back.send(invited.organizer, letter(invited, "Je suis Camille."))
    pupil_id = await way_back.pool.fetchval("SELECT pupil_id FROM campaigns.registrations WHERE id = $1", id_)
    async with transaction(way_back.pool) as connection:
        fact = PupilErased(occurred_at=NOW, pupil_id=pupil_id, people=(pupil_id,), registration_ids=(id_,))
        await append_events(connection, [fact])
    await way_back.deliver()
    kept = await way_back.pool.fetchrow("SELECT sender, subject, words, facts, outcome FROM notifications.answers")
    assert tuple(kept) == ("", "", "", "{}", "passed_on")
    assert not [mail for mail in to(way_back, planner) if "Camille" in mail.as_string()]
