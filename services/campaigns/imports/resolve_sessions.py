"""Give a programme's sessions the ids of what they name: hosts, sites, speakers, made where nobody knows them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.campaigns.imports.fault import Findings
from services.campaigns.imports.name_organisations import KnownOrganisation, name_organisations
from services.campaigns.imports.programme_file import NamedOrganisation, NamedSpeaker, Place, PlannedSession
from services.campaigns.imports.reference_data import position_of
from services.campaigns.imports.session_row import SessionRow
from services.campaigns.imports.words_of_files import plain
from shared.database import Connection
from shared.identifiers import new_id

# an address that says there is none, where another row's would be taken
NOWHERE = "–"

Resolved = tuple[PlannedSession, SessionRow]


async def resolve_sessions(
    connection: Connection,
    sessions: Sequence[PlannedSession],
    *,
    organisation_id: UUID,
    offer_id: UUID | None,
    findings: Findings,
    by_operator: bool = True,
) -> list[Resolved]:
    """Each session with its row. What one row says of a company or a speaker holds for all rows of the file.

    `by_operator` as in `name_organisations`.
    """
    said_hosts = _said_hosts(sessions)
    organisations = await name_organisations(
        connection,
        [
            (said_hosts[plain(session.host.name)], Place(session.place.row, session.column("host")))
            for session in sessions
            if session.host
        ],
        offer_id=offer_id,
        findings=findings,
        by_operator=by_operator,
    )
    hosts = {name: organisations[said] for name, said in said_hosts.items()}
    addresses = _addresses(sessions)
    places = {
        (hosts[plain(session.host.name)].id if session.host else organisation_id, _address(session, addresses))
        for session in sessions
        if _address(session, addresses)
    }
    sites = await _find_sites(connection, sorted(places))
    speakers = await _find_speakers(connection, sessions, organisation_id)
    sectors = _sectors(sessions)
    return [
        (session, _row(session, organisation_id, hosts, _address(session, addresses), sites, speakers, sectors))
        for session in sessions
    ]


def _row(
    session: PlannedSession,
    organisation_id: UUID,
    hosts: Mapping[str, KnownOrganisation],
    address: str,
    sites: Mapping[tuple[UUID, str], UUID],
    speakers: Mapping[str, tuple[UUID, str]],
    sectors: Mapping[date, str],
) -> SessionRow:
    host = hosts[plain(session.host.name)] if session.host else None
    found = [speakers[plain(speaker.name)] for speaker in session.speakers]
    return SessionRow(
        id=new_id(),
        said_at=session.place,
        date=session.date,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        title=session.title,
        kind=session.kind,
        sector=sectors[session.date],
        host_id=host.id if host else None,
        host=host.name if host else "",
        site_id=sites.get((host.id if host else organisation_id, address)),
        place=address,
        room=session.room,
        group=session.group,
        speaker_ids=frozenset(speaker_id for speaker_id, _ in found),
        speakers=tuple(sorted(name for _, name in found)),
        contact=session.contact,
        meeting_point=session.meeting_point,
        access=session.access,
        bring=session.bring,
        online_url=session.online_url,
    )


def _said_hosts(sessions: Sequence[PlannedSession]) -> dict[str, NamedOrganisation]:
    """Each host by its plain name, with the SIRET where any row gives it."""
    said: dict[str, NamedOrganisation] = {}
    for session in sessions:
        if session.host and (plain(session.host.name) not in said or session.host.siret):
            said[plain(session.host.name)] = session.host
    return said


def _addresses(sessions: Sequence[PlannedSession]) -> dict[str, set[str]]:
    addresses: dict[str, set[str]] = defaultdict(set)
    for session in sessions:
        if session.host and session.address not in ("", NOWHERE):
            addresses[plain(session.host.name)].add(session.address)
    return addresses


def _address(session: PlannedSession, addresses: Mapping[str, set[str]]) -> str:
    """The session's address; where it gives none, the one that its host has in all other rows, if there is one."""
    if session.address == NOWHERE:
        return ""
    if session.address or session.host is None or session.online_url:
        return session.address
    elsewhere = addresses.get(plain(session.host.name), set())
    return next(iter(elsewhere)) if len(elsewhere) == 1 else ""


def _sectors(sessions: Sequence[PlannedSession]) -> dict[date, str]:
    sectors: dict[date, str] = {}
    for session in sorted(sessions, key=lambda session: (not session.sector, session.starts_at, session.place.row)):
        sectors.setdefault(session.date, session.sector)
    return sectors


async def _find_sites(connection: Connection, places: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], UUID]:
    owners, addresses = [owner for owner, _ in places], [address for _, address in places]
    positions = [position_of(address) or (None, None) for address in addresses]
    await connection.execute(
        """
        INSERT INTO campaigns.sites (id, organisation_id, address, latitude, longitude)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::float8[])
        ON CONFLICT (organisation_id, address) DO NOTHING
        """,
        [new_id() for _ in places],
        owners,
        addresses,
        [latitude for latitude, _ in positions],
        [longitude for _, longitude in positions],
    )
    rows = await connection.fetch(
        """
        SELECT site.id, site.organisation_id, site.address
        FROM campaigns.sites site JOIN unnest($1::uuid[], $2::text[]) AS said (organisation_id, address)
          USING (organisation_id, address)
        """,
        owners,
        addresses,
    )
    return {(row["organisation_id"], row["address"]): row["id"] for row in rows}


async def _find_speakers(
    connection: Connection, sessions: Sequence[PlannedSession], organisation_id: UUID
) -> dict[str, tuple[UUID, str]]:
    """Each speaker by plain name: id and name, of the organisation's own bank or of nobody's.

    A known one without a trade takes the trade the file gives.
    """
    said: dict[str, NamedSpeaker] = {}
    for speaker in sorted({speaker for session in sessions for speaker in session.speakers}):
        if plain(speaker.name) not in said or not said[plain(speaker.name)].trade:
            said[plain(speaker.name)] = speaker
    rows = await connection.fetch(
        """
        SELECT id, name, trade FROM campaigns.speakers
        WHERE lower(name) = ANY(SELECT lower(name) FROM unnest($1::text[]) AS name)
          AND removed_at IS NULL AND (organisation_id IS NULL OR organisation_id = $2)
        ORDER BY id
        """,
        [speaker.name for speaker in said.values()],
        organisation_id,
    )
    found: dict[str, tuple[UUID, str]] = {}
    for name, speaker in said.items():
        namesakes = [row for row in rows if plain(row["name"]) == name]
        same = [row for row in namesakes if plain(row["trade"]) == plain(speaker.trade)]
        without = [row for row in namesakes if not row["trade"]]
        known = next(iter(same or (without if speaker.trade else namesakes)), None)
        if known is None:
            found[name] = await _add_speaker(connection, speaker), speaker.name
            continue
        found[name] = known["id"], known["name"]
        if speaker.trade and not known["trade"]:
            await connection.execute(
                "UPDATE campaigns.speakers SET trade = $2 WHERE id = $1", known["id"], speaker.trade
            )
    return found


async def _add_speaker(connection: Connection, speaker: NamedSpeaker) -> UUID:
    speaker_id = new_id()
    await connection.execute(
        "INSERT INTO campaigns.speakers (id, name, trade) VALUES ($1, $2, $3)", speaker_id, speaker.name, speaker.trade
    )
    return speaker_id
