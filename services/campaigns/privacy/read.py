"""What privacy reads: who is to be erased, who may ask for it, how long a campaign keeps names."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.campaigns.privacy.erasure import LOOKED_AFTER, Erasure
from services.campaigns.privacy.keeping import Keeping
from shared.database import Connection
from shared.french_dates import PARIS

AT_ONCE = 100
# a registration that lives, in what is still to come: a seat or a place in a queue that somebody else could have
LIVING = """
    SELECT r.id FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
    WHERE r.pupil_id = {pupil} AND r.status IN ('waiting', 'held', 'confirmed')
      AND o.status NOT IN ('cancelled', 'over') AND coalesce(upper(o.busy) > {now}, true)
    ORDER BY r.id
"""


async def find_erasures(
    connection: Connection, *, now: datetime, pupil_id: UUID | None = None, late: bool = False
) -> list[Erasure]:
    """Those to be carried out, the longest asked first; `late`: also pupils who were registered while they were erased.

    `pupil_id`: that one's alone.
    """
    living = LIVING.format(pupil="e.pupil_id", now="$1")
    rows = await connection.fetch(
        f"""
        SELECT e.pupil_id, e.why, e.asked_at, ARRAY({living}) AS living
        FROM campaigns.erasures e
        WHERE e.erased_at IS NULL AND ($2::uuid IS NULL OR e.pupil_id = $2)
           OR $3 AND e.erased_at > $1 - $4::interval AND EXISTS ({living})
        ORDER BY e.asked_at LIMIT $5
        """,  # noqa: S608  # constants of this module
        now,
        pupil_id,
        late,
        LOOKED_AFTER,
        AT_ONCE,
    )
    return [Erasure(**{**row, "living": tuple(row["living"])}) for row in rows]


async def read_living(connection: Connection, pupil_id: UUID, *, now: datetime) -> list[UUID]:
    """A pupil's registrations that are to be withdrawn before the names go."""
    rows = await connection.fetch(LIVING.format(pupil="$1", now="$2"), pupil_id, now)
    return [row["id"] for row in rows]


async def letters_are_under_way(connection: Connection, registration_ids: Sequence[UUID], *, now: datetime) -> bool:
    """Whether something is still to be told about these registrations: a fact nobody has planned, a mail not sent."""
    return bool(
        await connection.fetchval(
            """
            SELECT EXISTS (SELECT FROM contract.events
                           WHERE planned_at IS NULL AND body ->> 'registration_id' = ANY($2::text[]))
                OR EXISTS (SELECT FROM contract.deliveries
                           WHERE registration_id = ANY($1::uuid[])
                             AND (state = 'sending' OR state = 'due' AND due_at <= $3))
            """,
            list(registration_ids),
            [str(each) for each in registration_ids],
            now,
        )
    )


async def find_pupils_kept_long_enough(connection: Connection, *, now: datetime) -> list[UUID]:
    """Pupils all of whose campaigns have kept them for their time, counted from the last day; some at once.

    A campaign ends with its last offer, should that be later than the campaign.
    """
    rows = await connection.fetch(
        """
        WITH kept AS (
            SELECT c.id, greatest(upper(c.period), max((upper(o.busy) AT TIME ZONE 'Europe/Paris')::date + 1))
                         + make_interval(months => c.keep_months) <= $1::date AS long_enough
            FROM campaigns.campaigns c JOIN campaigns.offers o ON o.campaign_id = c.id GROUP BY c.id
        )
        SELECT DISTINCT r.pupil_id
        FROM kept
        JOIN campaigns.offers o ON o.campaign_id = kept.id
        JOIN campaigns.registrations r ON r.offer_id = o.id
        LEFT JOIN campaigns.erasures e ON e.pupil_id = r.pupil_id
        WHERE kept.long_enough AND e.pupil_id IS NULL
          AND NOT EXISTS (
            SELECT FROM campaigns.registrations other
            JOIN campaigns.offers elsewhere ON elsewhere.id = other.offer_id
            JOIN kept still ON still.id = elsewhere.campaign_id AND NOT still.long_enough
            WHERE other.pupil_id = r.pupil_id)
        LIMIT $2
        """,
        now.astimezone(PARIS).date(),
        AT_ONCE,
    )
    return [row["pupil_id"] for row in rows]


async def read_keeping(connection: Connection, campaign_id: UUID) -> Keeping:
    """How long one campaign keeps names."""
    rows = await connection.fetch(f"{_KEEPING} WHERE c.id = $1", campaign_id)
    return Keeping(**rows[0])


async def list_keepings(connection: Connection) -> list[tuple[Keeping, str]]:
    """Of the campaigns that have, or had, something public and names to keep: their time, and who carries them."""
    rows = await connection.fetch(
        f"""
        SELECT kept.*, coalesce((SELECT string_agg(g.name, ', ' ORDER BY g.name) FROM campaigns.organisations g
            WHERE g.id IN (SELECT a.organisation_id FROM campaigns.agreements a
                           WHERE a.campaign_id = kept.campaign_id AND a.agreed_at IS NOT NULL AND a.left_at IS NULL
                           UNION SELECT o.organisation_id FROM campaigns.offers o
                           WHERE o.campaign_id = kept.campaign_id AND o.status <> 'draft')), '') AS carriers
        FROM ({_KEEPING}) kept
        WHERE EXISTS (SELECT FROM campaigns.offers o WHERE o.campaign_id = kept.campaign_id AND o.status <> 'draft')
        ORDER BY kept.last_day DESC, kept.campaign LIMIT 50
        """  # noqa: S608  # a constant of this module
    )
    return [(Keeping(**{name: row[name] for name in Keeping.__struct_fields__}), row["carriers"]) for row in rows]


_KEEPING = """
    SELECT c.id AS campaign_id, c.slug, c.title AS campaign, c.keep_months AS months, its.last_day,
           (its.last_day + make_interval(months => c.keep_months))::date AS until,
           counted.kept, counted.erased
    FROM campaigns.campaigns c
    CROSS JOIN LATERAL (
        SELECT greatest(upper(c.period) - 1, max((upper(o.busy) AT TIME ZONE 'Europe/Paris')::date)) AS last_day
        FROM campaigns.offers o WHERE o.campaign_id = c.id
    ) its
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE person.erased_at IS NULL) AS kept,
               count(*) FILTER (WHERE person.erased_at IS NOT NULL) AS erased
        FROM campaigns.offers o JOIN campaigns.registrations r ON r.offer_id = o.id
        JOIN contract.people person ON person.id = r.pupil_id
        WHERE o.campaign_id = c.id
    ) counted
"""


async def is_erased(connection: Connection, pupil_id: UUID) -> bool:
    """Whether the pupil's names are gone."""
    return bool(await connection.fetchval("SELECT erased_at IS NOT NULL FROM contract.people WHERE id = $1", pupil_id))


async def is_being_erased(connection: Connection, pupil_id: UUID) -> bool:
    """Whether it was asked, and is under way."""
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM campaigns.erasures WHERE pupil_id = $1 AND erased_at IS NULL)", pupil_id
        )
    )


async def is_guardian_of_all(connection: Connection, pupil_id: UUID, guardian_id: UUID) -> bool:
    """Whether all of a pupil's registrations name a guardian of this address: who typed one of them knows no other."""
    return bool(
        await connection.fetchval(
            """
            SELECT bool_and(lower(guardian.email) IS NOT DISTINCT FROM lower(me.email))
            FROM contract.people me
            JOIN campaigns.registrations r ON r.pupil_id = $1
            LEFT JOIN contract.people guardian ON guardian.id = r.guardian_id
            WHERE me.id = $2 AND me.email IS NOT NULL
            """,
            pupil_id,
            guardian_id,
        )
    )
