"""Answers that come back by mail, as the service that reads them passes them on. No other client has its pass."""

from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from services.campaigns.access.guard import refuse_strangers
from services.campaigns.edge import Edge
from services.campaigns.offers.answers.bodies import CalendarAnswersBody, OutcomesBody
from services.campaigns.offers.answers.calendar_answer import CalendarAnswer
from services.campaigns.offers.answers.take_calendar_answer import take_calendar_answer


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


route_handlers: list[Any] = [post_calendar_answers]
