"""YAML as bytes: mappings, lists and texts, each with its line. Nothing is constructed, dates stay as written."""

from collections.abc import Iterator

import yaml
from msgspec import Struct

from services.campaigns.imports.cells import Cell
from services.campaigns.imports.fault import refuse
from shared.languages import _

DEPTH_AT_MOST = 8
EVENTS_AT_MOST = 100_000


class Node(Struct, frozen=True):
    """A text, a list or a mapping, and the line it begins on."""

    row: int
    content: "str | list[Node] | dict[str, Node]"

    def mapping(self) -> "dict[str, Node]":
        """The entries of a mapping; refuses anything else."""
        if not isinstance(self.content, dict):
            refuse(self.row, "", _("ici, des lignes « champ: valeur » sont attendues."))
        return self.content

    def items(self) -> "list[Node]":
        """The items of a list; nothing written is an empty one; refuses anything else."""
        if self.content == "":
            return []
        if not isinstance(self.content, list):
            refuse(self.row, "", _("ici, une liste est attendue (des lignes qui commencent par « - »)."))
        return self.content

    def cell(self, column: str) -> Cell:
        """The text as a cell; refuses a list or a mapping."""
        if not isinstance(self.content, str):
            refuse(self.row, column, _("ici, un seul texte est attendu."))
        return Cell(self.row, column, self.content)


def read_yaml(content: bytes) -> Node:
    """The document; raises `FileRefused`. Not msgspec's reader: it knows no lines, and a fault names its line.

    Aliases are refused and depth and length limited, so that no small file can burst.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        refuse(0, "", _("ce fichier YAML n’est pas en UTF-8."))
    try:
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        return _document(_counted(events))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        refuse(mark.line + 1 if mark else 0, "", _("cette ligne ne se lit pas en YAML."))
    except (yaml.YAMLError, UnicodeError):
        refuse(0, "", _("ce fichier ne se lit pas en YAML : il contient un caractère interdit."))


def _counted(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    depth = 0
    for number, event in enumerate(events):
        row = _row(event)
        if isinstance(event, yaml.AliasEvent):
            refuse(row, "", _("un renvoi (« * ») n’est pas permis ici."))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEPTH_AT_MOST or number > EVENTS_AT_MOST:
            refuse(row, "", _("ce fichier est trop long ou trop profond ({most} niveaux au plus).", most=DEPTH_AT_MOST))
        yield event


def _document(events: Iterator[yaml.Event]) -> Node:
    for event in events:
        if isinstance(event, yaml.NodeEvent):
            node = _node(event, events)
            for rest in events:
                if isinstance(rest, yaml.NodeEvent):
                    refuse(_row(rest), "", _("un seul document YAML est attendu."))
            return node
    return refuse(0, "", _("ce fichier est vide."))


def _row(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _node(event: yaml.Event, events: Iterator[yaml.Event]) -> Node:
    row = _row(event)
    if isinstance(event, yaml.ScalarEvent):
        absent = event.value in ("~", "null") and event.style not in ("'", '"')
        return Node(row, "" if absent else event.value)
    if isinstance(event, yaml.SequenceStartEvent):
        nodes = []
        while not isinstance(following := next(events), yaml.SequenceEndEvent):
            nodes.append(_node(following, events))
        return Node(row, nodes)
    entries: dict[str, Node] = {}
    while not isinstance(following := next(events), yaml.MappingEndEvent):
        key = _node(following, events)
        if not isinstance(key.content, str):
            refuse(key.row, "", _("une clé doit être un texte."))
        if key.content in entries:
            refuse(key.row, key.content[:60], _("cette clé est donnée deux fois."))
        entries[key.content] = _node(next(events), events)
    return Node(row, entries)
