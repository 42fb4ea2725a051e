"""One organisation's agreement to a campaign: where it stands, and what may become of it."""

from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from shared.languages import Glossary, later
from shared.plain_spaces import plain_spaces
from shared.refusal import Refusal

AgreementState = Literal["agreed", "awaited", "declined", "left"]
WORD_AT_MOST = 1000
# nobody is asked twice in a day, unless they have answered in between
AGAIN_AFTER = timedelta(days=1)

STATE_WORDS = Glossary(
    {
        "agreed": later("Accord donné"),
        "awaited": later("Réponse attendue"),
        "declined": later("Refus"),
        "left": later("A quitté la campagne"),
    }
)


class UnknownAgreement(Refusal):
    """The organisation was not asked to carry this campaign, or the link of a mail is not ours."""

    reason: ClassVar[str] = "unknown-agreement"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette demande d’accord n’existe pas."))


class PartnerLeftAlready(Refusal):
    """The organisation is not a partner of this campaign any more."""

    reason: ClassVar[str] = "partner-left"

    def __init__(self) -> None:
        super().__init__(later("Cette organisation a quitté la campagne."))


class AgreementInForce(Refusal):
    """What all have agreed to is shown: one does not decline it afterwards, one leaves."""

    reason: ClassVar[str] = "agreement-in-force"

    def __init__(self) -> None:
        super().__init__(
            later(
                "Votre organisation a déjà donné son accord à cette version. "
                "Pour ne plus porter la campagne, quittez-la."
            )
        )


class AlreadyPartner(Refusal):
    """The organisation carries the campaign, or is asked to."""

    reason: ClassVar[str] = "already-partner"

    def __init__(self, name: str) -> None:
        super().__init__(
            later("« {name} » est déjà partenaire de cette campagne, ou déjà sollicitée.", name=name), field="name"
        )


class NobodyToAsk(Refusal):
    """Nobody of the organisation has an account or an address."""

    reason: ClassVar[str] = "nobody-to-ask"
    status: ClassVar[int] = 422

    def __init__(self, name: str) -> None:
        super().__init__(
            later(
                "Personne n’est connu chez « {name} » : donnez le nom et l’adresse e-mail de la personne à qui écrire.",
                name=name,
            ),
            field="contact_email",
        )


class LeadStays(Refusal):
    """The organisation that leads cannot leave its own campaign."""

    reason: ClassVar[str] = "lead-stays"

    def __init__(self) -> None:
        super().__init__(later("Votre organisation porte cette campagne : elle peut l’annuler, pas la quitter."))


class PartnerCarries(Refusal):
    """What is public is in the partner's name: it alone can leave."""

    reason: ClassVar[str] = "partner-carries"

    def __init__(self, name: str) -> None:
        super().__init__(later("« {name} » porte la campagne : elle seule peut la quitter.", name=name))


class AgreementAnswered(Refusal):
    """The organisation has answered this version already: there is nothing to ask again."""

    reason: ClassVar[str] = "agreement-answered"

    def __init__(self) -> None:
        super().__init__(later("Cette organisation a déjà donné son accord."))


class AskedJustNow(Refusal):
    """The organisation was asked less than a day ago."""

    reason: ClassVar[str] = "asked-just-now"

    def __init__(self) -> None:
        super().__init__(later("La demande est déjà partie il y a moins d’un jour. Laissez-leur le temps de répondre."))


class InvalidWord(Refusal):
    """The word that goes with an answer cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class Agreement(Struct, frozen=True, kw_only=True):
    """One organisation's agreement. `agreed_at` is its first yes that counts: it carries what is shown."""

    id: UUID
    campaign_id: UUID
    organisation_id: UUID
    organisation: str
    organisation_kind: str
    asked_version: int
    agreed_version: int
    asked_at: datetime | None
    agreed_at: datetime | None
    declined_at: datetime | None
    answered_at: datetime | None
    reminded_at: datetime | None
    left_at: datetime | None
    word: str

    @property
    def state(self) -> AgreementState:
        """Where it stands now, towards the newest version it was asked about."""
        if self.left_at is not None:
            return "left"
        if self.agreed_version >= self.asked_version:
            return "agreed"
        return "declined" if self.declined_at is not None else "awaited"

    @property
    def carries(self) -> bool:
        """Whether the organisation stands behind what is shown now."""
        return self.agreed_at is not None and self.left_at is None

    def may_be_asked_again(self, now: datetime) -> bool:
        """Whether another request makes sense: after a decline, or a day of silence."""
        if self.state == "awaited":
            return self.asked_at is None or now >= self.asked_at + AGAIN_AFTER
        return self.state == "declined"


def parse_word(value: str) -> str:
    """The word that goes with an answer, several lines; raises `InvalidWord`."""
    text = "\n".join(line.rstrip() for line in plain_spaces(value).replace("\r\n", "\n").strip().split("\n"))
    if len(text) > WORD_AT_MOST:
        raise InvalidWord(later("Ce mot est trop long : {most} caractères au plus.", most=WORD_AT_MOST), field="word")
    if not all(line.isprintable() for line in text.split("\n")):
        raise InvalidWord(later("Ce mot contient un caractère invisible."), field="word")
    return text
