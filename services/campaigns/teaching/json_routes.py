"""A teacher's pupils: JSON, and the JSON of visits."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from services.campaigns.access.actor import Actor
from services.campaigns.audit import write_audit
from services.campaigns.edge import Edge
from services.campaigns.idempotency import IdempotencyKey, answer_once
from services.campaigns.look.words import local_day
from services.campaigns.organisations.page_keys import cut_page, parse_key
from services.campaigns.teaching.bodies import (
    FollowedPupilsBody,
    ListedBody,
    PupilListBody,
    pupil_body,
)
from services.campaigns.teaching.choice import Choice, in_order
from services.campaigns.teaching.lists.add_pupils import add_pupils
from services.campaigns.teaching.lists.list_form import parse_pupil
from services.campaigns.teaching.lists.remove_pupils import remove_pupil
from services.campaigns.teaching.lists.routes import person_of
from services.campaigns.teaching.period import period_at
from services.campaigns.teaching.pupil import PupilState, now_or_next
from services.campaigns.teaching.read import list_followed, list_meetings_of, scope_of
from services.campaigns.teaching.visits.json_routes import route_handlers as visits
from shared.database import Connection
from shared.languages import n_, speaking

PUPILS = "/api/v1/teaching/pupils"
# three hundred pupils with addresses
LIST_AT_MOST = 128 * 1024

After = Annotated[str | None, QueryParameter(name="after", description="The `next` of the page before")]
Standing = Annotated[PupilState | None, QueryParameter(name="state", description="Who has this, or waits for it")]
ClassName = Annotated[str | None, QueryParameter(name="class_name", description="Of one class alone")]
Own = Annotated[bool, QueryParameter(name="own", description="A head's own pupils, not all of the school")]


@get(PUPILS, action="follow_pupils", summary="Where one's pupils are, and who has nothing")
async def get_pupils_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    after: After = None,
    standing: Standing = None,
    class_name: ClassName = None,
    own: Own = False,
) -> Response[FollowedPupilsBody]:
    """In the internship weeks under way or next. A head, and a token of a school, have all of the school's pupils."""
    key = parse_key(after)
    today = local_day(now)
    period = period_at(today)
    async with edge.reading() as connection:
        pupils = await list_followed(connection, scope_of(actor, own=own), period=period, today=today)
        choice = Choice(state=standing or "", class_name=class_name)
        # the key is looked for among all: the pupil may have left the choice meanwhile, and the page goes on after them
        ordered = in_order(pupils)
        start = next((index + 1 for index, pupil in enumerate(ordered) if pupil.id == key), 0)
        shown, following = cut_page([pupil for pupil in ordered[start:] if choice.takes(pupil)])
        meetings = await list_meetings_of(connection, shown, period=period)
    items = []
    for pupil in shown:
        meeting, under_way = now_or_next(pupil.meetings(meetings), now)
        items.append(pupil_body(pupil, meeting, under_way=under_way))
    return Response(FollowedPupilsBody(items, following), headers={"Cache-Control": "no-store"})


@post(
    PUPILS,
    action="follow_pupils",
    summary="Put pupils on one's list",
    status_code=201,
    request_max_body_size=LIST_AT_MOST,
)
async def post_pupils_json(
    request: Request[Any, Any, Any],
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    data: JSONBody[PupilListBody],
    idempotency_key: IdempotencyKey = None,
) -> Response[ListedBody]:
    """Nobody is enrolled and nobody is told; who is on the list already stays. Kept until the school year ends."""
    pupils = [
        parse_pupil(
            first_name=one.first_name,
            last_name=one.last_name,
            class_name=one.class_name,
            email=one.email,
            at=f"pupils.{index}.",
        )
        for index, one in enumerate(data.pupils)
    ]

    async def write(connection: Connection) -> Response[ListedBody]:
        added = await add_pupils(
            connection, organisation_id=actor.organisation_id, teacher_id=person_of(actor), pupils=pupils, now=now
        )
        if added:
            with speaking("fr"):
                said = n_("{count} élève ajouté à une liste.", "{count} élèves ajoutés à une liste.", added)
            await write_audit(connection, actor, "add_pupils", said, now=now)
        return Response(ListedBody(added), status_code=201)

    return await answer_once(request, edge, actor.identity, idempotency_key, write, now=now)


@delete(f"{PUPILS}/{{pupil_id:uuid}}", action="follow_pupils", summary="Take a pupil off one's list")
async def delete_pupil_json(
    edge: NamedDependency[Edge],
    now: NamedDependency[datetime],
    actor: NamedDependency[Actor],
    pupil_id: FromPath[UUID],
) -> None:
    """What they are registered for stays. 404 for who is not on it (any more)."""
    async with edge.transaction() as connection:
        await remove_pupil(
            connection, organisation_id=actor.organisation_id, teacher_id=person_of(actor), pupil_id=pupil_id
        )
        await write_audit(connection, actor, "remove_pupil", "Un élève retiré d’une liste.", now=now)


route_handlers: list[Any] = [get_pupils_json, post_pupils_json, delete_pupil_json, *visits]
