"""A calendar's yes and no: they reach the seat, once, and only from who was invited."""

import pytest

from tests.services.notifications.inbound.replies import reply

pytestmark = pytest.mark.anyio


async def test_no_to_an_offered_seat_gives_it_to_the_next_at_once(way_back):
    first, _, waiting, behind = [await way_back.register(number) for number in range(4)]
    await way_back.deliver()
    await way_back.pool.execute("UPDATE campaigns.offers SET seats = 3 WHERE id = $1", way_back.week.offer_id)
    await way_back.edge_promotes()
    invited = await way_back.invitation(2)
    assert await way_back.status(waiting) == "held"
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == "250 2.0.0 refused"
    assert await way_back.status(waiting) == "refused"
    assert await way_back.status(behind) == "held"
    assert await way_back.status(first) == "confirmed"
    await way_back.deliver()
    assert {"seat_refused", "seat_offered"} <= set(await way_back.told())
