"""What must be true of the data, whatever was killed or restored: each truth is a query for the rows that break it."""

from msgspec import Struct

from infra.doctor.finding import Finding, bad, good
from shared.database import Connection

# the names and ids shown of what breaks a truth
SHOWN = 5


class Truth(Struct, frozen=True):
    """One sentence, and the query for the ids of what breaks it."""

    sentence: str
    broken_by: str


TRUTHS = (
    Truth(
        "Les places prises sont comptées juste",
        """
        SELECT o.id FROM campaigns.offers o
        LEFT JOIN campaigns.registrations r ON r.offer_id = o.id AND r.status IN ('held', 'confirmed')
        GROUP BY o.id HAVING count(r.id) <> o.taken OR o.taken > o.seats
        """,
    ),
    Truth(
        "La file d’attente est comptée juste",
        """
        SELECT o.id FROM campaigns.offers o
        LEFT JOIN campaigns.registrations r ON r.offer_id = o.id AND r.status = 'waiting'
        GROUP BY o.id HAVING count(r.id) <> o.waiting
        """,
    ),
    Truth(
        "Chacun a son rang dans la file",
        """
        SELECT o.id FROM campaigns.offers o JOIN campaigns.registrations r ON r.offer_id = o.id
        GROUP BY o.id HAVING count(*) <> count(DISTINCT r.rank) OR max(r.rank) >= o.next_rank
        """,
    ),
    Truth(
        "Personne n’est inscrit deux fois à une offre",
        """
        SELECT min(id::text) FROM campaigns.registrations WHERE status IN ('waiting', 'held', 'confirmed')
        GROUP BY offer_id, pupil_id HAVING count(*) > 1
        """,
    ),
    Truth(
        "Qui n’a plus de place ne garde pas d’horaire",
        """
        SELECT t.registration_id FROM campaigns.pupil_times t
        LEFT JOIN campaigns.registrations r ON r.id = t.registration_id AND r.status IN ('held', 'confirmed')
        WHERE r.id IS NULL
        """,
    ),
    Truth(
        "Chaque personne inscrite est connue",
        """
        SELECT r.id FROM campaigns.registrations r
        LEFT JOIN contract.people p ON p.id = r.pupil_id LEFT JOIN contract.people g ON g.id = r.guardian_id
        WHERE p.id IS NULL OR (r.guardian_id IS NOT NULL AND g.id IS NULL)
        """,
    ),
    Truth(
        "Chaque fait a le programme qu’il raconte",
        """
        SELECT e.id FROM contract.events e
        WHERE e.offer_id IS NOT NULL AND e.body ? 'programme' AND (e.body ->> 'programme')::int > 0 AND NOT EXISTS (
            SELECT FROM contract.programmes p
            WHERE p.offer_id = e.offer_id AND p.version = (e.body ->> 'programme')::int)
        """,
    ),
    Truth(
        "Chaque envoi a son fait",
        """
        SELECT d.id FROM notifications.deliveries d LEFT JOIN contract.events e ON e.id = d.event_id WHERE e.id IS NULL
        """,
    ),
    Truth(
        "Chaque agenda dit l’inscription",
        # what is not planned yet will be: only settled registrations are compared
        """
        SELECT r.id FROM campaigns.registrations r
        LEFT JOIN notifications.calendars c ON c.registration_id = r.id
        WHERE c.status IS DISTINCT FROM r.status AND NOT EXISTS (
            SELECT FROM contract.events e WHERE e.offer_id = r.offer_id AND e.planned_at IS NULL)
        """,
    ),
)


async def look_at_truths(connection: Connection) -> list[Finding]:
    """A finding for each truth, by one reading of the database: what is written meanwhile changes nothing."""
    findings = []
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        for truth in TRUTHS:
            rows = await connection.fetch(truth.broken_by)
            if rows:
                ids = ", ".join(str(row[0]) for row in rows[:SHOWN]) + (" …" if len(rows) > SHOWN else "")
                findings.append(bad(truth.sentence, f"{len(rows)} fois non", ids))
            else:
                findings.append(good(truth.sentence, "oui"))
    return findings
