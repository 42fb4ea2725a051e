"""Record the programme: its new version is written down for events, pupils' times follow, feeds are raised."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from services.campaigns.offers.read import read_programme
from services.campaigns.offers.session import REFUSAL_OF_CONSTRAINT
from services.campaigns.standings import settle_standings
from shared.database import Connection
from shared.programme import Programme


async def record_programme(connection: Connection, *, offer_id: UUID, now: datetime) -> Programme:
    """Write the programme of an offer locked by the caller as its next version, and return it.

    Ends every verb that changes the programme. Raises the refusal of the constraint that would put a pupil in two
    places at a time.
    """
    await connection.execute(
        """
        UPDATE campaigns.offers
        SET programme_version = programme_version + 1, programme_changed_at = $2,
            busy = coalesce((SELECT range_agg(during) FROM campaigns.sessions
                             WHERE offer_id = $1 AND status = 'planned'), '{}')
        WHERE id = $1
        """,
        offer_id,
        now,
    )
    programme = await read_programme(connection, offer_id)
    await connection.execute(
        "INSERT INTO contract.programmes (offer_id, version, body) VALUES ($1, $2, $3::jsonb)",
        offer_id,
        programme.version,
        msgspec.json.encode(programme).decode(),
    )
    with translated_constraints():
        await connection.execute(
            """
            UPDATE campaigns.pupil_times t SET busy = o.busy
            FROM campaigns.offers o WHERE o.id = $1 AND t.offer_id = $1 AND t.busy <> o.busy
            """,
            offer_id,
        )
    await settle_standings(connection, offer_id=offer_id, now=now)
    return programme


@contextmanager
def translated_constraints() -> Iterator[None]:
    """Turn a violation of a named exclusion constraint into its refusal in plain French."""
    try:
        yield
    except asyncpg.ExclusionViolationError as error:
        refusal = REFUSAL_OF_CONSTRAINT.get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal() from error
