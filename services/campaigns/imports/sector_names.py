"""Sectors as people write them: a code, a label, or one of the usual short names."""

from collections.abc import Mapping

from services.campaigns.imports.cells import Cell, read_text
from services.campaigns.imports.fault import Findings
from services.campaigns.imports.words_of_files import SHORT_SECTORS, SHOWN_SECTORS, nearest, or_list, plain
from shared.languages import _


def read_sector(cell: Cell | None, findings: Findings, sectors: Mapping[str, str]) -> str:
    """The code of a sector (`sectors`: code → label), empty where none is named; « Santé / Social » is the first."""
    text = read_text(cell, findings)
    if cell is None or not text:
        return ""
    codes = [sector_named(part, sectors) for part in (text, *text.split("/"))]
    if codes[0] or (len(codes) > 2 and all(codes[1:])):
        return codes[0] or codes[1] or ""
    near = nearest(text, [*sectors.values(), *SHOWN_SECTORS])
    farther = [] if near else nearest(text, sectors.values(), cutoff=0.4)
    findings.fault(cell.row, cell.column, _say_unknown(text[:60], near, farther))
    return ""


def _say_unknown(sector: str, near: list[str], farther: list[str]) -> str:
    if near:
        return _(
            "le secteur « {sector} » est inconnu ; vouliez-vous dire {words} ?", sector=sector, words=or_list(near)
        )
    if farther:
        return _(
            "le secteur « {sector} » est inconnu ; les plus proches sont {words}.",
            sector=sector,
            words=or_list(farther),
        )
    return _("le secteur « {sector} » est inconnu.", sector=sector)


def sector_named(name: str, sectors: Mapping[str, str]) -> str | None:
    """The code of the sector that a code, a label or a short name means."""
    said = plain(name)
    if said in sectors:
        return said
    for code, label in sectors.items():
        if plain(label) == said or plain(label.replace("(", " ").replace(")", " ")) == said:
            return code
    code = SHORT_SECTORS.get(said, "")
    return code if code in sectors else None
