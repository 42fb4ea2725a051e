"""What links read: whose a registration is, and who stands behind a token."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.registering.links.fresh_link import FreshLink
from shared.database import Connection
from shared.notices import PersonalLink
from shared.signed_links import NOBODY, Scope, Signer

FRESH: tuple[Scope, Scope] = ("fresh", "fresh_guardian")


class Owner(Struct, frozen=True, kw_only=True):
    """Who reads the mail of a registration (the pupil, or the guardian where the pupil has no address), and its link.

    `address` is None where nobody has one any more.
    """

    registration_id: UUID
    offer_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None
    reader_id: UUID
    address: str | None
    token_version: int
    offer: str

    @property
    def link(self) -> PersonalLink:
        """The personal link as facts carry it."""
        return PersonalLink(registration_id=self.registration_id, token_version=self.token_version, offer=self.offer)


async def read_owner(connection: Connection, registration_id: UUID) -> Owner:
    """Whose the registration is; raises `UnknownRegistration`."""
    row = await connection.fetchrow(
        """
        SELECT r.id AS registration_id, r.offer_id, r.pupil_id, r.guardian_id, r.token_version, o.title AS offer,
               CASE WHEN pupil.email IS NULL AND guardian.email IS NOT NULL THEN guardian.id ELSE pupil.id END
                   AS reader_id,
               coalesce(pupil.email, guardian.email) AS address
        FROM campaigns.registrations r
        JOIN campaigns.offers o ON o.id = r.offer_id
        JOIN contract.people pupil ON pupil.id = r.pupil_id
        LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
        WHERE r.id = $1
        """,
        registration_id,
    )
    if row is None:
        raise UnknownRegistration
    return Owner(**dict(row))


async def read_own(connection: Connection, signer: Signer, token: str) -> Owner:
    """The registration a personal token opens; raises `UnknownRegistration` for one that is cut, foreign or renewed."""
    signed = signer.read("registration", token)
    owner = await read_owner(connection, signed.id)
    if owner.token_version != signed.version:
        raise UnknownRegistration
    return owner


async def read_fresh_link(connection: Connection, signer: Signer, token: str, *, now: datetime) -> FreshLink:
    """Who stands behind a fresh link; raises `UnknownRegistration` for one that has ended, or never was."""
    pupil, guardian = (signer.verify_timed(scope, token, now) for scope in FRESH)
    signed = pupil or guardian or NOBODY
    owner = await read_owner(connection, signed.id)
    reader_id = owner.guardian_id if guardian else owner.reader_id
    if owner.token_version != signed.version or reader_id is None:
        raise UnknownRegistration
    return FreshLink(
        registration_id=owner.registration_id,
        offer_id=owner.offer_id,
        pupil_id=owner.pupil_id,
        guardian_id=owner.guardian_id,
        reader_id=reader_id,
    )
