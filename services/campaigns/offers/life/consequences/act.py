"""What a planner is about to do to an offer: named, with the form that says it, before it is done."""

from typing import ClassVar, Literal, get_args
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.life.consequences.consequences import Words
from services.campaigns.offers.life.sheet import SheetChange
from services.campaigns.offers.session import SessionChange
from shared.refusal import Refusal

ActName = Literal["change_session", "cancel_session", "edit_offer", "cancel_offer"]
ACT_NAMES: tuple[ActName, ...] = get_args(ActName)


class UnknownAct(Refusal):
    """Nothing of this name can be done to an offer."""

    reason: ClassVar[str] = "unknown-act"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__("Cette action n’existe pas.", field="act")


class Act(Struct, frozen=True, kw_only=True):
    """One of four: a session or the offer, changed or cancelled. `if_match` is the version that was seen."""

    name: ActName
    session_id: UUID | None = None
    session: SessionChange | None = None
    sheet: SheetChange | None = None
    if_match: int | None = None
    words: Words = Words()

    @property
    def final(self) -> bool:
        """Whether it cannot be undone: then it is asked twice."""
        return self.name in ("cancel_session", "cancel_offer")

    @property
    def may_wait(self) -> bool:
        """Whether the news may be held back for an hour: not that of the end of everything."""
        return self.name != "cancel_offer"
