"""Find whom an address stands for: the signed token in it says whose invitation, or which delivery."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.notifications.inbound.complaint import COMPLAINTS
from services.notifications.inbound.unreadable import NotTaken
from shared.database import Connection
from shared.signed_links import ReplyScope, Signer

# an invitation can be answered so long after its last day, a delivery bounce so long after it was planned
ANSWERED_WITHIN = timedelta(days=30)
BOUNCES_WITHIN = timedelta(days=30)
# a session may be a season away from the mail that says yes to it
ENTRIES_WITHIN = timedelta(days=365)

UNKNOWN = "550 5.1.1 no such address here"
EXPIRED = "550 5.1.6 this address is no longer read"


# the invitations of who receives, who testifies, and of one-to-one slots
OTHERS: tuple[ReplyScope, ...] = ("reply_host", "reply_speaker", "reply_slot")


class Addressee(Struct, frozen=True, kw_only=True):
    """Either a registration (its invitation is answered) or a delivery: it came back (`returned`), or is answered; then
    `entry_id` is of the request or the slot that it put into a calendar. `unnamed`: who it is about is in the mail.
    """

    registration_id: UUID | None = None
    delivery_id: UUID | None = None
    returned: bool = False
    # of complaints: what was complained of is in the mail
    unnamed: bool = False
    entry_id: UUID | None = None
    scope: ReplyScope | None = None


async def find_addressee(
    connection: Connection, address: str, *, mail_domain: str, signer: Signer, now: datetime
) -> Addressee:
    """Raises `NotTaken` for an address that is forged, cut, of another domain, expired, or of somebody erased."""
    local_part, _, domain = address.strip("<>").rpartition("@")
    if domain.lower() != mail_domain.lower():
        raise NotTaken("550 5.7.1 nothing is passed on to other domains")
    if local_part.lower() == COMPLAINTS:
        return Addressee(returned=True, unnamed=True)
    if (registration_id := signer.verify_reply_local_part(local_part)) is not None:
        return await _invitation(connection, registration_id, now)
    if (delivery_id := signer.verify_bounce_local_part(local_part)) is not None:
        return await _delivery(connection, delivery_id, now)
    for scope in OTHERS:
        if (entry_id := signer.verify_reply_local_part(local_part, scope)) is not None:
            return await _entry(connection, entry_id, scope, mail_domain, now)
    raise NotTaken(UNKNOWN)


async def find_complained_of(
    connection: Connection, addresses: Sequence[str], *, signer: Signer, now: datetime
) -> Addressee | None:
    """The delivery that one of these addresses was signed for; None where none was, or it is long ago."""
    for address in addresses:
        delivery_id = signer.verify_bounce_local_part(address.partition("@")[0])
        if delivery_id is not None:
            try:
                return await _delivery(connection, delivery_id, now)
            except NotTaken:
                return None
    return None


async def _invitation(connection: Connection, registration_id: UUID, now: datetime) -> Addressee:
    last_day = await connection.fetchval(
        """
        SELECT coalesce((SELECT max((session ->> 'ends_at')::timestamptz)
                         FROM jsonb_path_query(p.body, '$.days[*].sessions[*]') session), c.occurred_at)
        FROM notifications.calendars c
        JOIN contract.people pupil ON pupil.id = c.pupil_id AND pupil.erased_at IS NULL
        LEFT JOIN contract.programmes p ON p.offer_id = c.offer_id AND p.version = c.programme_version
        WHERE c.registration_id = $1
        """,
        registration_id,
    )
    if last_day is None:
        raise NotTaken(UNKNOWN)
    if now > last_day + ANSWERED_WITHIN:
        raise NotTaken(EXPIRED)
    return Addressee(registration_id=registration_id)


async def _delivery(connection: Connection, delivery_id: UUID, now: datetime) -> Addressee:
    planned_at = await connection.fetchval(
        "SELECT coalesce(sent_at, planned_at) FROM notifications.deliveries WHERE id = $1", delivery_id
    )
    if planned_at is None:
        raise NotTaken(UNKNOWN)
    if now > planned_at + BOUNCES_WITHIN:
        raise NotTaken(EXPIRED)
    return Addressee(delivery_id=delivery_id, returned=True)


async def _entry(
    connection: Connection, entry_id: UUID, scope: ReplyScope, mail_domain: str, now: datetime
) -> Addressee:
    """The newest mail about a calendar entry that is no registration's."""
    row = await connection.fetchrow(
        """
        SELECT id, coalesce(sent_at, planned_at) AS at FROM notifications.deliveries
        WHERE calendar_uid = $1 AND registration_id IS NULL ORDER BY planned_at DESC LIMIT 1
        """,
        f"{entry_id}@{mail_domain}",
    )
    if row is None:
        raise NotTaken(UNKNOWN)
    if now > row["at"] + ENTRIES_WITHIN:
        raise NotTaken(EXPIRED)
    return Addressee(delivery_id=row["id"], entry_id=entry_id, scope=scope)
