"""Promote who waits: freed seats are held for the first in the queue who are free at these times."""

from datetime import datetime
from uuid import UUID

from services.campaigns.offers.hold import promotion_deadline, remind_of_seat_at
from services.campaigns.offers.offer import Offer, least_filled_groups
from services.campaigns.offers.read import count_groups
from services.campaigns.offers.seats.take_kept_turns import take_kept_turns
from services.campaigns.offers.take_times import take_times
from shared.database import Connection
from shared.events import RegistrationHeld


async def promote_waiting(
    connection: Connection, *, offer: Offer, free: int, revision: int, now: datetime
) -> list[RegistrationHeld]:
    """Hold the `free` seats of a locked offer for the queue; returns the facts, in the order of the queue.

    `free` is all that are free: some of them may be kept. Whoever has a seat elsewhere at these times is passed over
    and keeps the rank. The caller settles the counters: each fact is one more taken and one fewer waiting.
    """
    # nobody is offered a seat in what has begun, or in what has no session left
    if free <= 0 or offer.first_session_at is None or now >= offer.first_session_at:
        return []
    if offer.kept is None:
        chosen = await _take_times(connection, offer, free)
    else:
        chosen = await take_kept_turns(connection, offer, free=free, now=now)
    if not chosen:
        return []
    deadline = promotion_deadline(now, offer.first_session_at)
    groups = least_filled_groups(offer.group_ids, await count_groups(connection, offer), len(chosen))
    rows = await connection.fetch(
        """
        UPDATE campaigns.registrations r
        SET status = 'held', held_for = 'promotion', deadline = $3, changed_at = $4, group_id = chosen.group_id,
            seat_remind_at = $5
        FROM unnest($1::uuid[], $2::uuid[]) AS chosen (id, group_id)
        WHERE r.id = chosen.id
        RETURNING r.id, r.pupil_id, r.guardian_id, r.group_id, r.rank,
                  r.under_15 AND r.consented_at IS NULL AS consent_needed
        """,
        chosen,
        groups,
        deadline,
        now,
        remind_of_seat_at(now, deadline),
    )
    return [
        RegistrationHeld(
            occurred_at=now,
            offer_id=offer.id,
            revision=revision,
            programme=offer.programme_version,
            registration_id=row["id"],
            pupil_id=row["pupil_id"],
            guardian_id=row["guardian_id"],
            group_id=row["group_id"],
            held_for="promotion",
            deadline=deadline,
            consent_needed=row["consent_needed"],
        )
        for row in sorted(rows, key=lambda row: row["rank"])
    ]


async def _take_times(connection: Connection, offer: Offer, free: int) -> list[UUID]:
    """The registrations, by rank, whose pupils' time could be taken: at most `free`."""
    chosen: list[UUID] = []
    last_rank = 0
    while len(chosen) < free:
        candidates = await connection.fetch(
            """
            SELECT r.id, r.pupil_id, r.rank
            FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
            WHERE r.offer_id = $1 AND r.status = 'waiting' AND r.rank > $2 AND NOT EXISTS (
                SELECT FROM campaigns.pupil_times t WHERE t.pupil_id = r.pupil_id AND t.busy && o.busy)
            ORDER BY r.rank LIMIT $3
            """,
            offer.id,
            last_rank,
            free - len(chosen),
        )
        if not candidates:
            break
        last_rank = candidates[-1]["rank"]
        wanted = [(row["id"], row["pupil_id"]) for row in candidates]
        free_now = await take_times(connection, offer_id=offer.id, wanted=wanted)
        chosen += [row["id"] for row in candidates if row["id"] in free_now]
    return chosen
