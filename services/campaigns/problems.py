"""What a refusal looks like from outside: problem+json for machines (RFC 9457), a page in plain words for people."""

from typing import Any
from urllib.parse import quote

import asyncpg
import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    ValidationException,
)
from litestar.response import Redirect

from services.campaigns.access.actor import NotSignedIn
from services.campaigns.access.sign_in import HOME, own_path
from services.campaigns.look.error_page import error_page
from shared.database import CONNECTION_LOST, NO_ROOM
from shared.languages import Message, later
from shared.refusal import Refusal

# another transaction was first, and asking again will do
LOCKED_OUT = (asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError, asyncpg.QueryCanceledError)

PROBLEM = "application/problem+json"
SENTENCES = {
    400: later("Cette demande est mal formée."),
    401: later("Il faut un jeton valable pour faire cela."),
    403: later("Vous n’avez pas le droit de faire cela."),
    404: later("Cette page n’existe pas."),
    405: later("Cette adresse n’accepte pas cette méthode."),
    413: later("Cette demande est trop grande."),
    415: later("Ce type de contenu n’est pas accepté ici."),
    422: later("Cette demande ne peut pas être acceptée telle quelle."),
    500: later("Une erreur est survenue de notre côté. Rien n’a été enregistré."),
    503: later("Le service est momentanément indisponible. Rien n’est perdu : réessayez dans un instant."),
}

log = structlog.get_logger()


def answer_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """A refusal in the form its asker reads; who only has to sign in is led there."""
    if isinstance(refusal, NotSignedIn) and not request.url.path.startswith("/api/"):
        wanted = request.url.path if request.method == "GET" else HOME
        return Redirect(f"/connexion?vers={quote(own_path(wanted))}", status_code=303)
    return _answer(request, refusal.status, refusal.sentence, reason=refusal.reason, field=refusal.field)


def answer_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """An error of the framework: bad JSON, wrong types, unknown address or method."""
    status = error.status_code
    reasons: dict[type[HTTPException], str] = {
        ValidationException: "invalid-body",
        NotFoundException: "not-found",
        MethodNotAllowedException: "method-not-allowed",
        NotAuthorizedException: "not-authorised",
    }
    reason = reasons.get(type(error), "invalid-request" if status < 500 else "unexpected")
    if status >= 500:
        log.error("request.failed", path=request.url.path, error=error.detail)
    sentence = SENTENCES.get(status, SENTENCES[400] if status < 500 else SENTENCES[500])
    response = _answer(request, status, sentence, reason=reason, detail=_detail(error))
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


def answer_lost_connection(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The database is away for the moment, or has no room."""
    log.warning("request.postponed", path=request.url.path, error=type(error).__name__)
    response = _answer(request, 503, SENTENCES[503], reason="unavailable")
    response.headers["Retry-After"] = "2"
    return response


def answer_bad_text(request: Request[Any, Any, Any], _: Exception) -> Response[Any]:
    """Text that PostgreSQL cannot hold (NUL) or a number out of its range."""
    return _answer(request, 422, SENTENCES[422], reason="invalid-text")


def answer_unreadable(request: Request[Any, Any, Any], _: Exception) -> Response[Any]:
    """JSON nested deeper than any of ours, or text in it that is not UTF-8."""
    return _answer(request, 400, SENTENCES[400], reason="invalid-body")


def answer_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """What nobody foresaw: told to the log, not to the asker."""
    log.error("request.failed", path=request.url.path, exc_info=error)
    return _answer(request, 500, SENTENCES[500], reason="unexpected")


exception_handlers: dict[int | type[Exception], Any] = {
    Refusal: answer_refusal,
    HTTPException: answer_http_error,
    asyncpg.DataError: answer_bad_text,
    asyncpg.exceptions.UntranslatableCharacterError: answer_bad_text,
    **dict.fromkeys((*CONNECTION_LOST, *LOCKED_OUT, NO_ROOM), answer_lost_connection),
    **dict.fromkeys((RecursionError, UnicodeDecodeError), answer_unreadable),
    Exception: answer_unexpected,
}


def _detail(error: HTTPException) -> str:
    """What was wrong and where, without repeating the input."""
    places = [
        f"{extra.get('key', 'body')}: {extra.get('message', '')}"
        for extra in error.extra or []
        if isinstance(extra, dict)
    ]
    return "; ".join(places)[:500]


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    said: str | Message,
    *,
    reason: str,
    field: str | None = None,
    detail: str = "",
) -> Response[Any]:
    sentence = str(said)
    if not request.url.path.startswith("/api/"):
        return Response(
            error_page(status, sentence, path=request.url.path), status_code=status, media_type=MediaType.HTML
        )
    problem = {
        "type": f"urn:quinzaine:problem:{reason}",
        "title": reason,
        "status": status,
        "detail": f"{sentence} ({detail})" if detail else sentence,
    }
    if field is not None:
        problem["field"] = field
    return Response(problem, status_code=status, media_type=PROBLEM)
