"""The site in two languages: every page is French at its address, and English at the same address below `/en`.

The address says the language: it can be shared, needs no cookie, and a cache tells the two apart. Machines (`/api/`)
say theirs in `Accept-Language`.
"""

import re
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from litestar import Litestar
from litestar.types import HTTPScope, Message

from shared.languages import Language, language, speak

ENGLISH = "/en"
API = "/api/"

# what a page leads to, of this site: no other host, no file that is the same in both languages, not the way to French
_ADDRESS = re.compile(
    r"""(?<!hreflang="fr")(\s(?:href|action|formaction|hx-get|hx-post|hx-put|hx-delete|data-[a-z]+)=["'])(/(?!/|en/|en["']|static/)[^"']*)"""
)
# the router takes several strokes for one: all before it see the path as it does
_STROKES = re.compile("/{2,}")
_here: ContextVar[str] = ContextVar("here", default="/")


class Site(Litestar):
    """The application, which takes the language out of the address before it looks for the page."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer in the language asked for; who is led on stays in it."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope["path"] = _STROKES.sub("/", scope["path"])
        speak(_take_language(scope))
        _here.set(_address(scope))
        if language() == "fr" or scope["path"].startswith(API):
            await super().__call__(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    (name, in_english(value.decode("latin-1")).encode("latin-1"))
                    if name.lower() in (b"location", b"hx-redirect", b"hx-push-url")
                    else (name, value)
                    for name, value in message["headers"]
                ]
            await send(message)

        await super().__call__(scope, receive, send_on)


def in_english(address: str) -> str:
    """The address of the English page; what is of another host, or already English, as it is."""
    if not address.startswith("/") or address.startswith(("//", "/en/")) or address == ENGLISH:
        return address
    return ENGLISH if address == "/" else ENGLISH + address


def lead_on(html: str) -> str:
    """The page whose links and forms stay in the language it is in."""
    if language() == "fr":
        return html
    return _ADDRESS.sub(lambda found: found[1] + in_english(found[2]), html)


def here_in(other: Language) -> str:
    """The address of the page that is being answered, in a language."""
    return in_english(_here.get()) if other == "en" else _here.get()


def prefix() -> str:
    """What stands before the path of a page in the language spoken: for addresses that are written out whole."""
    return "" if language() == "fr" else ENGLISH


def _take_language(scope: HTTPScope) -> Language:
    path = scope["path"]
    if path.startswith(API):
        return _accepted(scope)
    if path != ENGLISH and not path.startswith("/en/"):
        return "fr"
    scope["path"] = path[len(ENGLISH) :] or "/"
    scope["raw_path"] = scope["raw_path"][len(ENGLISH) :] or b"/"
    return "en"


def _accepted(scope: HTTPScope) -> Language:
    """The language of ours that `Accept-Language` puts first (RFC 9110 §12.5.4); French where it names none."""
    accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    if not accepted:
        return "fr"
    best: tuple[float, Language] = (0.0, "fr")
    for part in accepted.decode("latin-1").lower().split(","):
        tag, _, parameters = part.strip().partition(";")
        name, _, weight = parameters.strip().partition("=")
        try:
            q = float(weight) if name.strip() == "q" else 1.0
        except ValueError:
            q = 0.0
        spoken: Language | None = "en" if tag.startswith("en") else "fr" if tag.startswith("fr") else None
        if spoken and q > best[0]:
            best = (q, spoken)
    return best[1]


def _address(scope: HTTPScope) -> str:
    """Written so that no browser takes it for another host: not `//`, not `/\\`, no tab it would leave out."""
    query = scope.get("query_string", b"").decode("latin-1")
    return quote(scope["path"], safe="/:@!$&'()*+,;=~", errors="replace") + (f"?{query}" if query else "")
