"""What lists many pupils lets go of one who is erased, though it still waits to be sent."""

from datetime import UTC, datetime

import pytest

from services.notifications.erase_letters import erase_letters
from shared.database import transaction
from shared.erasures import PupilErased
from shared.identifiers import new_id

pytestmark = pytest.mark.anyio


async def a_list(pool, state):
    delivery_id = new_id()
    await pool.execute(
        """
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, sequence, due_at, state, message_id, mail, planned_at)
        VALUES ($1, $2, 'teacher_digest', $2, 1, now(), $3, $4, 'Camille', now())
        """,
        delivery_id,
        new_id(),
        state,
        f"<{delivery_id}@quinzaine.example>",
    )
    return delivery_id


async def erase(pool, fact):
    async with transaction(pool) as connection:
        return await erase_letters(connection, [fact])


async def test_a_list_that_waits_is_emptied_and_still_goes_and_one_under_way_is_waited_for(pool):
    waits, under_way = await a_list(pool, "due"), await a_list(pool, "sending")
    fact = PupilErased(occurred_at=datetime.now(UTC), pupil_id=new_id(), people=(new_id(),))
    assert await erase(pool, fact) == set()
    kept = {
        row["id"]: (row["state"], row["mail"]) for row in await pool.fetch("SELECT * FROM notifications.deliveries")
    }
    assert kept == {waits: ("due", None), under_way: ("sending", b"Camille")}
    # the server said later: tried again, it is written without the name
    await pool.execute("UPDATE notifications.deliveries SET state = 'due' WHERE id = $1", under_way)
    for _ in range(2):
        assert await erase(pool, fact) == {fact.id}
    assert await pool.fetchval("SELECT count(*) FROM notifications.deliveries WHERE mail IS NOT NULL") == 0
