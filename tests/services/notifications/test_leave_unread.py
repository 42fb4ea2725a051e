"""What a newer release has planned: an older worker gives it back uncounted, and sends the rest of the batch."""

import pytest

from shared.events import RegistrationConfirmed
from tests.services.notifications.facts_of_tests import enrol, write_programme

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "newer",
    [
        """
        UPDATE notifications.deliveries SET message = 'weather_told' WHERE recipient_id = $1 AND useless_from IS NULL
        """,
        # a value that this release has never heard of, in a fact whose tag it knows
        """
        UPDATE contract.events SET body = body || '{"how": "by lot"}'
        WHERE id IN (SELECT event_id FROM notifications.deliveries WHERE recipient_id = $1)
        """,
        """
        UPDATE contract.events SET tag = 'weather.told', body = body || '{"tag": "weather.told"}'
        WHERE id IN (SELECT event_id FROM notifications.deliveries WHERE recipient_id = $1)
        """,
    ],
)
async def test_it_is_left_and_holds_back_nobody(pool, post, sink, newer):
    await write_programme(pool)
    ours, theirs = await enrol(pool, 1), await enrol(pool, 2)
    await post.plan(*(RegistrationConfirmed(**pupil.fact(1), how="registered") for pupil in (ours, theirs)))
    await pool.execute(newer, theirs.pupil_id)
    await post.send()
    assert [mail["To"].addresses[0].addr_spec for mail in sink.messages()] == [ours.email]
    row = await pool.fetchrow(
        """
        SELECT state, attempts, lease_until FROM notifications.deliveries
        WHERE recipient_id = $1 AND useless_from IS NULL
        """,
        theirs.pupil_id,
    )
    assert tuple(row) == ("due", 0, None)
