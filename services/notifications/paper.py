"""The paper mails are written on: templates of `messages/`, MJML compiled once in a process, then filled quickly."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import mrml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from shared.languages import language, translate, translate_number

_FOLDER = FileSystemLoader(Path(__file__).parent / "messages")

# words that come from people are escaped in HTML, and are plain text in the text part and the subject; a template that
# is edited is seen by the next process: asking its file's date for each piece of each mail has its price
_TEXT = Environment(
    loader=_FOLDER, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    auto_reload=False, autoescape=False,  # noqa: S701  # plain text
)  # fmt: skip
_HTML = Environment(
    loader=_FOLDER, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False, autoescape=True
)
# MJML leaves what stands in {{ }} and {% %}: it is said when the mail is written, in its reader's language
for _words in (_TEXT, _HTML):
    _words.add_extension("jinja2.ext.i18n")
    _words.policies["ext.i18n.trimmed"] = True
    _words.globals["language"] = language
_TEXT.install_gettext_callables(translate, translate_number, newstyle=True)  # type: ignore[attr-defined]
_HTML.install_gettext_callables(  # type: ignore[attr-defined]
    lambda text: keep_together(translate(text)),
    lambda one, many, count: keep_together(translate_number(one, many, count)),
    newstyle=True,
)
_TEXT.globals["colon"] = lambda: " : " if language() == "fr" else ": "
_HTML.globals["colon"] = lambda: Markup("&nbsp;: ") if language() == "fr" else ": "
# MJML is put together with [[ ]] and [% %]; what stands in {{ }} and {% %} is left for each mail
_MJML = Environment(
    loader=_FOLDER,
    undefined=StrictUndefined,
    variable_start_string="[[",
    variable_end_string="]]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[#",
    comment_end_string="#]",
    autoescape=False,  # noqa: S701  # a source of our own, no words of anybody in it
)

# « 15 juin », « 1er mars », "15 June", and the pairs of a telephone number
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_ENGLISH_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_NUMBERS = rf"(?<=\d) (?=(?:{_MONTHS}|{_ENGLISH_MONTHS})\b)|(?<=1er) (?=(?:{_MONTHS})\b)|(?<=\b\d\d) (?=\d\d\b)"
# « 9 h », « à 18 h 30 », guillemets, and signs that a space stands before
_TOGETHER = {
    "en": re.compile(_NUMBERS),
    "fr": re.compile(rf"{_NUMBERS}|(?<=\d) (?=h\b)|(?<=\d h) (?=\d\d\b)|(?<=«) | (?=[»?!:;])"),
}
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


def write_subject(message: str, context: Mapping[str, object]) -> str:
    """The subject, one line."""
    return " ".join(_text(f"{message}/subject.txt").render(context).split())


def write_text(message: str, context: Mapping[str, object]) -> str:
    """The text part: never two blank lines in a row."""
    return _BLANK_LINES.sub("\n\n", _text(f"{message}/body.txt").render(context)).strip() + "\n"


def write_html(message: str, context: Mapping[str, object]) -> str:
    """The HTML part; no line ends within a date, an hour, a number or before a sign."""
    kept = {name: keep_together(value) if type(value) is str else value for name, value in context.items()}
    return _html(message).render(kept)


def keep_together(words: str) -> str:
    """The words, or HTML, with no-break spaces where a line must not end."""
    return _keep_together(words, language()) if len(words) < _SHORT else _together(words, language())


def _together(words: str, spoken: str) -> str:
    return _TOGETHER[spoken].sub("\N{NO-BREAK SPACE}", words)


# a sentence of a template comes again in each mail
_SHORT = 1_000
_keep_together = lru_cache(maxsize=4096)(_together)


def write_part(name: str, context: Mapping[str, object]) -> str:
    """A shared piece of text, `week.txt`."""
    return _text(name).render(context)


def write_html_part(name: str, context: Mapping[str, object]) -> Markup:
    """A shared piece of HTML, `week.html`."""
    return Markup(keep_together(_html_part(name).render(context)))  # noqa: S704  # rendered with autoescape


@cache
def _text(name: str) -> Template:
    return _TEXT.get_template(name)


@cache
def _html_part(name: str) -> Template:
    return _HTML.get_template(name)


@cache
def _html(message: str) -> Template:
    return _HTML.from_string(html_source(message))


def html_source(message: str) -> str:
    """The HTML of a message as a template, before it is filled."""
    return mrml.to_html(_MJML.get_template(f"{message}/body.mjml").render()).content
