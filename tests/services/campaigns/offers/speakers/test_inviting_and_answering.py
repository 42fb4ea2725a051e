"""Speakers: asked, confirmed or not, shown when they come, and never in two places at a time."""

import asyncio
from datetime import timedelta

import pytest

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.hosts.host_request import answer_deadline
from services.campaigns.offers.read import read_programme
from services.campaigns.offers.session import SessionChange, SpeakerElsewhere
from services.campaigns.offers.speakers.add_speaker import UnknownSector, add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.edit_speaker import edit_speaker
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.release_speakers import withdraw_invitation
from services.campaigns.offers.speakers.remind_speakers import find_speakers_to_remind, remind_speakers
from services.campaigns.offers.speakers.remove_past_speakers import remove_past_speakers
from services.campaigns.offers.speakers.remove_speaker import remove_speaker
from services.campaigns.offers.speakers.speaker import (
    NothingToAnswer,
    NotToBeAskedAgain,
    SpeakerHasSessions,
    SpeakerInvited,
    SpeakerKnown,
    SpeakerTaken,
    UnknownSpeaker,
    parse_sheet,
)
from shared.database import transaction
from shared.events import SessionChanged
from shared.notices import SpeakerAnswered, SpeakerReleased, SpeakerReminded, SpeakerRequested
from tests.services.campaigns.offers.hosts.hosting import do, events
from tests.world import NOW, a_member, a_week, at

pytestmark = pytest.mark.anyio


def a_sheet(**given):
    fields = {"name": "Salomé Vasseur", "trade": "soudeuse", "email": "salome@metal.example", "sector": "s10"}
    return parse_sheet(**{**fields, **given})


async def a_bank(pool, **given):
    """A week, its planner, and one speaker in the bank of its organisation."""
    async with transaction(pool) as connection:
        week = await a_week(connection, **given)
        planner = await a_member(connection, week.organisation_id)
    speaker_id = await do(pool, add_speaker, organisation_id=week.organisation_id, sheet=a_sheet())
    return week, planner, speaker_id


async def speakers_shown(pool, week, number: int = 0):
    async with transaction(pool) as connection:
        programme = await read_programme(connection, week.offer_id)
    sessions = [session for day in programme.days for session in day.sessions]
    return next(session.speakers for session in sessions if session.id == week.sessions[number])


async def test_a_speaker_is_shown_once_they_have_confirmed_and_no_longer_when_they_decline(pool):
    week, planner, speaker_id = await a_bank(pool)
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    asked = (await events(pool, SpeakerRequested))[-1]
    assert (asked.speaker, asked.answer_by) == ("Salomé Vasseur", answer_deadline(now=NOW, starts_at=at(0, 9)))
    assert await speakers_shown(pool, week) == ()
    for _ in range(2):
        await do(pool, answer_invitation, request_id=request_id, answer="confirmed", word="Avec plaisir.")
    assert await speakers_shown(pool, week) == ("Salomé Vasseur, soudeuse",)
    await do(pool, answer_invitation, request_id=request_id, answer="declined", word="Finalement non.")
    assert await speakers_shown(pool, week) == ()
    answers = await events(pool, SpeakerAnswered)
    assert [(event.answer, event.recipients) for event in answers] == [
        ("confirmed", (planner.person_id,)),
        ("declined", (planner.person_id,)),
    ]
    stored = await pool.fetchval(
        "SELECT body FROM contract.programmes WHERE offer_id = $1 ORDER BY version DESC LIMIT 1", week.offer_id
    )
    assert "Vasseur" not in stored
    # who thinks better of it comes back, for as long as the time is free
    await do(pool, answer_invitation, request_id=request_id, answer="confirmed")
    assert await speakers_shown(pool, week) == ("Salomé Vasseur, soudeuse",)


async def test_a_speaker_that_came_with_a_file_is_shown_unasked(pool):
    week, _, speaker_id = await a_bank(pool)
    await pool.execute(
        "INSERT INTO campaigns.session_speakers (session_id, speaker_id, during) VALUES ($1, $2, tstzrange($3, $4))",
        week.sessions[0],
        speaker_id,
        at(0, 9),
        at(0, 12),
    )
    assert await speakers_shown(pool, week) == ("Salomé Vasseur, soudeuse",)


async def test_of_two_invitations_to_two_places_at_once_one_is_refused(pool):
    week, _, speaker_id = await a_bank(pool)
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
    outcomes = await asyncio.gather(
        *(
            do(pool, invite_speaker, session_id=session_id, speaker_id=speaker_id)
            for session_id in (week.sessions[0], other.sessions[0])
        ),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, SpeakerTaken)]
    assert len(refused) == 1
    assert "Salomé Vasseur a déjà une séance" in refused[0].sentence
    assert len(await events(pool, SpeakerRequested)) == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.session_speakers") == 1


async def test_one_person_in_two_banks_is_in_one_place_all_the_same(pool):
    week, _, speaker_id = await a_bank(pool)
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
        await connection.execute(
            "UPDATE campaigns.offers SET organisation_id = $2 WHERE id = $1", other.offer_id, week.hosts[0]
        )
    twin = await do(pool, add_speaker, organisation_id=week.hosts[0], sheet=a_sheet(email="Salome@Metal.example"))
    outcomes = await asyncio.gather(
        do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id),
        do(pool, invite_speaker, session_id=other.sessions[0], speaker_id=twin),
        return_exceptions=True,
    )
    assert sorted(isinstance(outcome, SpeakerTaken) for outcome in outcomes) == [False, True]


async def test_declining_frees_the_time(pool):
    week, _, speaker_id = await a_bank(pool)
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    with pytest.raises(SpeakerInvited):
        await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    with pytest.raises(SpeakerTaken):
        await do(pool, invite_speaker, session_id=other.sessions[0], speaker_id=speaker_id)
    await do(pool, answer_invitation, request_id=request_id, answer="declined")
    elsewhere = await do(pool, invite_speaker, session_id=other.sessions[0], speaker_id=speaker_id)
    with pytest.raises(SpeakerTaken):
        await do(pool, answer_invitation, request_id=request_id, answer="confirmed")
    await do(pool, answer_invitation, request_id=elsewhere, answer="declined")
    # who was invited anew answers that invitation
    anew = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    with pytest.raises(NothingToAnswer):
        await do(pool, answer_invitation, request_id=request_id, answer="confirmed")
    await do(pool, answer_invitation, request_id=anew, answer="confirmed")


async def test_a_session_does_not_move_onto_another_of_its_speaker_and_a_move_asks_again(pool):
    week, _, speaker_id = await a_bank(pool)
    first = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine")
    await do(pool, invite_speaker, session_id=other.sessions[1], speaker_id=speaker_id)
    await do(pool, answer_invitation, request_id=first, answer="confirmed")
    await do(pool, cancel_session, session_id=week.sessions[1])
    with pytest.raises(SpeakerElsewhere):
        await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(ends_at=at(0, 14)))
    await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(starts_at=at(0, 10)))
    status = await pool.fetchval("SELECT status FROM campaigns.speaker_requests WHERE id = $1", first)
    assert status == "awaited"
    assert [change.field for change in (await events(pool, SpeakerRequested))[-1].changes] == ["starts_at"]
    assert await speakers_shown(pool, week) == ()
    changed = (await events(pool, SessionChanged))[-1]
    stored = await pool.fetchval(
        "SELECT body FROM contract.programmes WHERE offer_id = $1 AND version = $2", week.offer_id, changed.programme
    )
    assert "Vasseur" not in stored, "what is told of the move does not promise who has not confirmed it"


async def test_speakers_of_a_cancelled_session_are_released(pool):
    week, _, speaker_id = await a_bank(pool)
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    await do(pool, cancel_session, session_id=week.sessions[0])
    assert [event.reason for event in await events(pool, SpeakerReleased)] == ["session_cancelled"]
    with pytest.raises(NothingToAnswer):
        await do(pool, answer_invitation, request_id=request_id, answer="confirmed")


async def test_a_planner_withdraws_an_invitation_once(pool):
    week, _, speaker_id = await a_bank(pool)
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    await do(pool, answer_invitation, request_id=request_id, answer="confirmed")
    for _ in range(2):
        await do(pool, withdraw_invitation, request_id=request_id)
    assert [event.reason for event in await events(pool, SpeakerReleased)] == ["replaced"]
    assert await speakers_shown(pool, week) == ()


async def test_who_did_not_agree_is_not_asked_after_having_come(pool):
    week, _, speaker_id = await a_bank(pool)
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    await do(pool, answer_invitation, request_id=request_id, answer="confirmed", contact_again=False)
    later = {"session_id": week.sessions[4], "speaker_id": speaker_id, "now": at(1, 8)}
    with pytest.raises(NotToBeAskedAgain):
        await do(pool, invite_speaker, **later)
    await do(pool, edit_speaker, speaker_id=speaker_id, sheet=a_sheet(contact_again=True))
    await do(pool, invite_speaker, **later)


async def test_a_speaker_agrees_and_changes_their_mind(pool):
    week, _, speaker_id = await a_bank(pool)
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    for agreed in (True, False):
        await do(pool, answer_invitation, request_id=request_id, answer="confirmed", contact_again=agreed)
        row = await pool.fetchrow("SELECT contact_again_at FROM campaigns.speakers WHERE id = $1", speaker_id)
        assert (row["contact_again_at"] is not None) == agreed
    assert len(await events(pool, SpeakerAnswered)) == 1


async def test_a_bank_holds_a_person_once_and_is_its_organisation_s(pool):
    week, _, speaker_id = await a_bank(pool)
    for sheet in (a_sheet(email="autre@metal.example"), a_sheet(name="Une Autre", email="SALOME@metal.example")):
        with pytest.raises(SpeakerKnown):
            await do(pool, add_speaker, organisation_id=week.organisation_id, sheet=sheet)
    with pytest.raises(UnknownSector):
        await do(
            pool,
            add_speaker,
            organisation_id=week.organisation_id,
            sheet=a_sheet(name="Une Autre", email="autre@metal.example", sector="s999"),
        )
    elsewhere = await do(pool, add_speaker, organisation_id=week.hosts[0], sheet=a_sheet())
    assert elsewhere != speaker_id
    with pytest.raises(UnknownSpeaker):
        await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=elsewhere)


async def test_who_leaves_the_bank_is_erased_but_not_while_expected(pool):
    week, _, speaker_id = await a_bank(pool)
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    with pytest.raises(SpeakerHasSessions):
        await do(pool, remove_speaker, speaker_id=speaker_id)
    await do(pool, withdraw_invitation, request_id=request_id)
    await do(pool, remove_speaker, speaker_id=speaker_id)
    assert not await pool.fetchval("SELECT count(*) FROM contract.people WHERE email = 'salome@metal.example'")
    with pytest.raises(UnknownSpeaker):
        await do(pool, remove_speaker, speaker_id=speaker_id)
    await do(pool, add_speaker, organisation_id=week.organisation_id, sheet=a_sheet())


async def test_a_speaker_who_does_not_answer_is_reminded_once(pool):
    week, _, speaker_id = await a_bank(pool)
    await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    assert await do(pool, find_speakers_to_remind, now=NOW + timedelta(days=4)) == []
    due = NOW + timedelta(days=5)
    assert await do(pool, find_speakers_to_remind, now=due) == [week.offer_id]
    assert await do(pool, remind_speakers, offer_id=week.offer_id, now=due) == 1
    assert await do(pool, remind_speakers, offer_id=week.offer_id, now=due) == 0
    assert await do(pool, find_speakers_to_remind, now=due) == []
    assert len(await events(pool, SpeakerReminded)) == 1


async def test_an_address_is_erased_a_month_after_unless_its_owner_agreed(pool):
    week, _, speaker_id = await a_bank(pool)
    others = {
        name: await do(
            pool, add_speaker, organisation_id=week.organisation_id, sheet=a_sheet(name=name, email=f"{name}@m.example")
        )
        for name in ("agreed", "uninvited")
    }
    for invited, agreed in ((speaker_id, False), (others["agreed"], True)):
        request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=invited)
        await do(pool, answer_invitation, request_id=request_id, answer="confirmed", contact_again=agreed)
    assert await do(pool, remove_past_speakers, now=at(0, 12) + timedelta(days=29)) == 0
    assert await do(pool, remove_past_speakers, now=at(0, 12) + timedelta(days=31)) == 1
    left = await pool.fetch("SELECT id FROM campaigns.speakers WHERE removed_at IS NULL ORDER BY name")
    assert [row["id"] for row in left] == [others["agreed"], others["uninvited"]]
    assert await speakers_shown(pool, week) == ("Salomé Vasseur, soudeuse", "agreed, soudeuse"), "what was, stays said"
