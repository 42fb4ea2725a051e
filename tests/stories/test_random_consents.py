"""Random weeks: pupils under 15 and older register, accept, leave, guardians answer, time passes, in any order.

Hypothesis plays against the verbs on a real database; after each step the seats are counted anew.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.change_seats import change_seats
from services.campaigns.offers.consent.consent import TEXT_VERSION
from services.campaigns.offers.consent.give_consent import give_consent
from services.campaigns.offers.consent.refuse_consent import refuse_consent
from services.campaigns.offers.consent.remind_guardians import remind_guardians
from services.campaigns.offers.consent.withdraw_consent import withdraw_consent
from services.campaigns.offers.expire_holds import expire_holds
from services.campaigns.offers.promote_free_seats import promote_free_seats
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.queue.give_seat import give_seat
from services.campaigns.offers.seats.queue.merge_registrations import merge_registrations
from services.campaigns.offers.seats.queue.skip_turn import skip_turn
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import Pool, open_pool, transaction
from shared.refusal import Refusal
from shared.signed_links import Signer
from tests.conftest import _execute, with_database
from tests.rounds import rounds
from tests.world import NOW, a_pupil, a_week

PUPILS = st.integers(0, 5)
SIGNER = Signer(("un-secret-pour-les-tests",))


class Weeks(RuleBasedStateMachine):
    """One run: its own database, made from the template and dropped at the end."""

    server_url: str
    template: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.name = f"weeks_{uuid4().hex}"
        self.now = NOW
        self.runner.run(_execute(self.server_url, f"CREATE DATABASE {self.name} TEMPLATE {self.template}"))
        self.pool: Pool = self.runner.run(open_pool(with_database(self.server_url, self.name), size=2))

    def teardown(self) -> None:
        self.pool.terminate()
        self.runner.run(_execute(self.server_url, f"DROP DATABASE {self.name} WITH (FORCE)"))
        self.runner.close()

    @initialize(seats=st.integers(1, 3), proof=st.booleans())
    def publish(self, seats: int, proof: bool) -> None:
        async def begin() -> None:
            async with transaction(self.pool) as connection:
                self.week = await a_week(connection, seats=seats, days=1)
                await connection.execute("UPDATE campaigns.offers SET proof_of_address = $1", proof)

        self.runner.run(begin())

    def do(self, verb: Callable[..., Awaitable[Any]], **values: Any) -> None:
        """One verb in its transaction, a minute after the last; a refusal changes nothing."""
        self.now += timedelta(minutes=1)

        async def step() -> None:
            before = await self._rows()
            try:
                async with transaction(self.pool) as connection:
                    await verb(connection, now=self.now, **values)
            except Refusal:
                assert await self._rows() == before, "a refusal changes nothing"

        self.runner.run(step())

    async def _rows(self) -> list[tuple[Any, ...]]:
        rows = await self.pool.fetch(
            """
            SELECT r.id, r.status, r.held_for, r.under_15, r.consented_at, r.deadline, r.rank, r.guardian_id,
                   ARRAY(SELECT answer FROM campaigns.consents c WHERE c.registration_id = r.id ORDER BY c.id)
                       AS answers
            FROM campaigns.registrations r ORDER BY r.created_at, r.id
            """
        )
        return [tuple(row) for row in rows]

    def _of(self, number: int) -> UUID:
        """One of the registrations, ended ones too; none yet: an unknown one."""
        rows = self.runner.run(self._rows())
        return rows[number % len(rows)][0] if rows else UUID(int=1)

    @rule(number=PUPILS, under_15=st.booleans())
    def register(self, number: int, under_15: bool) -> None:
        guardian = {"guardian_name": "Dominique", "guardian_email": f"parent{number}@famille.example"}
        request = a_pupil(number, under_15=under_15, **(guardian if under_15 else {}))
        self.do(register_pupils, offer_id=self.week.offer_id, requests=[request], signer=SIGNER)

    @rule(number=PUPILS)
    def accept(self, number: int) -> None:
        self.do(accept_seat, registration_id=self._of(number))

    @rule(number=PUPILS)
    def consent(self, number: int) -> None:
        self.do(give_consent, registration_id=self._of(number), text_version=TEXT_VERSION)

    @rule(number=PUPILS, verb=st.sampled_from([refuse_consent, withdraw_consent, withdraw_registration, refuse_seat]))
    def end(self, number: int, verb: Callable[..., Awaitable[Any]]) -> None:
        self.do(verb, registration_id=self._of(number))

    @rule(hours=st.sampled_from([1, 25, 80]))
    def let_time_pass(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        for verb in (remind_guardians, expire_holds, promote_free_seats):
            self.do(verb, offer_id=self.week.offer_id)

    @rule(seats=st.integers(1, 4))
    def change_seats(self, seats: int) -> None:
        self.do(change_seats, offer_id=self.week.offer_id, seats=seats)

    @rule(number=PUPILS, how=st.sampled_from(["offered", "confirmed"]))
    def give(self, number: int, how: str) -> None:
        self.do(give_seat, registration_id=self._of(number), how=how)

    @rule(number=PUPILS)
    def skip(self, number: int) -> None:
        self.do(skip_turn, registration_id=self._of(number))

    @rule(one=PUPILS, other=PUPILS)
    def merge(self, one: int, other: int) -> None:
        self.do(merge_registrations, one_id=self._of(one), other_id=self._of(other))

    @invariant()
    def never_more_than_there_are_seats(self) -> None:
        offer = self.runner.run(self.pool.fetchrow("SELECT seats, taken, waiting FROM campaigns.offers"))
        if offer is None:
            return
        states = [row[1] for row in self.runner.run(self._rows())]
        assert offer["taken"] == sum(state in ("held", "confirmed") for state in states) <= offer["seats"]
        assert offer["waiting"] == states.count("waiting")
        times = self.runner.run(self.pool.fetchval("SELECT count(*) FROM campaigns.pupil_times"))
        assert times == offer["taken"]

    @invariant()
    def no_seat_under_15_without_the_guardians_last_word_being_yes(self) -> None:
        for _id, status, held_for, under_15, consented_at, _deadline, _rank, guardian_id, answers in self.runner.run(
            self._rows()
        ):
            if under_15:
                assert guardian_id is not None
                assert (consented_at is not None) == (answers[-1:] == ["given"])
                assert status != "confirmed" or answers[-1:] == ["given"]
                assert held_for != "consent" or answers[-1:] != ["given"]
            else:
                assert held_for != "consent"


def test_random_weeks_end_as_they_must(server_url, template):
    Weeks.server_url, Weeks.template = server_url, template
    run_state_machine_as_test(
        Weeks,
        settings=settings(
            max_examples=rounds(8),
            stateful_step_count=30,
            deadline=None,
            database=None,
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
