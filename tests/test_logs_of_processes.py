"""The reading of every process's log notices a name: who is in the database, and who is in the worlds of the tests."""

from datetime import UTC, datetime

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.logs import NOBODY, check_logs_of, keep_log
from tests.processes import Process
from tests.world import a_pupil, a_week

pytestmark = pytest.mark.anyio


async def test_a_name_or_an_address_in_a_log_is_noticed(pool, settings, tmp_path):
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(1, last_name="Wagner", email="quelqu.un@ailleurs.example")],
            signer=Signer(settings.secret_keys),
            now=datetime.now(UTC),
        )
    for word in ("Wagner", "quelqu.un@ailleurs.example"):
        log = tmp_path / f"{word[:3]}.log"
        log.write_text(f'{{"event": "request.failed", "path": "/eleves/{word}"}}')
        keep_log(log, settings.database_url)
        with pytest.raises(AssertionError, match=word):
            await check_logs_of(settings.database_url)
    log.write_text(f"{NOBODY[0]}\n")
    with pytest.raises(AssertionError, match=NOBODY[0]):
        keep_log(log, "postgresql://elsewhere")


async def test_each_process_that_is_ended_is_read(settings, tmp_path):
    log = tmp_path / "one.log"
    process = Process(settings, log, "this", "--of=Camille")
    await process.start()
    log.write_text("Camille")
    with pytest.raises(AssertionError, match="Camille"):
        await process.stop()
