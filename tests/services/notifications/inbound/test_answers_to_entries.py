"""What the calendars of hosts, speakers and of who has a one-to-one slot answer counts, as on their pages."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.ask_someone_else import ask_someone_else
from services.campaigns.offers.hosts.host_request import Contact, GivenAnswer
from services.campaigns.offers.hosts.request_hosts import request_host
from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.slot import SlotTime
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from shared.database import transaction
from tests.services.notifications.inbound.replies import STAMP, calendar, component, invited_by, mail_with, reply
from tests.services.notifications.sink import calendars_of, parse
from tests.world import a_member, at

pytestmark = pytest.mark.anyio
DONE = "250 2.0.0 "
HOST, OTHER, SPEAKER = "accueil@chantiers.example", "autre@chantiers.example", "ange.caron@metiers.example"
LATER = STAMP + timedelta(minutes=5)


async def do(way_back, verb, **given):
    async with transaction(way_back.pool) as connection:
        return await verb(connection, **given, now=datetime.now(UTC))


def to(way_back, address):
    return [parse(mail) for _, recipient, mail in way_back.sink.mails if recipient == address]


async def entry_of(way_back, address):
    """The newest entry that an address was sent."""
    await way_back.deliver()
    return invited_by([mail for mail in to(way_back, address) if calendars_of(mail)][-1])


async def planner_of(way_back):
    async with transaction(way_back.pool) as connection:
        return (await a_member(connection, way_back.week.organisation_id)).email


async def a_host(way_back, session=2):
    """A company that has said yes; the request's id."""
    contact = Contact(name="Charlie Martin", email=HOST)
    await do(way_back, request_host, session_id=way_back.week.sessions[session], contact=contact)
    request = await way_back.pool.fetchval("SELECT id FROM campaigns.host_requests")
    await do(way_back, answer_host_request, request_id=request, given=GivenAnswer(answer="confirmed"))
    return request


async def a_speaker(way_back, session=4):
    """A professional who has said yes; the request's id."""
    sheet = parse_sheet(name="Ange Caron", trade="Soudeur", email=SPEAKER)
    speaker = await do(way_back, add_speaker, organisation_id=way_back.week.organisation_id, sheet=sheet)
    request = await do(way_back, invite_speaker, session_id=way_back.week.sessions[session], speaker_id=speaker)
    await do(way_back, answer_invitation, request_id=request, answer="confirmed")
    return request


async def a_slot(way_back):
    """A slot that the first pupil has chosen: the registration, and the member's address."""
    async with transaction(way_back.pool) as connection:
        member = await a_member(connection, way_back.week.organisation_id, email="suivi@federation.example")
    (slot,) = await do(
        way_back,
        add_slots,
        offer_id=way_back.week.offer_id,
        person_id=member.person_id,
        times=[SlotTime(starts_at=at(1, 17), ends_at=at(1, 17, 30))],
        place="4 quai des Arts",
    )
    registration = await way_back.register(0)
    await do(way_back, book_slot, slot_id=slot, registration_id=registration)
    return slot, registration, member.email


async def standing(way_back, table="host_requests"):
    return await way_back.pool.fetchval(f"SELECT status FROM campaigns.{table}")  # noqa: S608  # a table of ours


async def test_a_host_who_deletes_the_entry_has_said_no_and_takes_it_back_with_one_press(way_back):
    planner = await planner_of(way_back)
    await a_host(way_back)
    invited = await entry_of(way_back, HOST)
    assert b"RSVP=TRUE" in calendars_of(to(way_back, HOST)[-1])[0].get_payload(decode=True).replace(b"\r\n ", b"")
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "promise_withdrawn"
    assert await standing(way_back) == "withdrawn"
    await way_back.deliver()
    told = to(way_back, planner)[-1]
    assert "se retire" in str(told["Subject"])
    assert "C’est son agenda qui a répondu" in told.get_body(("plain",)).get_content()
    # the session stays as it is: the planner decides, participants hear nothing
    status = await way_back.pool.fetchval(
        "SELECT status FROM campaigns.sessions WHERE id = $1", way_back.week.sessions[2]
    )
    assert status == "planned"
    text = to(way_back, HOST)[-1].get_body(("plain",)).get_content()
    link = next(word for word in text.split() if "/accueil/" in word).removeprefix("http://quinzaine.example")
    answer = await way_back.web.post(link, data={"answer": "confirmed"}, follow_redirects=False)
    assert answer.status_code == 303
    assert await standing(way_back) == "confirmed"
    again = await entry_of(way_back, HOST)
    assert again.sequence > invited.sequence
    # and the no that is under way for the second time answers an entry that is no more
    late = reply(invited, "DECLINED", stamp=LATER)
    assert await way_back.send(invited.organizer, late) == DONE + "outdated"
    assert await standing(way_back) == "confirmed"
    await way_back.deliver()
    last = to(way_back, HOST)[-1]
    assert "ne change rien" in str(last["Subject"])
    assert f"SEQUENCE:{again.sequence}".encode() in calendars_of(last)[0].get_payload(decode=True)
    journal = await way_back.pool.fetch("SELECT detail FROM campaigns.audit WHERE action = 'answer_host_request'")
    assert [row["detail"].split(" :")[0] for row in journal] == ["Accueil retiré", "Accueil confirmé"]


async def test_a_yes_of_the_calendar_is_the_yes_of_the_page_where_a_change_asked_anew(way_back):
    await a_host(way_back)
    await a_speaker(way_back)
    await way_back.deliver()
    for session, start in ((2, at(1, 9, 30)), (4, at(2, 8, 30))):
        change = SessionChange(starts_at=start)
        await do(way_back, change_session, session_id=way_back.week.sessions[session], change=change)
    assert [await standing(way_back), await standing(way_back, "speaker_requests")] == ["awaited", "awaited"]
    for address in (HOST, SPEAKER):
        invited = await entry_of(way_back, address)
        assert await way_back.send(invited.organizer, reply(invited, "TENTATIVE")) == DONE + "noted"
        yes = reply(invited, "ACCEPTED", stamp=LATER)
        assert await way_back.send(invited.organizer, yes) == DONE + "promise_confirmed"
        await way_back.deliver()
        # the answer to the entry that came with the yes says nothing new
        sure = await entry_of(way_back, address)
        assert await way_back.send(sure.organizer, reply(sure, "ACCEPTED", stamp=LATER)) == DONE + "noted"
    assert [await standing(way_back), await standing(way_back, "speaker_requests")] == ["confirmed", "confirmed"]


async def test_a_yes_to_the_time_before_is_no_yes_to_the_one_whose_mail_has_not_gone_yet(way_back):
    await a_host(way_back)
    await a_speaker(way_back)
    before = {address: await entry_of(way_back, address) for address in (HOST, SPEAKER)}
    for session, start in ((2, at(1, 9, 30)), (4, at(2, 8, 30))):
        change = SessionChange(starts_at=start)
        await do(way_back, change_session, session_id=way_back.week.sessions[session], change=change)
    # the mail that says so waits: for other changes, or for the morning
    for invited in before.values():
        yes = reply(invited, "ACCEPTED")
        assert await way_back.send(invited.organizer, yes) == DONE + "outdated"
    assert [await standing(way_back), await standing(way_back, "speaker_requests")] == ["awaited", "awaited"]
    for address in before:
        now = await entry_of(way_back, address)
        assert now.sequence > before[address].sequence
        yes = reply(now, "ACCEPTED", stamp=LATER)
        assert await way_back.send(now.organizer, yes) == DONE + "promise_confirmed"


async def test_a_speaker_who_deletes_the_entry_is_out_of_the_programme_and_may_come_back_to_it(way_back):
    planner = await planner_of(way_back)
    await a_speaker(way_back)
    invited = await entry_of(way_back, SPEAKER)
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "promise_withdrawn"
    assert await standing(way_back, "speaker_requests") == "declined"
    assert await way_back.pool.fetchval("SELECT count(*) FROM campaigns.session_speakers") == 0
    await way_back.deliver()
    assert "C’est son agenda" in to(way_back, planner)[-1].get_body(("plain",)).get_content()
    text = to(way_back, SPEAKER)[-1].get_body(("plain",)).get_content()
    link = next(word for word in text.split() if "/temoignage/" in word).removeprefix("http://quinzaine.example")
    page = (await way_back.web.get(link)).text
    assert "Confirmer ma venue" in page
    assert 'value="declined"' not in page
    await way_back.web.post(link, data={"answer": "confirmed"}, follow_redirects=False)
    assert await standing(way_back, "speaker_requests") == "confirmed"
    assert await way_back.pool.fetchval("SELECT confirmed FROM campaigns.session_speakers")
    assert (await entry_of(way_back, SPEAKER)).sequence > invited.sequence


async def test_a_pupil_s_no_frees_the_slot_and_a_member_s_cancels_it(way_back):
    slot, registration, member = await a_slot(way_back)
    invited = await entry_of(way_back, way_back.address(0))
    assert await way_back.send(invited.organizer, reply(invited, "ACCEPTED")) == DONE + "noted"
    no = reply(invited, "DECLINED", stamp=LATER)
    assert await way_back.send(invited.organizer, no) == DONE + "slot_freed"
    await way_back.deliver()
    assert "annulé" in str(to(way_back, member)[-1]["Subject"])
    assert await way_back.status(registration) == "confirmed"
    # somebody else takes it: what the first one's calendar says of it is nothing to them
    other = await way_back.register(1)
    await do(way_back, book_slot, slot_id=slot, registration_id=other)
    await way_back.deliver()
    late = reply(invited, "DECLINED", stamp=LATER + timedelta(minutes=1))
    assert await way_back.send(invited.organizer, late) == DONE + "ended"
    ahead = reply(invited, "DECLINED", stamp=LATER, sequence=invited.sequence + 1)
    assert await way_back.send(invited.organizer, ahead) == DONE + "ended"
    owner = await way_back.pool.fetchval("SELECT registration_id FROM campaigns.follow_up_slots WHERE id = $1", slot)
    assert owner == other
    theirs = await entry_of(way_back, member)
    assert await way_back.send(theirs.organizer, reply(theirs, "DECLINED")) == DONE + "slot_cancelled"
    assert await way_back.pool.fetchval("SELECT status FROM campaigns.follow_up_slots") == "cancelled"
    await way_back.deliver()
    assert "annulé" in str(to(way_back, way_back.address(1))[-1]["Subject"])


async def test_twice_at_once_late_and_in_any_order_is_once(way_back):
    await planner_of(way_back)
    await a_host(way_back)
    invited = await entry_of(way_back, HOST)
    yes = reply(invited, "ACCEPTED", stamp=LATER)
    assert await way_back.send(invited.organizer, yes) == DONE + "noted"
    # the older no was held up somewhere
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "overtaken"
    no = reply(invited, "DECLINED", stamp=LATER + timedelta(minutes=1), message_id="<une@agenda.example>")
    answers = await asyncio.gather(*[way_back.send(invited.organizer, no) for _ in range(8)])
    assert {answer.partition(" 2.0.0 ")[0] for answer in answers} == {"250"}
    assert DONE + "promise_withdrawn" in answers
    other = reply(invited, "DECLINED", stamp=LATER + timedelta(minutes=1), message_id="<deux@agenda.example>")
    assert await way_back.send(invited.organizer, other) == DONE + "promise_withdrawn"
    told = await way_back.pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'host.answered'")
    assert told == 2
    await way_back.deliver()
    # what comes after the entry was taken out answers what is no more; the same again within the hour is told once
    for minute in (2, 3):
        yes = reply(invited, "ACCEPTED", stamp=LATER + timedelta(minutes=minute))
        assert await way_back.send(invited.organizer, yes) == DONE + "outdated"
    assert await standing(way_back) == "withdrawn"
    await way_back.deliver()
    subjects = [str(mail["Subject"]) for mail in to(way_back, HOST)]
    assert sum("ne change rien" in subject for subject in subjects) == 1
    assert "encore dire oui" in to(way_back, HOST)[-1].get_body(("plain",)).get_content()


async def test_somebody_else_s_answer_costs_nobody_a_promise(way_back):
    request = await a_host(way_back)
    await a_speaker(way_back)
    invited, foreign = await entry_of(way_back, HOST), await entry_of(way_back, SPEAKER)
    for answer in (
        reply(invited, "DECLINED", attendee="collegue@chantiers.example"),
        reply(invited, "DECLINED", uid=foreign.uid),
        reply(invited, "DECLINED", uid=foreign.uid, attendee=foreign.attendee),
    ):
        assert await way_back.send(invited.organizer, answer) == DONE + "foreign"
    ahead = reply(invited, "DECLINED", sequence=invited.sequence + 5)
    assert await way_back.send(invited.organizer, ahead) == DONE + "unsent"
    one_day = reply(invited, "DECLINED", day=at(1, 9).date())
    assert await way_back.send(invited.organizer, one_day) == DONE + "unclear"
    assert [await standing(way_back), await standing(way_back, "speaker_requests")] == ["confirmed", "confirmed"]
    # who was asked before a colleague answers for nobody any more
    change = SessionChange(starts_at=at(1, 9, 30))
    await do(way_back, change_session, session_id=way_back.week.sessions[2], change=change)
    before = await entry_of(way_back, HOST)
    contact = Contact(name="Dominique Martin", email=OTHER)
    await do(way_back, ask_someone_else, request_id=request, contact=contact)
    assert await way_back.send(before.organizer, reply(before, "ACCEPTED")) == DONE + "ended"
    assert await standing(way_back) == "awaited"


async def test_another_time_leads_to_the_page_and_refresh_brings_the_entry_again(way_back):
    await a_host(way_back)
    invited = await entry_of(way_back, HOST)
    asks = mail_with(invited, calendar(component(invited, "NEEDS-ACTION"), method="REFRESH"), method="REFRESH")
    assert await way_back.send(invited.organizer, asks) == DONE + "refresh"
    await way_back.deliver()
    assert invited_by(to(way_back, HOST)[-1]).sequence == invited.sequence
    await way_back.pool.execute("UPDATE notifications.answers SET received_at = received_at - interval '2 hours'")
    proposed = component(invited, "TENTATIVE", extra="DTSTART:20270615T120000Z\nDTEND:20270615T130000Z")
    counter = mail_with(invited, calendar(proposed, method="COUNTER"), method="COUNTER")
    assert await way_back.send(invited.organizer, counter) == DONE + "counter"
    await way_back.deliver()
    told = to(way_back, HOST)[-1]
    assert "/accueil/" in told.get_body(("plain",)).get_content()
    text = calendars_of(told)[0].get_payload(decode=True).decode()
    assert "METHOD:DECLINECOUNTER" in text
    assert "COMMENT:" in text
    # it is no newer entry: the answer to it still counts
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "promise_withdrawn"


async def test_what_has_begun_or_was_decided_otherwise_changes_no_more(way_back):
    await a_host(way_back)
    invited = await entry_of(way_back, HOST)
    await way_back.pool.execute("UPDATE campaigns.host_requests SET status = 'replaced'")
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "ended"
    await way_back.pool.execute("UPDATE campaigns.host_requests SET status = 'confirmed'")
    await way_back.pool.execute(
        """
        UPDATE campaigns.sessions SET starts_at = now() - interval '1 hour', ends_at = now() + interval '1 hour'
        WHERE id = $1
        """,
        way_back.week.sessions[2],
    )
    late = reply(invited, "DECLINED", stamp=LATER)
    assert await way_back.send(invited.organizer, late) == DONE + "ended"
    assert await standing(way_back) == "confirmed"
