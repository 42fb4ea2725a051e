"""Open an announcement: a planner has seen whom it reaches and the very mail, and its first batch goes."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.announcing.announcement import AnnouncedCampaign, Choice, NobodyToTell
from services.campaigns.announcing.read import read_announcement
from services.campaigns.announcing.send_batch import send_batch
from services.campaigns.audit import write_audit
from shared.database import Connection
from shared.languages import n_, speaking


async def open_announcement(
    connection: Connection,
    actor: Actor,
    *,
    announcement_id: UUID,
    campaign: AnnouncedCampaign,
    choice: Choice,
    now: datetime,
) -> None:
    """`announcement_id` is the form's: sent twice, it is one announcement. Raises `NobodyToTell`.

    Raises `UnknownAnnouncement` where another organisation has one of this id.
    """
    fresh = await connection.fetchval(
        """
        INSERT INTO campaigns.announcements
            (id, organisation_id, campaign_id, kilometres, departement, roles, word, made_at, next_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (id) DO NOTHING RETURNING true
        """,
        announcement_id,
        actor.organisation_id,
        campaign.id,
        choice.kilometres,
        choice.departement,
        list(choice.roles),
        choice.word,
        now,
    )
    if not fresh:
        await read_announcement(connection, actor.organisation_id, announcement_id)
        return
    told = await send_batch(connection, announcement_id=announcement_id, now=now)
    if not told:
        raise NobodyToTell
    with speaking("fr"):
        said = n_(
            "Campagne annoncée : {count} personne pour commencer.",
            "Campagne annoncée : {count} personnes pour commencer.",
            told,
        )
    await write_audit(connection, actor, "open_announcement", said, now=now, campaign_id=campaign.id)
