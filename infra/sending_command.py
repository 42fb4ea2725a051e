"""`quinzaine resume-sending`: the way on for an operator, where nobody can sign in to press the button."""

from datetime import UTC, datetime

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from services.campaigns.sending.resume_sending import resume_sending
from shared.database import open_pool, transaction
from shared.settings import Settings

OPERATOR = Actor(organisation_id=EVERY_ORGANISATION, organisation="", organisation_kind="agency", role="owner")


async def resume(settings: Settings) -> bool:
    """Let all mails go again, with a line in the audit trail; whether they were held. Twice changes nothing."""
    pool = await open_pool(settings.database_url, size=1)
    try:
        async with transaction(pool) as connection:
            held = await connection.fetchval("SELECT count(*) FROM contract.sending WHERE paused_at IS NOT NULL")
            await resume_sending(connection, OPERATOR, now=datetime.now(UTC))
            return bool(held)
    finally:
        pool.terminate()
