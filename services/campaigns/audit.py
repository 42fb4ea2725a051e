"""The audit trail: who did what, appended in the transaction that did it, as facts are."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import EVERY_ORGANISATION, Actor
from shared.database import Connection
from shared.identifiers import new_id


async def write_audit(
    connection: Connection,
    actor: Actor,
    action: str,
    detail: str = "",
    *,
    now: datetime,
    offer_id: UUID | None = None,
    campaign_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> None:
    """One line: `action` is the name of the verb (`change_session`), `detail` a French sentence without pupils’ names.

    It stands in the journal of the actor's organisation, or of `organisation_id` where that is given.
    """
    await connection.execute(
        """
        INSERT INTO campaigns.audit
            (id, occurred_at, action, detail, person_id, api_token_id, organisation_id, campaign_id, offer_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        new_id(),
        now,
        action,
        detail,
        actor.person_id,
        actor.api_token_id,
        organisation_id or (None if actor.organisation_id == EVERY_ORGANISATION else actor.organisation_id),
        campaign_id,
        offer_id,
    )
