"""What is read of speakers: the bank, one of them with their invitations, the sessions they can be asked to."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.offers.speakers.speaker import InvitationStatus, UnknownInvitation, UnknownSpeaker
from shared.database import Connection


class BankedSpeaker(Struct, frozen=True, kw_only=True):
    """A speaker of an organisation's bank; `invited` and `confirmed` count sessions to come."""

    id: UUID
    organisation_id: UUID
    name: str
    trade: str
    employer: str
    sector: str | None
    sector_label: str
    sector_family: str
    email: str | None
    contact_again_at: datetime | None
    came_before: bool
    invited: int
    confirmed: int
    # nothing reaches the address any more
    refused: bool = False

    @property
    def may_be_asked(self) -> bool:
        """Whether an invitation can go out."""
        return self.email is not None and (self.contact_again_at is not None or not self.came_before)


class SentInvitation(Struct, frozen=True, kw_only=True):
    """One invitation of a speaker, as the planner sees it."""

    id: UUID
    session_id: UUID
    speaker_id: UUID
    speaker: str
    status: InvitationStatus
    word: str
    answer_by: datetime
    answered_at: datetime | None
    title: str
    offer: str
    offer_slug: str
    starts_at: datetime
    ends_at: datetime
    planned: bool
    organisation_id: UUID

    def is_open(self, now: datetime) -> bool:
        """Whether the planner can still withdraw it."""
        return self.planned and self.status in ("awaited", "confirmed") and self.starts_at > now


class SessionToFill(Struct, frozen=True, kw_only=True):
    """A session to come that speakers can be invited to."""

    id: UUID
    title: str
    offer: str
    starts_at: datetime
    ends_at: datetime
    speakers: int


SPEAKERS = """
    SELECT s.id, s.organisation_id, s.name, s.trade, s.employer, s.sector, coalesce(sector.label, '') AS sector_label,
           coalesce(sector.family, '') AS sector_family, p.email, s.contact_again_at,
           EXISTS (SELECT FROM contract.suppressions shut WHERE shut.address = lower(p.email)) AS refused,
           coalesce(known.came, false) AS came_before, coalesce(known.invited, 0) AS invited,
           coalesce(known.confirmed, 0) AS confirmed
    FROM campaigns.speakers s
    LEFT JOIN contract.people p ON p.id = s.person_id AND p.erased_at IS NULL
    LEFT JOIN campaigns.sectors sector ON sector.code = s.sector
    LEFT JOIN LATERAL (
        SELECT bool_or(q.status = 'confirmed' AND session.ends_at <= $1) AS came,
               count(*) FILTER (WHERE q.status = 'awaited' AND session.starts_at > $1) AS invited,
               count(*) FILTER (WHERE q.status = 'confirmed' AND session.starts_at > $1) AS confirmed
        FROM campaigns.speaker_requests q JOIN campaigns.sessions session ON session.id = q.session_id
        WHERE q.speaker_id = s.id
    ) known ON true
"""


async def list_speakers(
    connection: Connection,
    organisation_id: UUID,
    *,
    now: datetime,
    sector: str = "",
    words: str = "",
    after: UUID | None = None,
    limit: int,
) -> list[BankedSpeaker]:
    """The bank of an organisation by sector, trade and name, after the speaker `after`; of one sector, or of words
    in name, trade or employer, on request.
    """
    rows = await connection.fetch(
        f"""
        WITH bank AS (
            SELECT speaker.*,
                   ROW(speaker.sector_label = '', speaker.sector_label, speaker.trade, speaker.name, speaker.id)
                       AS place
            FROM ({SPEAKERS} WHERE s.organisation_id = $2 AND s.removed_at IS NULL) speaker
        )
        SELECT * FROM bank
        WHERE ($3 = '' OR sector = $3)
          AND ($4 = '' OR position(lower($4) IN lower(concat_ws(' ', name, trade, employer))) > 0)
          AND ($5::uuid IS NULL OR place > (SELECT place FROM bank WHERE id = $5))
        ORDER BY place LIMIT $6
        """,  # noqa: S608  # the columns are a constant of this module
        now,
        organisation_id,
        sector,
        words,
        after,
        limit,
    )
    return [_speaker(row) for row in rows]


async def read_speaker(connection: Connection, speaker_id: UUID, *, now: datetime) -> BankedSpeaker:
    """One speaker of a bank; whose bank it is, is the caller's to ask. Raises `UnknownSpeaker`."""
    row = await connection.fetchrow(
        f"{SPEAKERS} WHERE s.id = $2 AND s.organisation_id IS NOT NULL AND s.removed_at IS NULL", now, speaker_id
    )
    if row is None:
        raise UnknownSpeaker
    return _speaker(row)


async def read_own_speaker(connection: Connection, actor: Actor, speaker_id: UUID, *, now: datetime) -> BankedSpeaker:
    """One speaker of the bank that is the actor's; raises `UnknownSpeaker`."""
    speaker = await read_speaker(connection, speaker_id, now=now)
    if not actor.acts_for(speaker.organisation_id):
        raise UnknownSpeaker
    return speaker


async def list_invitations(
    connection: Connection,
    *,
    speaker_id: UUID | None = None,
    session_id: UUID | None = None,
    request_id: UUID | None = None,
) -> list[SentInvitation]:
    """The invitations of a speaker, or to a session, the newest session first; or one."""
    rows = await connection.fetch(
        """
        SELECT q.id, q.session_id, q.speaker_id, speaker.name AS speaker, q.status, q.word, q.answer_by, q.answered_at,
               s.title, o.title AS offer, o.slug AS offer_slug, s.starts_at, s.ends_at, s.status = 'planned' AS planned,
               o.organisation_id
        FROM campaigns.speaker_requests q
        JOIN campaigns.speakers speaker ON speaker.id = q.speaker_id
        JOIN campaigns.sessions s ON s.id = q.session_id
        JOIN campaigns.offers o ON o.id = s.offer_id
        WHERE q.speaker_id = $1 OR q.session_id = $2 OR q.id = $3
        ORDER BY s.starts_at DESC, q.id DESC LIMIT 200
        """,
        speaker_id,
        session_id,
        request_id,
    )
    return [SentInvitation(**dict(row)) for row in rows]


async def read_own_invitation(connection: Connection, actor: Actor, request_id: UUID) -> SentInvitation:
    """One invitation to a session of the actor's offers; raises `UnknownInvitation`."""
    found = await list_invitations(connection, request_id=request_id)
    if not found or not actor.acts_for(found[0].organisation_id):
        raise UnknownInvitation
    return found[0]


async def list_sessions_to_fill(
    connection: Connection, organisation_id: UUID, *, now: datetime, session_id: UUID | None = None
) -> list[SessionToFill]:
    """Sessions to come of an organisation's offers, those of information mornings and testimonies first; or one."""
    rows = await connection.fetch(
        """
        SELECT s.id, s.title, o.title AS offer, s.starts_at, s.ends_at,
               (SELECT count(*) FROM campaigns.session_speakers WHERE session_id = s.id) AS speakers
        FROM campaigns.sessions s JOIN campaigns.offers o ON o.id = s.offer_id
        WHERE o.organisation_id = $1 AND o.status NOT IN ('cancelled', 'over') AND s.status = 'planned'
          AND s.starts_at > $2 AND ($3::uuid IS NULL OR s.id = $3)
        ORDER BY (o.kind = 'information_morning' OR s.kind = 'testimony') DESC, s.starts_at, s.id LIMIT 200
        """,
        organisation_id,
        now,
        session_id,
    )
    return [SessionToFill(**dict(row)) for row in rows]


async def list_sectors(connection: Connection) -> list[tuple[str, str]]:
    """Code and label of each sector."""
    rows = await connection.fetch("SELECT code, label FROM campaigns.sectors ORDER BY campaigns.plain_words(label)")
    return [(row["code"], row["label"]) for row in rows]


def _speaker(row: object) -> BankedSpeaker:
    fields = dict(row)  # type: ignore[call-overload]  # asyncpg's records are mappings
    fields.pop("place", None)
    return BankedSpeaker(**fields)
