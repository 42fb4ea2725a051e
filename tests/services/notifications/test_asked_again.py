"""Hosts and speakers whose session changes several times in a row: one question, or none where it is all undone."""

from datetime import timedelta

import pytest

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.host_request import GivenAnswer
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from tests.services.notifications.office import Office
from tests.services.notifications.test_promises import HOST, SPEAKER, asked, shown
from tests.world import a_week, at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(pool, post):
    return Office(pool, post)


@pytest.fixture
async def week(pool):
    return await a_week(pool)


@pytest.fixture(params=["host", "speaker"])
async def promised(request, office, week):
    """A session that somebody has said yes to: its id, the table of the request, and who said it."""
    session = week.sessions[2]
    if request.param == "host":
        request_id = await asked(office, session)
        await office.do(answer_host_request, request_id=request_id, given=GivenAnswer(answer="confirmed"))
    else:
        sheet = parse_sheet(name="Ange Caron", trade="Soudeur", email=SPEAKER)
        speaker = await office.do(add_speaker, organisation_id=week.organisation_id, sheet=sheet)
        request_id = await office.do(invite_speaker, session_id=session, speaker_id=speaker)
        await office.do(answer_invitation, request_id=request_id, answer="confirmed")
    await office.post_it()
    return session, request.param, HOST if request.param == "host" else SPEAKER


async def edit(office, session, **fields):
    await office.do(change_session, session_id=session, change=SessionChange(**fields))


async def status_of(office, keeper):
    return await office.pool.fetchval(f"SELECT status FROM campaigns.{keeper}_requests")  # noqa: S608  # one of two


def words(mail):
    return mail.get_body(("plain",)).get_content()


async def test_ten_edits_in_a_row_are_one_question_from_first_to_last(office, promised, sink):
    session, keeper, address = promised
    told = len(sink.messages(address))
    for minutes in range(5, 50, 5):
        await edit(office, session, starts_at=at(1, 9) + timedelta(minutes=minutes))
    # a detail that asks nothing is told with the question
    await edit(office, session, room="Salle Seine")
    await office.post_it()
    (mail,) = sink.messages(address)[told:]
    assert "Début : 9 h → 9 h 45" in words(mail)
    assert "→ Salle Seine" in words(mail)
    assert words(mail).count(" → ") == 2
    assert await status_of(office, keeper) == "awaited"
    assert [(start, status) for start, _, status in shown(sink, address)] == [(at(1, 9, 45), "TENTATIVE")]


async def test_what_is_undone_before_it_was_told_asks_nothing_and_the_yes_holds(office, promised, sink):
    session, keeper, address = promised
    told = len(sink.messages(address))
    await edit(office, session, starts_at=at(1, 10))
    assert await status_of(office, keeper) == "awaited"
    await edit(office, session, starts_at=at(1, 10), ends_at=at(1, 13))
    await edit(office, session, starts_at=at(1, 9), ends_at=at(1, 12))
    await office.post_it()
    assert len(sink.messages(address)) == told
    assert await status_of(office, keeper) == "confirmed"
    assert [(start, status) for start, _, status in shown(sink, address)] == [(at(1, 9), "CONFIRMED")]


async def test_what_is_undone_after_it_was_told_says_that_the_yes_holds(office, promised, sink):
    session, keeper, address = promised
    await edit(office, session, starts_at=at(1, 10))
    await office.post_it()
    told = len(sink.messages(address))
    await edit(office, session, starts_at=at(1, 9))
    await office.post_it()
    (mail,) = sink.messages(address)[told:]
    assert "est de nouveau telle que vous l’aviez acceptée" in words(mail)
    assert "Début : 10 h → 9 h" in words(mail)
    assert await status_of(office, keeper) == "confirmed"
    assert [(start, status) for start, _, status in shown(sink, address)] == [(at(1, 9), "CONFIRMED")]


async def test_a_yes_to_the_new_time_is_not_one_to_the_old_one(office, week):
    session = week.sessions[2]
    request_id = await asked(office, session)
    await office.do(answer_host_request, request_id=request_id, given=GivenAnswer(answer="confirmed"))
    await edit(office, session, starts_at=at(1, 10))
    await office.do(answer_host_request, request_id=request_id, given=GivenAnswer(answer="confirmed"))
    await edit(office, session, starts_at=at(1, 9))
    assert await status_of(office, "host") == "awaited"
    await edit(office, session, starts_at=at(1, 10))
    assert await status_of(office, "host") == "confirmed"


async def test_who_never_said_yes_is_asked_for_what_it_is_in_the_end(office, week, sink):
    session = week.sessions[2]
    await asked(office, session)
    await edit(office, session, starts_at=at(1, 10))
    await office.post_it()
    (mail,) = sink.messages(HOST)
    assert " → " not in words(mail)
    assert "10 h–12 h" in words(mail)
    # and there and back again is nothing to whom has been asked
    await edit(office, session, starts_at=at(1, 11))
    await edit(office, session, starts_at=at(1, 10))
    await office.post_it()
    assert len(sink.messages(HOST)) == 1
