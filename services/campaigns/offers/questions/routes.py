"""Questions as pages: asked by anybody, sent from a mail, answered by planners."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.access.actor import Actor
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import read_listing
from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.look.pages import page, planner_page
from services.campaigns.offers.life.read import read_own_offer
from services.campaigns.offers.questions.answer_question import answer_question
from services.campaigns.offers.questions.ask_question import ask_question
from services.campaigns.offers.questions.erase_questions import remove_question
from services.campaigns.offers.questions.journal import note_answer, note_removal
from services.campaigns.offers.questions.question import (
    InvalidAnswer,
    QuestionChanged,
    QuestionsClosed,
    UnknownQuestion,
    parse_answer,
    parse_question,
)
from services.campaigns.offers.questions.read import list_questions, read_link, read_own_question
from services.campaigns.offers.questions.send_question import send_question
from shared.refusal import Refusal


@get("/offres/{slug:str}/question", include_in_schema=False)
async def get_question_form(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], slug: FromPath[str]
) -> Response[str]:
    """Two fields: the question, and where the answer goes."""
    listing = await _listing(edge, slug)
    if listing.state(now) in ("past", "cancelled"):
        raise QuestionsClosed
    return _form(listing)


@post("/offres/{slug:str}/question", include_in_schema=False)
async def post_question(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], slug: FromPath[str]
) -> Response[str]:
    """The same answer whoever asks: see your mail."""
    form = await form_given(request)
    given = {name: str(form.get(name, "")).replace("\x00", "")[:4000] for name in ("words", "email")}
    listing = await _listing(edge, slug)
    asked, faults = parse_question(**given)
    if asked is None:
        return _form(listing, given, faults, status=422)
    async with edge.transaction() as connection:
        await ask_question(connection, offer_id=listing.id, asked=asked, now=now)
    return page(
        "offers/questions/templates/see_mail.html", status=202, private=True, listing=listing, email=asked.email
    )


@get("/questions/{token:str}", include_in_schema=False)
async def get_question(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """What was written, and the button that sends it: mail scanners follow links, they press nothing."""
    async with edge.reading() as connection:
        slug, title, words, sent = await read_link(connection, edge.signer.read("question", token).id, now=now)
    return page(
        "offers/questions/templates/send.html",
        private=True,
        token=token,
        slug=slug,
        offer_title=title,
        asked=words,
        sent=sent,
    )


@post("/questions/{token:str}", include_in_schema=False)
async def post_question_sent(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """Send it, then show that it was."""
    async with edge.transaction() as connection:
        await send_question(connection, question_id=edge.signer.read("question", token).id, now=now)
    return Redirect(f"/questions/{token}", status_code=303, headers={"Cache-Control": "no-store"})


@get("/planification/{slug:str}/questions", action="plan_offers", include_in_schema=False)
async def get_questions(
    edge: NamedDependency[Edge], actor: NamedDependency[Actor], slug: FromPath[str]
) -> Response[Any]:
    """What was asked and what was answered, the newest first; who asked stands nowhere."""
    return await _questions(edge, actor, slug)


@post("/planification/{slug:str}/questions/{question_id:uuid}", action="plan_offers", include_in_schema=False)
async def post_answer(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    question_id: FromPath[UUID],
) -> Response[Any]:
    """Answer, or change the answer."""
    form = await request.form()
    given = {name: str(form.get(name, "")).replace("\x00", "") for name in ("question", "answer", "edition")}
    published = form.get("published") is not None
    # 0 is no edition: what is no number is told like what is too old
    edition = int(given["edition"]) if re.fullmatch(r"[0-9]{1,8}", given["edition"]) else 0
    try:
        answer = parse_answer(question=given["question"], answer=given["answer"], published=published, edition=edition)
        async with edge.transaction() as connection:
            question = await read_own_question(connection, actor, question_id)
            await answer_question(connection, question_id=question_id, answer=answer, now=now)
            await note_answer(connection, actor, question, published=published, now=now)
    except (InvalidAnswer, QuestionChanged) as refusal:
        typed = {**given, "published": published}
        return await _questions(edge, actor, slug, question_id=question_id, typed=typed, refusal=refusal)
    return Redirect(f"/planification/{slug}/questions#question-{question_id}", status_code=303)


@post("/planification/{slug:str}/questions/{question_id:uuid}/retrait", action="plan_offers", include_in_schema=False)
async def post_removal(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    slug: FromPath[str],
    question_id: FromPath[UUID],
) -> Response[Any]:
    """Take a question away, with its answer; pressed twice, it is away."""
    try:
        async with edge.transaction() as connection:
            question = await read_own_question(connection, actor, question_id)
            await remove_question(connection, question_id=question_id, now=now)
            await note_removal(connection, actor, question, now=now)
    except UnknownQuestion:
        async with edge.reading() as connection:
            await read_own_offer(connection, actor, slug)
    return Redirect(f"/planification/{slug}/questions", status_code=303)


async def _listing(edge: Edge, slug: str) -> Listing:
    async with edge.reading() as connection:
        return await read_listing(connection, slug)


def _form(
    listing: Listing, given: dict[str, str] | None = None, faults: dict[str, str] | None = None, *, status: int = 200
) -> Response[str]:
    return page(
        "offers/questions/templates/ask.html",
        status=status,
        listing=listing,
        given=given or {"words": "", "email": ""},
        faults=faults or {},
    )


async def _questions(
    edge: Edge,
    actor: Actor,
    slug: str,
    *,
    question_id: UUID | None = None,
    typed: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> Response[Any]:
    async with edge.reading() as connection:
        offer = await read_own_offer(connection, actor, slug)
        questions = await list_questions(connection, offer.id)
    return planner_page(
        "offers/questions/templates/questions.html",
        actor,
        status=refusal.status if refusal else 200,
        here="offers",
        offer=offer,
        questions=questions,
        question_id=question_id,
        typed=typed or {},
        trouble=refusal.sentence if refusal else "",
    )


route_handlers: list[Any] = [
    get_question_form,
    post_question,
    get_question,
    post_question_sent,
    get_questions,
    post_answer,
    post_removal,
]
