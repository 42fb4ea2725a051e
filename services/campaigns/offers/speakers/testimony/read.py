"""What is read for who is invited to speak."""

from uuid import UUID

from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.speakers.speaker import UnknownInvitation
from services.campaigns.offers.speakers.testimony.testimony import Testimony
from shared.database import Connection
from shared.signed_links import Signer


async def read_testimony(connection: Connection, request_id: UUID) -> Testimony:
    """One invitation; raises `UnknownInvitation`, also for a speaker who was taken out of the bank."""
    row = await connection.fetchrow(
        """
        SELECT q.session_id, q.token_version, speaker.person_id, o.organisation_id, o.id AS offer_id,
               speaker.name AS speaker, q.status, q.word, q.answer_by,
               s.status = 'planned' AS planned, speaker.contact_again_at IS NOT NULL AS contact_again,
               c.title AS campaign
        FROM campaigns.speaker_requests q
        JOIN campaigns.speakers speaker ON speaker.id = q.speaker_id AND speaker.removed_at IS NULL
        JOIN campaigns.sessions s ON s.id = q.session_id
        JOIN campaigns.offers o ON o.id = s.offer_id
        JOIN campaigns.campaigns c ON c.id = o.campaign_id
        WHERE q.id = $1
        """,
        request_id,
    )
    if row is None:
        raise UnknownInvitation
    appointments = await read_appointments(connection, [row["session_id"]])
    fields = {name: value for name, value in row.items() if name != "session_id"}
    return Testimony(**fields, appointment=appointments[row["session_id"]])


async def read_linked_testimony(connection: Connection, signer: Signer, token: str) -> tuple[UUID, Testimony]:
    """What the link of a mail asks; raises `UnknownInvitation` for one that is cut, foreign or revoked."""
    signed = signer.read("speaker", token)
    testimony = await read_testimony(connection, signed.id)
    if testimony.token_version != signed.version:
        raise UnknownInvitation
    return signed.id, testimony
