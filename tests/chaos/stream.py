"""A steady stream of pupils who register, withdraw and answer from their calendars, and of a planner who moves a day.

Each client asks until it is answered, by the one web process or the other, as behind a load balancer; what it was told
is remembered, and in the end everybody must hold exactly that.
"""

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import Any
from uuid import UUID

import aiosmtplib
import httpx
from msgspec import Struct

from infra.doctor.truths import look_at_truths
from shared.database import Pool
from shared.signed_links import Signer
from tests.chaos.crowd import count_repeated
from tests.folding_client import FoldingCalendar
from tests.mail_sink import Accepted, Sink
from tests.processes import free_port
from tests.services.notifications.inbound.replies import invited_by, reply
from tests.world import Week

SECONDS_FOR_AN_ANSWER = 2.0
PUPILS_AT_ONCE = 2
PAUSE = 0.3
# each move is told to everybody: the longer the stream, the more rarely, or there would be more to send than can be
MANY, TOLD_A_SECOND = 100, 15


class Told(Struct):
    """What one pupil was told last."""

    id: str
    token: str
    status: str


class Stream:
    """Everybody's doings, until `stop`."""

    def __init__(self, pool: Pool, sink: Sink, urls: list[str], week: Week, keys: tuple[str, ...], door: int) -> None:
        self._pool, self._sink, self._urls, self._week, self._door = pool, sink, urls, week, door
        self._planner = {"Authorization": f"Bearer {Signer(keys).token('planner', UUID(int=0))}"}
        # a connection for each request: one that lay idle may be closed under it
        limits = httpx.Limits(max_connections=20, max_keepalive_connections=0)
        self._http = httpx.AsyncClient(timeout=SECONDS_FOR_AN_ANSWER, limits=limits)
        self._number = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.told: dict[str, Told] = {}
        self.place = ""
        self.declined: set[str] = set()
        self.longest = 0.0
        self.asked_again = 0
        self.answers: Counter[int] = Counter()

    def start(self) -> None:
        """Begin: some pupils at once, a planner, and a calendar that answers."""
        doings = [self._register_and_withdraw() for _ in range(PUPILS_AT_ONCE)]
        self._tasks = [asyncio.create_task(each) for each in (*doings, self._move(), self._decline())]

    async def stop(self) -> None:
        """Let everybody end what they are at; what went wrong for one of them is raised."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()
        for each in ended:
            if isinstance(each, Exception):
                raise each

    async def recovered(self, *, seconds: float = 60) -> float:
        """How long it takes from now until somebody new has a seat and the mail that says so."""
        began = time.monotonic()
        email = await self._register()
        while not self._sink.to(email):
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"no mail within {seconds:g} s")
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    async def hear_declined(self) -> int:
        """Each answer that our server took was acted on; whoever's last one was a no has left. How many."""
        rows = await self._pool.fetch(
            """
            SELECT p.email, a.state, EXISTS (SELECT FROM campaigns.calendar_answers c
                                             WHERE c.registration_id = r.id AND c.answer = 'declined') AS declined
            FROM notifications.answers a
            JOIN campaigns.registrations r ON r.id = a.registration_id JOIN contract.people p ON p.id = r.pupil_id
            """
        )
        assert {row["email"] for row in rows} >= self.declined
        assert {row["state"] for row in rows} <= {"done"}
        left = [self.told[row["email"]] for row in rows if row["declined"]]
        for told in left:
            told.status = "withdrawn"
        return len(left)

    async def check(self) -> int:
        """Everybody holds what they were told, the tables say the same; how many mails came twice, byte for byte."""
        rows = await self._pool.fetch(
            """
            SELECT r.id::text, r.status, p.email FROM campaigns.registrations r
            JOIN contract.people p ON p.id = r.pupil_id
            """
        )
        stands = {row["email"]: (row["id"], row["status"]) for row in rows}
        told_so = {email: (told.id, told.status) for email, told in self.told.items()}
        assert stands == told_so, set(stands.items()) ^ set(told_so.items())
        mails = self._sink.by_recipient()
        assert set(mails) == set(self.told)
        for email, told in self.told.items():
            self._check_calendar(mails[email], told)
        async with self._pool.acquire() as connection:
            assert [each for each in await look_at_truths(connection) if each.state == "bad"] == []
        assert set(self.answers) <= {200, 201, 503}, self.answers
        return count_repeated(self._sink.mails)

    def _check_calendar(self, mails: list[Accepted], told: Told) -> None:
        calendar = FoldingCalendar()
        for mail in mails:
            if mail.invitation is not None:
                calendar.apply(mail.invitation)
        entries = calendar.entries()
        if told.status != "confirmed":
            assert entries == []
            return
        assert {entry.uid for entry in entries} == {f"{told.id}@quinzaine.example"}
        assert len(entries) == len(self._week.days)
        assert not self.place or entries[0].location.startswith(self.place)

    async def _register_and_withdraw(self) -> None:
        while True:
            emails = [await self._register() for _ in range(4)]
            await self._withdraw(emails[0])

    async def _register(self) -> str:
        self._number += 1
        name = "D" + "".join(chr(97 + int(digit)) for digit in f"{self._number:04}")
        email = f"{name.lower()}@eleve.example"
        body = {
            "pupil": {"first_name": "Camille", "last_name": name, "email": email},
            "school": {"name": "Lycée Jacques Prévert"},
            "class_name": "2nde 4",
        }
        path = f"/api/v1/offers/{self._week.offer_id}/registrations"

        async def register() -> None:
            got = await self._ask("POST", path, json=body, headers={"Idempotency-Key": name})
            self.told[email] = Told(got["id"], got["token"], got["status"])

        await _to_the_end(register())
        await asyncio.sleep(PAUSE if self._number < MANY else 5 * PAUSE)
        return email

    async def _withdraw(self, email: str) -> None:
        told = self.told[email]

        async def withdraw() -> None:
            got = await self._ask("POST", f"/api/v1/registrations/{told.token}/withdrawal")
            told.status = got["status"]

        await _to_the_end(withdraw())

    async def _move(self) -> None:
        path, turn = f"/api/v1/sessions/{self._week.sessions[0]}", 0

        async def move(place: str) -> None:
            await self._ask("PATCH", path, json={"place": place}, headers=self._planner)
            self.place = place

        while True:
            turn += 1
            await _to_the_end(move(f"{turn} quai Mauquest"))
            await asyncio.sleep(3 + len(self.told) / TOLD_A_SECOND)

    async def _decline(self) -> None:
        """Somebody's calendar says no: a mail, given to our server until it takes it. It is acted on, whatever dies."""
        while True:
            invited = [
                mail
                for email, told in self.told.items()
                if told.status == "confirmed" and email not in self.declined
                for mail in self._sink.to(email)[-1:]
                if mail.method == "REQUEST"
            ]
            # not who is about to withdraw: the last but a few
            for mail in invited[3:4]:
                await _to_the_end(self._give(mail))
                self.declined.add(mail.recipient)
            await asyncio.sleep(1)

    async def _give(self, mail: Accepted) -> None:
        invited = invited_by(mail.message)
        answer = reply(invited, "DECLINED")
        while True:
            client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._door, timeout=SECONDS_FOR_AN_ANSWER)
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await client.connect()
                await client.sendmail(mail.recipient, [invited.organizer], answer)
                client.close()
                return
            client.close()
            await asyncio.sleep(0.2)

    async def _ask(self, method: str, path: str, **given: Any) -> dict[str, Any]:
        """Until somebody answers; a client without an answer asks the other process."""
        began, turn = time.monotonic(), self._number
        while True:
            url = self._urls[turn % len(self._urls)]
            turn += 1
            with suppress(httpx.TransportError):
                got = await self._http.request(method, f"{url}{path}", **given)
                self.answers[got.status_code] += 1
                if got.is_success:
                    self.longest = max(self.longest, time.monotonic() - began)
                    return dict(got.json())
                assert got.status_code == 503, got.text
                assert got.headers["content-type"].startswith("application/problem+json")
            self.asked_again += 1
            assert time.monotonic() - began < 90, f"{method} {path} is not answered"
            await asyncio.sleep(0.1)


async def _to_the_end(doing: Any) -> None:
    """Who is told to stop in the middle of asking still waits for the answer: what was asked is remembered."""
    task = asyncio.ensure_future(doing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise


def some_ports(number: int) -> list[int]:
    """So many different free ports."""
    ports: set[int] = set()
    while len(ports) < number:
        ports.add(free_port())
    return list(ports)
