"""What is read for calendars at secret addresses: whether an address holds, the state, and the content."""

import hashlib
from collections.abc import Awaitable
from functools import partial
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from services.campaigns.feeds.feed import FeedContent, FeedState
from services.campaigns.look.spoken import prefix
from services.campaigns.offers.hosts.space.read import read_space_content, read_space_state, read_space_versions
from services.campaigns.subscribing.families.read import read_family_entries, read_family_version
from services.campaigns.subscribing.holding import ReadEntries, ReadVersion
from services.campaigns.subscribing.planners.read import (
    read_planner_entries,
    read_planner_version,
    read_slots_entries,
    read_slots_version,
)
from services.campaigns.subscribing.pupils.read import read_pupil_entries, read_pupil_version
from services.campaigns.subscribing.speakers.read import read_speaker_entries, read_speaker_version
from services.campaigns.subscribing.teachers.read import read_teacher_entries, read_teacher_version
from shared.database import Connection, Pool
from shared.signed_links import Scope


class ReadState(Protocol):
    """The state of a holder's calendar now; None for an address that does not hold."""

    def __call__(self, pool: Pool, holder_id: UUID, version: int, /) -> Awaitable[FeedState | None]:
        """`version` is that of the address."""


class ReadContent(Protocol):
    """State and sessions of a holder's calendar, of one moment; None for an address that does not hold."""

    def __call__(
        self, pool: Pool, holder_id: UUID, version: int, /, *, address: str, token: str, base_url: str
    ) -> Awaitable[FeedContent | None]:
        """`address` is that of the feed below `/calendars/`, `token` the secret in it."""


class FindVersion(Protocol):
    """Which version of a holder's address holds; None for who has none."""

    def __call__(self, connection: Connection, holder_id: UUID, /) -> Awaitable[int | None]:
        """One row by its key."""


class PersonalCalendar(Struct, frozen=True):
    """One kind of calendar at secret addresses: what its tokens are signed for, and where it comes from."""

    scope: Scope
    find_version: FindVersion
    read_state: ReadState
    read_content: ReadContent


async def read_calendar_version(connection: Connection, person_id: UUID) -> int | None:
    """Which version of somebody's secret addresses holds; None for who is not there (any more)."""
    version: int | None = await connection.fetchval(
        "SELECT calendar_version FROM contract.people WHERE id = $1 AND erased_at IS NULL", person_id
    )
    return version


def _of_person(whose: str, scope: Scope, read_version: ReadVersion, read_entries: ReadEntries) -> PersonalCalendar:
    return PersonalCalendar(
        scope,
        read_calendar_version,
        partial(_read_state, whose, read_version),
        partial(_read_content, whose, read_version, read_entries),
    )


async def _find_space_version(connection: Connection, holder_id: UUID) -> int | None:
    return (await read_space_versions(connection, [holder_id]))[holder_id]


async def _read_state(
    whose: str, read_version: ReadVersion, pool: Pool, person_id: UUID, version: int
) -> FeedState | None:
    """Whatever is wrong with an address, one row is looked for by its key, and no more."""
    async with pool.acquire() as connection:
        if await read_calendar_version(connection, person_id) != version:
            return None
        return await _date(connection, whose, person_id, await read_version(connection, person_id))


async def _read_content(
    whose: str,
    read_version: ReadVersion,
    read_entries: ReadEntries,
    pool: Pool,
    person_id: UUID,
    version: int,
    *,
    address: str,
    token: str,  # noqa: ARG001  # of the signature of all
    base_url: str,
) -> FeedContent | None:
    async with pool.acquire() as connection:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            if await read_calendar_version(connection, person_id) != version:
                return None
            state = await read_version(connection, person_id)
            entries = await read_entries(connection, person_id, base_url=base_url)
        dated = await _date(connection, whose, person_id, state)
    head = entries.head(source=f"{base_url}{prefix()}/calendars/{address}", base_url=base_url + prefix())
    return FeedContent(dated, head, tuple(entries.sessions))


async def _date(connection: Connection, whose: str, person_id: UUID, state: str) -> FeedState:
    """The state with the second it was first seen in, told once that has passed. No two of one calendar have the same:
    a state that comes back is a new one.
    """
    version = hashlib.sha256(state.encode()).hexdigest()
    changed_at = await connection.fetchval(
        "SELECT changed_at FROM campaigns.calendar_states WHERE person_id = $1 AND whose = $2 AND version = $3",
        person_id,
        whose,
        version,
    )
    if changed_at is None:
        changed_at = await connection.fetchval(
            """
            INSERT INTO campaigns.calendar_states AS known (person_id, whose, version, changed_at)
            VALUES ($1, $2, $3, date_trunc('second', clock_timestamp()) + interval '1 second')
            ON CONFLICT (person_id, whose) DO UPDATE
            SET version = excluded.version,
                changed_at = CASE known.version WHEN excluded.version THEN known.changed_at
                             ELSE greatest(excluded.changed_at, known.changed_at + interval '1 second') END
            RETURNING changed_at
            """,
            person_id,
            whose,
            version,
        )
    return FeedState(version, changed_at)


# by the part of the address that says whose calendar it is
CALENDARS: dict[str, PersonalCalendar] = {
    "personal": _of_person("personal", "feed", read_pupil_version, read_pupil_entries),
    "famille": _of_person("famille", "family_feed", read_family_version, read_family_entries),
    "professeur": _of_person("professeur", "teacher_feed", read_teacher_version, read_teacher_entries),
    "accueils": PersonalCalendar("host_space", _find_space_version, read_space_state, read_space_content),
    "temoignages": _of_person("temoignages", "speaker_feed", read_speaker_version, read_speaker_entries),
    "planification": _of_person("planification", "planner_feed", read_planner_version, read_planner_entries),
    "suivi": _of_person("suivi", "slots_feed", read_slots_version, read_slots_entries),
}
