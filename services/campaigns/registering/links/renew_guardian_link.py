"""Renew a guardian's links: those there were open nothing any more, the new ones go by mail alone."""

from datetime import datetime
from uuid import UUID

from services.campaigns.registering.links.read import read_owner
from shared.database import Connection
from shared.notices import LinksRequested
from shared.outbox import append_events


async def renew_guardian_link(connection: Connection, *, registration_id: UUID, version: int, now: datetime) -> None:
    """Raise the version from `version`, that of the link it was asked with: two at once renew once.

    The page as the guardian reads it, and the consent where there is one to give or to take back. The pupil's link
    stays. Raises `UnknownRegistration`.
    """
    raised = await connection.fetchval(
        """
        UPDATE campaigns.registrations SET guardian_version = guardian_version + 1
        WHERE id = $1 AND guardian_version = $2 RETURNING guardian_version
        """,
        registration_id,
        version,
    )
    if raised is None:
        return
    await connection.execute(
        """
        INSERT INTO contract.link_versions (registration_id, version, guardian_version) VALUES ($1, 1, $2)
        ON CONFLICT (registration_id) DO UPDATE SET guardian_version = excluded.guardian_version
        """,
        registration_id,
        raised,
    )
    owner = await read_owner(connection, registration_id)
    if owner.guardian_id is not None:
        link = owner.guardian_link
        fact = LinksRequested(
            occurred_at=now,
            recipients=(owner.guardian_id,),
            links=(link,),
            consents=(link,) if owner.under_15 else (),
        )
        await append_events(connection, [fact])
