"""What links read: whose a registration is, and who stands behind a token."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct, structs

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
    guardian_address: str | None
    token_version: int
    guardian_version: int
    under_15: bool
    offer: str
    # of the link that was read, whether it is the guardian's
    by_guardian: bool = False

    @property
    def link(self) -> PersonalLink:
        """The personal link as facts carry it."""
        return PersonalLink(registration_id=self.registration_id, token_version=self.token_version, offer=self.offer)

    @property
    def guardian_link(self) -> PersonalLink:
        """The page as the guardian reads it."""
        return structs.replace(self.link, token_version=self.guardian_version, to_guardian=True)


async def read_owner(connection: Connection, registration_id: UUID) -> Owner:
    """Whose the registration is; raises `UnknownRegistration`."""
    row = await connection.fetchrow(
        """
        SELECT r.id AS registration_id, r.offer_id, r.pupil_id, r.guardian_id, r.token_version,
               r.guardian_version, r.under_15, o.title AS offer,
               CASE WHEN pupil.email IS NULL AND guardian.email IS NOT NULL THEN guardian.id ELSE pupil.id END
                   AS reader_id,
               coalesce(pupil.email, guardian.email) AS address, guardian.email AS guardian_address
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


async def read_renewable(connection: Connection, signer: Signer, token: str) -> Owner:
    """The registration of a link that its owner renews: the pupil's, or one of the guardian's, to page or consent.

    Raises `UnknownRegistration` for one that is cut, foreign or renewed already.
    """
    guardian = signer.verify("guardian", token) or signer.verify("consent", token)
    if guardian is None:
        return await read_own(connection, signer, token)
    owner = await read_owner(connection, guardian.id)
    if owner.guardian_id is None or owner.guardian_version != guardian.version:
        raise UnknownRegistration
    return structs.replace(owner, by_guardian=True, address=owner.guardian_address)


async def read_fresh_link(connection: Connection, signer: Signer, token: str, *, now: datetime) -> FreshLink:
    """Who stands behind a fresh link; raises `UnknownRegistration` for one that has ended, or never was."""
    pupil, guardian = (signer.verify_timed(scope, token, now) for scope in FRESH)
    signed = pupil or guardian or NOBODY
    owner = await read_owner(connection, signed.id)
    reader_id = owner.guardian_id if guardian else owner.reader_id
    version = owner.guardian_version if guardian else owner.token_version
    if version != signed.version or reader_id is None:
        raise UnknownRegistration
    return FreshLink(
        registration_id=owner.registration_id,
        offer_id=owner.offer_id,
        pupil_id=owner.pupil_id,
        guardian_id=owner.guardian_id,
        reader_id=reader_id,
    )
