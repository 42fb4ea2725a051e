"""Bring in one programme: a new offer, or the changes that make a stored offer what the file says."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from msgspec import Struct

from services.campaigns.imports.fault import Findings
from services.campaigns.imports.find_clashes import find_clashes
from services.campaigns.imports.name_organisations import name_organisations
from services.campaigns.imports.programme_file import OfferHeader, ProgrammeFile
from services.campaigns.imports.read import (
    StoredOffer,
    find_offer,
    lock_stored_offer,
    read_days,
    read_sectors,
    read_stored_sessions,
)
from services.campaigns.imports.recognise_sessions import recognise_sessions
from services.campaigns.imports.resolve_sessions import resolve_sessions
from services.campaigns.imports.session_row import ChangedSession, SessionRow, differences, same_text
from services.campaigns.imports.slugs import find_free_slug
from services.campaigns.imports.write_sessions import with_stored_id, write_sessions
from shared.database import Connection
from shared.events import FieldChange
from shared.identifiers import new_id
from shared.languages import _

SHOWN_OF_OFFER = ("title", "summary", "city", "contact")


class ProgrammeChange(Struct, frozen=True, kw_only=True):
    """What an import has written of one offer; `seats` is the number still to be set, None where it stays."""

    offer_id: UUID
    slug: str
    title: str
    status: str
    new: bool
    added: tuple[SessionRow, ...] = ()
    changed: tuple[ChangedSession, ...] = ()
    cancelled: tuple[SessionRow, ...] = ()
    unchanged: int = 0
    header: tuple[FieldChange, ...] = ()
    registration_moved: bool = False
    seats: int | None = None

    @property
    def shown(self) -> bool:
        """Whether anything that people see has changed."""
        return bool(self.added or self.changed or self.cancelled or self.header)


async def import_programme(
    connection: Connection,
    programme: ProgrammeFile,
    *,
    campaign_id: UUID,
    now: datetime,
    findings: Findings,
    by_operator: bool = True,
) -> ProgrammeChange | None:
    """Write one programme in the caller's transaction; None when it has faults, which are noted: then roll back.

    A new offer is a draft. A stored one is locked first; what its file does not say (a city, a closing time) stays;
    the same programme again writes nothing. Its seats are left to the rule of seats (`ProgrammeChange.seats`).
    """
    header = programme.header
    place = header.where("organisation")
    named = await name_organisations(
        connection, [(header.organisation, place)], offer_id=None, findings=findings, by_operator=by_operator
    )
    organisation_id = named[header.organisation].id
    offer_id = await find_offer(
        connection,
        header,
        campaign_id=campaign_id,
        organisation_id=organisation_id,
        starts=[session.starts_at for session in programme.sessions],
        titles=[session.title for session in programme.sessions],
    )
    stored = await lock_stored_offer(connection, offer_id) if offer_id else None
    # before the names are: a company renamed by this file still has its old name in here
    sessions = await read_stored_sessions(connection, stored.id) if stored else []
    if stored:
        _check_same_offer(header, stored, campaign_id, organisation_id, findings)
    resolved = await resolve_sessions(
        connection,
        programme.sessions,
        organisation_id=organisation_id,
        offer_id=offer_id,
        findings=findings,
        by_operator=by_operator,
    )
    await find_clashes(connection, resolved, offer_id=offer_id, findings=findings)
    if stored:
        await _check_groups(connection, programme, stored, findings)
    if findings.faults:
        return None
    wanted = [row for _, row in resolved]
    if stored:
        return await _change_offer(connection, stored, header, sessions, wanted, now)
    return await _add_offer(connection, header, wanted, campaign_id, organisation_id, now)


async def _add_offer(
    connection: Connection,
    header: OfferHeader,
    wanted: Sequence[SessionRow],
    campaign_id: UUID,
    organisation_id: UUID,
    now: datetime,
) -> ProgrammeChange:
    offer_id = new_id()
    slug = await find_free_slug(connection, header.slug or header.title)
    await connection.execute(
        """
        INSERT INTO campaigns.offers
            (id, slug, campaign_id, organisation_id, series_id, kind, audience, title, summary, city, contact, seats,
             opens_at, closes_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        offer_id,
        slug,
        campaign_id,
        organisation_id,
        # a series has no row of its own: its id follows from its campaign and its name
        uuid5(campaign_id, header.series.casefold()) if header.series else None,
        header.kind,
        header.audience,
        header.title,
        header.summary,
        header.city,
        header.contact,
        header.seats,
        header.opens_at,
        header.closes_at,
    )
    await write_sessions(
        connection,
        offer_id=offer_id,
        stored_days=(),
        stored_sectors={},
        kept=(),
        changed=(),
        added=wanted,
        gone=(),
        public=False,
        now=now,
    )
    return ProgrammeChange(
        offer_id=offer_id, slug=slug, title=header.title, status="draft", new=True, added=tuple(wanted)
    )


async def _change_offer(
    connection: Connection,
    stored: StoredOffer,
    header: OfferHeader,
    sessions: Sequence[SessionRow],
    wanted: Sequence[SessionRow],
    now: datetime,
) -> ProgrammeChange:
    recognised = recognise_sessions(sessions, wanted)
    pairs = [(before, with_stored_id(before, after)) for before, after in recognised.pairs]
    labels = await read_sectors(connection)
    compared = [ChangedSession(before, after, differences(before, after, labels)) for before, after in pairs]
    changed = tuple(pair for pair in compared if pair.changes)
    kept = [pair.after for pair in compared if not pair.changes]
    if changed or recognised.new or recognised.gone:
        days, sectors = await read_days(connection, stored.id)
        await write_sessions(
            connection,
            offer_id=stored.id,
            stored_days=days,
            stored_sectors=sectors,
            kept=kept,
            changed=changed,
            added=recognised.new,
            gone=recognised.gone,
            public=stored.status != "draft",
            now=now,
        )
    header_changes, registration_moved = await _write_header(connection, stored, header)
    return ProgrammeChange(
        offer_id=stored.id,
        slug=stored.slug,
        title=header.title,
        status=stored.status,
        new=False,
        added=recognised.new,
        changed=changed,
        cancelled=recognised.gone,
        unchanged=len(kept),
        header=header_changes,
        registration_moved=registration_moved,
        seats=header.seats if "seats" in header.columns and header.seats != stored.seats else None,
    )


async def _write_header(
    connection: Connection, stored: StoredOffer, header: OfferHeader
) -> tuple[tuple[FieldChange, ...], bool]:
    """What the file says differently of the offer itself; the second is whether registration opens or closes anew."""
    said = {field: getattr(header, field) for field in SHOWN_OF_OFFER if field in header.columns}
    changes = tuple(
        FieldChange(field=field, before=getattr(stored, field), after=after)
        for field, after in said.items()
        if same_text(after) != same_text(getattr(stored, field))
    )
    opens_at, closes_at = header.opens_at or stored.opens_at, header.closes_at or stored.closes_at
    # a file says minutes: the second in which an offer was published is no change
    opens_at, closes_at = (
        before if before and after and before.replace(second=0, microsecond=0) == after else after
        for before, after in ((stored.opens_at, opens_at), (stored.closes_at, closes_at))
    )
    registration_moved = (opens_at, closes_at) != (stored.opens_at, stored.closes_at)
    if changes or registration_moved:
        await connection.execute(
            """
            UPDATE campaigns.offers
            SET title = $2, summary = $3, city = $4, contact = $5, opens_at = $6, closes_at = $7, edition = edition + 1
            WHERE id = $1
            """,
            stored.id,
            *(said.get(field, getattr(stored, field)) for field in SHOWN_OF_OFFER),
            opens_at,
            closes_at,
        )
    return changes, registration_moved


def _check_same_offer(
    header: OfferHeader, stored: StoredOffer, campaign_id: UUID, organisation_id: UUID, findings: Findings
) -> None:
    """What an edited copy cannot change of an offer."""
    for field, differs, sentence in (
        (
            "organisation",
            stored.organisation_id != organisation_id,
            _("cette offre appartient à une autre organisation."),
        ),
        ("campaign", stored.campaign_id != campaign_id, _("cette offre appartient à une autre campagne.")),
        ("kind", stored.kind != header.kind, _("le type d’une offre ne peut pas changer.")),
        ("audience", stored.audience != header.audience, _("le public d’une offre ne peut pas changer.")),
        ("title", stored.status == "cancelled", _("cette offre est annulée : elle ne peut plus être modifiée.")),
        ("title", stored.status == "over", _("cette offre est passée : elle ne peut plus être modifiée.")),
    ):
        if differs:
            place = header.where(field)
            findings.fault(place.row, place.column, sentence)


async def _check_groups(
    connection: Connection, programme: ProgrammeFile, stored: StoredOffer, findings: Findings
) -> None:
    """A group that has, or has had, pupils cannot vanish."""
    rows = await connection.fetch(
        """
        SELECT g.name, count(*) AS pupils
        FROM campaigns.groups g JOIN campaigns.registrations r ON r.group_id = g.id
        WHERE g.offer_id = $1 AND g.name <> ALL($2::text[])
        GROUP BY g.name ORDER BY g.name
        """,
        stored.id,
        list(programme.groups),
    )
    for row in rows:
        findings.fault(
            0,
            "",
            _("le groupe {group} a des inscriptions : il ne peut pas disparaître du programme.", group=row["name"]),
        )
