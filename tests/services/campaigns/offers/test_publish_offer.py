"""What is fixed when an offer is published, and what is not shown before."""

from zoneinfo import ZoneInfo

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.read import read_programme
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from tests.world import NOW, a_week, at

pytestmark = pytest.mark.anyio


async def test_a_draft_s_days_stand_for_their_own_dates_however_they_were_moved(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        for number, session in enumerate(week.sessions[:2]):
            change = SessionChange(starts_at=at(-3, 9 + 4 * number), ends_at=at(-3, 12 + 4 * number))
            await change_session(connection, session_id=session, change=change, now=NOW)
        await publish_offer(connection, offer_id=week.offer_id, now=NOW)
        programme = await read_programme(connection, week.offer_id)
    assert [day.instance_on for day in programme.days] == [day.date for day in programme.days]
    assert (programme.series_starts_at, programme.series_ends_at) == (at(-3, 9), at(-3, 16))


async def test_no_instance_comes_before_the_series_when_nothing_is_left_on_its_first_day(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        for session in week.sessions[:2]:
            await cancel_session(connection, session_id=session, now=NOW)
        await publish_offer(connection, offer_id=week.offer_id, now=NOW)
        back_on_monday = SessionChange(starts_at=at(0, 10), ends_at=at(0, 12))
        await change_session(connection, session_id=week.sessions[2], change=back_on_monday, now=NOW)
        programme = await read_programme(connection, week.offer_id)
    assert (programme.series_starts_at, programme.series_ends_at) == (at(0, 9), at(0, 16))
    first = programme.series_starts_at.astimezone(ZoneInfo("Europe/Paris")).date()
    assert all(day.instance_on >= first for day in programme.days)


async def test_a_draft_cannot_be_cancelled_into_the_open(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        with pytest.raises(UnknownOffer):
            await cancel_offer(connection, offer_id=week.offer_id, now=NOW)
    assert await pool.fetchval("SELECT status FROM campaigns.offers WHERE id = $1", week.offer_id) == "draft"
