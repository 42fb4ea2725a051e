"""Change an organisation: its name, its kind, the numbers it is known by."""

from datetime import datetime
from uuid import UUID

import asyncpg

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.organisations.lock_organisation import lock_organisation
from services.campaigns.organisations.organisation import (
    NumberTaken,
    OrganisationChangedMeanwhile,
    OrganisationForm,
)
from services.campaigns.standings import lock_name, raise_feeds_showing
from shared.database import Connection


async def change_organisation(
    connection: Connection,
    *,
    actor: Actor,
    organisation_id: UUID,
    form: OrganisationForm,
    now: datetime,
    edition: str | None = None,
) -> tuple[str, ...]:
    """Write the form; returns what changed, in French words. `edition` is the one the asker saw, None for whatever.

    Raises `UnknownOrganisation`, `OrganisationChangedMeanwhile`, `NumberTaken`.
    """
    before = await lock_organisation(connection, organisation_id)
    if edition is not None and edition != before.edition:
        raise OrganisationChangedMeanwhile
    detail = tuple(
        words
        for field, words in (("name", "le nom"), ("kind", "le type"), ("siret", "le SIRET"), ("uai", "le code UAI"))
        if getattr(before, field) != getattr(form, field)
    )
    if not detail:
        return ()
    if form.name != before.name:
        await lock_name(connection, organisation_id)
    try:
        async with connection.transaction():
            await connection.execute(
                "UPDATE campaigns.organisations SET name = $2, kind = $3, siret = $4, uai = $5 WHERE id = $1",
                organisation_id,
                form.name,
                form.kind,
                form.siret,
                form.uai,
            )
    except asyncpg.UniqueViolationError as error:
        raise NumberTaken("siret" if "siret" in str(error.constraint_name) else "uai") from error
    if form.name != before.name:
        await _raise_feeds(connection, organisation_id, now)
    await write_audit(
        connection, actor, "change_organisation", ", ".join(detail), now=now, organisation_id=organisation_id
    )
    return detail


async def _raise_feeds(connection: Connection, organisation_id: UUID, now: datetime) -> None:
    """Raise every feed the name stands in: its own, and those of the sessions it hosts."""
    hosted = await connection.fetch("SELECT id FROM campaigns.sessions WHERE host_id = $1", organisation_id)
    await raise_feeds_showing(connection, [row["id"] for row in hosted], organisation_id=organisation_id, now=now)
