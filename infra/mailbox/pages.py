"""The mailbox in the browser: a list, a letter, its parts."""

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from msgspec import Struct

from infra.mailbox.letters import Letter, find_letter, list_letters
from infra.mailbox.reply import OUTCOMES, NothingToAnswer, days_to_answer, write_reply
from services.campaigns.look.guard_pages import guard_pages
from services.campaigns.look.pages import templates as look
from services.campaigns.look.static_files import route_handlers as static_files

SHOWN = 200
HERE = Path(__file__).parent
# a mail's own HTML is a guest: it runs nothing, loads nothing, and only this mailbox may frame it. What its links open
# is a page like any other: one that stayed in the sandbox could send no form, and nobody would sign in from here
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
GUEST_POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox {SANDBOX}"
)
HOST_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@get("/", include_in_schema=False)
async def get_letters(folder: NamedDependency[Path]) -> Response[str]:
    """Every mail, newest first."""
    letters, count = list_letters(folder, limit=SHOWN)
    return _page("letters.html", letters=letters, count=count)


@get("/lettres/{name:str}", include_in_schema=False)
async def get_letter(
    folder: NamedDependency[Path],
    name: FromPath[str],
    said: Annotated[str, QueryParameter(name="reponse")] = "",
) -> Response[str]:
    """One mail: what a person sees, what it asks of the calendar, and what an answer just given came to."""
    letter = find_letter(folder, name)
    if letter is None:
        return _missing()
    return _page(
        "letter.html", letter=letter, days=days_to_answer(letter.source), outcome=OUTCOMES.get(said, ""), said=said
    )


class Inbound(Struct, frozen=True):
    """Where answers go."""

    host: str
    port: int


@post("/lettres/{name:str}/reponse", include_in_schema=False)
async def post_reply(
    request: Request[Any, Any, Any],
    folder: NamedDependency[Path],
    inbound: NamedDependency[Inbound],
    name: FromPath[str],
) -> Response[Any]:
    """Answer the invitation in a mail as a calendar would; the page then says what it came to."""
    letter = find_letter(folder, name)
    # another site's page may post here, too: whoever reads this box pressed nothing there
    if letter is None or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return _missing()
    form = await request.form()
    try:
        day = date.fromisoformat(str(form["jour"])) if form.get("jour") else None
        reply = write_reply(
            letter.source,
            "ACCEPTED" if form.get("reponse") == "oui" else "DECLINED",
            day=day,
            now=datetime.now(UTC),
        )
    except (NothingToAnswer, ValueError):
        return _missing()
    from infra.mailbox.send_reply import send_reply  # until somebody answers, its library takes no memory

    said = await send_reply(reply, host=inbound.host, port=inbound.port)
    return Redirect(f"/lettres/{name}?reponse={said}", status_code=303)


@get("/lettres/{name:str}/html", include_in_schema=False)
async def get_letter_html(folder: NamedDependency[Path], name: FromPath[str]) -> Response[str]:
    """The mail's own HTML, for the frame."""
    letter = find_letter(folder, name)
    if letter is None:
        return _missing()
    html = letter.html.replace("<head>", '<head><base target="_blank">', 1)
    return Response(html, media_type=MediaType.HTML, headers={"Content-Security-Policy": GUEST_POLICY})


@get("/lettres/{name:str}/source", include_in_schema=False)
async def get_letter_source(folder: NamedDependency[Path], name: FromPath[str]) -> Response[Any]:
    """The mail as it came over the wire."""
    letter: Letter | None = find_letter(folder, name)
    return Response(letter.source, media_type="text/plain; charset=utf-8") if letter else _missing()


@get("/mailbox.css", include_in_schema=False, media_type="text/css")
async def get_style() -> str:
    """What a list of letters needs beyond the product's own style."""
    return _style()


def create_app(folder: Path, *, inbound: tuple[str, int] = ("127.0.0.1", 2526)) -> Litestar:
    """The application over a Maildir; answers go to `inbound`, host and port."""

    def provide_folder(state: State) -> Path:
        found: Path = state.folder
        return found

    def provide_inbound() -> Inbound:
        return Inbound(*inbound)

    return Litestar(
        route_handlers=[
            get_letters,
            get_letter,
            post_reply,
            get_letter_html,
            get_letter_source,
            get_style,
            *static_files,
        ],
        dependencies={
            "folder": Provide(provide_folder, sync_to_thread=False),
            "inbound": Provide(provide_inbound, sync_to_thread=False),
        },
        before_send=[guard_pages],
        exception_handlers=dict.fromkeys((HTTPException, 500), _answer_error),
        openapi_config=None,
        logging_config=None,
        state=State({"folder": folder}),
    )


def _page(template: str, status: int = 200, **values: object) -> Response[str]:
    html = _templates().get_template(template).render(status=status, **values)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": HOST_POLICY}
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


def _missing() -> Response[str]:
    return _trouble(404, "Cette lettre n’est pas dans la boîte")


def _answer_error(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return _trouble(status, "Cette page n’existe pas" if status < 500 else "Cette page n’a pas pu être montrée")


def _trouble(status: int, title: str) -> Response[str]:
    return _page("trouble.html", status=status, title=title)


@cache
def _style() -> str:
    return (HERE / "mailbox.css").read_text()


@cache
def _templates() -> Environment:
    mine = FileSystemLoader(HERE / "templates")
    environment: Environment = look().overlay(loader=ChoiceLoader([mine, look().loader]))  # type: ignore[list-item]  # it has one
    environment.globals["private"] = True
    environment.globals["sandbox"] = SANDBOX
    return environment
