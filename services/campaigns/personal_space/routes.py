"""The personal pages: where one stands, what is next, and the three answers one can give."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from services.campaigns.edge import Edge
from services.campaigns.look.pages import page
from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.answers.keep_seat import keep_seat
from services.campaigns.offers.consent.send_consent_link import send_consent_link
from services.campaigns.offers.kinds.follow_up.read import offers_slots
from services.campaigns.offers.kinds.series.read import list_required_slots
from services.campaigns.offers.read import read_programme
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.campaigns.personal_space.changes import NOTHING, changes_between
from services.campaigns.personal_space.mark_programme_seen import mark_programme_seen
from services.campaigns.personal_space.place import Place
from services.campaigns.personal_space.read import list_alternatives, list_elsewhere, read_place, read_programme_seen
from services.campaigns.personal_space.timeline import luggage_of, next_session, own_days, timeline_of
from shared.calendar.invitation import write_invitation
from shared.languages import Message, later
from shared.refusal import Refusal

Verb = Callable[..., Awaitable[None]]


class Question(Struct, frozen=True):
    """What a page asks before its button does it, and the states of a registration it makes sense in."""

    path: str
    title: Message
    consequence: Message
    button: Message
    verb: Verb
    states: tuple[str, ...]
    by_guardian: bool = False

    def makes_sense(self, place: Place) -> bool:
        """Whether there is anything to answer."""
        if self.verb is keep_seat:
            return place.declined
        return place.status in self.states and (self.states != ("held",) or place.asked)


WITHDRAWAL = Question(
    "retrait",
    later("Renoncer à cette inscription ?"),
    later(
        "La place est rendue aussitôt, à qui attend ou à qui s’inscrit. Pour revenir, il faudra s’inscrire de nouveau, "
        "à la fin de la liste d’attente si l’offre est complète."
    ),
    later("Renoncer à l’inscription"),
    withdraw_registration,
    ("waiting", "held", "confirmed"),
)
ACCEPTANCE = Question(
    "acceptation",
    later("Accepter la place proposée ?"),
    later(
        "La place sera confirmée. Vous recevrez l’invitation pour votre agenda. "
        "Si vous attendez une place ailleurs aux mêmes dates, cette attente prend fin."
    ),
    later("Accepter la place"),
    accept_seat,
    ("held",),
)
REFUSAL = Question(
    "refus",
    later("Refuser la place proposée ?"),
    later("La place passe aussitôt à la personne suivante, et vous quittez la liste d’attente."),
    later("Refuser la place"),
    refuse_seat,
    ("held",),
)
KEEPING = Question(
    "maintien",
    later("Garder cette place ?"),
    later(
        "Un agenda a répondu que l’élève ne viendra pas. Gardée, la place reste confirmée, et l’invitation est "
        "renvoyée."
    ),
    later("Garder la place"),
    keep_seat,
    ("confirmed",),
    by_guardian=True,
)


@get("/inscriptions/{token:str}", include_in_schema=False)
async def get_place(edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]) -> Response[str]:
    """Whether one is in, and what comes next. It writes nothing: mail scanners and previews follow links, too."""
    async with edge.reading() as connection:
        place = await read_place(connection, edge.signer, token)
        programme = await read_programme(connection, place.offer_id)
        seen = await read_programme_seen(connection, place, programme.version) if place.alive else None
        follow_up = (
            place.answers and place.status == "confirmed" and await offers_slots(connection, place.offer_id, now=now)
        )
        required = await list_required_slots(connection, place.id, now=now)
        elsewhere = await list_elsewhere(connection, place)
        looks_on = place.status in ("waiting", "withdrawn", "refused", "expired", "cancelled")
        alternatives = await list_alternatives(connection, place, now=now) if looks_on else []
    days = own_days(programme, place.group_id)
    return page(
        "personal_space/templates/place.html",
        private=True,
        place=place,
        programme=programme,
        timeline=timeline_of(days, now),
        upcoming=next_session(days, now),
        luggage=luggage_of(days, now),
        changes=changes_between(seen, programme, place.group_id) if seen else NOTHING,
        elsewhere=elsewhere,
        alternatives=alternatives,
        address=f"/inscriptions/{token}",
        follow_up_address=f"/suivi/{token}" if follow_up else "",
        required=required,
        # the offer's own feed: that of all the pupil's seats goes to the address on file, not to whoever registered
        feed_url=f"{edge.settings.base_url}/calendars/{programme.slug}.ics",
        now=now,
    )


@post("/inscriptions/{token:str}/vu", include_in_schema=False)
async def post_seen(
    request: Request[Any, Any, Any], edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[Any]:
    """What changed up to a version has been seen: said by a button, or by the page once somebody has looked at it."""
    given = str((await request.form()).get("version", ""))
    version = int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0
    async with edge.transaction() as connection:
        place = await read_place(connection, edge.signer, token)
        await mark_programme_seen(
            connection, registration_id=place.id, offer_id=place.offer_id, reader=place.reader, version=version, now=now
        )
    return Redirect(f"/inscriptions/{token}", status_code=303, headers={"Cache-Control": "no-store"})


@post("/inscriptions/{token:str}/accord", include_in_schema=False, status_code=202)
async def post_consent_request(
    edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
) -> Response[str]:
    """Send the guardian the link to consent once more; the same answer whether a mail leaves or not."""
    async with edge.transaction() as connection:
        place = await read_place(connection, edge.signer, token, answering=True)
        await send_consent_link(connection, registration_id=place.id, now=now)
    return page(
        "personal_space/templates/consent_sent.html",
        status=202,
        private=True,
        place=place,
        address=f"/inscriptions/{token}",
    )


@get("/inscriptions/{token:str}/invitation.ics", include_in_schema=False)
async def get_invitation(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[bytes]:
    """The calendar entry of a seat, to add by hand: it asks for no answer."""
    async with edge.reading() as connection:
        place = await read_place(connection, edge.signer, token)
        programme = await read_programme(connection, place.offer_id)
    if place.status not in ("held", "confirmed"):
        raise NothingToAdd
    body = write_invitation(
        programme,
        uid=f"{place.id}@{edge.settings.mail_domain}",
        sequence=place.revision,
        stamp=place.told_at,
        method="PUBLISH",
        status=place.status,
        group_id=place.group_id,
        organiser_address=f"{edge.signer.reply_local_part(place.id)}@{edge.settings.mail_domain}",
        attendee=None,
        personal_url=edge.personal_url(token),
        partstat="ACCEPTED" if place.status == "confirmed" else "NEEDS-ACTION",
    )
    return Response(
        body,
        media_type="text/calendar; method=PUBLISH",
        headers={
            "Cache-Control": "private, no-store",
            "X-Robots-Tag": "noindex, nofollow",
            "Content-Disposition": 'attachment; filename="invitation.ics"',
        },
    )


class NothingToAdd(Refusal):
    """Who has no seat has nothing for the calendar."""

    reason = "no-seat"
    status = 409

    def __init__(self) -> None:
        super().__init__(later("Il n’y a pas de place à noter dans l’agenda pour cette inscription."))


def _get_question(question: Question) -> Any:
    @get(f"/inscriptions/{{token:str}}/{question.path}", include_in_schema=False, name=f"get_{question.path}")
    async def get_question(edge: NamedDependency[Edge], token: FromPath[str]) -> Response[Any]:
        """A page with one button: mail scanners follow links, they press nothing."""
        async with edge.reading() as connection:
            place = await read_place(connection, edge.signer, token, answering=not question.by_guardian)
        if not question.makes_sense(place):
            return Redirect(f"/inscriptions/{token}", status_code=303, headers={"Cache-Control": "no-store"})
        return page(
            "personal_space/templates/question.html",
            private=True,
            place=place,
            question=question,
            also=REFUSAL if question is ACCEPTANCE else None,
            address=f"/inscriptions/{token}",
        )

    return get_question


def _post_answer(question: Question) -> Any:
    @post(f"/inscriptions/{{token:str}}/{question.path}", include_in_schema=False, name=f"post_{question.path}")
    async def post_answer(
        edge: NamedDependency[Edge], now: NamedDependency[datetime], token: FromPath[str]
    ) -> Response[Any]:
        """Do it, then show where one stands now."""
        async with edge.transaction() as connection:
            place = await read_place(connection, edge.signer, token, answering=not question.by_guardian)
            await question.verb(connection, registration_id=place.id, now=now)
        return Redirect(f"/inscriptions/{token}", status_code=303, headers={"Cache-Control": "no-store"})

    return post_answer


QUESTIONS = (WITHDRAWAL, ACCEPTANCE, REFUSAL, KEEPING)

route_handlers: list[Any] = [
    get_place,
    post_seen,
    post_consent_request,
    get_invitation,
    *(_get_question(question) for question in QUESTIONS),
    *(_post_answer(question) for question in QUESTIONS),
]
