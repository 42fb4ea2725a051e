"""The personal feed: a pupil's own sessions at a secret address, until it is revoked."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.identifiers import new_id
from tests.folding_client import FoldingCalendar
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(minutes=1)


def statuses(answer) -> list[str]:
    assert answer.status_code == 200
    calendar = FoldingCalendar()
    calendar.apply(answer.content)
    return [entry.status for entry in calendar.entries()]


async def do(pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": LATER, **given})


async def test_a_pupil_sees_the_sessions_of_the_seat(subscriber, week, register, personal_address):
    (mine,) = await register(week, 1)
    answer = await subscriber.get(personal_address(mine["pupil_id"]))
    assert statuses(answer) == ["CONFIRMED"] * 10
    assert answer.headers["Cache-Control"].startswith("private")


async def test_who_waits_sees_the_sessions_once_a_seat_is_held(subscriber, pool, week, register, personal_address):
    first, _, third = await register(week, 1, 2, 3)
    address = personal_address(third["pupil_id"])
    waiting = await subscriber.get(address)
    assert statuses(waiting) == []
    await do(pool, withdraw_registration, registration_id=first["id"])
    held = await subscriber.get(address, headers={"If-None-Match": waiting.headers["ETag"]})
    assert statuses(held) == ["TENTATIVE"] * 10
    assert statuses(await subscriber.get(personal_address(first["pupil_id"]))) == []
    await do(pool, accept_seat, registration_id=third["id"])
    assert statuses(await subscriber.get(address)) == ["CONFIRMED"] * 10


async def test_of_two_groups_one_sees_ones_own(subscriber, pool, register, personal_address):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=4, groups=("A", "B"))
    first, second = await register(week, 1, 2)
    assert first["group_id"] != second["group_id"]
    found = []
    for mine in (first, second):
        answer = await subscriber.get(personal_address(mine["pupil_id"]))
        assert statuses(answer) == ["CONFIRMED"] * 5
        found.append(answer.content)
    assert found[0] != found[1]


async def test_a_cancelled_session_is_a_tombstone(subscriber, pool, week, register, personal_address):
    (mine,) = await register(week, 1)
    address = personal_address(mine["pupil_id"])
    before = await subscriber.get(address)
    await do(pool, cancel_session, session_id=week.sessions[3])
    after = await subscriber.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert statuses(after).count("CANCELLED") == 1
    assert len(statuses(after)) == 10


async def test_a_cancelled_offer_leaves_tombstones_to_who_had_a_seat(
    subscriber, pool, week, register, personal_address
):
    (mine,) = await register(week, 1)
    await do(pool, cancel_offer, offer_id=week.offer_id)
    assert statuses(await subscriber.get(personal_address(mine["pupil_id"]))) == ["CANCELLED"] * 10


async def test_a_pupil_is_told_whom_to_call(subscriber, pool, week, register, personal_address):
    await pool.execute("UPDATE campaigns.sessions SET contact = '02 00 00 00 00'")
    (mine,) = await register(week, 1)
    assert "02 00 00 00 00" in (await subscriber.get(personal_address(mine["pupil_id"]))).text


async def test_a_revoked_address_is_not_found_and_the_new_one_is(subscriber, pool, week, register, personal_address):
    (mine,) = await register(week, 1)
    pupil_id = mine["pupil_id"]
    known = await subscriber.get(personal_address(pupil_id))
    await pool.execute("UPDATE contract.people SET calendar_version = 2 WHERE id = $1", pupil_id)
    revoked = await subscriber.get(personal_address(pupil_id), headers={"If-None-Match": known.headers["ETag"]})
    assert revoked.status_code == 404
    assert (await subscriber.get(personal_address(pupil_id, 2))).status_code == 200


async def test_addresses_nobody_was_given_look_alike(subscriber, week, register, personal_address):
    (mine,) = await register(week, 1)
    known = personal_address(mine["pupil_id"])
    wrong = (
        personal_address(UUID(int=5)),
        personal_address(mine["pupil_id"], 9),
        known.replace(".ics", "A.ics"),
        "/calendars/personal/é.ics",
        "/calendars/personal/.ics",
    )
    answers = [await subscriber.get(address) for address in wrong]
    assert {answer.status_code for answer in answers} == {404}
    # but for the address itself, which the page leads on to in English
    assert len({re.sub(r'href="/en/[^"]*"', "", answer.text) for answer in answers}) == 1
    assert "n’existe pas" in answers[0].text


async def test_speakers_are_named_to_who_comes_and_told_by_trade_in_public(
    subscriber, pool, week, register, personal_address
):
    (mine,) = await register(week, 1)
    speaker = new_id()
    await pool.execute(
        "INSERT INTO campaigns.speakers (id, name, trade) VALUES ($1, 'Ariane Lenoir', 'couvreuse')", speaker
    )
    await pool.execute(
        """
        INSERT INTO campaigns.session_speakers (session_id, speaker_id, during)
        SELECT id, $2, during FROM campaigns.sessions WHERE id = $1
        """,
        week.sessions[0],
        speaker,
    )
    personal = (await subscriber.get(personal_address(mine["pupil_id"]))).text
    public = (await subscriber.get(f"/calendars/{week.slug}.ics")).text
    assert "Ariane Lenoir" in personal
    assert "Ariane Lenoir" not in public
    assert "couvreuse" in public
