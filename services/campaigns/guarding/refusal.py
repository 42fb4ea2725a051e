"""The refusal of who asks too often."""

from typing import ClassVar

from shared.languages import n_later
from shared.refusal import Refusal


class TooMany(Refusal):
    """More requests of one kind, from one address or person, than people make (RFC 6585 §4).

    `seconds` until there may be one.
    """

    reason: ClassVar[str] = "too-many-requests"
    status: ClassVar[int] = 429

    def __init__(self, seconds: int, *, of_one_person: bool = False) -> None:
        of_network = n_later(
            "Trop de demandes arrivent de votre réseau. Réessayez dans {count} seconde.",
            "Trop de demandes arrivent de votre réseau. Réessayez dans {count} secondes.",
            seconds,
        )
        of_person = n_later(
            "Trop de demandes à la fois. Réessayez dans {count} seconde.",
            "Trop de demandes à la fois. Réessayez dans {count} secondes.",
            seconds,
        )
        super().__init__(of_person if of_one_person else of_network)
        self.seconds = seconds
