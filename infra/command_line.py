"""The command line: every process and every task of an operator. Each command loads only what it needs."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Literal
from uuid import UUID

from cyclopts import App

from infra.endings import CannotBeDone, in_one_line
from infra.processes import run_process
from infra.up.parent_watch import watch_parent
from shared.settings import read_settings

app = App(
    name="quinzaine",
    help="Collective internship weeks, from programme to calendar. Configured by environment variables QUINZAINE_…",
    version_flags=[],
)


def main() -> None:
    """Run the command; a wrong setting is one line and exit 2, an unreachable server one line and exit 1."""
    watch_parent()
    with in_one_line():
        app()


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
    # the same process, without this parser: it stays in memory all day
    options = [] if demo else ["--no-demo"]
    os.execv(sys.executable, [sys.executable, "-m", "infra.up", str(folder), *options])  # noqa: S606  # our own arguments, and a shell has nothing to do here


@app.command
def web() -> None:
    """Serve pages, JSON and feeds on QUINZAINE_HOST:QUINZAINE_PORT."""
    run_process("web")


@app.command
def relay() -> None:
    """Ring events and due deliveries to the broker, until told to stop."""
    run_process("relay")


@app.command
def worker() -> None:
    """Plan events and send deliveries, until told to stop."""
    run_process("worker")


@app.command
def mailbox() -> None:
    """Keep every mail in a Maildir (QUINZAINE_MAILBOX) and show them in the browser; nothing leaves the machine."""
    run_process("mailbox")


@app.command
def inbound() -> None:
    """Take mails that come back, by SMTP or LMTP on QUINZAINE_HOST:QUINZAINE_INBOUND_PORT, until told to stop."""
    run_process("inbound")


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
    from shared.signed_links import Signer

    settings = read_settings()
    signer = Signer(settings.secret_keys)
    loaded = asyncio.run(load_demo(settings.database_url, now=datetime.now(UTC), signer=signer))
    print("La campagne de démonstration est chargée." if loaded else "La campagne de démonstration est déjà là.")


@app.command
def doctor() -> None:
    """Look at everything an installation stands on, and say what is wrong; changes nothing, sends nothing.

    Database, migrations, durability, clock, queue, broker, mail server, DNS of the mail domain, site, time zones, disk.
    The exit code is 1 when something must be mended.
    """
    from rich.console import Console

    from infra.doctor.report import examine, print_report

    findings = asyncio.run(examine(read_settings()))
    print_report(findings, Console(highlight=False))
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)


@app.command(name="restore-check")
def restore_check() -> None:
    """Ask a database, after a restore or a fault, whether all that must be true of it is; changes nothing.

    Seats and queues counted anew, people, programmes, messages and calendars held against each other. The exit code is
    1 when something is not true, with the ids of what breaks it.
    """
    from rich.console import Console

    from infra.doctor.report import check_truths, print_report

    findings = asyncio.run(check_truths(read_settings()))
    print_report(findings, Console(highlight=False))
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)


@app.command(name="restore-campaign")
def restore_campaign(slug: str, *, source: str, dry_run: bool = False) -> None:
    """Bring one campaign back from a restored backup: what is missing is added, what is there stays as it is.

    All or nothing; nothing where a truth of restore-check would not hold. Who was erased since stays erased.

    Parameters
    ----------
    slug: str
        The campaign, as in its address.
    source: str
        The database a backup was restored into: postgresql://…
    dry_run: bool
        Only say what would be added.
    """
    from infra.restore_campaign import restore

    restored = asyncio.run(restore(read_settings(), slug, source, keep=not dry_run))
    for table, number in restored.rows.items():
        print(f"  {table} : {number}")
    total = sum(restored.rows.values())
    print(f"{total} lignes {'manquent' if dry_run else 'restaurées'}." if total else "Il ne manquait rien.")


@app.command(name="resume-sending")
def resume() -> None:
    """Let all mails go again after an owner paused them: links to sign in come by mail, and wait with the others."""
    from infra.sending_command import resume as resume_sending

    held = asyncio.run(resume_sending(read_settings()))
    print("Les envois ont repris." if held else "Les envois n’étaient pas suspendus.")


@app.command
def owner(
    email: str,
    *,
    organisation: str,
    kind: Literal["federation", "agency", "school_authority", "school", "company", "local_authority"] = "federation",
    first_name: str = "",
    last_name: str = "",
) -> None:
    """Make somebody the owner of an organisation: the first to sign in, who invites the others.

    Parameters
    ----------
    email: str
        The address the links to sign in go to.
    organisation: str
        Its name; an organisation nobody knows yet is made.
    kind: str
        What kind of organisation a new one is.
    first_name: str
        The person's first name.
    last_name: str
        The person's last name.
    """
    from infra.owner_command import make_owner

    settings = read_settings()
    print(asyncio.run(make_owner(settings, email, organisation, kind, first_name=first_name, last_name=last_name)))


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
