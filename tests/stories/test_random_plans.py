"""Random plans: two offers of one campaign, changed, joined and left in any order; what must hold, holds.

Hypothesis plays against the verbs on a real database, a transaction a step, as the edge does.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.builder.add_session import add_session
from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_seats import change_seats
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.expire_holds import expire_holds, find_ended_holds
from services.campaigns.offers.promote_free_seats import find_free_seats_with_a_queue, promote_free_seats
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.read import list_offers
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import Connection, Pool, open_pool, transaction
from shared.refusal import Refusal
from shared.signed_links import Signer
from tests.conftest import _execute, with_database
from tests.rounds import rounds
from tests.world import NOW, Week, a_pupil, a_week, an_organisation, at

SIGNER = Signer(("un-secret-pour-les-tests",))
PUPILS, OFFERS, SESSIONS = st.integers(0, 8), st.integers(0, 1), st.integers(0, 5)
# what each step that a person takes leaves behind, wherever it changed something that people are shown
LIVING = "('waiting', 'held', 'confirmed')"


class Plans(RuleBasedStateMachine):
    """One run: its own database, made from the template and dropped at the end."""

    server_url: str
    template: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.name = f"plans_{uuid4().hex}"
        self.now = NOW
        self.runner.run(_execute(self.server_url, f"CREATE DATABASE {self.name} TEMPLATE {self.template}"))
        self.pool: Pool = self.runner.run(open_pool(with_database(self.server_url, self.name), size=2))
        self.weeks: list[Week] = []

    def teardown(self) -> None:
        self.pool.terminate()
        self.runner.run(_execute(self.server_url, f"DROP DATABASE {self.name} WITH (FORCE)"))
        self.runner.close()

    def do(self, verb: Callable[..., Awaitable[Any]], **values: Any) -> Any:
        """One verb in its transaction, a minute after the last; a refusal is an answer. A change must leave a fact."""
        self.now += timedelta(minutes=1)
        values["now"] = self.now

        async def step() -> Any:
            before = await self._state()
            try:
                async with transaction(self.pool) as connection:
                    answer = await verb(connection, **values)
            except Refusal as refusal:
                assert await self._state() == before, f"{verb.__name__} refused and wrote all the same"
                return refusal
            after = await self._state()
            assert (after[0] == before[0]) or after[1] > before[1], f"{verb.__name__} changed a place and told nobody"
            return answer

        return self.runner.run(step())

    async def _state(self) -> tuple[list[Any], int]:
        """Everybody's place and every public session, and how many facts there are."""
        rows = await self.pool.fetch(
            """
            SELECT id::text, status, rank::text FROM campaigns.registrations
            UNION ALL SELECT s.id::text, s.status, s.during::text FROM campaigns.sessions s
                      JOIN campaigns.offers o ON o.id = s.offer_id WHERE o.status <> 'draft'
            ORDER BY 1
            """
        )
        return [tuple(row) for row in rows], await self.pool.fetchval("SELECT count(*) FROM contract.events")

    @initialize(agreed=st.integers(0, 5).map(bool))
    def begin(self, agreed: bool) -> None:
        """Most plays begin with two public weeks, some with drafts and a partner who has not answered."""

        async def make() -> None:
            async with transaction(self.pool) as connection:
                for slug in ("une-semaine", "une-autre"):
                    self.weeks.append(await a_week(connection, seats=2, slug=slug, days=3, published=False))
                # the other week is in the afternoon of the same days, so that some pupils can have both
                await connection.execute(
                    "DELETE FROM campaigns.sessions WHERE id = ANY($1::uuid[])",
                    [*self.weeks[0].sessions[1::2], *self.weeks[1].sessions[::2]],
                )
                self.partner = await an_organisation(connection, slug="agence", kind="agency", name="Agence")
                await connection.execute(
                    "INSERT INTO campaigns.agreements (campaign_id, organisation_id) VALUES ($1, $2)",
                    self.weeks[0].campaign_id,
                    self.partner,
                )

        self.runner.run(make())
        self.agreed = False
        if agreed:
            self.agree()
            for week in self.weeks:
                self.do(publish_offer, offer_id=week.offer_id)

    @precondition(lambda self: not self.agreed)
    @rule()
    def agree(self) -> None:
        self.runner.run(
            self.pool.execute("UPDATE campaigns.agreements SET agreed_at = $1, agreed_version = 1", self.now)
        )
        self.agreed = True

    @precondition(lambda self: not self.published)
    @rule(offer=OFFERS)
    def publish(self, offer: int) -> None:
        answer = self.do(publish_offer, offer_id=self.weeks[offer].offer_id)
        assert self.agreed or isinstance(answer, Refusal)

    @property
    def published(self) -> bool:
        statuses = self.runner.run(self.pool.fetch("SELECT status FROM campaigns.offers"))
        return all(row["status"] != "draft" for row in statuses)

    # often: who knows no queue finds no fault in it
    @rule(offer=OFFERS, pupils=st.lists(PUPILS, min_size=1, max_size=9))
    def register_many(self, offer: int, pupils: list[int]) -> None:
        self.register(offer, pupils)

    @rule(offer=OFFERS, pupils=st.lists(PUPILS, min_size=1, max_size=5))
    def register(self, offer: int, pupils: list[int]) -> None:
        self.do(
            register_pupils,
            offer_id=self.weeks[offer].offer_id,
            requests=[a_pupil(pupil) for pupil in pupils],
            signer=SIGNER,
        )

    @rule(verb=st.sampled_from([withdraw_registration, accept_seat, refuse_seat]), which=st.integers(0, 20))
    def answer(self, verb: Callable[..., Awaitable[Any]], which: int) -> None:
        ids = self.runner.run(self.pool.fetch("SELECT id FROM campaigns.registrations ORDER BY offer_id, rank"))
        if ids:
            self.do(verb, registration_id=ids[which % len(ids)]["id"])

    @rule(offer=OFFERS, seats=st.integers(0, 5))
    def seats(self, offer: int, seats: int) -> None:
        self.do(change_seats, offer_id=self.weeks[offer].offer_id, seats=seats)

    @rule(which=st.integers(0, 20), day=st.integers(0, 2), hour=st.integers(7, 17), length=st.integers(1, 4))
    def move(self, which: int, day: int, hour: int, length: int) -> None:
        session_id = self._session(which)
        change = SessionChange(starts_at=at(day, hour), ends_at=at(day, hour + length))
        self.do(change_session, session_id=session_id, change=change)

    @rule(offer=OFFERS, day=st.integers(0, 2), hour=st.integers(7, 18))
    def add(self, offer: int, day: int, hour: int) -> None:
        new = SessionChange(starts_at=at(day, hour), ends_at=at(day, hour + 1), title="Visite de plus")
        self.do(add_session, offer_id=self.weeks[offer].offer_id, session=new)

    @rule(which=st.integers(0, 20))
    def cancel_one(self, which: int) -> None:
        self.do(cancel_session, session_id=self._session(which))

    @precondition(lambda self: self.now > NOW + timedelta(days=3))
    @rule(offer=OFFERS)
    def cancel_all(self, offer: int) -> None:
        self.do(cancel_offer, offer_id=self.weeks[offer].offer_id)

    @rule(hours=st.sampled_from([1, 12, 60]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self._tick()

    def _session(self, which: int) -> UUID:
        rows = self.runner.run(self.pool.fetch("SELECT id FROM campaigns.sessions ORDER BY id"))
        found: UUID = rows[which % len(rows)]["id"]
        return found

    def _tick(self) -> None:
        """What the clock does: ends of holds, seats that became free while the whole queue was elsewhere."""
        for find, verb in ((find_ended_holds, expire_holds), (find_free_seats_with_a_queue, promote_free_seats)):

            async def due(find: Callable[..., Awaitable[list[UUID]]] = find) -> list[UUID]:
                async with self.pool.acquire() as connection:
                    return await find(connection, now=self.now)

            for offer_id in self.runner.run(due()):
                self.do(verb, offer_id=offer_id)

    def _none(self, query: str, *values: Any) -> None:
        rows = self.runner.run(self.pool.fetch(query, *values))
        assert not rows, [dict(row) for row in rows]

    @invariant()
    def counters_are_what_they_count_and_never_above_the_seats(self) -> None:
        self._none(
            """
            SELECT o.slug, o.seats, o.taken, o.waiting, r.* FROM campaigns.offers o
            LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE status IN ('held', 'confirmed')) AS seated,
                                      count(*) FILTER (WHERE status = 'waiting') AS queued
                               FROM campaigns.registrations WHERE offer_id = o.id) r ON true
            WHERE o.taken <> r.seated OR o.waiting <> r.queued OR o.taken > o.seats
            """
        )

    @invariant()
    def nobody_waits_behind_a_held_seat_who_could_have_it(self) -> None:
        """Who waits before somebody that is offered a seat is elsewhere at one of these times."""
        self._none(
            """
            SELECT w.rank, h.rank AS offered FROM campaigns.registrations w
            JOIN campaigns.registrations h ON h.offer_id = w.offer_id AND h.rank > w.rank AND h.status = 'held'
                                           AND h.changed_at >= $1
            JOIN campaigns.offers o ON o.id = w.offer_id
            WHERE w.status = 'waiting'
              AND NOT EXISTS (SELECT FROM campaigns.pupil_times t WHERE t.pupil_id = w.pupil_id AND t.busy && o.busy)
            """,
            self.now,
        )

    @invariant()
    def nobody_is_in_two_places_at_a_time(self) -> None:
        self._none(
            """
            SELECT a.pupil_id FROM campaigns.registrations a
            JOIN campaigns.registrations b ON b.pupil_id = a.pupil_id AND b.id > a.id
            JOIN campaigns.sessions sa ON sa.offer_id = a.offer_id AND sa.status = 'planned'
            JOIN campaigns.sessions sb ON sb.offer_id = b.offer_id AND sb.status = 'planned' AND sb.during && sa.during
            WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')
            """
        )

    @invariant()
    def nothing_is_public_before_all_have_agreed(self) -> None:
        async def shown() -> list[Any]:
            async with self.pool.acquire() as connection:
                return [
                    *await list_offers(connection, base_url="", after=None, limit=10),
                    *await connection.fetch("SELECT slug FROM campaigns.feeds WHERE scope = 'offer'"),
                    *await connection.fetch("SELECT tag FROM contract.events WHERE tag <> 'offer.published'"),
                ]

        if self.weeks and not self.agreed:
            assert self.runner.run(shown()) == []

    @invariant()
    def every_fact_of_an_offer_has_a_programme_that_is_written_down(self) -> None:
        self._none(
            """
            SELECT e.tag FROM contract.events e
            WHERE e.body ? 'programme' AND NOT EXISTS
                (SELECT FROM contract.programmes p
                 WHERE p.offer_id = e.offer_id AND p.version = (e.body ->> 'programme')::int)
            """
        )

    @invariant()
    def two_facts_of_one_place_never_have_one_revision(self) -> None:
        self._none(
            """
            SELECT body ->> 'registration_id' AS place, body ->> 'revision' AS revision FROM contract.events
            WHERE body ? 'registration_id' AND tag <> 'registration.link_requested' GROUP BY 1, 2 HAVING count(*) > 1
            """
        )


@pytest.mark.timeout(240)
def test_what_must_hold_holds_after_each_step_of_any_plan(server_url: str, template: str) -> None:
    machine = type("PlansHere", (Plans,), {"server_url": server_url, "template": template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=rounds(12),
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            # shrinking takes minutes here: to shorten what was found, give the blob to @reproduce_failure
            phases=(Phase.generate,),
        ),
    )


def test_the_database_refuses_what_the_invariants_would_see(server_url: str, template: str) -> None:
    """The negative control: a seat taken without the verbs is seen."""
    name = f"plans_{uuid4().hex}"
    with asyncio.Runner() as runner:
        runner.run(_execute(server_url, f"CREATE DATABASE {name} TEMPLATE {template}"))
        try:
            runner.run(_break(with_database(server_url, name)))
        finally:
            runner.run(_execute(server_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _break(url: str) -> None:
    connection: Connection = await asyncpg.connect(url)
    try:
        week = await a_week(connection, seats=1)
        async with connection.transaction():
            await register_pupils(
                connection, offer_id=week.offer_id, requests=[a_pupil(1), a_pupil(2)], signer=SIGNER, now=NOW
            )
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("UPDATE campaigns.offers SET taken = taken + 1")
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(
                f"""
                INSERT INTO campaigns.registrations (id, offer_id, pupil_id, status, rank, idempotency_key, body_hash,
                                                     created_at, changed_at)
                SELECT gen_random_uuid(), offer_id, pupil_id, 'waiting', rank + 100, 'x', body_hash, $1, $1
                FROM campaigns.registrations WHERE status IN {LIVING} LIMIT 1
                """,  # noqa: S608
                NOW,
            )
    finally:
        await connection.close()
