"""A registration: its states, who counts as the same pupil, and what is told of it."""

import unicodedata
from datetime import datetime
from typing import Any, ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.offer import Offer
from shared.languages import later
from shared.refusal import Refusal
from shared.signed_links import Signer

RegistrationStatus = Literal["waiting", "held", "confirmed", "withdrawn", "refused", "expired", "cancelled"]
HeldFor = Literal["promotion", "address", "consent"]


class InvalidField(Refusal):
    """A field of the form cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class AlreadyRegistered(Refusal):
    """This pupil has a living registration on this offer; the link goes to the address on file."""

    reason: ClassVar[str] = "already-registered"

    def __init__(self) -> None:
        super().__init__(
            later(
                "Cet élève est déjà inscrit à cette offre. "
                "Le lien personnel a été renvoyé à l’adresse donnée à l’inscription."
            )
        )


class PupilElsewhere(Refusal):
    """The pupil has a seat in another offer at the same time; `offer` names it to who may know where the pupil is."""

    reason: ClassVar[str] = "pupil-elsewhere"

    def __init__(self, offer: str = "") -> None:
        super().__init__(
            later(
                "Cet élève a déjà une place dans « {offer} » aux mêmes dates. Il faut d’abord y renoncer.", offer=offer
            )
            if offer
            else later("Cet élève a déjà une place ailleurs aux mêmes dates. Il faut d’abord y renoncer.")
        )


class KeyReused(Refusal):
    """The idempotency key was used for another request."""

    reason: ClassVar[str] = "idempotency-key-reused"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Cette clé d’idempotence a déjà servi pour une autre demande."), field="Idempotency-Key")


class UnknownRegistration(Refusal):
    """The personal link is cut, revoked or foreign."""

    reason: ClassVar[str] = "unknown-registration"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce lien personnel n’est pas ou n’est plus valable."))


class SeatNoLongerHeld(Refusal):
    """There is no held seat to accept or refuse any more."""

    reason: ClassVar[str] = "seat-no-longer-held"


class RegistrationEnded(Refusal):
    """The registration has already ended in another way."""

    reason: ClassVar[str] = "registration-ended"

    def __init__(self) -> None:
        super().__init__(later("Cette inscription a déjà pris fin."))


class RegistrationRequest(Struct, frozen=True, kw_only=True):
    """One pupil who wants a seat; validated and normalised. `id` becomes the registration's id if it is new."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None
    guardian_name: str | None
    guardian_email: str | None
    school_name: str
    school_uai: str | None
    class_name: str
    idempotency_key: str
    body_hash: bytes
    # says that no other host has taken the pupil: seats may be kept for such
    without_host: bool = False
    # asked where an offer is for certain grades
    grade: str = ""
    # the guardian consents, by a link in a mail of their own, before a seat is confirmed
    under_15: bool = False
    # the referent teacher whom the pupil names: asked whether it is so
    teacher_email: str | None = None
    # what the pupil and the guardian are written to in, until they say otherwise
    language: str = "fr"

    def identity(self, signer: Signer) -> bytes:
        """Equal for the same pupil: same normalised names, school and contact address."""
        return signer.identity(
            letters_of(self.first_name),
            letters_of(self.last_name),
            self.school_uai or letters_of(self.school_name),
            (self.email or self.guardian_email or "").lower(),
        )


class Registered(Struct, frozen=True, kw_only=True):
    """The outcome of one request; `position` counts from 1 while waiting; `repeated`: this key was answered before.

    `held_for` and `deadline` say of a held seat what it waits for, and until when.
    `by_mail`: the offer asks for proof of the address, so nothing of this may be told but to the address.
    """

    id: UUID
    status: RegistrationStatus
    position: int | None
    token_version: int
    repeated: bool
    by_mail: bool = False
    held_for: HeldFor | None = None
    deadline: datetime | None = None


# the answer to who asks for a pupil that is in already, where it may be told to the address alone
TOLD_BY_MAIL = Registered(
    id=UUID(int=0), status="waiting", position=None, token_version=0, repeated=False, by_mail=True
)


class LockedRegistration(Struct, frozen=True, kw_only=True):
    """A registration read under its offer's lock."""

    id: UUID
    offer_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None
    group_id: UUID | None
    status: RegistrationStatus
    deadline: datetime | None
    held_for: HeldFor | None = None
    under_15: bool = False
    consented_at: datetime | None = None

    @property
    def needs_consent(self) -> bool:
        """Whether the guardian has still to consent before the seat can be confirmed."""
        return self.under_15 and self.consented_at is None

    @property
    def has_entry(self) -> bool:
        """Whether a calendar entry was sent of it: not while the address is to be proved."""
        return self.status == "confirmed" or (self.status == "held" and self.held_for != "address")

    def facts(self, offer: Offer, *, revision: int, now: datetime) -> dict[str, Any]:
        """The fields that every fact about this registration carries."""
        return {
            "occurred_at": now,
            "offer_id": offer.id,
            "revision": revision,
            "programme": offer.programme_version,
            "registration_id": self.id,
            "pupil_id": self.pupil_id,
            "guardian_id": self.guardian_id,
            "group_id": self.group_id,
        }


def same_letters(one: str, other: str) -> bool:
    """Whether two names are one to a reader: accents, capitals and signs make no difference."""
    return letters_of(one) == letters_of(other)


def letters_of(value: str) -> str:
    """What of a name decides whether it is another's: letters and figures without accents, small."""
    folded = value.casefold()
    decomposed = folded if folded.isascii() else unicodedata.normalize("NFKD", folded)
    return "".join(filter(str.isalnum, decomposed))
