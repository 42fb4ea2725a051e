"""Hosts hear three days before who comes, speakers two days before that it is soon; once for a day."""

from datetime import timedelta

import pytest

from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.host_request import parse_answer
from services.campaigns.offers.hosts.request_hosts import request_host
from services.campaigns.offers.hosts.share_names import share_names
from services.campaigns.offers.hosts.tell_who_comes import (
    find_hosts_to_tell,
    find_speakers_to_tell,
    tell_hosts,
    tell_speakers,
)
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from shared.advance_notices import PromiseDrewNear
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.offers.hosts.hosting import a_contact, do, events, request_of
from tests.world import a_pupil, a_week, at

pytestmark = pytest.mark.anyio

FRIDAY_BEFORE, SATURDAY_BEFORE = at(-3, 9), at(-2, 9)


@pytest.fixture
async def week(pool, settings):
    """A week of two pupils whose Monday morning is promised by a company."""
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(1), a_pupil(2, first_name="Inès")],
            signer=Signer(settings.secret_keys),
            now=at(-30, 9),
        )
    await a_contact(pool, week.hosts[0])
    await do(pool, request_host, session_id=week.sessions[0])
    request = await request_of(pool, week.sessions[0])
    await do(pool, answer_host_request, request_id=request["id"], given=parse_answer("confirmed"))
    return week


async def test_a_host_hears_three_days_before_how_many_come_and_of_names_only_ids_where_they_are_shared(pool, week):
    assert await do(pool, find_hosts_to_tell, now=FRIDAY_BEFORE - timedelta(seconds=1)) == []
    assert await do(pool, find_hosts_to_tell, now=FRIDAY_BEFORE) == [week.offer_id]
    assert await do(pool, tell_hosts, offer_id=week.offer_id, now=FRIDAY_BEFORE) == 1
    assert await do(pool, tell_hosts, offer_id=week.offer_id, now=FRIDAY_BEFORE) == 0
    (told,) = await events(pool, PromiseDrewNear)
    assert (told.keeper, told.coming, told.pupil_ids) == ("host", 2, ())
    await pool.execute("UPDATE campaigns.host_requests SET told_of_day = NULL")
    await do(pool, share_names, offer_id=week.offer_id)
    await do(pool, tell_hosts, offer_id=week.offer_id, now=FRIDAY_BEFORE)
    pupils = await pool.fetch("SELECT pupil_id FROM campaigns.registrations ORDER BY rank")
    assert (await events(pool, PromiseDrewNear))[-1].pupil_ids == tuple(row["pupil_id"] for row in pupils)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE campaigns.host_requests SET status = 'withdrawn'",
        "UPDATE campaigns.sessions SET status = 'cancelled'",
        "UPDATE campaigns.offers SET status = 'cancelled'",
        # another company receives instead
        "UPDATE campaigns.sessions SET host_id = NULL",
    ],
)
async def test_of_what_is_not_so_any_more_nobody_is_told(pool, week, change):
    await pool.execute(change)
    assert await do(pool, find_hosts_to_tell, now=FRIDAY_BEFORE) == []
    assert await do(pool, tell_hosts, offer_id=week.offer_id, now=FRIDAY_BEFORE) == 0


async def test_a_session_that_moves_to_another_day_is_told_of_again_and_one_that_has_begun_is_not(pool, week):
    await do(pool, tell_hosts, offer_id=week.offer_id, now=FRIDAY_BEFORE)
    await pool.execute(
        "UPDATE campaigns.sessions SET starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour'"
        " WHERE id = $1",
        week.sessions[0],
    )
    assert await do(pool, find_hosts_to_tell, now=FRIDAY_BEFORE) == []
    await pool.execute(
        "UPDATE campaigns.sessions SET starts_at = starts_at + interval '7 days', ends_at = ends_at + interval '7 days'"
        " WHERE id = $1",
        week.sessions[0],
    )
    assert await do(pool, find_hosts_to_tell, now=FRIDAY_BEFORE) == []
    assert await do(pool, find_hosts_to_tell, now=FRIDAY_BEFORE + timedelta(days=7)) == [week.offer_id]
    assert await do(pool, find_hosts_to_tell, now=at(7, 11)) == []


async def test_a_speaker_hears_two_days_before_and_reads_no_name(pool, week):
    sheet = parse_sheet(name="Salomé Vasseur", trade="soudeuse", email="salome@metal.example", sector="s10")
    speaker_id = await do(pool, add_speaker, organisation_id=week.organisation_id, sheet=sheet)
    request_id = await do(pool, invite_speaker, session_id=week.sessions[0], speaker_id=speaker_id)
    await do(pool, answer_invitation, request_id=request_id, answer="confirmed")
    await do(pool, share_names, offer_id=week.offer_id)
    assert await do(pool, find_speakers_to_tell, now=SATURDAY_BEFORE - timedelta(seconds=1)) == []
    assert await do(pool, find_speakers_to_tell, now=SATURDAY_BEFORE) == [week.offer_id]
    assert await do(pool, tell_speakers, offer_id=week.offer_id, now=SATURDAY_BEFORE) == 1
    assert await do(pool, find_speakers_to_tell, now=SATURDAY_BEFORE) == []
    (told,) = await events(pool, PromiseDrewNear)
    assert (told.keeper, told.promised_by, told.coming, told.pupil_ids) == ("speaker", "Salomé Vasseur", 2, ())
