"""Questions for the planners' machines."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.offers.offer import UnknownOffer
from services.campaigns.offers.questions.answer_question import answer_question
from services.campaigns.offers.questions.bodies import AnswerBody, QuestionBody, QuestionsBody, question_body
from services.campaigns.offers.questions.erase_questions import remove_question
from services.campaigns.offers.questions.journal import note_answer, note_removal
from services.campaigns.offers.questions.question import parse_answer
from services.campaigns.offers.questions.read import list_questions, read_own_question
from services.campaigns.offers.read import organisation_of_offer
from services.campaigns.offers.registration import InvalidField
from shared.database import Connection
from shared.languages import later

PAGE = 100
NO_STORE = {"Cache-Control": "no-store"}

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]


@get("/api/v1/offers/{offer_id:uuid}/questions", action="plan_offers", summary="What was asked about an offer")
async def get_questions(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], offer_id: FromPath[UUID], after: After = None
) -> Response[QuestionsBody]:
    """Only what its asker has sent; the newest first, a hundred a page."""
    try:
        key = UUID(after) if after else None
    except ValueError as error:
        raise InvalidField(later("Cette clé de page n’est pas valable."), field="after") from error
    async with edge.reading() as connection:
        if not actor.acts_for(await organisation_of_offer(connection, offer_id)):
            raise UnknownOffer
        questions = await list_questions(connection, offer_id, after=key, limit=PAGE + 1)
    following = str(questions[PAGE - 1].id) if len(questions) > PAGE else None
    return Response(QuestionsBody([question_body(one) for one in questions[:PAGE]], following), headers=NO_STORE)


@put("/api/v1/questions/{question_id:uuid}/answer", action="plan_offers", summary="Answer a question")
async def put_answer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    question_id: FromPath[UUID],
    data: JSONBody[AnswerBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[QuestionBody]:
    """Its asker gets the answer by mail; 409 where somebody else has answered since `edition`."""
    answer = parse_answer(question=data.question, answer=data.answer, published=data.published, edition=data.edition)

    async def write(connection: Connection) -> Response[QuestionBody]:
        question = await read_own_question(connection, actor, question_id)
        await answer_question(connection, question_id=question_id, answer=answer, now=now)
        await note_answer(connection, actor, question, published=data.published, now=now)
        return Response(question_body(await read_own_question(connection, actor, question_id)), headers=NO_STORE)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@delete("/api/v1/questions/{question_id:uuid}", action="plan_offers", summary="Take a question away")
async def delete_question(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    question_id: FromPath[UUID],
) -> None:
    """With its answer; the asker's address is erased."""
    async with edge.transaction() as connection:
        question = await read_own_question(connection, actor, question_id)
        await remove_question(connection, question_id=question_id, now=now)
        await note_removal(connection, actor, question, now=now)


route_handlers: list[Any] = [get_questions, put_answer, delete_question]
