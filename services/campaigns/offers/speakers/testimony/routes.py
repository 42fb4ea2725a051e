"""The page of who is invited to speak: by the link of the mail, without account."""

from datetime import datetime
from typing import Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.look.pages import page
from services.campaigns.offers.hosts.host_request import parse_word
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.speaker import UnknownInvitation
from services.campaigns.offers.speakers.testimony.read import read_linked_testimony
from services.campaigns.offers.speakers.testimony.testimony import Testimony
from services.campaigns.subscribing.read import read_calendar_version
from shared.database import Connection
from shared.languages import later
from shared.refusal import Refusal

ADDRESS = "/temoignage/{token:str}"


class ChooseAnswer(Refusal):
    """The form came without an answer."""

    reason = "invalid-field"
    status = 422

    def __init__(self) -> None:
        super().__init__(later("Choisissez une réponse : confirmer ou décliner."))


@get(ADDRESS, include_in_schema=False)
async def get_testimony(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """What is asked. It changes nothing: mail scanners follow links."""
    async with edge.reading() as connection:
        _, testimony = await read_linked_testimony(connection, edge.signer, token)
        agenda = await _agenda(edge, connection, testimony)
    return _testimony_page(token, testimony, agenda=agenda, now=now)


@post(ADDRESS, include_in_schema=False)
async def post_testimony(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Confirm or decline, with a word, and say whether one may be contacted again."""
    fields = await form_given(request)
    word = str(fields.get("word", ""))
    try:
        async with edge.transaction() as connection:
            request_id, testimony = await read_linked_testimony(connection, edge.signer, token)
            answer = _answer(str(fields.get("answer", "")))
            await answer_invitation(
                connection,
                request_id=request_id,
                answer=answer,
                word=parse_word(word),
                contact_again=fields.get("contact_again") == "oui",
                now=now,
            )
            await write_audit(
                connection,
                testimony.linked_actor,
                "answer_invitation",
                testimony.say_answer(answer),
                now=now,
                offer_id=testimony.offer_id,
            )
    except UnknownInvitation:
        raise
    except Refusal as refusal:
        async with edge.reading() as connection:
            _, testimony = await read_linked_testimony(connection, edge.signer, token)
            agenda = await _agenda(edge, connection, testimony)
        return _testimony_page(token, testimony, agenda=agenda, word=word[:700], refusal=refusal, now=now)
    return Redirect(f"/temoignage/{token}", status_code=303, headers={"Cache-Control": "no-store"})


def _answer(text: str) -> Literal["confirmed", "declined"]:
    if text == "confirmed":
        return "confirmed"
    if text == "declined":
        return "declined"
    raise ChooseAnswer


async def _agenda(edge: Edge, connection: Connection, testimony: Testimony) -> str:
    """The page of the calendar of all that somebody has promised; who reads this has the mail it came by."""
    if testimony.person_id is None or testimony.status != "confirmed" or not testimony.planned:
        return ""
    version = await read_calendar_version(connection, testimony.person_id)
    if version is None:
        return ""
    return f"/agenda/temoignages/{edge.signer.token('speaker_feed', testimony.person_id, version)}"


def _testimony_page(
    token: str, testimony: Testimony, *, agenda: str, word: str = "", refusal: Refusal | None = None, now: datetime
) -> Response[Any]:
    return page(
        "offers/speakers/testimony/templates/testimony.html",
        status=refusal.status if refusal else 200,
        private=True,
        address=f"/temoignage/{token}",
        testimony=testimony,
        agenda=agenda,
        word=word,
        faults={refusal.field: refusal.sentence} if refusal and refusal.field else {},
        trouble=refusal.sentence if refusal and not refusal.field else "",
        now=now,
    )


route_handlers: list[Any] = [get_testimony, post_testimony]
