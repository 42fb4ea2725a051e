"""Plan a webinar: it is kept, and nobody is told yet."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.announcing.webinars.read import read_webinar
from services.campaigns.announcing.webinars.webinar import Plan
from services.campaigns.audit import write_audit
from shared.database import Connection


async def plan_webinar(connection: Connection, actor: Actor, *, webinar_id: UUID, plan: Plan, now: datetime) -> None:
    """`webinar_id` is the form's: sent twice, it is one webinar. Raises `UnknownWebinar` where it is another's."""
    fresh = await connection.fetchval(
        """
        INSERT INTO campaigns.webinars
            (id, organisation_id, title, starts_at, ends_at, link, word, departement, roles, made_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING RETURNING true
        """,
        webinar_id,
        actor.organisation_id,
        plan.title,
        plan.starts_at,
        plan.ends_at,
        plan.link,
        plan.word,
        plan.departement,
        list(plan.roles),
        now,
    )
    if not fresh:
        await read_webinar(connection, actor.organisation_id, webinar_id)
        return
    await write_audit(connection, actor, "plan_webinar", plan.title, now=now)
