"""Every sentence has its English: what is said is marked, and what is marked is in the catalogue of its room."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from jinja2 import nodes
from jinja2.ext import babel_extract

from services.campaigns.look.pages import templates
from services.notifications.paper import html_source
from shared.languages import in_sense, read_catalogue

ROOT = Path(__file__).parent.parent
CAMPAIGNS = ROOT / "services" / "campaigns"
# texts that are no page's sentence: each with why
DATA: dict[str, str] = {
    "shared/languages.py": "the names languages give themselves",
    "shared/french_dates.py": "dates are put together in each language there",
    "services/notifications/paper.py": "signs that stay together in French",
    "services/notifications/inbound/incoming.py": "how programs begin the subject of a vacation notice",
    "services/notifications/render.py": "« de » and « d’ », put together in each language there",
    "services/campaigns/offers/registration_form.py": "letters a name may hold; its sentences are marked",
    "services/campaigns/openapi.py": "examples of bodies",
    "services/campaigns/imports/words_of_files.py": "words that people write in files; its sentences are marked",
    "services/campaigns/imports/exported.py": "what a file says, which is read back",
    "services/campaigns/imports/reference_data.py": "how a calendar names holidays; what is said is marked",
    "services/campaigns/offers/seats/classes/class_form.py": "columns of a class's list, as people write them",
    "services/campaigns/offers/seats/classes/class_list.py": "columns of a class's list, as people write them",
    "services/campaigns/offers/seats/classes/withdrawing/routes.py": "what the journal keeps",
    "services/campaigns/offers/seats/queue/json_routes.py": "what the journal keeps",
    "services/campaigns/offers/seats/queue/routes.py": "what the journal keeps",
    "services/notifications/samples/announcements.py": "invented words that organisers wrote",
    "services/notifications/samples/webinars.py": "invented words that organisers wrote",
    "services/campaigns/announcing/correspondents/list_file.py": "columns of a list, as people write them",
    "services/campaigns/schools/directory.py": "words that names of schools are made of",
    "services/campaigns/offers/builder/template_week.py": "titles a week is given, kept in French",
    "services/campaigns/catalogue/finding/spelling.py": "letters that are read as others",
    "services/campaigns/offers/questions/bodies.py": "examples of bodies",
    "services/campaigns/feeds/public/departements.py": "names of départements",
    "services/notifications/samples/about.py": "invented places, which real ones stand in for",
    "services/notifications/samples/appointments.py": "invented places, as organisers write them",
    "services/notifications/samples/letters.py": "invented places, as organisers write them",
    "services/notifications/samples/notices.py": "invented names and words of people",
    "services/notifications/samples/of_sessions.py": "invented names and words of people",
}
SAYS = ("_", "n_", "later", "n_later", "gettext", "ngettext")
# letters with accents, « », ’
FRENCH = re.compile(r"[àâçéèêëîïôùûœÀÂÇÉÈÊËÎÏÔÙÛŒ«»’]")
# words that French has and neither English nor code, where they stand beside another word
FRENCH_WORDS = re.compile(
    r"(?<![\w.\-/])(?:le|les|des|du|une|un|au|aux|sur|pour|avec|dans|est|sont|pas|vous|votre|vos|et|par|chez|avant|selon|"
    r"entre|plus|chaque|tous|toutes|aucune?|sans|leur|qui|que)(?![\w=.\-/])",
    re.IGNORECASE,
)
# columns and cells as people write them in files, and parts of what was kept: read, never said
READ = ("accord le", "adresse du responsable", "tout le monde", " sur ", "le ", "du ")
# « avec » before a name: half a sentence
HALF = re.compile(r"[^\W\d_]{2,} ")
SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|ALTER|FROM|WHERE|JOIN)\b")
WORDED = ("aria-label", "title", "alt", "placeholder", "label")
PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


MESSAGES = ROOT / "services" / "notifications" / "messages"


def files(suffix: str) -> list[Path]:
    return [path for room in ("services", "shared") for path in sorted((ROOT / room).rglob(f"*{suffix}"))]


def ids(paths: list[Path]) -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in paths]


# pages of the site, parts of mails as text; bodies of mails stand in MJML, and become templates when that is compiled
PAGES, MODULES, TEXTS = files(".html"), files(".py"), files(".txt")
BODIES = [path for path in files(".mjml") if path.name == "body.mjml"]
SENTENCES = [path for path in MODULES if path.relative_to(ROOT).as_posix() not in DATA]


def source_of(path: Path) -> str:
    return html_source(path.parent.name) if path.suffix == ".mjml" else path.read_text()


def messages_of_template(path: Path) -> Iterator[tuple[str, str]]:
    """Each message of a template: its French, and of its second form (empty where it has one)."""
    options = {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
    with BytesIO(source_of(path).encode()) as file:
        for _line, _function, message, _comments in babel_extract(
            file, ("_", "n_", "gettext", "ngettext"), [], options
        ):
            texts = [text for text in (message if isinstance(message, tuple) else (message,)) if isinstance(text, str)]
            if texts:
                yield texts[0], texts[1] if len(texts) > 1 else ""


def messages_of_module(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            senses = [word.value for word in node.keywords if word.arg == "sense"]
            sense = next((value.value for value in senses if isinstance(value, ast.Constant)), "")
            if texts:
                yield in_sense(texts[0], sense), texts[1] if len(texts) > 1 else ""


def is_french(text: str) -> bool:
    """Whether it is a sentence or a word of French, accents or not."""
    if FRENCH.search(text):
        return True
    return " " in text and text not in READ and not SQL.search(text) and bool(FRENCH_WORDS.search(text))


# French signs that stand beside a name: « », and a space before a colon
SIGNS = re.compile(r"[«»]|\s[:;?!](?=\s|$)")


class Unmarked(HTMLParser):
    """What of a page's text no `trans` and no `_()` says."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within: list[str] = []

    def handle_starttag(self, tag, attrs):
        self._within.append(tag)
        self.found += [value for name, value in attrs if name in WORDED and value and is_words(value)]
        if tag == "input" and dict(attrs).get("type") in ("submit", "button"):
            self.found += [value for name, value in attrs if name == "value" and value and is_words(value)]

    def handle_endtag(self, tag):
        if tag in self._within:
            while self._within.pop() != tag:
                pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self._within) and is_words(data):
            self.found.append(data.strip())
        elif SIGNS.search(data):
            self.found.append(data)


def is_words(text: str) -> bool:
    """Whether something is to be translated in it: two letters in a row that are no placeholder's or our name."""
    return bool(
        re.search(
            r"[^\W\d_]{2}",
            re.sub(r"Quinzaine|SIRET|UAI", "", text),
        )
    )


def without_code(source: str) -> str:
    """The template's own text: what is said by it marked or computed is taken out."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    # a block that stands within an attribute
    source = re.sub(r"\{%-?\s*block (body_class|home)\b.*?endblock\s*-?%\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*[-+]?%\}", "", source, flags=re.DOTALL)
    return re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL)


def unmarked_in_code(source: str) -> list[str]:
    """French in the expressions of a template that is not the argument of `_`."""
    tree = templates().parse(source)
    marked = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in SAYS
        for argument in call.args
    }
    return [
        const.value
        for const in tree.find_all(nodes.Const)
        if isinstance(const.value, str)
        and id(const) not in marked
        and (is_french(const.value) or HALF.fullmatch(const.value))
    ]


@pytest.mark.parametrize("path", TEXTS, ids=ids(TEXTS))
def test_every_sentence_of_a_mails_text_is_marked(path):
    said = [line.strip() for line in without_code(path.read_text()).splitlines() if is_words(line)]
    assert said == [], "not within {% trans %}"


@pytest.mark.parametrize("path", [*PAGES, *BODIES], ids=ids([*PAGES, *BODIES]))
def test_every_sentence_of_a_page_is_marked(path):
    source = source_of(path)
    reader = Unmarked()
    reader.feed(without_code(source))
    assert reader.found == [], "not within {% trans %} or _()"
    assert unmarked_in_code(source) == [], "not within _()"


# an element that holds a title or a text of an organiser and nothing else
WRITTEN = re.compile(
    r"<(?!title\b)[a-z]\w*((?:\s[^<>]*)?)>\{\{ ((?:[a-z_]+\.)+(?:title|offer_title|presentation|summary)) \}\}</"
)
# what the product calls them itself; a title within a heading, which says it for all it holds
OURS = {"question.title", "group.title"}
PAGES_OF_SITE = [path for path in PAGES if path.is_relative_to(CAMPAIGNS)]
WITHIN = {
    "services/campaigns/look/templates/macros.html",
    "services/campaigns/agreements/templates/campaign.html",
    "services/campaigns/offers/hosts/company/templates/answer.html",
}


@pytest.mark.parametrize("path", PAGES_OF_SITE, ids=ids(PAGES_OF_SITE))
def test_what_organisers_wrote_says_on_an_english_page_that_it_is_french(path):
    """WCAG 3.1.2: a screen reader reads a French title in French."""
    silent = [
        written[0]
        for written in WRITTEN.finditer(path.read_text())
        if "content_lang()" not in written[1] and written[2] not in OURS
    ]
    assert silent == [] or path.relative_to(ROOT).as_posix() in WITHIN


def in_french(node: ast.AST) -> bool:
    """Whether all that is said within is French, whatever language is spoken."""
    match node:
        case ast.With(
            items=[ast.withitem(context_expr=ast.Call(func=ast.Name(id="speaking"), args=[ast.Constant("fr")]))]
        ):
            return True
    return False


def of_journal(node: ast.AST) -> bool:
    """Where a line of the journal is put together."""
    match node:
        case ast.Call(func=ast.Name(id="write_audit")) | ast.Assign(targets=[ast.Name(id="detail")]):
            return True
        case ast.keyword(arg="detail"):
            return True
    return False


def is_kept(node: ast.AST) -> bool:
    """What is no sentence of a page: a line of the journal, in French; an example, the English of the API’s pages."""
    match node:
        case ast.keyword(arg="examples" | "summary"):
            return True
    return of_journal(node) or in_french(node)


@pytest.mark.parametrize("path", SENTENCES, ids=ids(SENTENCES))
def test_every_sentence_of_a_module_is_marked(path):
    tree = ast.parse(path.read_text())
    passed = {id(part) for node in ast.walk(tree) if is_kept(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS:
            passed |= {id(part) for argument in node.args for part in ast.walk(argument)}
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            passed |= {id(one.value) for one in node.body if isinstance(one, ast.Expr)}
    unmarked = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in passed and is_french(node.value)
    ]  # fmt: skip
    assert unmarked == [], "not within _(), n_() or later()"


# a comment, or a text: in code the one is skipped and the other looked at
PIECES = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""", re.DOTALL)


def sentences_of_script(source: str) -> list[str]:
    """Texts of a script that people would read: in French letters, or several words that begin like a sentence."""
    texts = [piece[1:-1] for piece in PIECES.findall(source) if not piece.startswith(("//", "/*"))]
    return [text for text in texts if FRENCH.search(text) or re.match(r"[A-ZÀ-Þ][^\W\d_]*’?\s\w", text)]


def scripts() -> list[Path]:
    found = sorted(path for path in (ROOT / "services").rglob("*.js") if "vendor" not in path.parts)
    assert {"quinzaine-liste.js", "builder.js", "attendance.js"} <= {path.name for path in found}
    return [path for path in found if not path.name.endswith(".min.js")]


def test_a_script_says_what_its_page_gives_it_and_no_sentence_of_its_own():
    assert sentences_of_script("say('Les voir sur Quinzaine'); // l’été") == ["Les voir sur Quinzaine"]
    assert sentences_of_script('say("réservé", "POST", `une ${x}`, ".week .hours")') == ["réservé"]
    said = {path.relative_to(ROOT).as_posix(): sentences_of_script(path.read_text()) for path in scripts()}
    assert {name: texts for name, texts in said.items() if texts} == {}, "given by the page, in data-… attributes"


def test_a_sheet_is_set_in_words_it_is_given():
    for path in sorted((ROOT / "services").rglob("*.typ")):
        assert FRENCH.findall(re.sub(r"//[^\n]*", "", path.read_text())) == [], path.name


def asks_the_language(node: ast.AST) -> bool:
    """A call of `_`, of `say_date` and the like; those that say what the journal keeps speak French themselves."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    return node.func.id in SAYS or (node.func.id.startswith("say_") and node.func.id != "say_changes")


@pytest.mark.parametrize("path", MODULES, ids=ids(MODULES))
def test_what_the_journal_keeps_is_put_together_in_french(path):
    tree = ast.parse(path.read_text())
    french = {id(part) for node in ast.walk(tree) if in_french(node) for part in ast.walk(node)}
    torn = {
        f"line {part.lineno}: {ast.unparse(part)}"
        for node in ast.walk(tree) if of_journal(node)
        for part in ast.walk(node) if asks_the_language(part) and id(part) not in french
    }  # fmt: skip
    assert torn == set(), 'in whatever language the page is: put it together within speaking("fr")'


def catalogues() -> list[Path]:
    return sorted(path for room in ("services", "shared") for path in (ROOT / room).rglob("locale/en.po"))


def test_every_message_has_its_english_with_the_same_placeholders():
    known = {french: english for path in catalogues() for french, english in read_catalogue(path).items()}
    missing, torn = [], []
    for path in [*PAGES, *TEXTS, *BODIES, *MODULES]:
        for one, many in messages_of_module(path) if path.suffix == ".py" else messages_of_template(path):
            english = known.get(one)
            if english is None:
                missing.append(f"{path.relative_to(ROOT)}: {one}")
                continue
            forms = (english,) if isinstance(english, str) else english
            if bool(many) != (len(forms) == 2):
                torn.append(f"{path.relative_to(ROOT)}: one form and two: {one}")
            allowed = placeholders(one) | placeholders(many)
            if any(placeholders(form) - allowed for form in forms) or allowed - placeholders(forms[-1]) - {
                "count",
                "num",
            }:
                torn.append(f"{path.relative_to(ROOT)}: {one} → {english}")
    assert missing == [], "\n".join(missing)
    assert torn == [], "\n".join(torn)


def test_one_sentence_has_one_english():
    said: dict[str, dict[object, str]] = {}
    for path in catalogues():
        for french, english in read_catalogue(path).items():
            said.setdefault(french, {})[english] = path.relative_to(ROOT).as_posix()
    assert {french: answers for french, answers in said.items() if len(answers) > 1} == {}


def placeholders(text: str) -> set[str]:
    return {percent or brace for percent, brace in PLACEHOLDER.findall(text)}
