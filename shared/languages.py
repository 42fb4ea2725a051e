"""Languages: French is what the product is written in, English is looked up in the catalogue of each room.

A message is its French text. `_` and `n_` say it in the language of who is being answered, `later` keeps it until it is
said (a refusal is raised in one process's batch and read by somebody else), `Glossary` holds the words of codes.
A room's English stands in its own `locale/en.po` (GNU gettext); tests/test_languages.py finds what is missing there.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# what each language calls itself
OWN_NAMES: dict[Language, str] = {"fr": "Français", "en": "English"}

_ROOMS = [Path(__file__).parent, Path(__file__).parent.parent / "services"]
_language: ContextVar[Language] = ContextVar("language", default="fr")


def language() -> Language:
    """The language of who is being answered."""
    return _language.get()


@contextmanager
def speaking(to: str) -> Iterator[None]:
    """Say everything within in this language; French for one that is not spoken here."""
    before = _language.set(to if to in LANGUAGES else "fr")
    try:
        yield
    finally:
        _language.reset(before)


def speak(to: Language) -> None:
    """Say everything from here on, in this task, in this language."""
    _language.set(to)


def _(message: str, /, *, sense: str = "", **values: object) -> str:
    """The message in the language spoken, `{name}` filled from `values`.

    `sense` tells a word from the same French word that is another in English: it is the `msgctxt` of the catalogue.
    """
    said = translate(message, sense)
    return said.format(**_said(values)) if values else said


def n_(one: str, many: str, count: int, /, **values: object) -> str:
    """The message for one or for several (French: none and one are one), `{count}` filled besides `values`."""
    return translate_number(one, many, count).format(count=count, **_said(values))


class Message:
    """A message that is not said yet; `str()` says it. A value may be one too, or a function that is asked then."""

    __slots__ = ("_say",)

    def __init__(self, say: Callable[[], str]) -> None:
        self._say = say

    def __str__(self) -> str:
        return self._say()

    def __repr__(self) -> str:
        return f"Message({self._say()!r})"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, Message | str) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))


def later(message: str, /, *, sense: str = "", **values: object) -> Message:
    """The message, said when it is read, in the language of who reads it."""
    return Message(lambda: _(message, sense=sense, **values))


def n_later(one: str, many: str, count: int, /, **values: object) -> Message:
    """The message for one or for several, said when it is read."""
    return Message(lambda: n_(one, many, count, **values))


class Glossary(Mapping[str, str]):
    """Words of codes, each looked up in the language spoken: `Glossary({"visit": later("Visite")})`."""

    def __init__(self, words: Mapping[str, Message]) -> None:
        self._words = dict(words)

    def __getitem__(self, code: str) -> str:
        return str(self._words[code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


def translate(message: str, sense: str = "") -> str:
    """The message in the language spoken; as it is where its language has no word for it."""
    if _language.get() == "fr":
        return message
    said = english().get(in_sense(message, sense), message)
    return said if isinstance(said, str) else said[0]


def translate_number(one: str, many: str, count: int) -> str:
    """The form of a message that a number asks for."""
    if _language.get() == "fr":
        return one if abs(count) < 2 else many
    said = english().get(one, (one, many))
    forms = (said, said) if isinstance(said, str) else said
    return forms[0] if count == 1 else forms[1]


@cache
def english() -> dict[str, str | tuple[str, str]]:
    """Every message of every room with its English; read when the first person asks for it."""
    words: dict[str, str | tuple[str, str]] = {}
    for room in _ROOMS:
        for path in sorted(room.rglob("locale/en.po")):
            words.update(read_catalogue(path))
    return words


def read_catalogue(path: Path) -> dict[str, str | tuple[str, str]]:
    """The messages of one catalogue, by their French (of several forms: the first); an empty one is left out."""
    from babel.messages.pofile import read_po  # needed by who reads English alone

    words: dict[str, str | tuple[str, str]] = {}
    with path.open("rb") as file:
        for message in read_po(file, locale="en"):
            if message.id and any(message.string if isinstance(message.string, tuple | list) else [message.string]):
                key = in_sense(message.id if isinstance(message.id, str) else message.id[0], message.context or "")
                forms: Any = message.string
                words[key] = forms if isinstance(forms, str) else (forms[0], forms[1])
    return words


def in_sense(message: str, sense: str) -> str:
    """What a message is looked up by (as gettext does: its context, EOT, itself)."""
    return f"{sense}\x04{message}" if sense else message


def _said(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value() if callable(value) else str(value) if isinstance(value, Message) else value
            for name, value in values.items()}  # fmt: skip
