"""Pass questions on: the planners of an offer are told of what was asked, in one mail an hour at most."""

from datetime import datetime, timedelta
from uuid import UUID

from services.campaigns.offers.hosts.read import planners_of
from shared.database import Connection
from shared.outbox import append_events
from shared.question_notices import QuestionsPassedOn

EVERY = timedelta(hours=1)


async def find_questions_to_pass_on(connection: Connection, *, now: datetime) -> list[UUID]:
    """The offers with questions their planners do not know of, and who were told of none within the hour."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT q.offer_id FROM campaigns.questions q
        WHERE q.sent_at IS NOT NULL AND q.passed_on_at IS NULL
          AND NOT EXISTS (SELECT FROM campaigns.questions told
                          WHERE told.offer_id = q.offer_id AND told.passed_on_at > $1)
        ORDER BY q.offer_id LIMIT 100
        """,
        now - EVERY,
    )
    return [row["offer_id"] for row in rows]


async def pass_questions_on(connection: Connection, *, offer_id: UUID, now: datetime) -> None:
    """Tell of all that came since; two clocks at once tell once."""
    count = await connection.fetchval(
        """
        WITH passed AS (
            UPDATE campaigns.questions SET passed_on_at = $2
            WHERE offer_id = $1 AND sent_at IS NOT NULL AND passed_on_at IS NULL RETURNING answered_at
        )
        SELECT count(*) FROM passed WHERE answered_at IS NULL
        """,
        offer_id,
        now,
    )
    offer = await connection.fetchrow(
        """
        SELECT o.slug, o.title, o.organisation_id, g.name AS organisation FROM campaigns.offers o
        JOIN campaigns.organisations g ON g.id = o.organisation_id WHERE o.id = $1
        """,
        offer_id,
    )
    if not count or offer is None:
        return
    planners = await planners_of(connection, offer["organisation_id"])
    if planners:
        notice = QuestionsPassedOn(
            occurred_at=now,
            recipients=planners,
            offer_id=offer_id,
            offer=offer["title"],
            organisation=offer["organisation"],
            offer_slug=offer["slug"],
            count=count,
        )
        await append_events(connection, [notice])
