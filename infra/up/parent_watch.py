"""The parent's watch: a child whose parent was killed ends itself, so that no orphan lives on."""

import os
import signal
import threading
import time

EVERY = 1.0
PATIENCE = 5.0


def watch_parent() -> None:
    """Watch the parent named by QUINZAINE_PARENT, if there is one. By polling: it works on every system."""
    parent = os.environ.pop("QUINZAINE_PARENT", "")
    if parent.isdigit():
        threading.Thread(target=_watch, args=(int(parent),), name="parent-watch", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os.killpg(os.getpgrp(), signal.SIGKILL)
