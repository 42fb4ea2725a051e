"""Request a sign-in: a link goes to the address, where somebody has an account; nobody learns who has."""

from datetime import datetime

from services.campaigns.access.sign_in import LINK_LIFE, LINKS_AT_MOST
from shared.database import Connection
from shared.identifiers import new_id
from shared.notices import SignInRequested
from shared.outbox import append_events


async def request_sign_in(connection: Connection, *, email: str, goes_to: str, now: datetime) -> None:
    """Ask for a link to `email` (lower case). An address without an account, or asked for too often, gets none."""
    # the account is locked, so that two requests at once count each other's links
    person_id = await connection.fetchval(
        """
        SELECT a.person_id FROM campaigns.accounts a
        WHERE a.email = $1 AND EXISTS (SELECT FROM campaigns.members m WHERE m.person_id = a.person_id)
        FOR NO KEY UPDATE
        """,
        email,
    )
    if person_id is None:
        return
    lately = await connection.fetchval(
        "SELECT count(*) FROM campaigns.sign_ins WHERE person_id = $1 AND requested_at > $2",
        person_id,
        now - LINK_LIFE,
    )
    if lately >= LINKS_AT_MOST:
        return
    sign_in_id, expires_at = new_id(), now + LINK_LIFE
    await connection.execute(
        """
        INSERT INTO campaigns.sign_ins (id, person_id, requested_at, expires_at, goes_to)
        VALUES ($1, $2, $3, $4, $5)
        """,
        sign_in_id,
        person_id,
        now,
        expires_at,
        goes_to,
    )
    await append_events(
        connection,
        [SignInRequested(occurred_at=now, recipients=(person_id,), sign_in_id=sign_in_id, expires_at=expires_at)],
    )
