"""Asking hosts, and what each answer does; who is told, and who is not."""

import asyncio
from datetime import datetime, timedelta

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.host_request import (
    AnswerNotPossible,
    AskedAlready,
    Contact,
    HostingOver,
    HostReleasedAlready,
    NoContact,
    answer_deadline,
    parse_answer,
)
from services.campaigns.offers.hosts.read import list_hosted_sessions
from services.campaigns.offers.hosts.remind_hosts import find_hosts_to_remind, remind_hosts
from services.campaigns.offers.hosts.replace_host import replace_host
from services.campaigns.offers.hosts.request_hosts import request_host, request_hosts
from services.campaigns.offers.session import InvalidChange, SessionChange
from shared.database import transaction
from shared.events import SessionChanged
from shared.notices import HostAnswered, HostReleased, HostReminded, HostRequested
from tests.services.campaigns.offers.hosts.hosting import a_contact, do, events, request_of
from tests.world import NOW, PARIS, a_member, a_week, at

pytestmark = pytest.mark.anyio

YES, NO, WITHDRAWN = parse_answer("confirmed"), parse_answer("declined", word="Panne."), parse_answer("withdrawn")


async def asked_week(pool, **given):
    """A week whose first company was asked for its five mornings; the second has no contact."""
    async with transaction(pool) as connection:
        week = await a_week(connection, **given)
        planner = await a_member(connection, week.organisation_id)
    await a_contact(pool, week.hosts[0])
    outcome = await do(pool, request_hosts, offer_id=week.offer_id, asked_by=planner.person_id)
    return week, planner, outcome


async def test_every_company_with_a_contact_is_asked_once_and_the_others_are_named(pool):
    week, _, outcome = await asked_week(pool)
    assert (outcome.asked, outcome.unknown) == (5, ("Énergies du Marais",))
    again = await do(pool, request_hosts, offer_id=week.offer_id)
    assert again.asked == 0
    asked = await events(pool, HostRequested)
    assert len(asked) == 5
    first = asked[0]
    assert first.appointment.starts_at == at(0, 9)
    assert (first.appointment.pupils, first.appointment.organisation) == (15, "Fédération des métiers")
    assert first.answer_by == evening(6)


async def test_a_typed_contact_makes_the_company_known_but_a_second_one_does_not_redirect_it(pool):
    week, _, _ = await asked_week(pool)
    with pytest.raises(NoContact):
        await do(pool, request_host, session_id=week.sessions[1])
    typed = Contact(name="Hugo Lemoine", email="hugo@marais.example")
    await do(pool, request_host, session_id=week.sessions[1], contact=typed)
    assert (await do(pool, request_hosts, offer_id=week.offer_id)).asked == 4
    requests = [await request_of(pool, session_id) for session_id in week.sessions[1::2]]
    assert len({request["person_id"] for request in requests}) == 1
    await do(pool, answer_host_request, request_id=requests[0]["id"], given=NO)
    await do(
        pool,
        request_host,
        session_id=week.sessions[1],
        contact=Contact(name="Autre", email="autre@marais.example"),
    )
    contacts = await pool.fetch("SELECT person_id FROM campaigns.contacts WHERE organisation_id = $1", week.hosts[1])
    assert [row["person_id"] for row in contacts] == [requests[0]["person_id"]]
    assert (await request_of(pool, week.sessions[1]))["person_id"] != requests[0]["person_id"]


async def test_a_session_is_not_asked_for_twice(pool):
    week, _, _ = await asked_week(pool)
    with pytest.raises(AskedAlready):
        await do(pool, request_host, session_id=week.sessions[0])


async def test_planners_are_told_of_a_refusal_at_once_and_participants_are_not(pool):
    week, planner, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    await do(pool, answer_host_request, request_id=request["id"], given=NO)
    told = (await events(pool))[-1]
    assert isinstance(told, HostAnswered)
    assert (told.answer, told.word, told.recipients) == ("declined", "Panne.", (planner.person_id,))
    assert not await events(pool, SessionChanged)
    host = await pool.fetchval("SELECT host_id FROM campaigns.sessions WHERE id = $1", week.sessions[0])
    assert host == week.hosts[0], "the gap stays where it is until the planner decides"


async def test_the_same_answer_again_tells_nobody_again(pool):
    week, _, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    for _ in range(3):
        await do(pool, answer_host_request, request_id=request["id"], given=YES)
    assert len(await events(pool, HostAnswered)) == 1


async def test_who_confirmed_can_only_withdraw_and_may_come_back(pool):
    week, _, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    with pytest.raises(AnswerNotPossible):
        await do(pool, answer_host_request, request_id=request["id"], given=WITHDRAWN)
    await do(pool, answer_host_request, request_id=request["id"], given=YES)
    with pytest.raises(AnswerNotPossible):
        await do(pool, answer_host_request, request_id=request["id"], given=NO)
    await do(pool, answer_host_request, request_id=request["id"], given=WITHDRAWN)
    await do(pool, answer_host_request, request_id=request["id"], given=YES)
    assert [event.answer for event in await events(pool, HostAnswered)] == ["confirmed", "withdrawn", "confirmed"]


async def test_of_two_answers_at_once_one_counts_and_the_other_is_told(pool):
    week, _, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    outcomes = await asyncio.gather(
        do(pool, answer_host_request, request_id=request["id"], given=YES),
        do(pool, answer_host_request, request_id=request["id"], given=NO),
        return_exceptions=True,
    )
    # yes after no is a change of mind and stands; no after yes is refused: then one must withdraw
    answers = [event.answer for event in await events(pool, HostAnswered)]
    status = (await request_of(pool, week.sessions[0]))["status"]
    assert status == "confirmed"
    assert (answers, [type(outcome) for outcome in outcomes]) in (
        (["confirmed"], [type(None), AnswerNotPossible]),
        (["declined", "confirmed"], [type(None), type(None)]),
    )


async def test_nobody_answers_for_a_session_that_has_begun(pool):
    week, _, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    with pytest.raises(HostingOver):
        await do(pool, answer_host_request, request_id=request["id"], given=YES, now=at(0, 9))


async def test_a_proposed_time_must_be_a_time(pool):
    for starts_at, ends_at in ((None, None), (at(0, 9), at(0, 9)), (at(0, 9), at(1, 9))):
        with pytest.raises(InvalidChange):
            parse_answer("proposed", starts_at=starts_at, ends_at=ends_at)
    week, _, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    past = parse_answer("proposed", starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1))
    with pytest.raises(InvalidChange):
        await do(pool, answer_host_request, request_id=request["id"], given=past)


async def test_a_host_is_asked_again_when_its_time_changes_but_not_for_a_title(pool):
    week, _, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    await do(pool, answer_host_request, request_id=request["id"], given=YES)
    await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(title="Visite du chantier"))
    assert (await request_of(pool, week.sessions[0]))["status"] == "confirmed"
    await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(starts_at=at(0, 10)))
    after = await request_of(pool, week.sessions[0])
    assert (after["id"], after["status"], after["answered_at"]) == (request["id"], "awaited", None)
    again = (await events(pool, HostRequested))[-1]
    assert [change.field for change in again.changes] == ["starts_at"]
    assert again.appointment.starts_at == at(0, 10)


async def test_a_host_of_a_cancelled_session_is_released_unless_it_had_said_no(pool):
    week, _, _ = await asked_week(pool)
    first = await request_of(pool, week.sessions[0])
    await do(pool, answer_host_request, request_id=first["id"], given=NO)
    await do(pool, cancel_session, session_id=week.sessions[0])
    await do(pool, cancel_session, session_id=week.sessions[2])
    released = await events(pool, HostReleased)
    assert [(event.reason, event.appointment.session_id) for event in released] == [
        ("session_cancelled", week.sessions[2])
    ]
    with pytest.raises(HostReleasedAlready):
        await do(pool, answer_host_request, request_id=first["id"], given=YES)
    await do(pool, cancel_offer, offer_id=week.offer_id)
    assert [event.reason for event in await events(pool, HostReleased)].count("offer_cancelled") == 3


def evening(days: int) -> datetime:
    return (NOW.astimezone(PARIS) + timedelta(days=days)).replace(hour=18, minute=0)


def test_a_company_has_a_week_to_answer_and_less_when_time_is_short():
    assert answer_deadline(now=NOW, starts_at=NOW + timedelta(days=60)) == evening(6)
    assert answer_deadline(now=NOW, starts_at=NOW + timedelta(days=8)) == evening(4)
    assert answer_deadline(now=NOW, starts_at=NOW + timedelta(days=3)) == NOW + timedelta(days=1)
    assert answer_deadline(now=NOW, starts_at=NOW + timedelta(hours=8)) == NOW + timedelta(hours=4)


async def test_a_company_that_does_not_answer_is_reminded_once_and_one_that_has_is_not(pool):
    week, _, _ = await asked_week(pool)
    request = await request_of(pool, week.sessions[0])
    await do(pool, answer_host_request, request_id=request["id"], given=YES)
    assert await do(pool, find_hosts_to_remind, now=NOW + timedelta(days=4)) == []
    due = NOW + timedelta(days=5)
    assert await do(pool, find_hosts_to_remind, now=due) == [week.offer_id]
    counted = await asyncio.gather(*(do(pool, remind_hosts, offer_id=week.offer_id, now=due) for _ in range(2)))
    assert sorted(counted) == [0, 4]
    assert len(await events(pool, HostReminded)) == 4
    assert await do(pool, find_hosts_to_remind, now=due) == []


async def test_an_organisation_does_not_ask_itself(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await a_member(connection, week.organisation_id, role="owner")
        await connection.execute(
            "UPDATE campaigns.sessions SET host_id = $2 WHERE id = $1", week.sessions[0], week.organisation_id
        )
        await request_hosts(connection, offer_id=week.offer_id, now=NOW)
        sessions = await list_hosted_sessions(connection, week.offer_id)
    assert not await events(pool, HostRequested)
    assert [session.state(NOW) for session in sessions[:2]] == ["home", "unasked"]


async def test_two_planners_who_ask_at_once_ask_each_company_once(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection)
    await a_contact(pool, week.hosts[0])
    outcomes = await asyncio.gather(*(do(pool, request_hosts, offer_id=week.offer_id) for _ in range(3)))
    assert sorted(outcome.asked for outcome in outcomes) == [0, 0, 5]
    assert len(await events(pool, HostRequested)) == 5


async def test_a_yes_at_the_moment_of_the_replacement_holds_nobody(pool):
    week, _, _ = await asked_week(pool)
    await a_contact(pool, week.hosts[1])
    request = await request_of(pool, week.sessions[0])
    await asyncio.gather(
        do(pool, answer_host_request, request_id=request["id"], given=YES),
        do(pool, replace_host, session_id=week.sessions[0], organisation_id=week.hosts[1]),
        return_exceptions=True,
    )
    rows = await pool.fetch(
        "SELECT organisation_id, status FROM campaigns.host_requests WHERE session_id = $1", week.sessions[0]
    )
    assert {row["organisation_id"]: row["status"] for row in rows} == {
        week.hosts[0]: "replaced",
        week.hosts[1]: "awaited",
    }
    assert [event.host for event in await events(pool, HostReleased)] == ["Chantiers de la Risle"]
    with pytest.raises(HostReleasedAlready):
        await do(pool, answer_host_request, request_id=request["id"], given=YES)
