"""Invite to a webinar: the next two hundred of the list, each once, however often the button is pressed."""

from datetime import datetime
from uuid import UUID

import msgspec

from services.campaigns.access.actor import Actor
from services.campaigns.announcing.announcement import BATCH
from services.campaigns.announcing.webinars.facts import facts_of
from services.campaigns.announcing.webinars.read import lock_webinar, read_reach
from services.campaigns.announcing.webinars.webinar import Webinar, WebinarChangedMeanwhile, WebinarOver
from services.campaigns.audit import write_audit
from shared.database import Connection
from shared.languages import n_, speaking
from shared.outbox import append_events
from shared.webinars import WebinarInvited


async def invite_to_webinar(
    connection: Connection, actor: Actor, *, webinar_id: UUID, version: int, batch: int, now: datetime
) -> int:
    """How many are invited. `version` and `batch` are what the page showed: a press that comes twice invites nobody.

    Raises `WebinarOver`, and `WebinarChangedMeanwhile` where another mail would leave than the one that was shown.
    """
    webinar = await lock_webinar(connection, actor.organisation_id, webinar_id)
    if webinar.state(now) != "planned":
        raise WebinarOver
    if webinar.version != version:
        raise WebinarChangedMeanwhile
    if webinar.batches != batch:
        return 0
    found = await read_reach(connection, actor.organisation_id, webinar_id, webinar.plan)
    people: dict[str, list[UUID]] = {}
    for one in found.people[:BATCH]:
        people.setdefault(one.source, []).append(one.id)
    told = await _note(connection, webinar, [WebinarInvited(**each) for each in facts_of(webinar, people, now=now)])
    await append_events(connection, told)
    invited = sum(len(fact.recipients) for fact in told)
    if invited:
        with speaking("fr"):
            said = n_("{count} personne invitée au webinaire.", "{count} personnes invitées au webinaire.", invited)
        await write_audit(connection, actor, "invite_to_webinar", said, now=now)
    return invited


async def _note(connection: Connection, webinar: Webinar, facts: list[WebinarInvited]) -> list[WebinarInvited]:
    """Note who is invited; the facts without those who are already, under another name at the same address."""
    rows = await connection.fetch(
        """
        INSERT INTO campaigns.webinar_invitations (webinar_id, mark, person_id, batch, event_id)
        SELECT $1, c.mark, c.person_id, $2, wanted.event_id
        FROM unnest($3::uuid[], $4::uuid[]) AS wanted (person_id, event_id)
        JOIN campaigns.correspondents c ON c.person_id = wanted.person_id
        ORDER BY c.mark
        ON CONFLICT DO NOTHING
        RETURNING person_id
        """,
        webinar.id,
        webinar.batches + 1,
        [person_id for fact in facts for person_id in fact.recipients],
        [fact.id for fact in facts for _ in fact.recipients],
    )
    noted = {row["person_id"] for row in rows}
    if noted:
        await connection.execute("UPDATE campaigns.webinars SET batches = batches + 1 WHERE id = $1", webinar.id)
    kept = []
    for fact in facts:
        recipients = tuple(each for each in fact.recipients if each in noted)
        if recipients:
            kept.append(msgspec.structs.replace(fact, recipients=recipients))
    return kept
