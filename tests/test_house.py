"""The rules of the house: who may import whom, what a file is by its name, what no file may hold."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for folder in ("services", "shared", "infra") for path in (ROOT / folder).rglob("*.py"))
# what stands between a request (or a file) and the verbs: it opens the transaction, and is neither noun nor verb
EDGES = {
    "__init__",
    "read",
    "routes",
    "json_routes",
    "guard",
    "audit",
    "edge",
    "web",
    "clock",
    "problems",
    "turnstile",
    "shelf",
    "import_file",
    "provider",
    "load_demo",
}
CAMPAIGNS = ROOT / "services" / "campaigns"
# a capability is a folder; a big one has rooms, which are folders in it and may use its verbs and each other's
CAPABILITIES = sorted({path.parent for path in SOURCES if path.is_relative_to(CAMPAIGNS) and path.parent != CAMPAIGNS})
VERB = re.compile(
    r"^(accept|add|agree|answer|apply|ask|book|build|cancel|change|claim|close|compose|copy|count|create|decline|draft|"
    r"draw|duplicate|edit|end|enrol|erase|expire|find|free|give|import|invite|join|keep|leave|lock|mark|merge|move|note|"
    r"open|pass|plan|promote|propose|publish|raise|recognise|record|refuse|register|release|remind|remove|replace|request|"
    r"renew|revoke|ring|send|set|settle|share|sign|skip|swap|switch|take|undo|withdraw)_[a-z_]+$"
)


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_verb(path: Path) -> bool:
    return (
        path.stem not in EDGES
        and bool(VERB.match(path.stem))
        and "async def" in path.read_text()
        and "Connection" in path.read_text()
    )


def capability_of(path: Path) -> Path:
    """The capability a file stands in, whatever room of it."""
    return CAMPAIGNS / path.relative_to(CAMPAIGNS).parts[0]


def is_noun(path: Path) -> bool:
    return path.parent in CAPABILITIES and path.stem not in EDGES and not is_verb(path)


def test_shared_imports_no_service_and_no_infra():
    for path in SOURCES:
        if path.is_relative_to(ROOT / "shared"):
            assert not [name for name in imports_of(path) if name.startswith(("services", "infra", "tests"))], path


def test_the_services_never_import_each_other_nor_infra():
    for path in SOURCES:
        for mine, other in (("campaigns", "notifications"), ("notifications", "campaigns")):
            if path.is_relative_to(ROOT / "services" / mine):
                forbidden = (f"services.{other}", "infra", "tests")
                assert not [name for name in imports_of(path) if name.startswith(forbidden)], path


@pytest.mark.parametrize("path", [path for path in SOURCES if is_noun(path)], ids=name_of)
def test_nouns_do_no_input_or_output(path):
    if path.parent.name in ("look", "imports"):
        forbidden: tuple[str, ...] = ("asyncpg",)
    else:
        forbidden = ("asyncpg", "litestar", "httpx", "aiosmtplib")
    assert not [name for name in imports_of(path) if name.split(".")[0] in forbidden]
    assert "datetime.now(" not in path.read_text(), "a noun has no clock: `now` is an argument"


@pytest.mark.parametrize("path", [path for path in SOURCES if is_verb(path)], ids=name_of)
def test_verbs_know_no_http_and_no_other_capability_s_verb(path):
    names = list(imports_of(path))
    assert not [name for name in names if name.startswith("litestar")]
    if path.is_relative_to(ROOT / "services" / "campaigns"):
        for name in names:
            file = ROOT / Path(*name.split(".")).with_suffix(".py")
            if name.startswith("services.campaigns.") and file.exists() and capability_of(file) != capability_of(path):
                assert not is_verb(file), f"{name} is another capability's verb"


@pytest.mark.parametrize("path", [path for path in SOURCES if path.stem in ("routes", "json_routes")], ids=name_of)
def test_routes_hold_no_sql(path):
    strings = [
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert not [text for text in strings if re.search(r"\b(SELECT|INSERT INTO|UPDATE \w|DELETE FROM)\b", text)]


def test_services_touch_their_own_schema_only():
    for path in SOURCES:
        text = path.read_text()
        if path.is_relative_to(ROOT / "services" / "notifications"):
            assert not re.search(r"\b(FROM|JOIN|INTO|UPDATE)\s+campaigns\.", text), path
        if path.is_relative_to(ROOT / "services" / "campaigns"):
            assert not re.search(r"\b(FROM|JOIN|INTO|UPDATE)\s+notifications\.", text), path


def test_nobody_commits_or_notifies_inside_a_verb():
    for path in SOURCES:
        if path.is_relative_to(ROOT / "services"):
            assert not re.search(r"\.commit\(|pg_notify|\bNOTIFY\b", strip_docstrings(path)), path


def strip_docstrings(path: Path) -> str:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def test_no_file_is_named_after_nothing():
    nothing = {
        "utils",
        "util",
        "common",
        "base",
        "helpers",
        "helper",
        "misc",
        "services",
        "models",
        "managers",
        "handlers",
    }
    for path in SOURCES:
        assert path.stem not in nothing, path
        assert path.parent.name not in nothing - {"services"}, path


def test_every_module_says_what_it_is():
    for path in SOURCES:
        assert ast.get_docstring(ast.parse(path.read_text())), path


def test_a_file_is_read_in_one_sitting():
    long = {name_of(path): count for path in SOURCES if (count := len(path.read_text().splitlines())) > 300}
    assert not long


def test_no_file_names_a_registry_or_a_machine_s_path():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split(
        "\n"
    )
    registries = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js.org", "deb." + "debian.org")
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in {".xlsx", ".png", ".ico"} or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        assert not [registry for registry in registries if registry in text], name
        assert not re.search(r"(?<![A-Za-z0-9_.])/(work|root)/[a-z]", text), name
