"""The one offer that a planner's file is for: what of a file may be used, when it comes from a screen."""

from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.imports.document import Known, Reading
from services.campaigns.imports.fault import Fault, FileRefused
from services.campaigns.imports.programme_file import KnownCampaign, ProgrammeFile
from services.campaigns.imports.words_of_files import plain
from shared.languages import _


class Target(Struct, frozen=True, kw_only=True):
    """An offer with its organisation and campaign; `sectors`: code → label."""

    offer_id: UUID
    slug: str
    organisation: str
    campaign_id: UUID
    campaign: KnownCampaign
    sectors: dict[str, str]

    @property
    def known(self) -> Known:
        """What a reading may know: of campaigns this one alone, so that no other's name is suggested."""
        return Known(sectors=self.sectors, campaigns=[self.campaign])

    def programme_in(self, reading: Reading) -> ProgrammeFile:
        """The programme of this offer in a file; raises `FileRefused` for anything else, and for its faults."""
        if reading.faults:
            raise FileRefused(*reading.faults)
        if reading.campaign is not None:
            raise FileRefused(
                Fault(0, "campagne", _("une campagne ne se change pas par ce fichier : ôtez cette partie."))
            )
        if reading.others or len(reading.programmes) != 1:
            raise FileRefused(Fault(0, "", _("un fichier avec une seule offre est attendu ici.")))
        programme, campaign = reading.programmes[0]
        header = programme.header
        faults = []
        for field, differs, sentence in (
            (
                "slug",
                header.slug not in ("", self.slug),
                _("ce fichier est celui d’une autre offre (« {slug} »).", slug=header.slug),
            ),
            (
                "campaign",
                campaign.slug != self.campaign.slug,
                _("cette offre est de « {title} ».", title=self.campaign.title),
            ),
            (
                "organisation",
                plain(header.organisation.name) != plain(self.organisation),
                _("cette offre est celle de « {organisation} ».", organisation=self.organisation),
            ),
        ):
            if differs:
                place = header.where(field)
                faults.append(Fault(place.row, place.column, sentence))
        if faults:
            raise FileRefused(*faults)
        return msgspec.structs.replace(programme, header=msgspec.structs.replace(header, slug=self.slug))
