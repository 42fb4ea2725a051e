"""What a killed `quinzaine up` leaves behind: its database's server, which nobody else would end."""

import fcntl
import time
from contextlib import suppress
from pathlib import Path

from infra.embedded_database import EmbeddedDatabase
from infra.up.parent_watch import EVERY, PATIENCE

AFTER = EVERY + PATIENCE + 1.0  # seconds; by then the services have ended themselves


def end_left_behind(folder: Path) -> None:
    """Stop the server of `folder`, unless another `quinzaine up` holds the folder by then and goes on with it."""
    time.sleep(AFTER)
    # the folder may be gone, too
    with suppress(OSError), (folder / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        EmbeddedDatabase(folder / "postgresql").stop()
