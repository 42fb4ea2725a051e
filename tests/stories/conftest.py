"""Every story is played on a running system: real processes, a real database, a real mail server."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.database import Pool
from shared.settings import Settings
from tests.processes import System, system


@pytest.fixture
async def running(settings: Settings, pool: Pool, tmp_path: Path) -> AsyncIterator[System]:
    """Web, relay, worker and mailbox, without coalescing."""
    async with system(settings, pool, tmp_path) as running:
        yield running
        assert "Traceback" not in running.logs()
        assert ".example>" not in running.logs()
