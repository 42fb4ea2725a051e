"""What a programme would share with other offers at the same time: speakers and rooms are faults, hosts warnings."""

from collections.abc import Sequence
from uuid import UUID

from services.campaigns.imports.fault import Findings
from services.campaigns.imports.programme_file import PlannedSession
from services.campaigns.imports.session_row import SessionRow
from shared.database import Connection
from shared.french_dates import say_date, say_times
from shared.languages import _


async def find_clashes(
    connection: Connection,
    wanted: Sequence[tuple[PlannedSession, SessionRow]],
    *,
    offer_id: UUID | None,
    findings: Findings,
) -> None:
    """Note each session of another offer that has the same speaker, room or host at the same time.

    The exclusion constraints have the last word; this says all of it beforehand, by name.
    """
    rows = await connection.fetch(
        """
        SELECT said.position, other.starts_at, other.ends_at, offer.title AS offer,
               other.site_id = said.site_id AND other.room = said.room AS same_room,
               -- a company at two of its sites, or in two of its rooms, is not twice at once
               other.host_id = said.host_id AND coalesce(other.site_id = said.site_id, true)
                   AND coalesce(other.room = said.room, true) AS same_host,
               ARRAY(SELECT speaker.name FROM campaigns.session_speakers link
                     JOIN campaigns.speakers speaker ON speaker.id = link.speaker_id
                     WHERE link.session_id = other.id
                       AND lower(speaker.name) = ANY(SELECT lower(name) FROM unnest(said.speakers) AS name)
                     ORDER BY speaker.name) AS shared_speakers
        FROM (SELECT position, starts_at, ends_at, host_id, site_id, room, string_to_array(speakers, '|') AS speakers
              FROM unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::uuid[], $6::text[],
                          $7::text[]) AS s (position, starts_at, ends_at, host_id, site_id, room, speakers)) said
        JOIN campaigns.sessions other
          ON other.during && tstzrange(said.starts_at, said.ends_at) AND other.status = 'planned'
             AND other.offer_id IS DISTINCT FROM $8
        JOIN campaigns.offers offer ON offer.id = other.offer_id
        ORDER BY said.position, other.starts_at, other.id
        """,
        list(range(len(wanted))),
        [row.starts_at for _, row in wanted],
        [row.ends_at for _, row in wanted],
        [row.host_id for _, row in wanted],
        [row.site_id for _, row in wanted],
        [row.room or None for _, row in wanted],
        ["|".join(row.speakers) for _, row in wanted],
        offer_id,
    )
    for row in rows:
        said, session = wanted[row["position"]]
        when = f"{say_date(row['starts_at'])}, {say_times(row['starts_at'], row['ends_at'])}"
        offer = row["offer"]
        for name in row["shared_speakers"]:
            findings.fault(
                said.place.row,
                said.column("speakers"),
                _("{name} a déjà une séance dans « {offer} » ({when}).", name=name, offer=offer, when=when),
            )
        if row["same_room"]:
            findings.fault(
                said.place.row,
                said.column("room"),
                _(
                    "la salle « {room} » est déjà prise dans « {offer} » ({when}).",
                    room=session.room,
                    offer=offer,
                    when=when,
                ),
            )
        elif row["same_host"]:
            findings.warn(
                said.place.row,
                said.column("host"),
                _("{host} accueille aussi dans « {offer} » ({when}).", host=session.host, offer=offer, when=when),
            )
