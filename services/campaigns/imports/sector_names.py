"""Sectors as people write them: a code, a label, or one of the usual short names."""

from collections.abc import Mapping

from services.campaigns.imports.cells import Cell, read_text
from services.campaigns.imports.fault import Findings
from services.campaigns.imports.words_of_files import nearest, or_list, plain

# domain.md: nuclear is energy, public works are building, health and social care begin with health
SHORT_NAMES = {
    "nucleaire": "s21",
    "energie nucleaire": "s21",
    "btp": "s10",
    "batiment": "s10",
    "travaux publics": "s10",
    "sanitaire et social": "s43",
    "agroalimentaire": "s28",
    "logistique": "s34",
    "transport": "s34",
    "numerique": "s31",
    "informatique": "s31",
    "hotellerie": "s26",
    "restauration": "s26",
}
SHOWN_SHORT_NAMES = ("Nucléaire", "Travaux publics", "Sanitaire et social", "Agroalimentaire", "Numérique")


def read_sector(cell: Cell | None, findings: Findings, sectors: Mapping[str, str]) -> str:
    """The code of a sector (`sectors`: code → label), empty where none is named; « Santé / Social » is the first."""
    text = read_text(cell, findings)
    if cell is None or not text:
        return ""
    codes = [sector_named(part, sectors) for part in (text, *text.split("/"))]
    if codes[0] or (len(codes) > 2 and all(codes[1:])):
        return codes[0] or codes[1] or ""
    near = nearest(text, [*sectors.values(), *SHOWN_SHORT_NAMES])
    farther = [] if near else nearest(text, sectors.values(), cutoff=0.4)
    if not near and not farther:
        findings.fault(cell.row, cell.column, f"le secteur « {text[:60]} » est inconnu.")
        return ""
    meant = f"vouliez-vous dire {or_list(near)} ?" if near else f"les plus proches sont {or_list(farther)}."
    findings.fault(cell.row, cell.column, f"le secteur « {text[:60]} » est inconnu ; {meant}")
    return ""


def sector_named(name: str, sectors: Mapping[str, str]) -> str | None:
    """The code of the sector that a code, a label or a short name means."""
    said = plain(name)
    if said in sectors:
        return said
    for code, label in sectors.items():
        if plain(label) == said or plain(label.replace("(", " ").replace(")", " ")) == said:
            return code
    code = SHORT_NAMES.get(said, "")
    return code if code in sectors else None
