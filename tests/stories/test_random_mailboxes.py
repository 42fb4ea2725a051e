"""Random weeks and their mailboxes: whatever changes and calendars answer, in whatever order mails go, are doubled
and lost, each calendar ends as the registration or the promise stands, and nobody reads of what is not theirs.

Hypothesis plays verbs against a real database; mails go through a real SMTP server into a client that folds them, and
answers come back over SMTP: on time, late, doubled, foreign. `QUINZAINE_RANDOM_WEEKS` plays longer.
"""

import asyncio
import email
import email.policy
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import hypothesis.strategies as st
import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.answers.end_leavings import end_leaving, find_ended_leavings
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.expire_holds import expire_holds
from services.campaigns.offers.hosts.answer_host_request import answer_host_request
from services.campaigns.offers.hosts.host_request import Contact, GivenAnswer
from services.campaigns.offers.hosts.request_hosts import request_host
from services.campaigns.offers.promote_free_seats import promote_free_seats
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.queue.change_group import change_group
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.notifications.plan_events import plan_events
from services.notifications.send_deliveries import Sender
from services.notifications.smtp import MailServer
from shared.database import Pool, open_pool, transaction
from shared.programme import Programme
from shared.refusal import Refusal
from shared.settings import read_settings
from shared.signed_links import Signer
from tests.conftest import _execute, with_database
from tests.folding_client import FoldingCalendar
from tests.programmes import truth
from tests.services.notifications.sink import Sink, calendars_of, open_sink
from tests.stories.replying import WayIn
from tests.world import NOW, Week, a_pupil, a_week, at

PUPILS = st.integers(1, 5)
HOST, SPEAKER = "accueil@chantiers.example", "ange.caron@metiers.example"
ORDERS = 50
WEEKS = int(os.environ.get("QUINZAINE_RANDOM_WEEKS", "4"))
# what answers came to, in all weeks of a run
HEARD: Counter[str] = Counter()


class Mailboxes(RuleBasedStateMachine):
    """One run: its own database and mail server. Pupils 1 to 5, three seats, two groups, three days."""

    server_url: str
    template: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.name = f"mailboxes_{uuid4().hex}"
        self.now = NOW
        self.stack = AsyncExitStack()
        self.runner.run(_execute(self.server_url, f"CREATE DATABASE {self.name} TEMPLATE {self.template}"))
        self.runner.run(self._open())

    async def _open(self) -> None:
        url = with_database(self.server_url, self.name)
        self.pool: Pool = await open_pool(url, size=4)
        self.sink: Sink = await self.stack.enter_async_context(open_sink())
        self.settings = read_settings(
            {
                "QUINZAINE_DATABASE_URL": url,
                "QUINZAINE_SECRET_KEYS": "un-secret-pour-les-tests",
                "QUINZAINE_COALESCING_SECONDS": "0",
                "QUINZAINE_SMTP_URL": self.sink.url,
            }
        )
        self.server = MailServer(self.settings.smtp_url, connections=2, local_hostname="quinzaine.example")
        self.sender = Sender(self.settings, self.pool, self.server)
        self.way_in = WayIn(self.settings, self.pool, self.sink)

    @initialize(days=st.lists(st.integers(0, 10_000), min_size=3, max_size=4))
    def begin(self, days: list[int]) -> None:
        async def week() -> Week:
            async with transaction(self.pool) as connection:
                return await a_week(connection, seats=3, groups=("A", "B"), days=3)

        self.week = self.runner.run(week())
        sheet = parse_sheet(name="Ange Caron", trade="Soudeur", email=SPEAKER, contact_again=True)
        self.do(add_speaker, organisation_id=self.week.organisation_id, sheet=sheet)
        named = "SELECT id FROM campaigns.speakers WHERE name = 'Ange Caron'"
        self.speaker = self.runner.run(self.pool.fetchval(named))
        for number in range(1, 5):
            self.register(number)
        for seed in days:
            self.spend_a_day(seed)

    def do(self, verb: Callable[..., Awaitable[Any]], **given: Any) -> None:
        """One verb, an hour after the last; a refusal is an answer, too."""
        self.now += timedelta(hours=1)

        async def step() -> None:
            try:
                async with transaction(self.pool) as connection:
                    await verb(connection, **given, now=self.now)
            except Refusal:
                pass

        self.runner.run(step())

    def registration_of(self, number: int) -> UUID | None:
        address = a_pupil(number).email
        found: UUID | None = self.runner.run(
            self.pool.fetchval(
                """
                SELECT r.id FROM campaigns.registrations r JOIN contract.people p ON p.id = r.pupil_id
                WHERE p.email = $1 ORDER BY r.id DESC LIMIT 1
                """,
                address,
            )
        )
        return found

    @rule(number=PUPILS)
    def register(self, number: int) -> None:
        self.do(
            register_pupils,
            offer_id=self.week.offer_id,
            requests=[a_pupil(number)],
            signer=Signer(self.settings.secret_keys),
        )

    @rule(seed=st.integers(0, 10_000))
    def spend_a_day(self, seed: int) -> None:
        """Eight acts of anybody, then some of their facts are planned in any order, and what is due is sent."""
        dice = random.Random(seed)  # noqa: S311  # plays
        for act in dice.choices(
            (
                self.register,
                self._answer,
                self._regroup,
                self._move,
                self._rename,
                self._drop,
                self._promise,
                self._testify,
                self._reply,
            ),
            weights=(3, 3, 3, 3, 2, 1, 4, 3, 6),
            k=10,
        ):
            if act == self.register:
                self.register(dice.randint(1, 5))
            else:
                act(dice)
        self.runner.run(self._post(dice, whole=False))

    def _answer(self, dice: random.Random) -> None:
        if registration_id := self.registration_of(dice.randint(1, 5)):
            self.do(dice.choice([withdraw_registration, accept_seat, refuse_seat]), registration_id=registration_id)

    def _regroup(self, dice: random.Random) -> None:
        if registration_id := self.registration_of(dice.randint(1, 5)):
            self.do(change_group, registration_id=registration_id, group_id=dice.choice(self.week.groups))

    def _move(self, dice: random.Random) -> None:
        which = dice.randrange(6)
        starts_at = at(which // 2, 9 if which % 2 == 0 else 13, dice.choice([0, 15, 30]))
        self.do(change_session, session_id=self.week.sessions[which], change=SessionChange(starts_at=starts_at))

    def _rename(self, dice: random.Random) -> None:
        title = dice.choice(["Une visite", "Un atelier"])
        self.do(change_session, session_id=dice.choice(self.week.sessions), change=SessionChange(title=title))

    def _drop(self, dice: random.Random) -> None:
        self.do(cancel_session, session_id=dice.choice(self.week.sessions))

    def _promise(self, dice: random.Random) -> None:
        """The host of one session is asked, or answers."""
        session_id = dice.choice(self.week.sessions)
        request_id = self.runner.run(
            self.pool.fetchval(
                "SELECT id FROM campaigns.host_requests WHERE session_id = $1 ORDER BY id DESC LIMIT 1", session_id
            )
        )
        if request_id is None or dice.random() < 0.2:
            self.do(request_host, session_id=session_id, contact=Contact(name="Charlie Martin", email=HOST))
        else:
            said: Any = dice.choice(["confirmed", "confirmed", "declined", "withdrawn"])
            self.do(answer_host_request, request_id=request_id, given=GivenAnswer(answer=said))

    def _testify(self, dice: random.Random) -> None:
        """The speaker is invited to one session, or answers."""
        session_id = dice.choice(self.week.sessions)
        request_id = self.runner.run(
            self.pool.fetchval(
                "SELECT id FROM campaigns.speaker_requests WHERE session_id = $1 ORDER BY id DESC LIMIT 1", session_id
            )
        )
        if request_id is None or dice.random() < 0.2:
            self.do(invite_speaker, session_id=session_id, speaker_id=self.speaker)
        else:
            self.do(
                answer_invitation, request_id=request_id, answer=dice.choice(["confirmed", "confirmed", "declined"])
            )

    def _reply(self, dice: random.Random) -> None:
        """Some calendars answer, by mail."""
        for _ in range(4):
            self.runner.run(self.way_in.answer(dice))

    @rule(days=st.sampled_from([1, 3]))
    def wait(self, days: int) -> None:
        """The clock jumps: what was held is held no more, and who did not undo a no has left."""
        self.now += timedelta(days=days)
        for registration_id in self.runner.run(self._ended_leavings()):
            self.do(end_leaving, registration_id=registration_id)
        self.do(expire_holds, offer_id=self.week.offer_id)
        self.do(promote_free_seats, offer_id=self.week.offer_id)

    async def _ended_leavings(self) -> list[UUID]:
        async with self.pool.acquire() as connection:
            return await find_ended_leavings(connection, now=self.now)

    @rule(sure=st.sampled_from([False] * 9 + [True]))
    def give_up(self, sure: bool) -> None:
        if sure:
            self.do(cancel_offer, offer_id=self.week.offer_id)

    async def _post(self, dice: random.Random, *, whole: bool) -> None:
        rows = await self.pool.fetch("SELECT id FROM contract.events WHERE planned_at IS NULL ORDER BY id")
        ids = [row["id"] for row in rows if whole or dice.random() < 0.7]
        dice.shuffle(ids)
        for start in range(0, len(ids), 3):
            async with transaction(self.pool) as connection:
                await plan_events(connection, ids[start : start + 3], settings=self.settings, now=datetime.now(UTC))
        # the night is over; reminders have their own day
        rows = await self.pool.fetch(
            """
            UPDATE notifications.deliveries SET due_at = now() - interval '1 second'
            WHERE state = 'due' AND message NOT LIKE 'reminder%' RETURNING id
            """
        )
        await self.sender.send([row["id"] for row in rows])

    def teardown(self) -> None:
        try:
            if hasattr(self, "week"):
                self.runner.run(self._check())
        finally:
            self.runner.run(self.way_in.close())
            self.runner.run(self.server.close())
            self.runner.run(self.stack.aclose())
            self.pool.terminate()
            self.runner.run(_execute(self.server_url, f"DROP DATABASE {self.name} WITH (FORCE)"))
            self.runner.close()

    async def _check(self) -> None:
        for _ in range(3):
            await self._post(random.Random(1), whole=True)  # noqa: S311  # shuffles facts
        states = await self.pool.fetch(
            "SELECT DISTINCT state FROM notifications.deliveries WHERE message NOT LIKE 'reminder%'"
        )
        assert {row["state"] for row in states} <= {"sent", "superseded"}
        rows = await self.pool.fetch(
            """
            SELECT p.email, r.id, r.status, r.group_id FROM campaigns.registrations r
            JOIN contract.people p ON p.id = r.pupil_id
            """
        )
        assert set(self._mailed()) <= {row["email"] for row in rows} | {HOST, SPEAKER}, (
            "who is not concerned is not written to"
        )
        body = await self.pool.fetchval("SELECT body FROM contract.programmes ORDER BY version DESC LIMIT 1")
        programme = msgspec.json.decode(body, type=Programme)
        for address in {row["email"] for row in rows}:
            wanted = [
                (f"{row['id']}@quinzaine.example", start, "TENTATIVE" if row["status"] == "held" else "CONFIRMED")
                for row in rows
                if row["email"] == address and row["status"] in ("held", "confirmed")
                for start, _ in truth(programme, row["group_id"])
            ]
            self._folds_to(address, wanted)
            self._names_nobody_else(address)
        for keeper, table in ((HOST, "host_requests"), (SPEAKER, "speaker_requests")):
            await self._keeps(keeper, table)
            self._names_nobody_else(keeper)
        HEARD.update(self.way_in.heard)

    async def _keeps(self, keeper: str, table: str) -> None:
        """What a host or a speaker has promised is what their calendar shows."""
        promised = await self.pool.fetch(
            f"""
            SELECT q.id, s.starts_at, q.status FROM campaigns.{table} q
            JOIN campaigns.sessions s ON s.id = q.session_id WHERE q.in_calendar
            """  # noqa: S608  # one of two tables of ours
        )
        self._folds_to(
            keeper,
            [
                (
                    f"{row['id']}@quinzaine.example",
                    row["starts_at"],
                    "CONFIRMED" if row["status"] == "confirmed" else "TENTATIVE",
                )
                for row in promised
            ],
        )

    def _mailed(self) -> set[str]:
        return {recipient for _, recipient, _ in self.sink.mails}

    def _folds_to(self, address: str, wanted: list[tuple[str, datetime, str]]) -> None:
        """In fifty orders, some doubled, some lost, but the last about each entry."""
        by_uid: dict[str, list[bytes]] = {}
        for mail in self.sink.messages(address):
            for part in calendars_of(mail)[:1]:
                ics = part.get_payload(decode=True)
                uid = ics.replace(b"\r\n ", b"").split(b"\r\nUID:", 1)[1].split(b"\r\n", 1)[0].decode()
                by_uid.setdefault(uid, []).append(ics)
        last = [max(mails, key=_sequence) for mails in by_uid.values()]
        others = [ics for mails in by_uid.values() for ics in mails]
        for seed in range(ORDERS):
            dice = random.Random(seed)  # noqa: S311  # shuffles mails
            pile = last + [ics for ics in others if dice.random() < 0.5] + dice.choices(others, k=2 if others else 0)
            dice.shuffle(pile)
            calendar = FoldingCalendar()
            for ics in pile:
                calendar.apply(ics)
            shown = [(entry.uid, entry.start, entry.status) for entry in calendar.entries()]
            assert sorted(shown) == sorted(wanted), address

    def _names_nobody_else(self, address: str) -> None:
        others = [str(a_pupil(number).last_name) for number in range(1, 6) if a_pupil(number).email != address]
        for _, recipient, raw in self.sink.mails:
            if recipient == address:
                mail = email.message_from_bytes(raw, policy=email.policy.default)
                parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
                text = b"".join(parts).replace(b"\r\n ", b"").decode()
                assert not [name for name in others if f"{name}\n" in text or f"{name} " in text or f"{name}," in text]
                assert not [
                    number for number in range(1, 6) if (other := a_pupil(number).email) != address and other in text
                ]


def _sequence(ics: bytes) -> tuple[int, bool]:
    return int(ics.split(b"\r\nSEQUENCE:", 1)[1].split(b"\r\n", 1)[0]), b"METHOD:CANCEL" in ics


def test_random_weeks_end_in_everybody_s_calendar_as_they_stand(server_url, template):
    Mailboxes.server_url, Mailboxes.template = server_url, template
    run_state_machine_as_test(
        Mailboxes,
        settings=settings(
            max_examples=WEEKS,
            stateful_step_count=4,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
    # answers that count, and answers that must not: a run without either shows little
    assert {"leaving", "absent", "refused", "confirmed"} & set(HEARD), HEARD
    assert {"promise_withdrawn", "promise_declined", "promise_confirmed"} & set(HEARD), HEARD
    assert {"outdated", "overtaken", "foreign", "unsent"} & set(HEARD), HEARD
