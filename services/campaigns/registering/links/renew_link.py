"""Renew a personal link: the one there was opens nothing any more, the new one goes by mail alone."""

from datetime import datetime
from uuid import UUID

from services.campaigns.registering.links.read import read_owner
from shared.database import Connection
from shared.notices import LinksRequested
from shared.outbox import append_events


async def renew_link(connection: Connection, *, registration_id: UUID, version: int, now: datetime) -> None:
    """Raise the version from `version`, that of the link it was asked with: two at once renew once.

    Raises `UnknownRegistration`.
    """
    raised = await connection.fetchval(
        """
        UPDATE campaigns.registrations SET token_version = token_version + 1
        WHERE id = $1 AND token_version = $2 RETURNING token_version
        """,
        registration_id,
        version,
    )
    if raised is None:
        return
    await connection.execute(
        """
        INSERT INTO contract.link_versions (registration_id, version) VALUES ($1, $2)
        ON CONFLICT (registration_id) DO UPDATE SET version = excluded.version
        """,
        registration_id,
        raised,
    )
    owner = await read_owner(connection, registration_id)
    await append_events(
        connection, [LinksRequested(occurred_at=now, recipients=(owner.reader_id,), links=(owner.link,))]
    )
