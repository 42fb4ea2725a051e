"""Invite a speaker to a session: the time is theirs from now on, so that nobody is asked to be in two places."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hosts.host_request import answer_deadline
from services.campaigns.offers.hosts.read import read_appointments
from services.campaigns.offers.lock_offer import lock_session
from services.campaigns.offers.offer import OfferAlreadyCancelled
from services.campaigns.offers.record_programme import translated_constraints
from services.campaigns.offers.session import SpeakerElsewhere, UnknownSession
from services.campaigns.offers.speakers.elsewhere import is_elsewhere
from services.campaigns.offers.speakers.speaker import (
    NotToBeAskedAgain,
    SpeakerInvited,
    SpeakerTaken,
    UnknownSpeaker,
    may_be_asked,
)
from shared.database import Connection
from shared.identifiers import new_id
from shared.notices import SpeakerRequested
from shared.outbox import append_events


async def invite_speaker(connection: Connection, *, session_id: UUID, speaker_id: UUID, now: datetime) -> UUID:
    """The id of the invitation. The speaker is of the bank of the session's organisation, else `UnknownSpeaker`.

    Raises `UnknownSession` for one that is cancelled or has begun, `SpeakerInvited`, `SpeakerTaken`,
    `NotToBeAskedAgain`.
    """
    offer, session = await lock_session(connection, session_id)
    if offer.status == "cancelled":
        raise OfferAlreadyCancelled
    if session.status != "planned" or session.starts_at <= now:
        raise UnknownSession
    # shared with other invitations, never with a removal
    speaker = await connection.fetchrow(
        """
        SELECT s.name, s.person_id, p.email, s.contact_again_at IS NOT NULL AS contact_again
        FROM campaigns.speakers s JOIN contract.people p ON p.id = s.person_id AND p.email IS NOT NULL
        WHERE s.id = $1 AND s.organisation_id = $2 AND s.removed_at IS NULL FOR KEY SHARE OF s
        """,
        speaker_id,
        offer.organisation_id,
    )
    if speaker is None:
        raise UnknownSpeaker
    known = await connection.fetchrow(
        """
        SELECT coalesce(bool_or(q.status = 'confirmed' AND s.ends_at <= $3), false) AS came_before,
               coalesce(bool_or(q.session_id = $2 AND q.status IN ('awaited', 'confirmed')), false) AS invited
        FROM campaigns.speaker_requests q JOIN campaigns.sessions s ON s.id = q.session_id
        WHERE q.speaker_id = $1
        """,
        speaker_id,
        session_id,
        now,
    )
    if known is not None and known["invited"]:
        raise SpeakerInvited(speaker["name"])
    came_before = known is not None and known["came_before"]
    if not may_be_asked(contact_again=speaker["contact_again"], came_before=came_before):
        raise NotToBeAskedAgain(speaker["name"])
    if await is_elsewhere(connection, speaker["email"], session.id, session.starts_at, session.ends_at):
        raise SpeakerTaken(speaker["name"])
    try:
        with translated_constraints():
            await connection.execute(
                """
                INSERT INTO campaigns.session_speakers (session_id, speaker_id, during, confirmed)
                VALUES ($1, $2, tstzrange($3, $4), false) ON CONFLICT (session_id, speaker_id) DO NOTHING
                """,
                session_id,
                speaker_id,
                session.starts_at,
                session.ends_at,
            )
    except SpeakerElsewhere as refusal:
        raise SpeakerTaken(speaker["name"]) from refusal
    notice = SpeakerRequested(
        occurred_at=now,
        recipients=(speaker["person_id"],),
        offer_id=offer.id,
        request_id=new_id(),
        speaker=speaker["name"],
        appointment=(await read_appointments(connection, [session_id]))[session_id],
        answer_by=answer_deadline(now=now, starts_at=session.starts_at),
    )
    await connection.execute(
        """
        INSERT INTO campaigns.speaker_requests (id, session_id, speaker_id, asked_at, answer_by)
        VALUES ($1, $2, $3, $4, $5)
        """,
        notice.request_id,
        session_id,
        speaker_id,
        now,
        notice.answer_by,
    )
    await append_events(connection, [notice])
    return notice.request_id
