"""Wording: the sentences a campaign adds to its mails, with named placeholders and nothing else of a template.

`{{ prenom }}` is filled, everything else that a template could do (loops, conditions, calls, attributes, includes) is
refused when the sentence is written. What is filled is plain text: the mail escapes it as it escapes what people write.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal, get_args

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from shared.languages import Message, later

Place = Literal["opening", "practical", "closing"]
PLACES: tuple[Place, ...] = get_args(Place)
# language → place → sentence, as it was written
Wording = Mapping[str, Mapping[str, str]]

_OF_PUPILS = ("prenom", "offre", "date", "lieu", "organisation", "contact")
_OF_SESSIONS = ("destinataire", "seance", "date", "horaires", "lieu", "offre", "organisation", "contact")
# neither what asks for consent, ends something or tells an absence, nor what anybody has to do by law: kind words only
EDITABLE: dict[str, tuple[str, ...]] = {
    "registered_confirmed": _OF_PUPILS,
    "registered_waiting": _OF_PUPILS,
    "seat_offered": _OF_PUPILS,
    "seat_confirmed": _OF_PUPILS,
    "reminder_week": _OF_PUPILS,
    "reminder_eve": _OF_PUPILS,
    "host_requested": _OF_SESSIONS,
    "host_reminded": _OF_SESSIONS,
    "speaker_requested": _OF_SESSIONS,
    "speaker_reminded": _OF_SESSIONS,
    "promise_given": _OF_SESSIONS,
    "promise_near": _OF_SESSIONS,
    "class_enrolled": ("offre",),
}
LONG_AT_MOST, PLACEHOLDERS_AT_MOST, LINES_AT_MOST, SAID_AT_MOST = 500, 20, 6, 3000
_EXAMPLE = "{{ offre }}"
_FILTERS = ("upper", "lower", "capitalize")
# not escaped here: what comes out is text, and is escaped with all of it by the page it is put into
_SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
_SANDBOX.globals.clear()
_SANDBOX.filters = {name: _SANDBOX.filters[name] for name in _FILTERS}


def find_fault(source: str, names: tuple[str, ...]) -> Message | None:
    """What is wrong with a sentence, and where; None where nothing is."""
    if len(source) > LONG_AT_MOST:
        return later("{most} caractères au plus.", most=LONG_AT_MOST)
    lines = source.split("\n")
    if len(lines) > LINES_AT_MOST:
        return later("{most} lignes au plus.", most=LINES_AT_MOST)
    for number, line in enumerate(lines, start=1):
        if not line.isprintable():
            return later("Ligne {line} : un caractère invisible.", line=number)
    try:
        tree = _SANDBOX.parse(source)
    except TemplateSyntaxError as error:
        return _say_syntax(error.lineno, lines)
    except (TemplateError, RecursionError, ValueError):
        return later("Cette phrase ne se lit pas ; un repère s’écrit {example}.", example=_EXAMPLE)
    return _find_in(tree, names, lines)


def say_sentence(source: str, values: Mapping[str, str]) -> str:
    """The sentence filled; empty where it cannot be: a placeholder without a value, or what was never checked."""
    known = {name: value for name, value in values.items() if value}
    if find_fault(source, tuple(values)) is not None:
        return ""
    try:
        said = _template(source).render(known)
    except Exception:  # noqa: BLE001  # whatever a sentence does, the mail goes without it
        return ""
    return said if len(said) <= SAID_AT_MOST else ""


def say_wording(wording: Wording | None, language: str, values: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The lines of each place in a language; none where the campaign says nothing there."""
    given = (wording or {}).get(language, {})
    return {
        place: tuple(
            line for line in say_sentence(given[place], values).split("\n") if line.strip()
        ) if given.get(place) else ()
        for place in PLACES
    }  # fmt: skip


@lru_cache(maxsize=256)
def _template(source: str):  # type: ignore[no-untyped-def]  # jinja's own
    return _SANDBOX.from_string(source)


def _find_in(tree: nodes.Template, names: tuple[str, ...], lines: list[str]) -> Message | None:
    """The first thing that is neither text nor one of these names."""
    placeholders = 0
    for node in _walk(tree):
        match node:
            case nodes.Template() | nodes.Output() | nodes.TemplateData():
                continue
            case nodes.Name(name=name) if name not in names:
                return _say_unknown(name, names, node.lineno)
            case nodes.Name():
                placeholders += 1
            case nodes.Filter(name=name, args=[], kwargs=[], dyn_args=None, dyn_kwargs=None) if name in _FILTERS:
                continue
            case _:
                return later(
                    "Ligne {line} : entre {opened} et {closed}, un repère seul, rien d’autre.",
                    line=node.lineno,
                    opened="{{",
                    closed="}}",
                )
    if placeholders > PLACEHOLDERS_AT_MOST:
        return later("{most} repères au plus.", most=PLACEHOLDERS_AT_MOST)
    # a comment or a raw block leaves nothing behind in the tree
    for number, line in enumerate(lines, start=1):
        if "{%" in line or "{#" in line:
            return later(
                "Ligne {line} : « {sign} » n’est pas permis ici.", line=number, sign="{%" if "{%" in line else "{#"
            )
    return None


def _walk(node: nodes.Node):  # type: ignore[no-untyped-def]  # nodes from the outside in
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _say_unknown(name: str, names: tuple[str, ...], line: int) -> Message:
    near = get_close_matches(name, names, n=1)
    if not near:
        return later("Ligne {line} : « {name} » n’est pas un repère.", line=line, name=name[:40])
    return later(
        "Ligne {line} : « {name} » n’est pas un repère ; vouliez-vous dire « {near} » ?",
        line=line,
        name=name[:40],
        near=near[0],
    )


def _say_syntax(line: int, lines: list[str]) -> Message:
    text = lines[min(line, len(lines)) - 1].strip()[:60]
    return later(
        "Ligne {line} : « {text} » ne se lit pas ; un repère s’écrit {example}.", line=line, text=text, example=_EXAMPLE
    )
