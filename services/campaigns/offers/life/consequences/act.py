"""What a planner is about to do to an offer: named, with the form that says it, before it is done."""

from datetime import date as Date
from typing import ClassVar, Literal, get_args
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from services.campaigns.offers.life.consequences.consequences import Words
from services.campaigns.offers.life.sheet import SheetChange
from services.campaigns.offers.session import SessionChange
from shared.languages import later
from shared.refusal import Refusal

WeekActName = Literal["add_session", "copy_day", "apply_template_week", "edit_day", "edit_group", "cancel_day"]
ActName = Literal["change_session", "cancel_session", "edit_offer", "cancel_offer"] | WeekActName
WEEK_ACTS: tuple[WeekActName, ...] = get_args(WeekActName)
ACT_NAMES: tuple[ActName, ...] = ("change_session", "cancel_session", "edit_offer", "cancel_offer", *WEEK_ACTS)


class UnknownAct(Refusal):
    """Nothing of this name can be done to an offer."""

    reason: ClassVar[str] = "unknown-act"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(later("Cette action n’existe pas."), field="act")


class DayEdit(Struct, frozen=True, kw_only=True):
    """What is set of a day; what is left out stays. `phone_of_all`: the number is every day's."""

    sector: str | UnsetType | None = UNSET
    emergency_phone: str | UnsetType = UNSET
    phone_of_all: bool = False


class Act(Struct, frozen=True, kw_only=True):
    """One of `ACT_NAMES` and what it takes. `if_match` is the version that was seen.

    `session` is the change of a session or the one to add; `date` the day that is edited, cancelled or copied to
    `target`, or a day of the week that the template begins with; `group_name` the new name of the group.
    """

    name: ActName
    session_id: UUID | None = None
    session: SessionChange | None = None
    sheet: SheetChange | None = None
    date: Date | None = None
    target: Date | None = None
    day: DayEdit | None = None
    group_id: UUID | None = None
    group_name: str = ""
    if_match: int | None = None
    words: Words = Words()

    @property
    def final(self) -> bool:
        """Whether it cannot be undone: then it is asked twice."""
        return self.name in ("cancel_session", "cancel_day", "cancel_offer")

    @property
    def may_wait(self) -> bool:
        """Whether the news may be held back for an hour: not that of the end of everything."""
        return self.name != "cancel_offer"

    @property
    def of_week(self) -> bool:
        """Whether it is one of the week builder's own."""
        return self.name in WEEK_ACTS
