"""What hosts, speakers and followers have promised stands in their calendars, and follows: verbs, mails, and a client
that folds them in any order."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.hosts.accept_proposed_time import accept_proposed_time
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.ask_someone_else import ask_someone_else
from services.campaigns.offers.hosts.host_request import Contact, GivenAnswer
from services.campaigns.offers.hosts.request_hosts import request_host
from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.free_slot import free_slot
from services.campaigns.offers.kinds.follow_up.slot import SlotTime
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from shared.signed_links import Signer
from tests.folding_client import FoldingCalendar
from tests.services.notifications.office import Office
from tests.services.notifications.sink import calendars_of
from tests.world import a_member, a_pupil, a_week, at

pytestmark = pytest.mark.anyio
HOST, OTHER, SPEAKER = "accueil@chantiers.example", "autre@chantiers.example", "ange.caron@metiers.example"


@pytest.fixture
async def office(pool, post):
    return Office(pool, post)


@pytest.fixture
async def week(pool):
    return await a_week(pool)


def ics_of(mail) -> bytes:
    parts = [part.get_payload(decode=True) for part in calendars_of(mail)]
    assert len(set(parts)) <= 1
    return parts[0] if parts else b""


def shown(sink, address) -> list[tuple[datetime, str, str]]:
    """What the calendar of an address shows: the same in whatever order its mails came, the last one always among
    them."""
    mails = [ics for mail in sink.messages(address) if (ics := ics_of(mail))]
    found = set()
    for seed in range(20):
        dice = random.Random(seed)  # noqa: S311  # shuffles mails
        some = [ics for ics in mails[:-1] if dice.random() < 0.6] + mails[-1:]
        pile = some + dice.choices(some, k=3) if some else []
        dice.shuffle(pile)
        calendar = FoldingCalendar()
        for ics in pile:
            calendar.apply(ics)
        found.add(tuple((entry.start, entry.summary, entry.status) for entry in calendar.entries()))
    (only,) = found
    return list(only)


async def asked(office, session_id):
    await office.do(request_host, session_id=session_id, contact=Contact(name="Charlie Martin", email=HOST))
    return await office.pool.fetchval("SELECT id FROM campaigns.host_requests WHERE session_id = $1", session_id)


async def change(office, session_id, **fields):
    await office.do(change_session, session_id=session_id, change=SessionChange(**fields))
    await office.post_it()


async def test_a_host_s_calendar_follows_from_the_yes_to_the_end(office, week, sink):
    session = week.sessions[2]
    request = await asked(office, session)
    await office.post_it()
    assert shown(sink, HOST) == []
    await office.do(answer_host_request, request_id=request, given=GivenAnswer(answer="confirmed"))
    await office.post_it()
    title = "Semaine à Pont-Audemer : Visite 2.1"
    assert shown(sink, HOST) == [(at(1, 9), title, "CONFIRMED")]
    # a detail changes: the promise holds
    await change(office, session, title="Visite du chantier")
    title = "Semaine à Pont-Audemer : Visite du chantier"
    assert shown(sink, HOST) == [(at(1, 9), title, "CONFIRMED")]
    # the time changes: it is asked again, the entry moves and is uncertain
    await change(office, session, starts_at=at(1, 10))
    assert shown(sink, HOST) == [(at(1, 10), title, "TENTATIVE")]
    proposal = GivenAnswer(answer="proposed", starts_at=at(1, 10, 30), ends_at=at(1, 12, 30))
    await office.do(answer_host_request, request_id=request, given=proposal)
    await office.do(accept_proposed_time, request_id=request)
    await office.post_it()
    assert shown(sink, HOST) == [(at(1, 10, 30), title, "CONFIRMED")]
    await office.do(cancel_session, session_id=session)
    await office.post_it()
    assert shown(sink, HOST) == []
    uids = {line for mail in sink.messages(HOST) for line in ics_of(mail).split(b"\r\n") if line.startswith(b"UID:")}
    assert uids == {f"UID:{request}@quinzaine.example".encode()}


async def test_who_takes_the_word_back_has_it_out_of_the_calendar(office, week, sink):
    request = await asked(office, week.sessions[2])
    for answer in ("confirmed", "withdrawn"):
        await office.do(answer_host_request, request_id=request, given=GivenAnswer(answer=answer))
        await office.post_it()
    assert shown(sink, HOST) == []
    assert [mail["Subject"] for mail in sink.messages(HOST)][-1].endswith("sort de votre agenda")


async def test_the_colleague_who_is_asked_instead_has_it_and_the_one_before_no_more(office, week, sink):
    request = await asked(office, week.sessions[2])
    await office.do(answer_host_request, request_id=request, given=GivenAnswer(answer="confirmed"))
    await change(office, week.sessions[2], starts_at=at(1, 10))
    assert len(shown(sink, HOST)) == 1
    await office.do(ask_someone_else, request_id=request, contact=Contact(name="Dominique Martin", email=OTHER))
    await office.post_it()
    await office.do(answer_host_request, request_id=request, given=GivenAnswer(answer="confirmed"))
    await office.post_it()
    assert shown(sink, HOST) == []
    assert len(shown(sink, OTHER)) == 1


async def test_details_that_change_close_together_are_one_mail_and_what_is_undone_is_none(office, week, sink):
    session = week.sessions[2]
    request = await asked(office, session)
    await office.do(answer_host_request, request_id=request, given=GivenAnswer(answer="confirmed"))
    await office.post_it()
    told = len(sink.messages(HOST))
    for title in ("Un", "Deux", "Trois"):
        await office.do(change_session, session_id=session, change=SessionChange(title=title))
    await office.do(change_session, session_id=session, change=SessionChange(room="Salle 1"))
    await office.post_it()
    (mail,) = sink.messages(HOST)[told:]
    text = mail.get_body(("plain",)).get_content()
    assert "Titre : Visite 2.1 → Trois" in text
    assert "→ Salle 1" in text
    assert text.count(" → ") == 2
    for room in ("Salle 2", "Salle 1"):
        await office.do(change_session, session_id=session, change=SessionChange(room=room))
    await office.post_it()
    assert len(sink.messages(HOST)) == told + 1
    assert shown(sink, HOST) == [(at(1, 9), "Semaine à Pont-Audemer : Trois", "CONFIRMED")]


async def test_a_speaker_s_calendar_follows_too(office, week, sink):
    sheet = parse_sheet(name="Ange Caron", trade="Soudeur", email=SPEAKER)
    speaker = await office.do(add_speaker, organisation_id=week.organisation_id, sheet=sheet)
    session = week.sessions[4]
    invitation = await office.do(invite_speaker, session_id=session, speaker_id=speaker)
    await office.post_it()
    assert shown(sink, SPEAKER) == []
    await office.do(answer_invitation, request_id=invitation, answer="confirmed")
    await office.post_it()
    assert [(start, status) for start, _, status in shown(sink, SPEAKER)] == [(at(2, 9), "CONFIRMED")]
    await change(office, session, starts_at=at(2, 8, 30))
    assert [(start, status) for start, _, status in shown(sink, SPEAKER)] == [(at(2, 8, 30), "TENTATIVE")]
    await office.do(answer_invitation, request_id=invitation, answer="declined")
    await office.post_it()
    assert shown(sink, SPEAKER) == []


async def test_a_one_to_one_slot_is_in_the_calendars_of_both_and_a_guardian_gets_a_plain_file(pool, office, week, sink):
    follower = await a_member(pool, week.organisation_id, email="suivi@federation.example", name="Alix Morel")
    (slot,) = await office.do(
        add_slots,
        offer_id=week.offer_id,
        person_id=follower.person_id,
        times=[SlotTime(starts_at=at(1, 17), ends_at=at(1, 17, 30))],
        place="4 quai des Arts",
    )
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    requests = [a_pupil(1, **guardian), a_pupil(2)]
    await office.do(
        register_pupils,
        offer_id=week.offer_id,
        requests=requests,
        signer=Signer(office.post.settings.secret_keys),
    )
    await office.post_it()
    first, second = [row["id"] for row in await pool.fetch("SELECT id FROM campaigns.registrations ORDER BY rank")]
    told = len(sink.mails)
    await office.do(book_slot, slot_id=slot, registration_id=first)
    await office.post_it()
    methods = {}
    for mail in sink.messages()[told:]:
        methods[mail["To"].addresses[0].addr_spec] = ics_of(mail).split(b"METHOD:", 1)[1].split(b"\r\n", 1)[0].decode()
    assert methods == {
        "camille.b@eleve.example": "REQUEST",
        "suivi@federation.example": "REQUEST",
        "dominique@famille.example": "PUBLISH",
    }
    assert [entry[0] for entry in shown(sink, follower.email)] == [at(1, 17)]
    await office.do(free_slot, registration_id=first)
    await office.do(book_slot, slot_id=slot, registration_id=second)
    await office.post_it()
    assert [entry[0] for entry in shown(sink, follower.email)] == [at(1, 17)]
    newest = ics_of(sink.messages(follower.email)[-1]).replace(b"\r\n ", b"").decode()
    assert "Dupré c" in newest
    assert "Dupré b" not in newest
    calendar = FoldingCalendar()
    for mail in sink.messages("camille.b@eleve.example"):
        calendar.apply(ics_of(mail))
    assert not [entry for entry in calendar.entries() if entry.start == at(1, 17)]


async def test_each_entry_has_its_own_address_for_answers_and_the_sender_is_the_organiser(office, week, sink):
    request = await asked(office, week.sessions[2])
    await office.do(answer_host_request, request_id=request, given=GivenAnswer(answer="confirmed"))
    await office.post_it()
    mail = sink.messages(HOST)[-1]
    address = mail["From"].addresses[0].addr_spec
    signer = Signer(office.post.settings.secret_keys)
    local_part, _, _ = address.partition("@")
    assert signer.verify_reply_local_part(local_part, "reply_host") == request
    assert signer.verify_reply_local_part(local_part) is None
    assert f"mailto:{address}" in ics_of(mail).replace(b"\r\n ", b"").decode()
    tree = [part.get_content_type() for part in mail.walk()]
    assert tree == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert datetime.now(UTC) - mail["Date"].datetime < timedelta(days=1)
