"""Import a file: read it, check it, and bring all of it in, or nothing. What `quinzaine import` and the demo call."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import msgspec

from services.campaigns.imports.announce_changes import announce_changes
from services.campaigns.imports.document import Known, Reading, read_document
from services.campaigns.imports.fault import Fault, FileRefused, Findings
from services.campaigns.imports.import_campaign import import_campaign
from services.campaigns.imports.import_programme import ProgrammeChange, import_programme
from services.campaigns.imports.programme_file import (
    CampaignFile,
    KnownCampaign,
    Partner,
    ProgrammeFile,
)
from services.campaigns.imports.read import agreements_are_complete, read_known
from services.campaigns.imports.report import ImportedOffer, ImportReport
from services.campaigns.imports.slugs import SLUGS
from services.campaigns.imports.spreadsheet import FILE_AT_MOST
from services.campaigns.imports.target import Target
from services.campaigns.offers.ask_again import ask_again, release_asked
from services.campaigns.offers.change_seats import change_seats
from services.campaigns.offers.lock_offer import lock_offer
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.settle_offer import settle_offer
from services.campaigns.offers.speakers.release_left_out import release_left_out
from shared.database import Connection, Pool, transaction
from shared.languages import _, later
from shared.refusal import Refusal

TAKEN_MEANWHILE = later("un intervenant ou une salle vient d’être pris ailleurs à la même heure : réessayez.")


async def import_file(pool: Pool, path: Path, *, now: datetime) -> ImportReport:
    """Bring a file in at `now`, in one transaction. A refused file leaves the database as it was.

    Never raises for what a file holds, or for a file that is not there: the report says it.
    """
    async with pool.acquire() as connection:
        known = await read_known(connection)
    readings = await asyncio.to_thread(_read_files, path, known)
    faults = tuple(fault for reading in readings for fault in reading.faults)
    warnings = tuple(warning for reading in readings for warning in reading.warnings)
    if faults:
        return ImportReport(file=path.name, faults=faults, warnings=warnings)
    findings = Findings()
    try:
        async with transaction(pool) as connection:
            offers = await _import_readings(connection, readings, findings, now)
    except FileRefused as refused:
        return ImportReport(file=path.name, faults=refused.faults, warnings=warnings + findings.warnings)
    return ImportReport(
        file=path.name, warnings=warnings + findings.warnings, offers=tuple(offer for _, offer in offers)
    )


async def import_upload(
    connection: Connection,
    reading: Reading,
    target: Target,
    *,
    note: str = "",
    tell_after: datetime | None = None,
    now: datetime,
) -> tuple[ProgrammeChange, ImportedOffer]:
    """Bring in what a planner's file says of one offer, in the caller's transaction; raises `FileRefused`.

    It changes that offer alone and publishes nothing; of organisations it makes those that nobody knows, and changes
    none. `note` and `tell_after` go with the news.
    """
    programme = target.programme_in(reading)
    findings = Findings()
    await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
    try:
        change = await import_programme(
            connection, programme, campaign_id=target.campaign_id, now=now, findings=findings, by_operator=False
        )
    except asyncpg.ExclusionViolationError:
        raise FileRefused(Fault(0, "", str(TAKEN_MEANWHILE))) from None
    if change is None or findings.faults:
        raise FileRefused(*findings.faults)
    return change, await _settle(
        connection, programme, change, target.campaign_id, now, may_publish=False, note=note, tell_after=tell_after
    )


def _read_files(path: Path, known: Known) -> list[Reading]:
    """The file, then the files of its folder that it brings along; faults of those name their file."""
    first = _read_one(path, known, None)
    readings = [first]
    for other in first.others:
        reading = _read_one(path.parent / str(other.value), known, first.campaign)
        name = str(other.value)
        if reading.others:
            fault = Fault(0, "", _("ce fichier ne peut pas en nommer d’autres à son tour."))
            reading = msgspec.structs.replace(reading, faults=(*reading.faults, fault))
        readings.append(
            msgspec.structs.replace(
                reading,
                faults=tuple(msgspec.structs.replace(fault, file=name) for fault in reading.faults),
                warnings=tuple(msgspec.structs.replace(warning, file=name) for warning in reading.warnings),
            )
        )
    return readings


def _read_one(path: Path, known: Known, campaign: CampaignFile | None) -> Reading:
    try:
        with path.open("rb") as file:
            content = file.read(FILE_AT_MOST + 1)
    except (OSError, ValueError) as error:
        sentence = (
            _("le fichier « {name} » n’existe pas.", name=path.name)
            if isinstance(error, FileNotFoundError)
            else _("le fichier « {name} » ne peut pas être lu.", name=path.name)
        )
        return Reading(faults=(Fault(0, "", sentence),))
    return read_document(path.name, content, known, campaign=campaign)


async def _import_readings(
    connection: Connection, readings: Sequence[Reading], findings: Findings, now: datetime
) -> list[tuple[ProgrammeChange, ImportedOffer]]:
    await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
    for reading in readings:
        if reading.campaign:
            await import_campaign(connection, reading.campaign, findings)
    changes: list[tuple[ProgrammeFile, ProgrammeChange, UUID]] = []
    try:
        for programme, campaign in (pair for reading in readings for pair in reading.programmes):
            campaign_id = await _campaign_id(connection, campaign, programme, findings, now)
            change = await import_programme(connection, programme, campaign_id=campaign_id, now=now, findings=findings)
            if change:
                changes.append((programme, change, campaign_id))
    except asyncpg.ExclusionViolationError:
        # somebody took the speaker or the room between the check and the write
        findings.fault(0, "", str(TAKEN_MEANWHILE))
        raise FileRefused(*findings.faults) from None
    if findings.faults:
        raise FileRefused(*findings.faults)
    if sum(change.shown for _, change, _ in changes) > 1:
        # several offers raise the feeds they share: taken in one order, they cannot lock out a verb that raises one
        await connection.execute("SELECT FROM campaigns.feeds WHERE scope <> 'everything' ORDER BY slug FOR UPDATE")
    return [(change[1], await _settle(connection, *change, now)) for change in changes]


async def _campaign_id(
    connection: Connection, campaign: KnownCampaign, programme: ProgrammeFile, findings: Findings, now: datetime
) -> UUID:
    """The campaign's id; a new one is carried by the organisation of the programme alone, which agrees by its file."""
    campaign_id: UUID | None = await connection.fetchval(
        "SELECT id FROM campaigns.campaigns WHERE slug = $1", campaign.slug
    )
    if campaign_id:
        return campaign_id
    new = CampaignFile(
        slug=campaign.slug,
        title=campaign.title,
        first_day=campaign.first_day,
        last_day=campaign.last_day,
        partners=(Partner(programme.header.organisation, now),),
    )
    return await import_campaign(connection, new, findings)


async def _tell_asked(connection: Connection, change: ProgrammeChange, now: datetime) -> None:
    """Hosts and speakers of what the file moves are asked again, those of what it ends are released."""
    ended = [row.id for row in change.cancelled]
    await release_asked(connection, session_ids=ended, reason="session_cancelled", now=now)
    await release_left_out(connection, offer_id=change.offer_id, now=now)
    for changed in change.changed:
        await ask_again(
            connection,
            session_id=changed.before.id,
            changes=changed.changes,
            host_before=changed.before.host_id,
            host_after=changed.after.host_id,
            now=now,
        )


async def _settle(
    connection: Connection,
    programme: ProgrammeFile,
    change: ProgrammeChange,
    campaign_id: UUID,
    now: datetime,
    *,
    may_publish: bool = True,
    note: str = "",
    tell_after: datetime | None = None,
) -> ImportedOffer:
    """Let the rules of offers follow from what was written: publication, the programme's version, events, seats."""
    published = False
    try:
        if not change.new:
            await _tell_asked(connection, change, now)
        if change.status == "draft":
            published = (
                may_publish and bool(programme.sessions) and await agreements_are_complete(connection, campaign_id)
            )
            if published:
                await publish_offer(connection, offer_id=change.offer_id, now=now)
            elif change.shown:
                await record_programme(connection, offer_id=change.offer_id, now=now)
        elif change.shown:
            offer = await lock_offer(connection, change.offer_id)
            recorded = await record_programme(connection, offer_id=offer.id, now=now)
            revision = offer.revision + 1
            await settle_offer(connection, offer, revision=revision)
            await announce_changes(
                connection,
                change,
                revision=revision,
                programme=recorded.version,
                note=note,
                tell_after=tell_after,
                now=now,
            )
        if change.seats is not None:
            await change_seats(connection, offer_id=change.offer_id, seats=change.seats, now=now)
    except Refusal as refusal:
        place = programme.header.where("seats" if refusal.field == "seats" else "title")
        raise FileRefused(Fault(place.row, place.column, refusal.sentence)) from refusal
    return ImportedOffer(
        slug=change.slug,
        title=change.title,
        new=change.new,
        published=published,
        added=len(change.added),
        changed=len(change.changed),
        cancelled=len(change.cancelled),
        unchanged=change.unchanged,
        header=(*(one.field for one in change.header), *(("registration",) if change.registration_moved else ())),
        seats=change.seats,
    )
