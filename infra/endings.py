"""How a command ends that cannot go on: one line on standard error and an exit code, never a traceback."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from shared.settings import SettingsError

# SQLSTATEs that tell of the database, not of a statement: not reached, refused, not there, not migrated, full, ending
OF_THE_DATABASE = ("08", "28", "3D", "3F", "42P01", "53", "57")


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
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        # by its attribute: neither driver is loaded for a command that needs none
        told_by_the_database = str(getattr(error, "sqlstate", None)).startswith(OF_THE_DATABASE)
        if not isinstance(error, OSError | CannotBeDone) and not told_by_the_database:
            raise
        # a TimeoutError has nothing to say but its name
        print(f"quinzaine: {str(error).strip().partition(chr(10))[0] or type(error).__name__}", file=sys.stderr)
        sys.exit(1)


def refuse_busy_port(host: str, port: int) -> None:
    """Raise `CannotBeDone` when nothing can listen there; the web server itself would end in a traceback."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        raise CannotBeDone(f"nobody can listen on {host}:{port} ({os.strerror(error.errno or 0)}).") from error
