"""Answers that come back by mail, as the service that reads them passes them on. No other client has its pass."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from services.campaigns.access.guard import refuse_strangers
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.answers.bodies import (
    CalendarAnswersBody,
    LetterBody,
    NoteBody,
    OutcomesBody,
    RefusedAddressBody,
    ToldBody,
)
from services.campaigns.offers.answers.calendar_answer import CalendarAnswer
from services.campaigns.offers.answers.note_answer import note_answer
from services.campaigns.offers.answers.note_refused_address import note_refused_address
from services.campaigns.offers.answers.pass_letter_on import pass_letter_on
from services.campaigns.offers.answers.take_calendar_answer import take_calendar_answer
from shared.database import Connection
from shared.signed_links import NOBODY


@post("/api/v1/answers/calendar", status_code=200, include_in_schema=False)
async def post_calendar_answers(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    data: JSONBody[CalendarAnswersBody],
) -> OutcomesBody:
    """What a calendar answered to an invitation; the same again comes to the same."""
    refuse_strangers(request, edge)
    async with edge.transaction() as connection:
        return OutcomesBody(
            [
                await take_calendar_answer(
                    connection,
                    registration_id=data.registration_id,
                    answer=msgspec.convert(each, CalendarAnswer, from_attributes=True),
                    now=now,
                )
                for each in data.answers
            ]
        )


@post("/api/v1/answers/notes", status_code=200, include_in_schema=False)
async def post_note(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    data: JSONBody[NoteBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[ToldBody]:
    """A calendar's answer that changes nothing, whose owner is answered."""
    return await _tell_once(request, edge, note_answer, data, idempotency_key, now)


@post("/api/v1/answers/letters", status_code=200, include_in_schema=False)
async def post_letter(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    data: JSONBody[LetterBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[ToldBody]:
    """A letter for the planners of an offer."""
    return await _tell_once(request, edge, pass_letter_on, data, idempotency_key, now)


@post("/api/v1/answers/refused-addresses", status_code=200, include_in_schema=False)
async def post_refused_address(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    data: JSONBody[RefusedAddressBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[ToldBody]:
    """A mail that came back for good."""
    return await _tell_once(request, edge, note_refused_address, data, idempotency_key, now)


async def _tell_once(
    request: Request[Any, Any, Any],
    edge: Edge,
    verb: Callable[..., Awaitable[bool]],
    data: NoteBody | LetterBody | RefusedAddressBody,
    idempotency_key: str | None,
    now: datetime,
) -> Response[ToldBody]:
    refuse_strangers(request, edge)

    async def write(connection: Connection) -> Response[ToldBody]:
        return Response(ToldBody(await verb(connection, **msgspec.structs.asdict(data), now=now)))

    return await answer_once(request, edge, NOBODY.id, idempotency_key, write, now=now)


route_handlers: list[Any] = [post_calendar_answers, post_note, post_letter, post_refused_address]
