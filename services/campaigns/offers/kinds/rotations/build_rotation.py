"""Build the rotation into the programme: its groups and its sessions, in place of those it made before."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from services.campaigns.imports.place_days import Day, place_days
from services.campaigns.offers.ask_again import ask_again, release_asked
from services.campaigns.offers.builder.settle_draft import settle_draft
from services.campaigns.offers.kinds.rotations.draft_rotation import lock_rotation
from services.campaigns.offers.kinds.rotations.made_session import MadeSession
from services.campaigns.offers.kinds.rotations.rotation import Rotation
from services.campaigns.offers.kinds.rotations.wanted_session import WantedSession, site_of, wanted_sessions
from services.campaigns.offers.kinds.rotations.write_rotation import end_sessions, write_sessions
from services.campaigns.offers.offer import Offer
from services.campaigns.offers.record_programme import record_programme, translated_constraints
from services.campaigns.offers.settle_offer import settle_offer
from shared.database import Connection
from shared.events import SessionAdded, SessionCancelled, SessionChanged
from shared.french_dates import PARIS, say_date, say_times
from shared.identifiers import new_id
from shared.languages import _, later, n_, n_later
from shared.outbox import append_events
from shared.refusal import Refusal


class RotationNotWhole(Refusal):
    """The rotation has faults; nothing is built from it."""

    reason: ClassVar[str] = "rotation-not-whole"

    def __init__(self, faults: Sequence[str]) -> None:
        others = len(faults) - 1
        more = n_("Et {count} autre à corriger.", "Et {count} autres à corriger.", others) if others else ""
        super().__init__(
            " ".join(part for part in (_("Cette rotation ne peut pas être appliquée."), faults[0], more) if part)
        )


class PupilsAlreadyRegistered(Refusal):
    """Pupils count on the programme as it is: it is changed session by session, and each is told."""

    reason: ClassVar[str] = "pupils-already-registered"

    def __init__(self, count: int) -> None:
        super().__init__(
            n_later(
                "{count} élève est déjà inscrit : modifiez le programme séance par séance, chacun sera prévenu.",
                "{count} élèves sont déjà inscrits : modifiez le programme séance par séance, chacun sera prévenu.",
                count,
            )
        )


class GroupBusy(Refusal):
    """Another session of the offer takes a group in a half-day of the rotation."""

    reason: ClassVar[str] = "group-busy"


async def build_rotation(connection: Connection, *, offer_id: UUID, if_match: int | None = None, now: datetime) -> int:
    """Apply the drafted rotation and return how many sessions it came to.

    A session of the same group at the same time stays the same session, so what was added to it (where to meet, what
    to bring) is kept. What it no longer wants is deleted in a draft, and cancelled where it was public. Raises
    `NoRotation`, `RotationNotWhole`, `PupilsAlreadyRegistered`, `GroupBusy`, and the refusals of the constraints.
    """
    offer, rotation, version = await lock_rotation(connection, offer_id, if_match=if_match)
    await _refuse_with_pupils(connection, offer)
    if rotation.faults:
        raise RotationNotWhole(rotation.faults)
    wanted = wanted_sessions(rotation)
    await _refuse_busy_groups(connection, offer_id, wanted)
    group_ids = await _write_groups(connection, offer_id, rotation)
    sites = await _write_sites(connection, offer, rotation)
    made = {session.key: session for session in await _read_made(connection, offer_id)}
    gone = [session for key, session in made.items() if key not in {session.key for session in wanted}]
    await release_asked(connection, session_ids=[each.id for each in gone], reason="session_cancelled", now=now)
    await end_sessions(connection, gone, public=offer.status != "draft", now=now)
    days = await _write_days(connection, offer_id, [session.starts_at.astimezone(PARIS).date() for session in wanted])
    with translated_constraints():
        added, changed = await write_sessions(
            connection,
            offer=offer,
            contact=rotation.contact,
            wanted=wanted,
            made=made,
            group_ids=group_ids,
            sites=sites,
            days=days,
            now=now,
        )
    for session_id, changes in changed.items():
        host_id = offer.organisation_id
        await ask_again(
            connection, session_id=session_id, changes=changes, host_before=host_id, host_after=host_id, now=now
        )
    await _drop_what_is_empty(connection, offer, rotation, gone)
    await connection.execute(
        "UPDATE campaigns.rotations SET applied_version = $2, applied_at = $3 WHERE offer_id = $1",
        offer_id,
        version,
        now,
    )
    if offer.status == "draft":
        await settle_draft(connection, offer_id=offer_id)
        return len(wanted)
    programme = await record_programme(connection, offer_id=offer_id, now=now)
    if added or changed or gone:
        revision = offer.revision + 1
        await settle_offer(connection, offer, revision=revision)
        fact: dict[str, Any] = {
            "occurred_at": now,
            "offer_id": offer_id,
            "revision": revision,
            "programme": programme.version,
        }
        await append_events(
            connection,
            [
                *(SessionAdded(session_id=session_id, **fact) for session_id in added),
                *(SessionChanged(session_id=each, changes=changes, **fact) for each, changes in changed.items()),
                *(SessionCancelled(session_id=session.id, **fact) for session in gone),
            ],
        )
    return len(wanted)


async def _refuse_with_pupils(connection: Connection, offer: Offer) -> None:
    pupils = await connection.fetchval(
        """
        SELECT count(*) FROM campaigns.registrations
        WHERE offer_id = $1 AND status IN ('waiting', 'held', 'confirmed')
        """,
        offer.id,
    )
    if pupils:
        raise PupilsAlreadyRegistered(pupils)


async def _refuse_busy_groups(connection: Connection, offer_id: UUID, wanted: Sequence[WantedSession]) -> None:
    """Sessions that the rotation did not make are left alone, so it may not run into them."""
    busy = await connection.fetchrow(
        """
        SELECT s.title, s.starts_at, s.ends_at, wanted.group_name
        FROM unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) AS wanted (group_name, starts_at, ends_at)
        JOIN campaigns.sessions s ON s.offer_id = $1 AND s.status = 'planned'
             AND s.during && tstzrange(wanted.starts_at, wanted.ends_at)
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE (s.group_id IS NULL OR g.name = wanted.group_name)
          AND NOT EXISTS (SELECT FROM campaigns.rotation_sessions made WHERE made.session_id = s.id)
        ORDER BY s.starts_at, s.title, wanted.group_name LIMIT 1
        """,
        offer_id,
        [session.group for session in wanted],
        [session.starts_at for session in wanted],
        [session.ends_at for session in wanted],
    )
    if busy is not None:
        raise GroupBusy(
            later(
                "La séance « {title} » ({day}, {times}) occupe déjà le groupe {group} : déplacez-la, ou changez les "
                "demi-journées de la rotation.",
                title=busy["title"],
                day=lambda: say_date(busy["starts_at"]),
                times=lambda: say_times(busy["starts_at"], busy["ends_at"]),
                group=busy["group_name"],
            )
        )


async def _write_groups(connection: Connection, offer_id: UUID, rotation: Rotation) -> dict[str, UUID]:
    await connection.executemany(
        "INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(new_id(), offer_id, group.name) for group in rotation.groups],
    )
    rows = await connection.fetch("SELECT id, name FROM campaigns.groups WHERE offer_id = $1", offer_id)
    return {row["name"]: row["id"] for row in rows}


async def _write_sites(connection: Connection, offer: Offer, rotation: Rotation) -> dict[str, UUID]:
    """A site of the house for each service, with its size; where the house stands is known from its other sites."""
    addresses = [site_of(rotation, service) for service in rotation.services]
    rows = await connection.fetch(
        """
        INSERT INTO campaigns.sites (id, organisation_id, address, pupils_at_most, latitude, longitude)
        SELECT service.id, $1, service.address, service.size, house.latitude, house.longitude
        FROM unnest($2::uuid[], $3::text[], $4::int[]) AS service (id, address, size)
        LEFT JOIN campaigns.sites house ON house.organisation_id = $1 AND house.address = $5
        ORDER BY service.address
        ON CONFLICT (organisation_id, address) DO UPDATE SET pupils_at_most = excluded.pupils_at_most
        RETURNING id, address
        """,
        offer.organisation_id,
        [new_id() for _ in addresses],
        addresses,
        [service.pupils_at_most for service in rotation.services],
        rotation.address,
    )
    return {row["address"]: row["id"] for row in rows}


async def _read_made(connection: Connection, offer_id: UUID) -> list[MadeSession]:
    rows = await connection.fetch(
        """
        SELECT s.id, s.day_id, g.name AS "group", s.starts_at, s.ends_at, s.title, s.place, coalesce(s.room, '') AS room
        FROM campaigns.rotation_sessions made
        JOIN campaigns.sessions s ON s.id = made.session_id AND s.status = 'planned'
        LEFT JOIN campaigns.groups g ON g.id = s.group_id
        WHERE made.offer_id = $1
        """,
        offer_id,
    )
    return [MadeSession(**dict(row)) for row in rows]


async def _write_days(connection: Connection, offer_id: UUID, dates: Sequence[date]) -> Mapping[date, UUID]:
    rows = await connection.fetch("SELECT id, date, instance_on FROM campaigns.days WHERE offer_id = $1", offer_id)
    stored = [Day(**dict(row)) for row in rows]
    placed = place_days(stored, [*dates, *(day.date for day in stored)], {})
    known = {day.id for day in stored}
    await connection.executemany(
        "INSERT INTO campaigns.days (id, offer_id, date, instance_on) VALUES ($1, $2, $3, $4)",
        [(day.id, offer_id, day.date, day.instance_on) for day in placed.values() if day.id not in known],
    )
    return {day.date: day.id for day in placed.values()}


async def _drop_what_is_empty(
    connection: Connection, offer: Offer, rotation: Rotation, gone: Sequence[MadeSession]
) -> None:
    """Groups nobody is or was in, and in a draft the days that the rotation has left."""
    await connection.execute(
        """
        DELETE FROM campaigns.groups g
        WHERE g.offer_id = $1 AND g.name <> ALL($2::text[])
          AND NOT EXISTS (SELECT FROM campaigns.sessions s WHERE s.group_id = g.id)
          AND NOT EXISTS (SELECT FROM campaigns.registrations r WHERE r.group_id = g.id)
        """,
        offer.id,
        [group.name for group in rotation.groups],
    )
    if offer.status == "draft":
        await connection.execute(
            """
            DELETE FROM campaigns.days d WHERE d.id = ANY($1::uuid[])
              AND NOT EXISTS (SELECT FROM campaigns.sessions s WHERE s.day_id = d.id)
            """,
            [session.day_id for session in gone],
        )
