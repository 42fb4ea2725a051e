"""A campaign as its partners agree to it: its words, and what a change of them is called."""

from datetime import date as Date
from typing import ClassVar
from uuid import UUID

from msgspec import Struct

from shared.french_dates import say_period
from shared.languages import _, later, translate
from shared.refusal import Refusal


class UnknownCampaign(Refusal):
    """No campaign has this name among those the organisation carries."""

    reason: ClassVar[str] = "unknown-campaign"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette campagne n’existe pas."))


class NotTheLead(Refusal):
    """Only the organisation that leads a campaign changes it, invites to it, cancels it."""

    reason: ClassVar[str] = "not-the-lead"
    status: ClassVar[int] = 403

    def __init__(self, lead: str) -> None:
        super().__init__(
            later("Seule l’organisation qui porte la campagne ({lead}) peut faire cela.", lead=lead or later("aucune"))
        )


class CampaignChangedMeanwhile(Refusal):
    """Somebody else changed the campaign since it was read (If-Match, or an answer to an older version)."""

    reason: ClassVar[str] = "campaign-changed-meanwhile"
    status: ClassVar[int] = 412

    def __init__(self) -> None:
        super().__init__(later("La campagne a changé entre-temps. Relisez-la avant de continuer."))


class CampaignCancelled(Refusal):
    """A cancelled campaign is not changed any more."""

    reason: ClassVar[str] = "campaign-cancelled"

    def __init__(self) -> None:
        super().__init__(later("Cette campagne est annulée : elle ne peut plus être modifiée."))


class CampaignExists(Refusal):
    """The lead has a campaign of this title and period already: a form that was sent twice."""

    reason: ClassVar[str] = "campaign-exists"

    def __init__(self, title: str) -> None:
        super().__init__(
            later("Votre organisation porte déjà une campagne « {title} » à ces dates.", title=title), field="title"
        )


class InvalidCampaign(Refusal):
    """A field of a campaign cannot be accepted as it is."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class NothingChanged(Refusal):
    """The change says what the campaign says already."""

    reason: ClassVar[str] = "nothing-changed"

    def __init__(self) -> None:
        super().__init__(later("Rien n’a changé : aucun accord n’est redemandé."))


class ChosenSector(Struct, frozen=True):
    """A sector of the national list, and the campaign's own word for it where it has one (« Nucléaire »)."""

    sector: str
    label: str = ""


class Wording(Struct, frozen=True, kw_only=True):
    """What the partners agree to; the period includes both days."""

    title: str
    presentation: str
    first_day: Date
    last_day: Date
    departements: tuple[str, ...]
    sectors: tuple[ChosenSector, ...]


class LockedCampaign(Struct, frozen=True, kw_only=True):
    """A campaign read under its lock: what is shown (`agreed`), and what it is to become (`proposed`)."""

    id: UUID
    slug: str
    lead_id: UUID | None
    lead: str
    agreed_version: int
    version: int
    agreed: Wording
    proposed: Wording
    changes: tuple[str, ...]
    cancelled: bool
    # what changes, for partners who read English
    changes_en: tuple[str, ...] = ()

    def refuse_if_cancelled(self) -> None:
        """Raise `CampaignCancelled`."""
        if self.cancelled:
            raise CampaignCancelled


def changes_between(before: Wording, after: Wording, sector_names: dict[str, str]) -> tuple[str, ...]:
    """What changed, a sentence a line; `sector_names` has the national list's words by code."""
    changes: list[str] = []
    if before.title != after.title:
        changes.append(_("Le titre « {old} » devient « {new} ».", old=before.title, new=after.title))
    if (before.first_day, before.last_day) != (after.first_day, after.last_day):
        old, new = say_period(before.first_day, before.last_day), say_period(after.first_day, after.last_day)
        changes.append(_("La période change : {new}, au lieu {old}.", new=new, old=_instead_of(old)))
    if set(before.sectors) != set(after.sectors):
        old, new = (_say_sectors(wording.sectors, sector_names) for wording in (before, after))
        changes.append(_("Les secteurs changent : {new}, au lieu de {old}.", new=new, old=old))
    if set(before.departements) != set(after.departements):
        old, new = (", ".join(sorted(wording.departements)) or _("aucun") for wording in (before, after))
        changes.append(_("Les départements changent : {new}, au lieu de {old}.", new=new, old=old))
    if before.presentation != after.presentation:
        changes.append(
            _("La présentation devient : « {presentation} »", presentation=after.presentation)
            if after.presentation
            else _("La présentation est ôtée.")
        )
    return tuple(changes)


def say_changes(before: Wording, after: Wording, sector_names: dict[str, str]) -> tuple[str, ...]:
    """What a version asked about changes, or that it changes nothing any more, a sentence a line."""
    back = _("La campagne revient à la version que tous avaient acceptée.")
    return changes_between(before, after, sector_names) or (back,)


def _instead_of(period: str) -> str:
    return f"du {period.removeprefix('le ')}" if period.startswith("le ") else period


def _say_sectors(sectors: tuple[ChosenSector, ...], names: dict[str, str]) -> str:
    return _(" et ").join(
        chosen.label or translate(names.get(chosen.sector, chosen.sector)) for chosen in sectors
    ) or _("aucun")
