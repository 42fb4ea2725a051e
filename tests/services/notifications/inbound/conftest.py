"""The way back: a server that takes mails, the campaign service it asks, and the mails that are answered."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from aiosmtplib import SMTP, SMTPResponseException
from litestar.testing import AsyncTestClient

from services.campaigns.clock import tick
from services.campaigns.edge import Edge
from services.notifications.inbound.act_on_answers import Answers
from services.notifications.inbound.campaigns_api import Campaigns
from services.notifications.inbound.server import Door, Reception
from services.notifications.plan_events import plan_events
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer
from shared.database import Pool, transaction
from shared.identifiers import new_id
from shared.settings import Settings
from shared.signed_links import Signer
from tests.application import visiting
from tests.services.notifications.inbound.replies import Invited, invited_by
from tests.services.notifications.sink import Sink, open_sink, parse
from tests.world import Week, a_member, a_week, an_organisation


class WayBack:
    """One installation, its mails out and in."""

    def __init__(self, pool: Pool, settings: Settings, sink: Sink, web: AsyncTestClient) -> None:
        self.pool = pool
        self.settings = msgspec.structs.replace(settings, smtp_url=sink.url)
        self.sink = sink
        self.web = web
        self.server = MailServer(sink.url, connections=2, local_hostname="quinzaine.example")
        self.sender = Sender(self.settings, pool, self.server)
        self.answers = Answers(self.settings, pool, Campaigns(self.settings, web))
        self.edge = Edge(self.settings, pool)
        reception = Reception(self.settings, pool, self.answers)
        self.door = Door(reception, host="127.0.0.1", port=0, hostname="quinzaine.example")
        self.week: Week
        self.planner = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', UUID(int=0))}"}

    async def register(self, number: int, **changes: Any) -> UUID:
        """Register the n-th pupil."""
        letters = "".join(chr(97 + int(digit)) for digit in str(number))
        body = {
            "pupil": {"first_name": "Camille", "last_name": f"Dupré {letters}", "email": self.address(number)},
            "guardian": {"name": "Dominique Dupré", "email": f"parent{number}@famille.example"},
            "school": {"name": "Lycée Jacques Prévert"},
            "class_name": "2nde 4",
        }
        answer = await self.web.post(f"/api/v1/offers/{self.week.offer_id}/registrations", json={**body, **changes})
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    def address(self, number: int) -> str:
        return f"eleve{number}@eleve.example"

    async def deliver(self) -> None:
        """Plan and send all there is."""
        rows = await self.pool.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL ORDER BY id")
        async with transaction(self.pool) as connection:
            await plan_events(connection, [row["id"] for row in rows], settings=self.settings, now=datetime.now(UTC))
        rows = await self.pool.fetch("SELECT id FROM notifications.deliveries WHERE state = 'due' ORDER BY id")
        await self.sender.send([row["id"] for row in rows])

    async def invitation(self, number: int) -> Invited:
        """The newest invitation that the n-th pupil has got."""
        await self.deliver()
        mails = [parse(mail) for _, to, mail in self.sink.mails if to == self.address(number)]
        return invited_by(
            [mail for mail in mails if any(part.get_content_type() == "text/calendar" for part in mail.walk())][-1]
        )

    async def send(self, to: str, mail: bytes, *, sender: str = "camille@eleve.example", port: int = 0) -> str:
        """Send a mail over SMTP: what the server said last, « 250 … » or the refusal."""
        client = SMTP(hostname="127.0.0.1", port=port or self.door.port, use_tls=False, start_tls=False)
        await client.connect()
        try:
            await client.ehlo()
            await client.mail(sender)
            await client.rcpt(to)
            answer = await client.data(mail)
        except SMTPResponseException as refusal:
            return f"{refusal.code} {refusal.message}"
        else:
            return f"{answer.code} {answer.message}"
        finally:
            client.close()

    async def teacher_and_host(self, registration_id: UUID, *, session: int) -> tuple[str, str]:
        """The pupil's teacher, who enrolled them, and who receives at this session: their addresses."""
        async with transaction(self.pool) as connection:
            school = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Jacques Prévert")
            teacher = await a_member(connection, school, role="teacher", email="professeur@lycee.example")
            host = await a_member(connection, self.week.hosts[0], role="host", email="accueil@chantiers.example")
            await connection.execute(
                "UPDATE campaigns.registrations SET enrolled_by = $2, enrolled_for = $3 WHERE id = $1",
                registration_id,
                teacher.person_id,
                school,
            )
            await connection.execute(
                """
                INSERT INTO campaigns.host_requests
                    (id, session_id, organisation_id, person_id, status, asked_at, answer_by, answered_at)
                VALUES ($1, $2, $3, $4, 'confirmed', now(), now(), now())
                """,
                new_id(),
                self.week.sessions[session],
                self.week.hosts[0],
                host.person_id,
            )
        return teacher.email, host.email

    async def status(self, registration_id: UUID) -> str:
        return str(
            await self.pool.fetchval("SELECT status FROM campaigns.registrations WHERE id = $1", registration_id)
        )

    async def edge_promotes(self) -> None:
        """Let what is free go to the queue."""
        await tick(self.edge, now=datetime.now(UTC), free_seats=True)

    async def tick(self, now: datetime) -> None:
        """Let the campaign service's clock tick at this moment."""
        await tick(self.edge, now=now, free_seats=False)

    async def told(self) -> list[str]:
        """The messages that were sent, in order."""
        rows = await self.pool.fetch("SELECT message FROM notifications.deliveries ORDER BY planned_at, id")
        return [row["message"] for row in rows]


@pytest.fixture
async def way_back(pool: Pool, settings: Settings) -> AsyncIterator[WayBack]:
    """A week with two seats, and the way back."""
    async with open_sink() as sink, visiting(settings) as web:
        way_back = WayBack(pool, settings, sink, web)
        async with transaction(pool) as connection:
            way_back.week = await a_week(connection, seats=2)
        async with way_back.door:
            yield way_back
        await way_back.server.close()
