"""How a command ends that cannot go on: one line on standard error and an exit code, never a traceback."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from shared.settings import SettingsError


class CannotBeDone(Exception):
    """Why a command gives up, in one line."""


@contextmanager
def in_one_line() -> Iterator[None]:
    """A wrong setting ends with 2, an unreachable server or what cannot be done with 1, Ctrl-C with 130."""
    try:
        yield
    except SettingsError as error:
        print(f"quinzaine: {error}", file=sys.stderr)
        sys.exit(2)
    except (OSError, CannotBeDone) as error:
        # a TimeoutError has nothing to say but its name
        print(f"quinzaine: {str(error).strip().partition(chr(10))[0] or type(error).__name__}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
