"""A file as bytes, read to the end: its programmes and its campaign, or every fault in it at once."""

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from msgspec import Struct

from services.campaigns.imports.campaign_reading import read_campaign
from services.campaigns.imports.cells import Cell, read_text
from services.campaigns.imports.fault import Fault, FileRefused, Findings
from services.campaigns.imports.programme_checks import check_programme
from services.campaigns.imports.programme_file import (
    CampaignFile,
    KnownCampaign,
    OfferHeader,
    PlannedSession,
    ProgrammeFile,
)
from services.campaigns.imports.programme_reading import Understood, understand
from services.campaigns.imports.reference_data import internship_period
from services.campaigns.imports.spreadsheet import check_size, read_delimited, read_workbook
from services.campaigns.imports.table import Table, find_table, unknown_name
from services.campaigns.imports.words_of_files import (
    COLUMNS,
    HEADERS,
    SESSIONS,
    field_named,
    nearest,
    or_list,
    plain,
    slug_of,
)
from services.campaigns.imports.yaml_document import Node, read_yaml
from shared.languages import _

PARTS = {
    "campaign": ("campagne",),
    "offer": ("offre",),
    "sessions": ("seances", "seance"),
    "programmes": ("programmes", "programme"),
}


class Known(Struct, frozen=True, kw_only=True):
    """What the database knows and a reading needs: sectors (code → label) and campaigns."""

    sectors: Mapping[str, str]
    campaigns: Sequence[KnownCampaign] = ()


class Reading(Struct, frozen=True, kw_only=True):
    """What a file says. With faults, nothing else of it is to be used. `others`: names of files it brings along."""

    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    campaign: CampaignFile | None = None
    programmes: tuple[tuple[ProgrammeFile, KnownCampaign], ...] = ()
    others: tuple[Cell, ...] = ()


def read_document(name: str, content: bytes, known: Known, *, campaign: CampaignFile | None = None) -> Reading:
    """Read a file called `name` (its ending says its form); never raises, whatever the bytes.

    `campaign` is the campaign of the file that brings this one along: it is known, and meant where none is named.
    """
    findings = Findings()
    try:
        check_size(content)
        ending = PurePath(name).suffix.casefold()
        if ending in (".yaml", ".yml"):
            return _read_yaml(read_yaml(content), findings, known, campaign)
        if ending == ".xlsx" or content.startswith(b"PK\x03\x04"):
            grid = read_workbook(content)
        elif ending in (".csv", ".tsv", ".txt"):
            grid = read_delimited(content)
        else:
            return Reading(faults=(Fault(0, "", _("ce fichier n’est ni un .xlsx, ni un .csv, ni un .yaml.")),))
        programme = _understand(find_table(grid, findings), findings, known, campaign)
    except FileRefused as refused:
        return Reading(faults=(*findings.faults, *refused.faults), warnings=findings.warnings)
    return _reading(findings, programmes=[programme])


def _read_yaml(root: Node, findings: Findings, known: Known, meant: CampaignFile | None) -> Reading:
    parts = _parts(root, findings)
    own = read_campaign(parts["campaign"], findings, known.sectors) if "campaign" in parts else None
    campaign = own or meant
    programmes, others = [], []
    if "offer" in parts or "sessions" in parts:
        programmes.append(_understand(_table_of(parts, root.row, findings), findings, known, campaign))
    for node in parts["programmes"].items() if "programmes" in parts else []:
        if isinstance(node.content, str):
            others.append(_other_file(node, findings))
        else:
            table = _table_of(_parts(node, findings), node.row, findings)
            programmes.append(_understand(table, findings, known, campaign))
    if not programmes and not others and own is None and not findings.faults:
        findings.fault(0, "", _("ce fichier ne contient ni « offre », ni « programmes », ni « campagne »."))
    return _reading(findings, programmes=programmes, campaign=own, others=tuple(others))


def _reading(
    findings: Findings,
    *,
    programmes: Sequence[tuple[ProgrammeFile, KnownCampaign] | None],
    campaign: CampaignFile | None = None,
    others: tuple[Cell, ...] = (),
) -> Reading:
    return Reading(
        faults=findings.faults,
        warnings=findings.warnings,
        campaign=campaign,
        programmes=tuple(programme for programme in programmes if programme is not None),
        others=others,
    )


def _understand(
    table: Table, findings: Findings, known: Known, campaign: CampaignFile | None
) -> tuple[ProgrammeFile, KnownCampaign] | None:
    """Read the table, then check its rows against each other, with or without faults in them."""
    defaults = {"campaign": campaign.title} if campaign else {}
    understood: Understood = understand(table, findings, known.sectors, defaults)
    header, sessions = understood.header, understood.sessions
    campaigns = [*known.campaigns]
    if campaign:
        campaigns = [one for one in campaigns if one.slug != campaign.slug]
        campaigns.append(
            KnownCampaign(
                slug=campaign.slug, title=campaign.title, first_day=campaign.first_day, last_day=campaign.last_day
            )
        )
    meant = _campaign_meant(header, sessions, campaigns, findings) if header else None
    check_programme(header, sessions, meant, findings)
    if header is None or meant is None:
        return None
    return ProgrammeFile(header=header, sessions=sessions), meant


def _campaign_meant(
    header: OfferHeader, sessions: Sequence[PlannedSession], campaigns: Sequence[KnownCampaign], findings: Findings
) -> KnownCampaign | None:
    """The campaign a header names; one that resembles none we know is a new one, over the ministry's period."""
    for campaign in campaigns:
        if header.campaign == campaign.slug or plain(header.campaign) == plain(campaign.title):
            return campaign
    place = header.where("campaign")
    near = nearest(header.campaign, [campaign.title for campaign in campaigns], cutoff=0.75)
    if near:
        sentence = _(
            "la campagne « {campaign} » est inconnue ; vouliez-vous dire {words} ?",
            campaign=header.campaign,
            words=or_list(near),
        )
        findings.fault(place.row, place.column, sentence)
        return None
    if not sessions:
        return None
    period = internship_period(sessions[0].date.year)
    if period is None:
        findings.fault(place.row, place.column, _("la campagne « {campaign} » est inconnue.", campaign=header.campaign))
        return None
    findings.warn(
        place.row,
        place.column,
        _("la campagne « {campaign} » est nouvelle : elle est créée.", campaign=header.campaign),
    )
    return KnownCampaign(slug=slug_of(header.campaign), title=header.campaign, first_day=period[0], last_day=period[1])


def _parts(node: Node, findings: Findings) -> dict[str, Node]:
    parts: dict[str, Node] = {}
    for key, value in node.mapping().items():
        part = field_named(key, PARTS)
        if part:
            parts[part] = value
        else:
            unknown_name(key, value.row, "", PARTS, findings, what="part")
    return parts


def _table_of(parts: dict[str, Node], row: int, findings: Findings) -> Table:
    """The offer and its sessions as a table whose columns are the keys of the mappings."""
    header = _fields(parts["offer"], HEADERS, findings) if "offer" in parts else {}
    rows = [_fields(node, COLUMNS, findings) for node in parts["sessions"].items()] if "sessions" in parts else []
    if not rows:
        findings.fault(row, SESSIONS, _("ce programme n’a aucune séance."))
    columns = {field: cell.column for fields in rows for field, cell in fields.items()}
    return Table(header, [fields for fields in rows if fields], columns, parts["sessions"].row if rows else row)


def _fields(node: Node, words: Mapping[str, Sequence[str]], findings: Findings) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for key, value in node.mapping().items():
        field = field_named(key, words)
        if field is None:
            unknown_name(key, value.row, "", words, findings, what="field")
        elif field in cells:
            findings.fault(value.row, key[:60], _("ce champ est donné deux fois."))
        else:
            cells[field] = value.cell(key)
    return cells


def _other_file(node: Node, findings: Findings) -> Cell:
    cell = node.cell("programmes")
    name = read_text(cell, findings)
    if name and (PurePath(name).name != name or "\\" in name or name.startswith(".")):
        findings.fault(node.row, "programmes", _("seuls des fichiers du même dossier peuvent être nommés."))
    return Cell(cell.row, cell.column, name)
