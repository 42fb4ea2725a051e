"""Secret calendars read by ical.js, vobject and icalendar: each sees the same sessions at the same instants."""

import pytest

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.session import SessionChange
from shared.database import transaction
from tests.services.campaigns.feeds.public.test_readers import HOSTILE, by_ical_js, by_icalendar, by_vobject
from tests.world import NOW, a_member

pytestmark = pytest.mark.anyio


async def test_three_readers_see_the_same(pool, subscriber, signer, family, small_week, read_by_ical_js):
    async with transaction(pool) as connection:
        planner = await a_member(connection, small_week.organisation_id)
        await connection.execute(
            "UPDATE contract.people SET first_name = $2 WHERE id = $1", family[0]["pupil_id"], HOSTILE
        )
        await cancel_session(connection, session_id=small_week.sessions[1], now=NOW)
        await change_session(
            connection, session_id=small_week.sessions[0], change=SessionChange(title=HOSTILE), now=NOW
        )
    for address in (
        f"personal/{signer.token('feed', family[0]['pupil_id'])}",
        f"famille/{signer.token('family_feed', family[0]['guardian_id'])}",
        f"planification/{signer.token('planner_feed', planner.person_id)}",
    ):
        answer = await subscriber.get(f"/calendars/{address}.ics")
        assert answer.status_code == 200
        found = by_ical_js(read_by_ical_js, answer.content)
        assert found == by_vobject(answer.content) == by_icalendar(answer.content)
        assert len(found) == 10
        assert any(HOSTILE in summary for _, _, _, summary, _, _ in found)
