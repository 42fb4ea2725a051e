"""A campaign as its planners see it: who has agreed, what is public, how it fills."""

from datetime import date as Date
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.agreements.campaign import LockedCampaign, NotTheLead
from services.campaigns.agreements.partners.agreement import Agreement, AgreementState
from services.campaigns.agreements.partners.notices import awaited_of
from shared.languages import _, n_


class Filling(Struct, frozen=True, kw_only=True):
    """How a campaign fills: its offers that are not cancelled, how many are public, and the seats of these."""

    offers: int
    public: int
    seats: int
    taken: int
    waiting: int

    def say_filling(self) -> str:
        """« 3 offres publiées sur 5, 42 places prises sur 120, 6 attendent »."""
        if not self.offers:
            return _("Aucune offre pour l’instant")
        parts = [
            n_(
                "{count} offre publiée sur {offers}",
                "{count} offres publiées sur {offers}",
                self.public,
                offers=self.offers,
            )
        ]
        if self.public:
            parts.append(
                n_("{count} place prise sur {seats}", "{count} places prises sur {seats}", self.taken, seats=self.seats)
            )
        if self.waiting:
            parts.append(n_("{count} attend", "{count} attendent", self.waiting))
        return ", ".join(parts)


class CampaignLine(Filling, frozen=True, kw_only=True):
    """A campaign in the list. `awaited`: who has not said yes to the newest version."""

    id: UUID
    slug: str
    title: str
    first_day: Date
    last_day: Date
    lead: str
    cancelled: bool
    second_round: bool
    awaited: tuple[str, ...]
    partners: int
    mine: AgreementState | None

    @property
    def agreed(self) -> int:
        """How many have said yes to the newest version."""
        return self.partners - len(self.awaited)


class CampaignPage(Struct, frozen=True, kw_only=True):
    """A campaign and its agreements, for one actor who may see it."""

    campaign: LockedCampaign
    agreements: tuple[Agreement, ...]
    actor: Actor

    @property
    def is_lead(self) -> bool:
        """Whether the actor acts for the organisation that leads."""
        return self.actor.acts_for(self.campaign.lead_id)

    @property
    def mine(self) -> Agreement | None:
        """The agreement of the actor's organisation, where it is asked for one."""
        return next((one for one in self.agreements if one.organisation_id == self.actor.organisation_id), None)

    @property
    def partners(self) -> tuple[Agreement, ...]:
        """Who carries the campaign or is asked to."""
        return tuple(one for one in self.agreements if one.left_at is None)

    @property
    def gone(self) -> tuple[Agreement, ...]:
        """Who has left."""
        return tuple(one for one in self.agreements if one.left_at is not None)

    @property
    def awaited(self) -> list[str]:
        """Who has not said yes to the newest version."""
        return awaited_of(self.agreements)

    @property
    def missing(self) -> list[str]:
        """Whose yes holds back what is not public yet; nobody when all carry the version that is shown.

        Who joined during a second round may have said yes, and waits with the lead for those who have not.
        """
        joining = [one.organisation for one in self.partners if one.agreed_at is None]
        return (self.awaited or joining) if joining else []

    @property
    def second_round(self) -> bool:
        """Whether a version is asked about that is not shown yet."""
        return self.campaign.version > self.campaign.agreed_version

    def need_lead(self) -> None:
        """Raise `NotTheLead` for who sees the campaign without leading it."""
        if not self.is_lead:
            raise NotTheLead(self.campaign.lead)


class Concern(Struct, frozen=True):
    """How many a cancellation concerns: public offers that are not over, and pupils in them or waiting."""

    offers: int
    pupils: int

    def __str__(self) -> str:
        if not self.offers:
            return _("Aucune offre publiée n’est concernée, personne n’est inscrit.")
        if not self.pupils:
            return n_(
                "{count} offre publiée sera annulée ; personne n’y est inscrit.",
                "{count} offres publiées seront annulées ; personne n’y est inscrit.",
                self.offers,
            )
        return _(
            "{offers} ; {pupils}.",
            offers=n_("{count} offre sera annulée", "{count} offres seront annulées", self.offers),
            pupils=n_(
                "{count} élève, inscrit ou en attente, sera prévenu",
                "{count} élèves, inscrits ou en attente, seront prévenus",
                self.pupils,
            ),
        )
