"""What an organiser needs to see of an offer and of the people in it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.catalogue.listing import Listing
from services.campaigns.offers.registration import RegistrationStatus
from shared.french_dates import say_moment


class ListedPupil(Struct, frozen=True, kw_only=True):
    """One living registration; `position` counts from 1 while waiting, `rank` orders all of the offer."""

    id: UUID
    rank: int
    status: RegistrationStatus
    position: int | None
    deadline: datetime | None
    created_at: datetime
    first_name: str
    last_name: str
    email: str | None
    guardian_name: str | None
    guardian_email: str | None
    school_name: str
    class_name: str
    group: str


class PlannedOffer(Struct, frozen=True, kw_only=True):
    """An offer in the organiser's list, with the first deadline of the seats that are held."""

    listing: Listing
    answer_by: datetime | None

    def say_need(self, now: datetime) -> str:
        """What this offer needs today, or nothing."""
        listing = self.listing
        match listing.state(now):
            case "past" | "cancelled":
                return ""
            case _ if self.answer_by is not None:
                noun = "1 réponse attendue" if listing.held == 1 else f"{listing.held} réponses attendues, la première"
                return f"{noun} avant le {say_moment(self.answer_by)}"
            case "full":
                return (
                    f"{listing.waiting} {'attend' if listing.waiting == 1 else 'attendent'} une place"
                    if listing.waiting
                    else ""
                )
            case _ if listing.starts_at is not None and (listing.starts_at - now).days < 14 and listing.free:
                return f"Commence bientôt, {listing.say_state(now)}"
            case _:
                return ""
