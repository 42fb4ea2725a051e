"""The page behind a teacher's link: who named them, and three answers, each behind a button."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from services.campaigns.edge import Edge
from services.campaigns.given import form_given
from services.campaigns.look.pages import page
from services.campaigns.offers.referents.answer_referent import answer_referent
from services.campaigns.offers.referents.read import list_named_pupils, read_named_pupil, read_teacher
from services.campaigns.offers.referents.referent import (
    Answer,
    Correction,
    NamedPupil,
    NotForALinkToCorrect,
    parse_correction,
)
from services.campaigns.offers.registration import InvalidField
from shared.languages import Glossary, later

STATES = Glossary(
    {"waiting": later("en attente"), "held": later("place retenue"), "confirmed": later("place confirmée")}
)
PUPIL = "/professeur/{token:str}/{pupil_id:uuid}"


@get("/professeur/{token:str}", include_in_schema=False)
async def get_named_pupils(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[str]:
    """Who named the teacher, those who wait for a word first."""
    async with edge.reading() as connection:
        pupils = await list_named_pupils(connection, await read_teacher(connection, edge.signer, token))
    return page(
        "offers/referents/templates/pupils.html",
        private=True,
        pupils=pupils,
        states=STATES,
        address=f"/professeur/{token}",
    )


@get(f"{PUPIL}/correction", include_in_schema=False)
async def get_correction(edge: NamedDependency[Edge], token: FromPath[str], pupil_id: FromPath[UUID]) -> Response[str]:
    """The school and the class, to be put right."""
    async with edge.reading() as connection:
        pupil = await read_named_pupil(connection, await read_teacher(connection, edge.signer, token), pupil_id)
    return _asks(pupil, token, {"school": pupil.school_name, "class_name": pupil.class_name})


@post(f"{PUPIL}/correction", include_in_schema=False)
async def post_correction(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    token: FromPath[str],
    pupil_id: FromPath[UUID],
) -> Response[Any]:
    """Put them right, which says that the pupil is the teacher's."""
    form = await form_given(request)
    given = {name: value if isinstance(value := form.get(name, ""), str) else "" for name in ("school", "class_name")}
    async with edge.reading() as connection:
        pupil = await read_named_pupil(connection, await read_teacher(connection, edge.signer, token), pupil_id)
    try:
        correction = parse_correction(given["school"], given["class_name"])
    except InvalidField as refusal:
        return _asks(pupil, token, given, faults={refusal.field or "school": refusal.sentence}, status=422)
    try:
        return await _answer(edge, token, pupil_id, "corrected", now=now, correction=correction)
    except NotForALinkToCorrect as refusal:
        return _asks(pupil, token, given, faults={"school": refusal.sentence}, status=refusal.status)


@post(f"{PUPIL}/confirmation", include_in_schema=False)
async def post_confirmation(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str], pupil_id: FromPath[UUID]
) -> Response[Any]:
    """The pupil is the teacher's, the school and the class are right."""
    return await _answer(edge, token, pupil_id, "confirmed", now=now)


@post(f"{PUPIL}/inconnu", include_in_schema=False)
async def post_unknown(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str], pupil_id: FromPath[UUID]
) -> Response[Any]:
    """The teacher does not know the pupil; the planner sees it."""
    return await _answer(edge, token, pupil_id, "unknown", now=now)


async def _answer(
    edge: Edge, token: str, pupil_id: UUID, answer: Answer, *, now: datetime, correction: Correction | None = None
) -> Response[Any]:
    async with edge.transaction() as connection:
        teacher_id = await read_teacher(connection, edge.signer, token)
        await answer_referent(
            connection, teacher_id=teacher_id, pupil_id=pupil_id, answer=answer, correction=correction, now=now
        )
    return Redirect(f"/professeur/{token}", status_code=303, headers={"Cache-Control": "no-store"})


def _asks(
    pupil: NamedPupil, token: str, form: dict[str, str], *, faults: dict[str, str] | None = None, status: int = 200
) -> Response[str]:
    return page(
        "offers/referents/templates/correction.html",
        status=status,
        private=True,
        pupil=pupil,
        form={name: value[:300] for name, value in form.items()},
        faults=faults or {},
        address=f"/professeur/{token}",
    )


route_handlers: list[Any] = [get_named_pupils, get_correction, post_correction, post_confirmation, post_unknown]
