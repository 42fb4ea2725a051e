"""Load the demo: the campaign a newcomer sees first, once; what was changed of it since is left alone."""

import csv
from datetime import datetime
from pathlib import Path
from uuid import UUID

from services.campaigns.access.join_organisation import join_organisation
from services.campaigns.imports.import_file import import_file
from services.campaigns.imports.report import ImportReport
from services.campaigns.imports.slugs import SLUGS, find_free_slug
from shared.database import Connection, Pool, transaction
from shared.identifiers import new_id

CAMPAIGN = "normandie-deux-semaines"


async def load_demo(pool: Pool, folder: Path, *, now: datetime) -> ImportReport | None:
    """Import `campaign.yaml` of a folder and all it names, and who acts for whom (`membres.csv`).

    None where the campaign is there already.
    """
    if await pool.fetchval("SELECT EXISTS (SELECT FROM campaigns.campaigns WHERE slug = $1)", CAMPAIGN):
        return None
    report = await import_file(pool, folder / "campaign.yaml", now=now)
    if not report.refused:
        async with transaction(pool) as connection:
            await _load_members(connection, folder / "membres.csv", now)
    return report


async def _load_members(connection: Connection, file: Path, now: datetime) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    for row in rows:
        organisation_id = await _organisation(connection, row["organisation"])
        if row["role"] != "contact":
            person_id = await join_organisation(
                connection,
                organisation_id=organisation_id,
                email=row["adresse"],
                first_name=row["prénom"],
                last_name=row["nom"],
                role=row["role"],
                now=now,
            )
        else:
            person_id = new_id()
            await connection.execute(
                "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
                person_id,
                row["prénom"],
                row["nom"],
                row["adresse"],
            )
        if row["role"] in ("contact", "host"):
            await connection.execute(
                "INSERT INTO campaigns.contacts (organisation_id, person_id, phone) VALUES ($1, $2, $3)",
                organisation_id,
                person_id,
                row["téléphone"],
            )


async def _organisation(connection: Connection, name: str) -> UUID:
    """The organisation of a name; the only one that no programme names is a school."""
    known: UUID | None = await connection.fetchval("SELECT id FROM campaigns.organisations WHERE name = $1", name)
    if known is not None:
        return known
    await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
    organisation_id = new_id()
    await connection.execute(
        "INSERT INTO campaigns.organisations (id, slug, kind, name) VALUES ($1, $2, 'school', $3)",
        organisation_id,
        await find_free_slug(connection, name),
        name,
    )
    return organisation_id
