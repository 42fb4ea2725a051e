"""Take the time again that a speaker gave back by declining, who comes after all: only where it is still free."""

from services.campaigns.offers.record_programme import translated_constraints
from services.campaigns.offers.session import SpeakerElsewhere
from services.campaigns.offers.speakers.elsewhere import is_elsewhere
from services.campaigns.offers.speakers.speaker import Invitation, NothingToAnswer, SpeakerTaken
from shared.database import Connection
from shared.languages import later


async def take_time_again(connection: Connection, invitation: Invitation) -> None:
    """The caller holds the offer's lock. Raises `SpeakerTaken`, and `NothingToAnswer` for who is invited anew, or is
    in the bank no more.
    """
    row = await connection.fetchrow(
        """
        SELECT p.email, s.ends_at,
               EXISTS (SELECT FROM campaigns.speaker_requests q
                       WHERE q.session_id = $2 AND q.speaker_id = $1 AND q.status IN ('awaited', 'confirmed')) AS anew
        FROM campaigns.speakers speaker
        JOIN contract.people p ON p.id = speaker.person_id AND p.email IS NOT NULL
        JOIN campaigns.sessions s ON s.id = $2
        WHERE speaker.id = $1 AND speaker.removed_at IS NULL FOR KEY SHARE OF speaker
        """,
        invitation.speaker_id,
        invitation.session_id,
    )
    if row is None or row["anew"]:
        raise NothingToAnswer(later("Cette invitation n’est plus la bonne : reprenez le message le plus récent."))
    if await is_elsewhere(connection, row["email"], invitation.session_id, invitation.starts_at, row["ends_at"]):
        raise SpeakerTaken(invitation.speaker)
    try:
        with translated_constraints():
            await connection.execute(
                """
                INSERT INTO campaigns.session_speakers (session_id, speaker_id, during, confirmed)
                VALUES ($1, $2, tstzrange($3, $4), true) ON CONFLICT (session_id, speaker_id) DO NOTHING
                """,
                invitation.session_id,
                invitation.speaker_id,
                invitation.starts_at,
                row["ends_at"],
            )
    except SpeakerElsewhere as refusal:
        raise SpeakerTaken(invitation.speaker) from refusal
