"""The clock: what has come due is carried out, offer by offer."""

from datetime import timedelta

import pytest

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio


async def test_one_offer_that_cannot_be_carried_out_holds_back_no_other(pool, settings):
    weeks = []
    for number, slug in enumerate(("une-semaine", "une-autre")):
        async with transaction(pool) as connection:
            week = await a_week(connection, seats=1, slug=slug)
            first, _ = await register_pupils(
                connection,
                offer_id=week.offer_id,
                requests=[a_pupil(10 * number + 1), a_pupil(10 * number + 2)],
                signer=Signer(settings.secret_keys),
                now=NOW,
            )
            # the first to withdraw is the first whose deadline passes
            await withdraw_registration(connection, registration_id=first.id, now=NOW + timedelta(minutes=number))
            weeks.append(week)
    # counters that were touched by hand: the CHECK refuses what the clock would write
    await pool.execute("UPDATE campaigns.offers SET taken = 0 WHERE id = $1", weeks[0].offer_id)
    await tick(Edge(settings, pool), now=NOW + timedelta(days=5), free_seats=True)
    statuses = await pool.fetch("SELECT offer_id, status FROM campaigns.registrations ORDER BY rank")
    assert [row["status"] for row in statuses if row["offer_id"] == weeks[1].offer_id] == ["withdrawn", "expired"]
    assert [row["status"] for row in statuses if row["offer_id"] == weeks[0].offer_id] == ["withdrawn", "held"]
