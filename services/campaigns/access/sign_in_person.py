"""Sign a person in: the link is used up, and this browser is theirs for a month."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.access.read import hash_of
from services.campaigns.access.sign_in import LinkEnded, SignIn, say_agent
from shared.database import Connection
from shared.identifiers import new_id

DEVICE_LIFE = timedelta(days=30)


async def sign_in_person(connection: Connection, *, sign_in_id: UUID, agent: str, now: datetime) -> tuple[str, str]:
    """The secret of the device's new cookie, and the page the person wanted; raises `LinkEnded`.

    Two browsers that use one link at once: the row is locked, the second finds it used.
    """
    row = await connection.fetchrow(
        """
        SELECT id, person_id, expires_at, used_at, goes_to FROM campaigns.sign_ins WHERE id = $1 FOR UPDATE
        """,
        sign_in_id,
    )
    if row is None:
        raise LinkEnded
    sign_in = SignIn(**dict(row))
    sign_in.refuse_if_ended(now)
    await connection.execute("UPDATE campaigns.sign_ins SET used_at = $2 WHERE id = $1", sign_in_id, now)
    return await open_device(connection, person_id=sign_in.person_id, agent=agent, now=now), sign_in.goes_to


async def open_device(
    connection: Connection, *, person_id: UUID, agent: str, now: datetime, organisation_id: UUID | None = None
) -> str:
    """A new device for a person whose identity is proven; returns the secret of its cookie.

    It acts for `organisation_id`, else for the organisation the person acted for last, or for the first.
    """
    secret = secrets.token_urlsafe(32)
    await connection.execute(
        """
        INSERT INTO campaigns.devices
            (id, secret_hash, person_id, organisation_id, agent, signed_in_at, last_seen_at, expires_at)
        SELECT $1, $2, $3, coalesce($7, (SELECT organisation_id FROM campaigns.devices
                                         WHERE person_id = $3 ORDER BY last_seen_at DESC LIMIT 1)), $4, $5, $5, $6
        """,
        new_id(),
        hash_of(secret),
        person_id,
        say_agent(agent),
        now,
        now + DEVICE_LIFE,
        organisation_id,
    )
    return secret
