"""The report: everything is looked at, whatever the first look found, and printed a line each."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.text import Text

from infra.doctor.around import look_at_broker, look_at_mail_server, look_at_names, look_at_site
from infra.doctor.database import look_at_database
from infra.doctor.finding import Finding
from infra.doctor.machine import look_at_disk, look_at_zones
from infra.doctor.truths import look_at_truths
from shared.settings import Settings

SIGNS = {"good": ("✓", "green"), "doubtful": ("!", "yellow"), "bad": ("✗", "bold red")}


async def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order of the report. Changes nothing and sends nothing."""
    database, broker, server, site, names = await asyncio.gather(
        look_at_database(settings),
        look_at_broker(settings),
        look_at_mail_server(settings),
        look_at_site(settings),
        look_at_names(settings),
    )
    return [*database, broker, server, *names, site, look_at_zones(), look_at_disk(Path.cwd())]


async def check_truths(settings: Settings) -> list[Finding]:
    """Whether the database is migrated as this program wants it, and whether its truths hold."""
    looked = {finding.what: finding for finding in await look_at_database(settings)}
    if "Migrations" not in looked or looked["Migrations"].state == "bad":
        return [finding for finding in looked.values() if finding.state == "bad"]
    connection = await asyncpg.connect(settings.database_url, timeout=5)
    try:
        return [looked["Migrations"], *await look_at_truths(connection)]
    finally:
        await connection.close()


def print_report(findings: Sequence[Finding], console: Console) -> None:
    """A line for each finding, and what to do below what is not well."""
    width = max(len(finding.what) for finding in findings)
    for finding in findings:
        sign, style = SIGNS[finding.state]
        line = Text.assemble("  ", (sign, style), " ", finding.what.ljust(width), " ", finding.seen)
        console.print(line, soft_wrap=True)
        if finding.advice:
            console.print(Text(" " * (width + 5) + finding.advice, style="dim"), soft_wrap=True)
    broken = sum(finding.state == "bad" for finding in findings)
    if broken:
        console.print(f"\n{broken} point{'s' * (broken > 1)} à corriger.", soft_wrap=True)
    else:
        console.print("\nTout est en ordre.", soft_wrap=True)
