"""The refusal of who asks too often."""

from typing import ClassVar

from shared.languages import n_later
from shared.refusal import Refusal


class TooMany(Refusal):
    """More requests of one kind, from one address, than people make (RFC 6585 §4); `seconds` until there may be one."""

    reason: ClassVar[str] = "too-many-requests"
    status: ClassVar[int] = 429

    def __init__(self, seconds: int) -> None:
        super().__init__(
            n_later(
                "Trop de demandes arrivent de votre réseau. Réessayez dans {count} seconde.",
                "Trop de demandes arrivent de votre réseau. Réessayez dans {count} secondes.",
                seconds,
            )
        )
        self.seconds = seconds
