"""An operator lets mails go again where nobody can sign in to do so."""

from datetime import UTC, datetime

import pytest

from infra.sending_command import OPERATOR, resume
from services.campaigns.sending.pause_sending import pause_sending
from shared.database import transaction

pytestmark = pytest.mark.anyio


async def test_a_pause_is_ended_once_and_leaves_a_line(pool, settings):
    assert await resume(settings) is False
    async with transaction(pool) as connection:
        await pause_sending(connection, OPERATOR, now=datetime.now(UTC))
    assert await resume(settings) is True
    assert await resume(settings) is False
    assert await pool.fetchval("SELECT count(*) FROM contract.sending WHERE paused_at IS NOT NULL") == 0
    acts = await pool.fetch("SELECT action FROM campaigns.audit ORDER BY id")
    assert [row["action"] for row in acts] == ["pause_sending", "resume_sending"]
