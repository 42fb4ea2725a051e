"""What is read for summaries: who gets which, and who registered since the last one."""

from datetime import datetime, time
from typing import cast
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.digests.choice import DEFAULTS, LATE_BY_AT_MOST, MESSAGES, WHAT, Choice, What, rhythms_on
from shared.advance_notices import Newcomers
from shared.database import Connection
from shared.french_dates import PARIS

# which members a summary is for
READERS = """
    (kinds.what = 'planning' AND m.role IN ('owner', 'planner') AND o.kind <> 'school'
     OR kinds.what = 'teaching' AND (m.role = 'teacher' OR m.role = 'owner' AND o.kind = 'school'))
"""


class Reader(Struct, frozen=True, kw_only=True):
    """A member who gets a summary; `made_at` is when the last one was, `said` the mark of what it said."""

    member_id: UUID
    person_id: UUID
    organisation_id: UUID
    organisation: str
    organisation_kind: str
    role: str
    choice: Choice
    made_at: datetime | None
    said: str


async def find_digests(connection: Connection, *, now: datetime, most: int = 5000) -> list[tuple[UUID, What]]:
    """The members whose summary is due and not made yet today, some at a time: who is made leaves room for the next."""
    local = now.astimezone(PARIS)
    # the clock decides who is due (`Choice.due`); the database leaves out whose time has not come
    rows = await connection.fetch(
        f"""
        SELECT m.id, kinds.what, c.rhythm, c.at
        FROM campaigns.members m
        JOIN campaigns.organisations o ON o.id = m.organisation_id
        JOIN contract.people p ON p.id = m.person_id AND p.email IS NOT NULL AND p.erased_at IS NULL
        CROSS JOIN unnest($2::text[], $3::text[], $4::time[]) AS kinds (what, rhythm, at)
        LEFT JOIN campaigns.digest_choices c ON c.person_id = m.person_id AND c.what = kinds.what
        LEFT JOIN campaigns.digests d ON d.member_id = m.id AND d.what = kinds.what
        WHERE {READERS} AND (d.made_for IS NULL OR d.made_for < $1::date)
          AND coalesce(c.rhythm, kinds.rhythm) = ANY($5::text[])
          AND coalesce(c.at, kinds.at) BETWEEN $6::time AND $7::time
        ORDER BY m.id LIMIT $8
        """,  # noqa: S608  # the condition is a constant of this module
        local.date(),
        list(WHAT),
        [DEFAULTS[what].rhythm for what in WHAT],
        [DEFAULTS[what].at for what in WHAT],
        rhythms_on(local.date()),
        max(local - LATE_BY_AT_MOST, datetime.combine(local.date(), time(0), PARIS)).time(),
        local.time(),
        most,
    )
    return [(row["id"], row["what"]) for row in rows if _choice(row["what"], row["rhythm"], row["at"]).due(now)]


async def read_reader(connection: Connection, member_id: UUID, what: What) -> Reader | None:
    """A member with the choice and the last summary; None for who is none (any more), or it is not for."""
    row = await connection.fetchrow(
        f"""
        SELECT m.id, m.person_id, m.organisation_id, o.name, o.kind, m.role, c.rhythm, c.at, d.made_at,
               coalesce(d.said, '') AS said
        FROM campaigns.members m
        JOIN campaigns.organisations o ON o.id = m.organisation_id
        CROSS JOIN unnest(ARRAY[$2::text]) AS kinds (what)
        LEFT JOIN campaigns.digest_choices c ON c.person_id = m.person_id AND c.what = kinds.what
        LEFT JOIN campaigns.digests d ON d.member_id = m.id AND d.what = kinds.what
        WHERE m.id = $1 AND {READERS}
        """,  # noqa: S608  # the condition is a constant of this module
        member_id,
        what,
    )
    if row is None:
        return None
    return Reader(
        member_id=row["id"],
        person_id=row["person_id"],
        organisation_id=row["organisation_id"],
        organisation=row["name"],
        organisation_kind=row["kind"],
        role=row["role"],
        choice=_choice(what, row["rhythm"], row["at"]),
        made_at=row["made_at"],
        said=row["said"],
    )


async def list_choices(connection: Connection, person_id: UUID) -> list[Choice]:
    """What a person chose, on the page or by the button of a mail, of the summaries that are for one of their roles."""
    rows = await connection.fetch(
        f"""
        SELECT DISTINCT kinds.what, c.rhythm, c.at, u.message IS NOT NULL AS unwanted
        FROM campaigns.members m
        JOIN campaigns.organisations o ON o.id = m.organisation_id
        CROSS JOIN unnest($2::text[], $3::text[]) AS kinds (what, message)
        LEFT JOIN campaigns.digest_choices c ON c.person_id = m.person_id AND c.what = kinds.what
        LEFT JOIN contract.unwanted u ON u.person_id = m.person_id AND u.message = kinds.message
        WHERE m.person_id = $1 AND {READERS} ORDER BY kinds.what
        """,  # noqa: S608  # the condition is a constant of this module
        person_id,
        list(WHAT),
        [MESSAGES[what] for what in WHAT],
    )
    choices = [(_choice(row["what"], row["rhythm"], row["at"]), row["unwanted"]) for row in rows]
    return [msgspec.structs.replace(choice, rhythm="off") if unwanted else choice for choice, unwanted in choices]


async def list_newcomers(connection: Connection, organisation_id: UUID, *, since: datetime) -> list[Newcomers]:
    """Who registered for an organisation's offers since then and still lives, counted by offer."""
    rows = await connection.fetch(
        """
        SELECT o.title, o.slug, count(*)::int AS registered,
               (count(*) FILTER (WHERE r.status = 'waiting'))::int AS waiting
        FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
        WHERE o.organisation_id = $1 AND r.created_at > $2 AND r.status IN ('waiting', 'held', 'confirmed')
        GROUP BY o.id ORDER BY o.title, o.id LIMIT 50
        """,
        organisation_id,
        since,
    )
    return [
        Newcomers(offer=row["title"], slug=row["slug"], registered=row["registered"], waiting=row["waiting"])
        for row in rows
    ]


async def count_open_questions(connection: Connection, organisation_id: UUID) -> list[tuple[str, int]]:
    """The offers with questions that wait for an answer, and how many."""
    rows = await connection.fetch(
        """
        SELECT o.title, count(*)::int AS number FROM campaigns.questions q JOIN campaigns.offers o ON o.id = q.offer_id
        WHERE o.organisation_id = $1 AND q.sent_at IS NOT NULL AND q.answered_at IS NULL
        GROUP BY o.id ORDER BY o.title LIMIT 50
        """,
        organisation_id,
    )
    return [(row["title"], row["number"]) for row in rows]


def _choice(what: str, rhythm: str | None, at: object) -> Choice:
    default = DEFAULTS[cast("What", what)]
    return Choice(what=default.what, rhythm=rhythm, at=at) if rhythm else default  # type: ignore[arg-type]
