"""A whole life in the system, of one pupil whose names are found again wherever they are written."""

import base64
import binascii
import gzip
import quopri
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from msgspec import Struct

from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.slot import SlotTime
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.attendance.note_attendance import note_attendance
from services.campaigns.offers.seats.attendance.sheet import Mark
from services.campaigns.teaching.lists.add_pupils import add_pupils
from services.campaigns.teaching.lists.list_form import NewPupil
from services.notifications.plan_events import plan_events
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer
from shared.database import Pool, transaction
from shared.identifiers import new_id
from shared.settings import Settings
from shared.signed_links import Signer
from tests.services.notifications.sink import ACCEPTED, Sink, open_sink
from tests.world import MONDAY, NOW, Week, a_member, a_pupil, a_week, an_organisation, at

# nobody else in the tests is called so
MARKS = ("marqueterre", "zephyrine")
PUPIL = {
    "first_name": "Zephyrine",
    "last_name": "Marqueterre",
    "email": "zephyrine.marqueterre@eleve.example",
    "guardian_name": "Oriane Marqueterre",
    "guardian_email": "oriane.marqueterre@famille.example",
    "school_name": "Lycée Prévert",
    "class_name": "2nde Marqueterre",
}


class Life(Struct, frozen=True, kw_only=True):
    """What the pupil did: a seat in `week`, a place in the queue of `full`, where `next_id` has the seat."""

    pupil_id: UUID
    week: Week
    full: Week
    seat_id: UUID
    waiting_id: UUID
    token: str
    # who waits for the pupil's seat
    behind_id: UUID


class Post:
    """The other service: plans what has happened and sends what is due, as often as it is asked to."""

    def __init__(self, pool: Pool, settings: Settings, sink: Sink) -> None:
        self.pool = pool
        self.sink = sink
        self.settings = msgspec.structs.replace(settings, smtp_url=sink.url)
        self.server = MailServer(sink.url, connections=2, local_hostname="quinzaine.example")
        self.sender = Sender(self.settings, pool, self.server)

    async def plan(self) -> None:
        rows = await self.pool.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL ORDER BY id")
        async with transaction(self.pool) as connection:
            await plan_events(connection, [row["id"] for row in rows], settings=self.settings, now=datetime.now(UTC))

    async def deliver(self) -> None:
        """Plan and send all there is."""
        await self.plan()
        rows = await self.pool.fetch("SELECT id FROM notifications.deliveries WHERE state = 'due' ORDER BY id")
        await self.sender.send([row["id"] for row in rows])


@pytest.fixture
async def post(pool: Pool, settings: Settings) -> AsyncIterator[Post]:
    async with open_sink() as sink:
        post = Post(pool, settings, sink)
        yield post
        await post.server.close()


async def register(pool: Pool, signer: Signer, week: Week, *requests, **given) -> list[UUID]:
    async with transaction(pool) as connection:
        outcomes = await register_pupils(
            connection, offer_id=week.offer_id, requests=requests, signer=signer, now=NOW, **given
        )
    return [outcome.id for outcome in outcomes]


@pytest.fixture
async def life(pool: Pool, settings: Settings, post: Post) -> Life:
    """Registered twice, told of it, named a teacher, consented for, absent, met, on a teacher's list, asked about."""
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=1)
        full = await a_week(connection, seats=1, slug="semaine-complete")
        school = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Prévert")
        teacher = await a_member(connection, school, role="teacher", email="professeur@lycee.example")
        follower = await a_member(connection, week.organisation_id, email="suivi@federation.example")
        await add_pupils(
            connection,
            organisation_id=school,
            teacher_id=teacher.person_id,
            pupils=[NewPupil(first_name="Zéphyrine", last_name="MARQUETERRE", class_name="", email=PUPIL["email"])],
            now=NOW,
        )
    (seat_id,) = await register(pool, signer, week, a_pupil(900, key="marqueterre-1", **PUPIL))
    (behind_id,) = await register(pool, signer, week, a_pupil(1))
    await register(pool, signer, full, a_pupil(2))
    (waiting_id,) = await register(pool, signer, full, a_pupil(900, key="marqueterre-2", **PUPIL))
    pupil_id = await pool.fetchval("SELECT pupil_id FROM campaigns.registrations WHERE id = $1", seat_id)
    async with transaction(pool) as connection:
        guardian_id = await connection.fetchval(
            "SELECT guardian_id FROM campaigns.registrations WHERE id = $1", seat_id
        )
        (slot_id,) = await add_slots(
            connection,
            offer_id=week.offer_id,
            person_id=follower.person_id,
            times=[SlotTime(starts_at=at(2, 16), ends_at=at(2, 16, 30))],
            place="Salle 3",
            now=NOW,
        )
        await book_slot(connection, slot_id=slot_id, registration_id=seat_id, now=NOW)
        await note_attendance(
            connection,
            offer_id=week.offer_id,
            day=MONDAY,
            marks=[Mark(week.sessions[0], seat_id, "absent")],
            noted_by=teacher.person_id,
            filled_at=at(0, 9, 10),
            now=at(0, 9, 10),
        )
        await connection.execute(
            "INSERT INTO campaigns.consents VALUES ($1, $2, $3, 'given', 1, $4)", new_id(), seat_id, guardian_id, NOW
        )
        named = new_id()
        await connection.execute(
            "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, 'Tante', 'Marqueterre', $2)",
            named,
            "tante.marqueterre@lycee.example",
        )
        await connection.execute("INSERT INTO campaigns.referents VALUES ($1, '\\x01', 1, NULL)", named)
        await connection.execute(
            """
            INSERT INTO campaigns.referent_teachers (pupil_id, teacher_id, registration_id, asked_at)
            VALUES ($1, $2, $3, $4)
            """,
            pupil_id,
            named,
            seat_id,
            NOW,
        )
        await connection.execute(
            "INSERT INTO campaigns.link_requests VALUES ('\\x02', $1, $2)", PUPIL["email"].upper(), NOW
        )
        for key, answer in (
            ("cle", {"pupils": [{"id": seat_id, "last_name": "Marqueterre"}]}),
            ("question", {"words": f"Écrivez-moi : {PUPIL['email']}."}),
        ):
            await connection.execute(
                "INSERT INTO campaigns.idempotency_keys VALUES ($1, 'POST /', $2, '\\x03', 201, $3, $4)",
                teacher.person_id,
                key,
                msgspec.json.encode({"headers": {}, "body": answer}).decode(),
                NOW,
            )
    # one server repeats the address in its answer, as servers do
    post.sink.answer = lambda recipient, mail: (
        f"550 5.1.1 <{recipient}> unknown" if b"famille" in recipient.encode() and b"absen" in mail else ACCEPTED
    )
    await post.deliver()
    return Life(
        pupil_id=pupil_id,
        week=week,
        full=full,
        seat_id=seat_id,
        waiting_id=waiting_id,
        token=signer.token("registration", seat_id),
        behind_id=behind_id,
    )


async def find_marks(pool: Pool) -> set[str]:
    """Every column of every table in which a mark stands: as text, in JSON, in bytes, encoded or compressed."""
    columns = await pool.fetch(
        """
        SELECT c.table_schema, c.table_name, c.column_name, c.data_type FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE t.table_type = 'BASE TABLE' AND c.table_schema NOT IN ('pg_catalog', 'information_schema')
        """
    )
    found = set()
    for schema, table, column, kind in (tuple(row.values()) for row in columns):
        cell = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
        query = f'SELECT {cell} AS cell FROM "{schema}"."{table}" WHERE "{column}" IS NOT NULL'  # noqa: S608  # as read
        for row in await pool.fetch(query):
            content = row["cell"] if isinstance(row["cell"], bytes) else row["cell"].encode()
            if any(mark.encode() in form.lower() for form in forms_of(content) for mark in MARKS):
                found.add(f"{schema}.{table}.{column}")
    return found


def forms_of(content: bytes) -> list[bytes]:
    """What bytes may stand for: themselves, quoted-printable, the base64 in them, what gzip made small."""
    forms = [content, quopri.decodestring(content)]
    for coded in re.findall(rb"[A-Za-z0-9+/\r\n]{24,}={0,2}", content):
        try:
            forms.append(base64.b64decode(b"".join(coded.split()) + b"=="))
        except binascii.Error:
            continue
    return forms + [gzip.decompress(form) for form in forms if form[:2] == b"\x1f\x8b"]


def later(minutes: float) -> datetime:
    """So long from now."""
    return datetime.now(UTC) + timedelta(minutes=minutes)
