"""What a planner does to a queue by hand: always with a reason, which stays in the audit trail."""

from typing import ClassVar

from services.campaigns.offers.registration import InvalidField
from shared.languages import later
from shared.refusal import Refusal

REASON_AT_LEAST, REASON_AT_MOST = 3, 200


class NoFreeSeat(Refusal):
    """There is no seat to give."""

    reason: ClassVar[str] = "no-free-seat"

    def __init__(self) -> None:
        super().__init__(
            later("Aucune place n’est libre : augmentez d’abord le nombre de places, ou attendez qu’une se libère.")
        )


class NotWaiting(Refusal):
    """What is asked can be done for who waits only."""

    reason: ClassVar[str] = "not-waiting"

    def __init__(self) -> None:
        super().__init__(later("Cet élève n’attend plus de place."))


class NobodyBehind(Refusal):
    """There is nobody whom a turn could pass to."""

    reason: ClassVar[str] = "nobody-behind"

    def __init__(self) -> None:
        super().__init__(later("Personne d’autre n’attend qui pourrait prendre ce tour."))


class NotOneOffer(Refusal):
    """Two registrations that were to be one are not of one offer, or are the same, or ended."""

    reason: ClassVar[str] = "not-doubles"

    def __init__(self) -> None:
        super().__init__(
            later("Ces deux inscriptions ne peuvent pas être réunies : il en faut deux vivantes de la même offre.")
        )


class UnknownGroup(Refusal):
    """The offer has no such group."""

    reason: ClassVar[str] = "unknown-group"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Ce groupe n’existe pas dans cette offre."), field="group_id")


def checked_reason(text: str) -> str:
    """The reason as it is kept; raises `InvalidField`."""
    reason = " ".join(text.split())
    if not REASON_AT_LEAST <= len(reason) <= REASON_AT_MOST or not reason.isprintable():
        raise InvalidField(
            later(
                "Indiquez la raison, en {most} caractères au plus : elle reste dans le journal.", most=REASON_AT_MOST
            ),
            field="reason",
        )
    return reason
