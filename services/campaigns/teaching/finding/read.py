"""What is read to find room for pupils: the open offers, and who has nothing, as a class form is filled in."""

from datetime import datetime
from uuid import UUID

from services.campaigns.access.actor import Actor
from services.campaigns.look.words import local_day
from services.campaigns.offers.seats.classes.class_list import PupilLine, write_class
from services.campaigns.offers.seats.classes.read import OPEN_OFFER
from services.campaigns.offers.seats.classes.school_class import OpenOffer
from services.campaigns.offers.seats.enrolment import PUPILS_AT_MOST
from services.campaigns.teaching.choice import in_order
from services.campaigns.teaching.finding.choice import OfferChoice
from services.campaigns.teaching.period import period_at
from services.campaigns.teaching.pupil import FollowedPupil
from services.campaigns.teaching.read import Scope, list_followed
from shared.database import Connection

WITH_NOTHING = "sans-rien"


async def list_room(
    connection: Connection, choice: OfferChoice, *, organisation_id: UUID, now: datetime, limit: int
) -> list[OpenOffer]:
    """The offers that pupils of this school may join now, as chosen, by their first day."""
    rows = await connection.fetch(
        f"""
        {OPEN_OFFER}
          AND ($2 = '' OR o.kind = $2)
          AND ($3 = '' OR campaigns.plain_words(o.city) LIKE '%' || $3 || '%')
          AND ($4 = '' OR EXISTS (SELECT FROM campaigns.sessions s WHERE s.offer_id = o.id AND s.status = 'planned'
                                    AND s.place ~ ('\\m' || $4 || '[0-9]{{3}}\\M')))
          AND ($5::date IS NULL OR upper(o.busy) > $5::timestamp AT TIME ZONE 'Europe/Paris')
          AND ($6::date IS NULL OR lower(o.busy) < ($6 + 1)::timestamp AT TIME ZONE 'Europe/Paris')
          AND ($7 = 0 OR (o.waiting = 0 AND o.seats - o.taken - coalesce(o.kept, 0) >= $7))
          AND (o.school_uais = '{{}}' OR EXISTS (
              SELECT FROM campaigns.organisations school
              WHERE school.id = $8 AND (school.kind <> 'school' OR school.uai = ANY(o.school_uais))))
        ORDER BY lower(o.busy), o.id LIMIT $9
        """,  # noqa: S608  # OPEN_OFFER is a constant
        now,
        choice.kind,
        choice.town,
        choice.departement,
        choice.first,
        choice.last,
        choice.seats,
        organisation_id,
        limit,
    )
    return [OpenOffer(**dict(row)) for row in rows]


async def list_with_nothing(
    connection: Connection, actor: Actor, *, class_name: str | None = None, now: datetime
) -> list[FollowedPupil]:
    """The actor's own pupils who have nothing in the period, by class and name; nobody's for a token."""
    if actor.person_id is None:
        return []
    today = local_day(now)
    scope = Scope(organisation_id=actor.organisation_id, teacher_id=actor.person_id)
    pupils = await list_followed(connection, scope, period=period_at(today), today=today)
    return [pupil for pupil in in_order(pupils) if pupil.has_nothing and class_name in (None, pupil.class_name)]


async def write_pupils(
    connection: Connection, actor: Actor, *, who: str, class_name: str | None = None, now: datetime
) -> str:
    """The pupils whom an address means (« sans-rien »: who have nothing) as the lines of a class form, with the
    addresses that the teacher gave; a list's worth of them. Nobody where it means nobody.
    """
    if who != WITH_NOTHING or not actor.may("follow_pupils"):
        return ""
    pupils = (await list_with_nothing(connection, actor, class_name=class_name, now=now))[:PUPILS_AT_MOST]
    if not pupils:
        return ""
    rows = await connection.fetch(
        """
        SELECT person.id, person.email FROM contract.people person
        WHERE person.id = ANY($1::uuid[]) AND person.email IS NOT NULL AND (
            EXISTS (SELECT FROM campaigns.listed_pupils l WHERE l.id = person.id AND l.teacher_id = $2)
            OR EXISTS (SELECT FROM campaigns.registrations r WHERE r.pupil_id = person.id AND r.enrolled_by = $2))
        """,
        [pupil.id for pupil in pupils],
        actor.person_id,
    )
    addresses = {row["id"]: row["email"] for row in rows}
    return write_class(
        [
            PupilLine(
                row=number,
                fields={
                    "last_name": pupil.last_name,
                    "first_name": pupil.first_name,
                    "email": addresses.get(pupil.id, ""),
                    "class_name": pupil.class_name,
                },
                columns={},
            )
            for number, pupil in enumerate(pupils, start=2)
        ]
    )
