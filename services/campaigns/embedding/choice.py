"""The choice: whose offers, and of which département, a list on another site shows."""

import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from msgspec import Struct

from services.campaigns.catalogue.finding.places import DEPARTEMENTS
from shared.languages import _, later
from shared.refusal import Refusal

_SLUG = re.compile(r"[a-z0-9-]{1,120}")


class UnknownChoice(Refusal):
    """No organisation with public offers has this name, or the département is not one of ours."""

    reason: ClassVar[str] = "unknown-choice"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(
            later("Cette liste n’existe pas : ni l’organisation ni le département demandés ne sont connus ici.")
        )


class Choice(Struct, frozen=True):
    """An organisation's slug and a département's code; each empty where everybody, everywhere is meant."""

    organisation: str = ""
    departement: str = ""

    @property
    def query(self) -> str:
        """« ?organisation=…&departement=27 », or nothing."""
        given = {"organisation": self.organisation, "departement": self.departement}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"?{query}" if query else ""

    def say(self, organisation_name: str) -> str:
        """« Fédération des métiers, Eure », « Toutes les offres »."""
        parts = [organisation_name, DEPARTEMENTS.get(self.departement, "")]
        return ", ".join(part for part in parts if part) or _("Toutes les offres")


def read_choice(given: Mapping[str, str]) -> Choice:
    """The choice of an address's query; raises `UnknownChoice`."""
    organisation, departement = given.get("organisation", ""), given.get("departement", "")
    if (organisation and not _SLUG.fullmatch(organisation)) or (departement and departement not in DEPARTEMENTS):
        raise UnknownChoice
    return Choice(organisation, departement)
