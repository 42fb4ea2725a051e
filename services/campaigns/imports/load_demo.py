"""Load the demo: the campaign a newcomer sees first, once; what was changed of it since is left alone."""

import csv
from datetime import datetime
from pathlib import Path
from uuid import UUID

from services.campaigns.access.join_organisation import join_organisation
from services.campaigns.imports.import_file import import_file
from services.campaigns.imports.report import ImportReport
from services.campaigns.imports.slugs import SLUGS, find_free_slug
from services.campaigns.offers.registration_form import parse_request
from services.campaigns.offers.seats.classes.enrol_class import enrol_class
from services.campaigns.offers.seats.enrolment import Enrolment
from services.campaigns.teaching.lists.add_pupils import add_pupils
from services.campaigns.teaching.lists.list_form import parse_pupil
from shared.database import Connection, Pool, transaction
from shared.identifiers import new_id
from shared.signed_links import Signer

CAMPAIGN = "normandie-deux-semaines"
# whom the class of the demo may call
EMERGENCY_PHONE = "02 00 00 15 02"


async def load_demo(pool: Pool, folder: Path, *, now: datetime, signer: Signer | None = None) -> ImportReport | None:
    """Import `campaign.yaml` of a folder and all it names, and who acts for whom (`membres.csv`).

    With a signer a teacher's class, too (`classe.csv`): on the teacher's list, and enrolled where it says so.
    None where the campaign is there already.
    """
    if await pool.fetchval("SELECT EXISTS (SELECT FROM campaigns.campaigns WHERE slug = $1)", CAMPAIGN):
        return None
    report = await import_file(pool, folder / "campaign.yaml", now=now)
    if not report.refused:
        async with transaction(pool) as connection:
            await _load_members(connection, folder / "membres.csv", now)
            if signer is not None:
                await _load_class(connection, folder / "classe.csv", signer, now)
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
                first_name=row["prenom"],
                last_name=row["nom"],
                role=row["role"],
                now=now,
            )
        else:
            person_id = new_id()
            await connection.execute(
                "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
                person_id,
                row["prenom"],
                row["nom"],
                row["adresse"],
            )
        if row["role"] in ("contact", "host"):
            await connection.execute(
                "INSERT INTO campaigns.contacts (organisation_id, person_id, phone) VALUES ($1, $2, $3)",
                organisation_id,
                person_id,
                row["telephone"],
            )


async def _load_class(connection: Connection, file: Path, signer: Signer, now: datetime) -> None:
    """The pupils of the demo's teacher: all on the list, some with a place, one until the guardian consents."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    teacher = await connection.fetchrow(
        """
        SELECT m.person_id, m.organisation_id, o.name, o.uai
        FROM campaigns.members m JOIN campaigns.organisations o ON o.id = m.organisation_id AND o.kind = 'school'
        WHERE m.role = 'teacher'
        """
    )
    if teacher is None:
        raise RuntimeError("the demo has no teacher to load a class for")
    enrolment = Enrolment(person_id=teacher["person_id"], organisation_id=teacher["organisation_id"])
    pupils = [
        parse_pupil(
            first_name=row["prenom"], last_name=row["nom"], class_name=row["classe"], email=row["adresse"] or None
        )
        for row in rows
    ]
    await add_pupils(
        connection,
        organisation_id=teacher["organisation_id"],
        teacher_id=teacher["person_id"],
        pupils=pupils,
        now=now,
    )
    for slug in sorted({row["offre"] for row in rows if row["offre"]}):
        offer_id = await connection.fetchval("SELECT id FROM campaigns.offers WHERE slug = $1", slug)
        requests = [
            parse_request(
                first_name=row["prenom"],
                last_name=row["nom"],
                email=row["adresse"] or None,
                guardian_name=row["responsable"] or None,
                guardian_email=row["adresse du responsable"] or None,
                school_name=teacher["name"],
                school_uai=teacher["uai"],
                class_name=row["classe"],
                idempotency_key=None,
                under_15=row["moins de 15 ans"] == "oui",
            )
            for row in rows
            if row["offre"] == slug
        ]
        await connection.execute(
            "UPDATE campaigns.days SET emergency_phone = $2 WHERE offer_id = $1", offer_id, EMERGENCY_PHONE
        )
        await enrol_class(connection, offer_id=offer_id, requests=requests, enrolment=enrolment, signer=signer, now=now)


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
