"""The command line: every process and every task of an operator. Each command loads only what it needs."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from cyclopts import App

from infra.up.parent_watch import watch_parent
from shared.settings import SettingsError, read_mailbox_settings, read_settings

Given = TypeVar("Given")

app = App(
    name="quinzaine",
    help="Collective internship weeks, from programme to calendar. Configured by environment variables QUINZAINE_…",
    version_flags=[],
)


class CannotBeDone(Exception):
    """Why a command gives up, in one line."""


def main() -> None:
    """Run the command; a wrong setting is one line and exit 2, an unreachable server one line and exit 1."""
    watch_parent()
    try:
        app()
    except SettingsError as error:
        print(f"quinzaine: {error}", file=sys.stderr)
        sys.exit(2)
    except (OSError, CannotBeDone) as error:
        # a TimeoutError has nothing to say but its name
        print(f"quinzaine: {str(error).strip().partition(chr(10))[0] or type(error).__name__}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command
def up(*, folder: Path = Path(".quinzaine"), demo: bool = True) -> None:
    """Start everything in this terminal: database, web, relay, worker, a local mailbox. Ctrl-C stops all of it.

    Parameters
    ----------
    folder: Path
        Where the data, the mailbox and the logs are kept.
    demo: bool
        Load the demo campaign.
    """
    from infra.up.run import Up

    sys.exit(Up(folder, demo=demo).run())


@app.command
def web() -> None:
    """Serve pages, JSON and feeds on QUINZAINE_HOST:QUINZAINE_PORT."""
    settings = read_settings()  # first: what is wrong is said before anything heavy is loaded
    from infra.web_server import serve

    serve(settings)


@app.command
def relay() -> None:
    """Ring events and due deliveries to the broker, until told to stop."""
    settings = read_settings()
    from services.notifications.relay import run_relay
    from shared.logs import configure_logs

    configure_logs("relay", settings.log_level)
    asyncio.run(_until_told(run_relay, settings))


@app.command
def worker() -> None:
    """Plan events and send deliveries, until told to stop."""
    settings = read_settings()
    from services.notifications.worker import run_worker
    from shared.logs import configure_logs

    configure_logs("worker", settings.log_level)
    run_worker(settings)


@app.command
def mailbox() -> None:
    """Keep every mail in a Maildir (QUINZAINE_MAILBOX) and show them in the browser; nothing leaves the machine."""
    from infra.mailbox.run import run_mailbox

    asyncio.run(_until_told(run_mailbox, read_mailbox_settings()))


@app.command
def migrate() -> None:
    """Bring the database to the newest schema. Harmless when it already is; several at once wait for each other."""
    settings = read_settings()
    from asyncpg import PostgresError
    from psycopg import Error as BrokerError

    from infra.migrate import MigrationChanged, prepare_broker
    from infra.migrate import migrate as apply

    try:
        names = asyncio.run(apply(settings.database_url))
        asyncio.run(prepare_broker(settings.broker_url))
    except (PostgresError, BrokerError, MigrationChanged) as error:
        raise CannotBeDone(str(error)) from error
    print(f"Migrations appliquées : {', '.join(names)}." if names else "La base est à jour.")


@app.command(name="import")
def import_(file: Path) -> None:
    """Bring a programme in: .xlsx, .csv or .yaml, all of it or nothing.

    A fault is said with its row and column, the database stays as it was, and the exit code is 1. The same file again
    changes nothing; an edited copy is a change of the offer, and everybody concerned is told.

    Parameters
    ----------
    file: Path
        The file.
    """
    from infra.import_command import import_programme

    if not asyncio.run(import_programme(file, read_settings())):
        sys.exit(1)


@app.command
def demo() -> None:
    """Load the demo campaign, if it is not there."""
    from datetime import UTC, datetime

    from infra.demo import load_demo

    loaded = asyncio.run(load_demo(read_settings().database_url, now=datetime.now(UTC)))
    print("La campagne de démonstration est chargée." if loaded else "La campagne de démonstration est déjà là.")


@app.command
def token(*, organisation: UUID | None = None) -> None:
    """Print a planner's token for the JSON API.

    Parameters
    ----------
    organisation: UUID
        The organisation it speaks for; without it, every organisation of this installation.
    """
    from shared.signed_links import Signer

    print(Signer(read_settings().secret_keys).token("planner", organisation or UUID(int=0)))


async def _until_told(run: Callable[[Given, asyncio.Event], Awaitable[None]], settings: Given) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, stop.set)
    await run(settings, stop)
