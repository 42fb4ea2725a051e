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
    EntryAnswerBody,
    EntryNoteBody,
    EntryOutcomeBody,
    LetterBody,
    NoteBody,
    OutcomesBody,
    RefusedAddressBody,
    ToldBody,
)
from services.campaigns.offers.answers.calendar_answer import CalendarAnswer
from services.campaigns.offers.answers.entries.entry_answer import EntryAnswer
from services.campaigns.offers.answers.entries.note_entry_answer import note_entry_answer
from services.campaigns.offers.answers.entries.take_entry_answer import take_entry_answer
from services.campaigns.offers.answers.note_answer import note_answer
from services.campaigns.offers.answers.note_refused_address import note_refused_address
from services.campaigns.offers.answers.pass_letter_on import pass_letter_on
from services.campaigns.offers.answers.take_calendar_answer import take_calendar_answers
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
                outcome
                for each in data.answers
                for outcome in await take_calendar_answers(
                    connection,
                    registration_id=data.registration_id,
                    answer=msgspec.convert(each, CalendarAnswer, from_attributes=True),
                    now=now,
                )
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


@post("/api/v1/answers/entries", status_code=200, include_in_schema=False)
async def post_entry_answer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    data: JSONBody[EntryAnswerBody],
) -> EntryOutcomeBody:
    """What a calendar answered to the entry of a host, a speaker or a slot; the same again comes to the same."""
    refuse_strangers(request, edge)
    given = msgspec.convert(data, EntryAnswer, from_attributes=True)
    async with edge.transaction() as connection:
        return EntryOutcomeBody(await take_entry_answer(connection, given=given, now=now))


@post("/api/v1/answers/entry-notes", status_code=200, include_in_schema=False)
async def post_entry_note(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    data: JSONBody[EntryNoteBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[ToldBody]:
    """A calendar's answer to such an entry that changes nothing, whose owner is answered."""
    return await _tell_once(request, edge, note_entry_answer, data, idempotency_key, now)


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
    data: NoteBody | EntryNoteBody | LetterBody | RefusedAddressBody,
    idempotency_key: str | None,
    now: datetime,
) -> Response[ToldBody]:
    refuse_strangers(request, edge)

    async def write(connection: Connection) -> Response[ToldBody]:
        return Response(ToldBody(await verb(connection, **msgspec.structs.asdict(data), now=now)))

    return await answer_once(request, edge, NOBODY.id, idempotency_key, write, now=now)


route_handlers: list[Any] = [
    post_calendar_answers,
    post_note,
    post_entry_answer,
    post_entry_note,
    post_letter,
    post_refused_address,
]
