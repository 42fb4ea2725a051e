"""Change a webinar, or call it off: whoever was invited is told, and the entry in their calendar follows."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.campaigns.access.actor import Actor
from services.campaigns.announcing.webinars.facts import facts_of
from services.campaigns.announcing.webinars.read import list_invited, lock_webinar
from services.campaigns.announcing.webinars.webinar import Plan, WebinarChangedMeanwhile, WebinarOver
from services.campaigns.audit import write_audit
from shared.database import Connection
from shared.outbox import append_events
from shared.webinars import WebinarCancelled, WebinarChanged


async def change_webinar(
    connection: Connection, actor: Actor, *, webinar_id: UUID, version: int, plan: Plan, now: datetime
) -> None:
    """Nobody is told of a change of the sentence or of whom it is for. Pressed twice it is one change.

    Raises `WebinarChangedMeanwhile` where the page showed an older one, and `WebinarOver`.
    """
    webinar = await lock_webinar(connection, actor.organisation_id, webinar_id)
    if webinar.plan == plan:
        return
    if webinar.state(now) != "planned":
        raise WebinarOver
    if webinar.version != version:
        raise WebinarChangedMeanwhile
    changes = plan.changes_from(webinar.plan)
    changed = msgspec.structs.replace(
        webinar, plan=plan, sequence=webinar.sequence + bool(changes), version=webinar.version + 1
    )
    await connection.execute(
        """
        UPDATE campaigns.webinars
        SET title = $2, starts_at = $3, ends_at = $4, link = $5, word = $6, departement = $7, roles = $8,
            sequence = $9, version = $10
        WHERE id = $1
        """,
        webinar_id,
        plan.title,
        plan.starts_at,
        plan.ends_at,
        plan.link,
        plan.word,
        plan.departement,
        list(plan.roles),
        changed.sequence,
        changed.version,
    )
    if changes:
        people = await list_invited(connection, webinar_id, also_unwilling=False)
        await append_events(
            connection, [WebinarChanged(**each, changes=changes) for each in facts_of(changed, people, now=now)]
        )
    await write_audit(connection, actor, "change_webinar", plan.title, now=now)


async def cancel_webinar(
    connection: Connection, actor: Actor, *, webinar_id: UUID, version: int, now: datetime
) -> None:
    """Whoever has the invitation is told, also who wants no more of them. Twice changes nothing.

    Raises `WebinarChangedMeanwhile` where the page showed an older one, and `WebinarOver` once it has taken place.
    """
    webinar = await lock_webinar(connection, actor.organisation_id, webinar_id)
    if webinar.status == "cancelled":
        return
    if webinar.state(now) == "over":
        raise WebinarOver
    if webinar.version != version:
        raise WebinarChangedMeanwhile
    cancelled = msgspec.structs.replace(webinar, sequence=webinar.sequence + 1)
    await connection.execute(
        """
        UPDATE campaigns.webinars SET status = 'cancelled', sequence = $2, version = version + 1 WHERE id = $1
        """,
        webinar_id,
        cancelled.sequence,
    )
    people = await list_invited(connection, webinar_id, also_unwilling=True)
    await append_events(connection, [WebinarCancelled(**each) for each in facts_of(cancelled, people, now=now)])
    await write_audit(connection, actor, "cancel_webinar", webinar.plan.title, now=now)
