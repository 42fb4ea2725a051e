"""The database: reached, durable, migrated, in time with this machine, and nothing left lying in it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import asyncpg

from infra.doctor.finding import Finding, bad, doubtful, good
from infra.migrate import FOLDER
from shared.database import Connection
from shared.settings import Settings

# leases are written with a worker's clock and judged by the database's: 30 s long, they bear this much
CLOCKS_APART_AT_MOST = timedelta(seconds=2)
# the relay rings again within seconds: what is older is stuck
STUCK_AFTER = timedelta(minutes=5)
# beside the pools of web, relay and worker
CONNECTIONS_TO_SPARE = 20


async def look_at_database(settings: Settings, *, migrations: Path = FOLDER) -> list[Finding]:
    """Every finding about the database; one alone where it cannot be reached."""
    try:
        connection = await asyncpg.connect(settings.database_url, timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        return [bad("Base de données", _words(error), "Vérifiez QUINZAINE_DATABASE_URL et que PostgreSQL tourne.")]
    try:
        findings = [*await _server(connection, settings), await _clock(connection), await _zone(connection)]
        migrated = await _migrations(connection, migrations)
        findings.append(migrated)
        if migrated.state != "bad":
            findings += [*await _queue(connection)]
        return findings
    finally:
        await connection.close()


async def _server(connection: Connection, settings: Settings) -> Iterator[Finding]:
    names = ("server_version_num", "fsync", "synchronous_commit", "max_connections")
    asked = ", ".join(f"current_setting('{name}') AS {name}" for name in names)
    (row,) = await connection.fetch(f"SELECT {asked}")
    return _of_server(dict(row), settings)


def _of_server(row: dict[str, str], settings: Settings) -> Iterator[Finding]:
    major = int(row["server_version_num"]) // 10_000
    if 15 <= major <= 18:
        yield good("Base de données", f"PostgreSQL {major}")
    else:
        yield bad("Base de données", f"PostgreSQL {major}", "Quinzaine est éprouvée avec les versions 15 à 18.")
    off = [name for name in ("fsync", "synchronous_commit") if row[name] == "off"]
    if off:
        told = f"{' et '.join(off)} = off"
        yield bad(
            "Écriture sur disque", told, "Sans eux, une panne de courant perd des inscriptions : remettez « on »."
        )
    else:
        yield good("Écriture sur disque", "chaque inscription confirmée est écrite")
    connections, needed = int(row["max_connections"]), settings.database_pool + CONNECTIONS_TO_SPARE
    if connections < needed:
        advice = f"Un seul processus web en demande jusqu’à {needed} avec les autres : montez max_connections."
        yield doubtful("Connexions", f"{connections} au plus", advice)
    else:
        yield good("Connexions", f"{connections} au plus")


async def _clock(connection: Connection) -> Finding:
    before = datetime.now(UTC)
    theirs: datetime = await connection.fetchval("SELECT clock_timestamp()")
    apart = abs(theirs - (before + (datetime.now(UTC) - before) / 2))
    told = f"{apart.total_seconds():.1f} s d’écart avec la base".replace(".", ",")
    if apart > CLOCKS_APART_AT_MOST:
        return bad("Horloge", told, "Réglez les deux machines par NTP : un message pourrait partir deux fois.")
    return good("Horloge", told)


async def _zone(connection: Connection) -> Finding:
    """PostgreSQL has time zone data of its own; the day of a week must not move by an hour between the two."""
    local = await connection.fetchval(
        "SELECT to_char(timestamptz '2027-06-14 07:00Z' AT TIME ZONE 'Europe/Paris', 'HH24:MI') || ' '"
        " || to_char(timestamptz '2027-01-14 07:00Z' AT TIME ZONE 'Europe/Paris', 'HH24:MI')"
    )
    if local != "09:00 08:00":
        advice = "Mettez à jour les fuseaux de PostgreSQL (tzdata)."
        return bad("Fuseaux de la base", f"Europe/Paris : {local}", advice)
    return good("Fuseaux de la base", "Europe/Paris, été et hiver")


async def _migrations(connection: Connection, folder: Path) -> Finding:
    if not await connection.fetchval("SELECT to_regclass('public.migrations') IS NOT NULL"):
        return bad("Migrations", "aucune", "Lancez « quinzaine migrate ».")
    rows = await connection.fetch("SELECT name, mark FROM public.migrations")
    applied = {row["name"]: row["mark"] for row in rows}
    files = _marks(folder)
    edited = [name for name, mark in files.items() if applied.get(name, mark) != mark]
    if edited:
        advice = "Ce fichier a changé depuis qu’il a été appliqué : reprenez celui de la version installée."
        return bad("Migrations", ", ".join(edited), advice)
    if missing := files.keys() - applied:
        return bad("Migrations", f"{len(missing)} à appliquer", "Lancez « quinzaine migrate ».")
    if unknown := applied.keys() - files:
        advice = "La base est plus récente que ce programme : mettez-le à jour."
        return doubtful("Migrations", f"{len(unknown)} inconnues d’ici", advice)
    return good("Migrations", f"{len(files)} appliquées")


def _marks(folder: Path) -> dict[str, str]:
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(folder.glob("*.sql"))}


async def _queue(connection: Connection) -> Iterator[Finding]:
    (row,) = await connection.fetch(
        """
        SELECT (SELECT count(*) FROM contract.events e
                WHERE planned_at IS NULL AND occurred_at < now() - $1::interval
                  AND NOT EXISTS (SELECT FROM notifications.unplanned_events u WHERE u.event_id = e.id)) AS facts,
               (SELECT count(*) FROM contract.sending WHERE paused_at IS NOT NULL) AS paused,
               (SELECT count(*) FROM notifications.unplanned_events) AS unreadable,
               (SELECT count(*) FROM notifications.deliveries WHERE state = 'due' AND due_at < now() - $1::interval)
                   AS due,
               (SELECT count(*) FROM notifications.answers WHERE state = 'read' AND received_at < now() - $1::interval)
                   AS answers,
               (SELECT count(*) FROM notifications.deliveries
                WHERE state = 'failed' AND planned_at > now() - interval '7 days') AS failed
        """,
        STUCK_AFTER,
    )
    return _of_queue(dict(row))


def _of_queue(row: dict[str, int]) -> Iterator[Finding]:
    if row["facts"]:
        told = f"{row['facts']} de plus de cinq minutes"
        yield bad("Faits à annoncer", told, "Vérifiez que « quinzaine relay » et « quinzaine worker » tournent.")
    elif row["unreadable"]:
        told = f"{row['unreadable']} que ce programme ne sait pas lire"
        yield bad("Faits à annoncer", told, "Mettez le worker à jour, ou lisez notifications.unplanned_events.")
    else:
        yield good("Faits à annoncer", "aucun en retard")
    if row["paused"]:
        yield bad("Messages à envoyer", "tous suspendus", "Pour les laisser partir : « quinzaine resume-sending ».")
    elif row["due"]:
        told = f"{row['due']} en retard de plus de cinq minutes"
        yield bad("Messages à envoyer", told, "Vérifiez le worker et le serveur de courrier ci-dessous.")
    else:
        yield good("Messages à envoyer", "aucun en retard")
    if row["answers"]:
        told = f"{row['answers']} de plus de cinq minutes"
        yield bad("Réponses reçues", told, "Vérifiez que « quinzaine inbound » tourne et joint le service web.")
    if row["failed"]:
        told = f"{row['failed']} depuis sept jours"
        yield doubtful("Messages refusés", told, "Leurs adresses sont à corriger : voyez les envois de chaque offre.")


def _words(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
