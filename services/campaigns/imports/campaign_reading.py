"""The campaign that a YAML file brings: its period, its sectors, its partners and whether each has agreed."""

from collections.abc import Mapping

from services.campaigns.imports.cells import LONG, Cell, read_date, read_moment, read_siret, read_text
from services.campaigns.imports.fault import Findings
from services.campaigns.imports.programme_file import CampaignFile, NamedOrganisation, Partner
from services.campaigns.imports.programme_reading import read_organisation_kind
from services.campaigns.imports.sector_names import read_sector
from services.campaigns.imports.words_of_files import DEPARTEMENTS, FIRST_DAY, field_named, slug_of
from services.campaigns.imports.yaml_document import Node
from shared.languages import _

FIELDS = {
    "slug": ("identifiant",),
    "title": ("titre", "nom"),
    "presentation": ("presentation", "resume"),
    "first_day": ("debut", "premier jour"),
    "last_day": ("fin", "dernier jour"),
    "departements": ("departements",),
    "sectors": ("secteurs",),
    "partners": ("organisations", "partenaires"),
}
SECTOR_FIELDS = {"sector": ("secteur", "code"), "label": ("libelle", "nom")}
PARTNER_FIELDS = {
    "name": ("nom", "organisation"),
    "kind": ("type", "type d organisation"),
    "siret": ("siret",),
    "agreed_at": ("accord", "accord le"),
}


def read_campaign(node: Node, findings: Findings, sectors: Mapping[str, str]) -> CampaignFile | None:
    """The campaign in a mapping; None when it has faults, which are noted."""
    before = findings.faults
    fields = _fields(node, FIELDS, findings)
    for field in ("title", "first_day", "last_day"):
        if field not in fields:
            findings.fault(node.row, FIELDS[field][0], _("ce champ de la campagne manque."))
    title = _text(fields, "title", findings)
    first = read_date(fields["first_day"].cell(FIRST_DAY), findings) if "first_day" in fields else None
    last = read_date(fields["last_day"].cell("fin"), findings) if "last_day" in fields else None
    if first and last and last < first:
        findings.fault(fields["last_day"].row, "fin", _("la campagne finit avant de commencer."))
    departements = tuple(
        read_text(item.cell(DEPARTEMENTS), findings, at_most=3)
        for item in (fields["departements"].items() if "departements" in fields else [])
    )
    named = [_sector(item, findings, sectors) for item in (fields["sectors"].items() if "sectors" in fields else [])]
    partners = [_partner(item, findings) for item in (fields["partners"].items() if "partners" in fields else [])]
    slug = _text(fields, "slug", findings)
    presentation = _text(fields, "presentation", findings, at_most=LONG)
    if findings.faults != before or first is None or last is None:
        return None
    return CampaignFile(
        slug=slug_of(slug or title),
        title=title,
        presentation=presentation,
        first_day=first,
        last_day=last,
        departements=departements,
        sectors=tuple(dict(named).items()),
        partners=tuple(partner for partner in partners if partner),
    )


def _sector(node: Node, findings: Findings, sectors: Mapping[str, str]) -> tuple[str, str]:
    """The sector's code and the label that the campaign gives it, « Nucléaire » for Énergie."""
    if isinstance(node.content, str):
        return read_sector(node.cell("secteurs"), findings, sectors), ""
    fields = _fields(node, SECTOR_FIELDS, findings)
    cell = fields["sector"].cell("secteur") if "sector" in fields else None
    return read_sector(cell, findings, sectors), _text(fields, "label", findings)


def _partner(node: Node, findings: Findings) -> Partner | None:
    fields = _fields(node, PARTNER_FIELDS, findings)
    name = _text(fields, "name", findings)
    if not name:
        findings.fault(node.row, "nom", _("le nom de l’organisation manque."))
        return None
    kind = read_organisation_kind(fields["kind"].cell("type"), findings) if "kind" in fields else None
    siret = read_siret(fields["siret"].cell("siret"), findings) if "siret" in fields else ""
    agreed = fields.get("agreed_at")
    agreed_at = read_moment(agreed.cell("accord"), findings, day_is_whole=False) if agreed and agreed.content else None
    return Partner(NamedOrganisation(name, siret, kind or "federation"), agreed_at)


def _text(fields: Mapping[str, Node], field: str, findings: Findings, *, at_most: int = 150) -> str:
    if field not in fields:
        return ""
    cell: Cell = fields[field].cell(field)
    return read_text(cell, findings, at_most=at_most)


def _fields(node: Node, words: Mapping[str, tuple[str, ...]], findings: Findings) -> dict[str, Node]:
    fields: dict[str, Node] = {}
    for key, value in node.mapping().items():
        field = field_named(key, words)
        if field is None:
            findings.fault(value.row, "", _("le champ « {name} » est inconnu.", name=key[:60]))
        else:
            fields[field] = value
    return fields
