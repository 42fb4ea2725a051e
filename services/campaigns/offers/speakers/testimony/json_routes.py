"""The JSON of who is invited to speak: by the link of the mail, without account."""

from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.hosts.host_request import parse_word
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.bodies import SpeakerAnswerBody, TestimonyBody, testimony_body
from services.campaigns.offers.speakers.testimony.read import read_linked_testimony, read_testimony
from shared.database import Connection

NO_STORE = {"Cache-Control": "no-store"}


@get("/api/v1/speaker-requests/links/{token:str}", summary="What the link of a mail asks a speaker")
async def get_linked_testimony(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[TestimonyBody]:
    """The session somebody is invited to, by the token of their mail."""
    async with edge.reading() as connection:
        _, testimony = await read_linked_testimony(connection, edge.signer, token)
    return Response(testimony_body(testimony, now), headers=NO_STORE)


@post("/api/v1/speaker-requests/links/{token:str}/answer", status_code=200, summary="Answer an invitation to speak")
async def post_linked_testimony(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
    data: JSONBody[SpeakerAnswerBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[TestimonyBody]:
    """Confirm or decline, and say whether one may be contacted again."""
    word = parse_word(data.word)
    async with edge.reading() as connection:
        request_id, invited = await read_linked_testimony(connection, edge.signer, token)

    async def write(connection: Connection) -> Response[TestimonyBody]:
        await answer_invitation(
            connection,
            request_id=request_id,
            answer=data.answer,
            word=word,
            contact_again=data.contact_again,
            now=now,
        )
        await write_audit(
            connection,
            invited.linked_actor,
            "answer_invitation",
            invited.say_answer(data.answer),
            now=now,
            offer_id=invited.offer_id,
        )
        testimony = await read_testimony(connection, request_id)
        return Response(testimony_body(testimony, now), status_code=200, headers=NO_STORE)

    return await answer_once(request, edge, request_id, idempotency_key, write, now=now)


route_handlers: list[Any] = [get_linked_testimony, post_linked_testimony]
