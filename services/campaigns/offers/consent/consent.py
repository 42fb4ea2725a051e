"""Consent: what a guardian is asked, what can be answered when, and what is said where there is nothing to answer."""

from datetime import datetime
from typing import ClassVar, Literal

from services.campaigns.offers.registration import RegistrationStatus
from shared.french_dates import say_moment
from shared.languages import Message, later
from shared.refusal import Refusal

Answer = Literal["given", "refused", "withdrawn"]

# what is consented to; other words are another version, and what was said yes to stays
TEXTS = {
    1: later(
        "J’autorise cet élève à participer à cette offre, aux dates et dans les lieux de cette page, et j’accepte que "
        "son nom, son établissement et sa classe soient connus de l’organisateur et des entreprises qui l’accueillent."
    ),
}
TEXT_VERSION = max(TEXTS)


class UnknownConsent(Refusal):
    """The guardian's link is cut, foreign, or of a registration that asks for no consent."""

    reason: ClassVar[str] = "unknown-consent"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce lien n’est pas ou n’est plus valable."))


class ConsentTooLate(Refusal):
    """The seat is held no more."""

    reason: ClassVar[str] = "consent-too-late"

    def __init__(self, deadline: datetime | None = None) -> None:
        super().__init__(
            later(
                "Le délai est passé : il fallait répondre avant {moment}. La place n’est plus retenue.",
                moment=lambda: say_moment(deadline),
            )
            if deadline
            else later("Le délai est passé : la place n’est plus retenue.")
        )


class NothingToConsent(Refusal):
    """The registration has ended, or nothing was consented to that could be taken back."""

    reason: ClassVar[str] = "nothing-to-consent"


class ConsentAlreadyGiven(Refusal):
    """Who has consented takes it back; there is nothing to refuse any more."""

    reason: ClassVar[str] = "consent-already-given"

    def __init__(self) -> None:
        super().__init__(later("Vous avez déjà donné votre accord. Vous pouvez le retirer sur la même page."))


class ConsentTextChanged(Refusal):
    """The words that were read are not those that are in force."""

    reason: ClassVar[str] = "consent-text-changed"

    def __init__(self) -> None:
        super().__init__(
            later("Le texte a changé depuis que vous avez ouvert cette page. Relisez-le avant de répondre.")
        )


def say_end(status: RegistrationStatus, answer: Answer | None) -> Message:
    """How a registration ended, said to the guardian; `answer` is what they last answered."""
    match status:
        case "expired":
            return later("Le délai est passé : la place n’est plus retenue.")
        case "refused" if answer == "refused":
            return later("Vous avez refusé : la place est rendue.")
        case "refused":
            return later("La place a été refusée : elle est rendue.")
        case "withdrawn" if answer == "withdrawn":
            return later("Vous avez retiré votre accord : l’inscription a pris fin.")
        case "withdrawn":
            return later("Cette inscription a été retirée : la place est rendue.")
        case _:
            return later("Cette offre est annulée : elle n’aura pas lieu.")


def refuse_ended(status: RegistrationStatus, answer: Answer | None) -> None:
    """Raise unless the registration is alive."""
    if status == "expired":
        raise ConsentTooLate
    if status not in ("waiting", "held", "confirmed"):
        raise NothingToConsent(say_end(status, answer))
