"""Two hundred pupils in one week, what happens to them, and whether each of them holds the truth in the end."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from infra.doctor.truths import look_at_truths
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.folding_client import FoldingCalendar
from tests.mail_sink import Accepted
from tests.processes import System
from tests.world import MONDAY, Week, a_pupil, a_week

PUPILS, DAYS = 200, 2
NEW_PLACE = "9 quai Mauquest, 27500 Pont-Audemer"
PARIS = ZoneInfo("Europe/Paris")


class Crowd:
    """Everybody has a seat. No doorbell is rung here: the relay's poll has to find what was committed."""

    def __init__(self, system: System, week: Week) -> None:
        self.system = system
        self.week = week

    async def register(self) -> None:
        """All two hundred in one transaction."""
        async with transaction(self.system.pool) as connection:
            await register_pupils(
                connection,
                offer_id=self.week.offer_id,
                requests=[a_pupil(number, key=f"k{number}") for number in range(PUPILS)],
                signer=Signer(self.system.settings.secret_keys),
                now=datetime.now(UTC),
            )

    async def move_tuesday(self) -> None:
        """One fact that concerns everybody with a seat."""
        async with transaction(self.system.pool) as connection:
            await change_session(
                connection,
                session_id=self.week.sessions[2],
                change=SessionChange(place=NEW_PLACE),
                now=datetime.now(UTC),
            )

    async def withdraw(self, number: int) -> None:
        """The first so many give their seat back."""
        async with transaction(self.system.pool) as connection:
            rows = await connection.fetch(
                """
                SELECT id FROM campaigns.registrations WHERE offer_id = $1 AND status = 'confirmed'
                ORDER BY rank LIMIT $2
                """,
                self.week.offer_id,
                number,
            )
            for row in rows:
                await withdraw_registration(connection, registration_id=row["id"], now=datetime.now(UTC))

    async def check_the_truth(self) -> int:
        """Everybody holds exactly the state of the tables, and nothing else was said; counts what came twice."""
        mails = self.system.sink.by_recipient()
        people = await self.system.pool.fetch(
            """
            SELECT r.id, r.status, p.email FROM campaigns.registrations r JOIN contract.people p ON p.id = r.pupil_id
            WHERE r.offer_id = $1
            """,
            self.week.offer_id,
        )
        assert len(people) == PUPILS
        assert {person["email"] for person in people} == set(mails)
        for person in people:
            check_calendar(mails[person["email"]], f"{person['id']}@quinzaine.example", person["status"])
        await self._check_deliveries()
        async with self.system.pool.acquire() as connection:
            assert [each for each in await look_at_truths(connection) if each.state == "bad"] == []
        return count_repeated(self.system.sink.mails)

    async def _check_deliveries(self) -> None:
        """Nothing is left to do, and all that the tables say was sent was accepted.

        A mail whose answer was lost may be superseded before it is tried again: it was accepted and is not `sent`.
        """
        rows = await self.system.pool.fetch(
            "SELECT message_id, state FROM notifications.deliveries WHERE useless_from IS NULL"
        )
        states = {row["message_id"]: row["state"] for row in rows}
        accepted = {mail.message_id for mail in self.system.sink.mails}
        assert set(states.values()) <= {"sent", "superseded"}
        assert {message_id for message_id, state in states.items() if state == "sent"} <= accepted
        assert accepted <= set(states)


async def gather_crowd(system: System) -> Crowd:
    """A week of two days with a seat for everybody."""
    async with transaction(system.pool) as connection:
        return Crowd(system, await a_week(connection, seats=PUPILS, days=DAYS))


def check_calendar(mails: list[Accepted], uid: str, status: str) -> None:
    """One person's calendar after all mails, in the order they came."""
    calendar = FoldingCalendar()
    for mail in mails:
        assert mail.invitation is not None
        calendar.apply(mail.invitation)
    entries = calendar.entries()
    if status != "confirmed":
        assert entries == []
        return
    assert {entry.uid for entry in entries} == {uid}
    assert [(entry.start.astimezone(PARIS).date() - MONDAY).days for entry in entries] == list(range(DAYS))
    assert entries[1].location.startswith("9 quai Mauquest")


def count_repeated(mails: list[Accepted]) -> int:
    """How many mails came again; each time with the same Message-ID and the same bytes."""
    first: dict[str, Accepted] = {}
    for mail in mails:
        known = first.setdefault(mail.message_id, mail)
        assert (mail.content, mail.recipient) == (known.content, known.recipient)
    return len(mails) - len(first)
