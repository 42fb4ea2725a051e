"""The draft of a new offer: for which campaign, of which kind, on which days."""

from datetime import date as Date
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.life.sheet import Sheet
from services.campaigns.offers.offer import OfferKind
from services.campaigns.offers.time_law import refuse_day
from shared.french_dates import say_period
from shared.languages import _, later
from shared.refusal import Refusal

DAYS_AT_MOST = 62
EARLIEST, LATEST = Date(2000, 1, 1), Date(2100, 12, 31)


class UnknownCampaign(Refusal):
    """No campaign has this id among those the organisation carries."""

    reason: ClassVar[str] = "unknown-campaign"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(
            later("Cette campagne n’existe pas, ou votre organisation n’en fait pas partie."), field="campaign_id"
        )


class OpenCampaign(Struct, frozen=True, kw_only=True):
    """A campaign in which an organisation may make offers; both days are in its period."""

    id: UUID
    title: str
    first_day: Date
    last_day: Date

    @property
    def period(self) -> str:
        """« du lundi 14 au vendredi 25 juin 2027 »."""
        return say_period(self.first_day, self.last_day)


class Draft(Struct, frozen=True, kw_only=True):
    """What makes a new offer; from `first_day` to `last_day` its working days are laid out, empty."""

    kind: OfferKind
    sheet: Sheet
    first_day: Date
    last_day: Date

    def find_faults(self, campaign: OpenCampaign, *, for_schools: bool = False) -> dict[str, str]:
        """A French sentence for each field at fault. What is for schools may come before the campaign."""
        faults = self.sheet.find_faults()
        if not (EARLIEST <= self.first_day <= LATEST and EARLIEST <= self.last_day <= LATEST):
            faults["first_day"] = _("Cette date est hors du possible.")
        elif self.last_day < self.first_day:
            faults["last_day"] = _("Le dernier jour vient avant le premier.")
        elif (self.last_day - self.first_day).days >= DAYS_AT_MOST:
            faults["last_day"] = _("Une offre dure au plus {most} jours.", most=DAYS_AT_MOST)
        elif not self.days:
            faults["first_day"] = _("Aucun jour ouvré dans cette période.")
        elif self.last_day > campaign.last_day or (self.first_day < campaign.first_day and not for_schools):
            faults["first_day"] = _("La campagne a lieu {period}.", period=campaign.period)
        return faults

    @property
    def days(self) -> tuple[Date, ...]:
        """The days from the first to the last, without weekends and public holidays."""
        count = min((self.last_day - self.first_day).days, DAYS_AT_MOST)
        days = (self.first_day + timedelta(days=number) for number in range(count + 1))
        return tuple(day for day in days if refuse_day(day) is None)
