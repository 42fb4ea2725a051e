"""Add an organisation that nobody here knows yet: a partner, a company that hosts, a school."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.imports.slugs import SLUGS, find_free_slug
from services.campaigns.organisations.organisation import OrganisationForm
from shared.database import Connection
from shared.identifiers import new_id


async def add_organisation(
    connection: Connection, *, actor: Actor, form: OrganisationForm, now: datetime
) -> tuple[UUID, bool]:
    """The id of the organisation, and whether it is new: one of the same SIRET or UAI is it, and is left as it is.

    Organisations are added one at a time, so that slug and numbers stay free between the look and the writing.
    """
    await connection.execute("SELECT pg_advisory_xact_lock($1)", SLUGS)
    known: UUID | None = await connection.fetchval(
        """
        SELECT id FROM campaigns.organisations WHERE siret = $1 OR uai = $2
        ORDER BY (siret = $1) IS TRUE DESC LIMIT 1
        """,
        form.siret,
        form.uai,
    )
    if known is not None:
        return known, False
    organisation_id = new_id()
    await connection.execute(
        """
        INSERT INTO campaigns.organisations (id, slug, kind, name, siret, uai) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        organisation_id,
        await find_free_slug(connection, form.name),
        form.kind,
        form.name,
        form.siret,
        form.uai,
    )
    await write_audit(connection, actor, "add_organisation", f"« {form.name} »", now=now)
    return organisation_id, True
