"""How long a campaign keeps names: so many months, counted from its last day."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from shared.languages import later
from shared.refusal import Refusal

MONTHS_AT_LEAST, MONTHS_AT_MOST = 1, 24


class Keeping(Struct, frozen=True, kw_only=True):
    """A campaign's time: `last_day` of the campaign or of its last offer, `until` the day after which names go."""

    campaign_id: UUID
    slug: str
    campaign: str
    months: int
    last_day: date
    until: date
    # of those who registered: whose names are kept, and whose are erased
    kept: int
    erased: int


class InvalidKeeping(Refusal):
    """Not a number of months that is allowed."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(
            later("Indiquez un nombre de mois, de {least} à {most}.", least=MONTHS_AT_LEAST, most=MONTHS_AT_MOST),
            field="months",
        )


def parse_months(given: str | int) -> int:
    """The months somebody typed; raises `InvalidKeeping`."""
    text = str(given).strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise InvalidKeeping
    months = int(text)
    if not MONTHS_AT_LEAST <= months <= MONTHS_AT_MOST:
        raise InvalidKeeping
    return months
