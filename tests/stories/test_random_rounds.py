"""Random rounds: partners are invited, answer, leave, the campaign changes, in any order; what must hold, holds.

Hypothesis plays against the verbs on a real database and keeps its own account of who said yes to what.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.campaigns.agreements.campaign import ChosenSector, Wording
from services.campaigns.agreements.change_campaign import change_campaign
from services.campaigns.agreements.ends.withdraw_partner import withdraw_partner
from services.campaigns.agreements.partners.agree_campaign import agree_campaign
from services.campaigns.agreements.partners.decline_campaign import decline_campaign
from services.campaigns.agreements.partners.invite_partner import invite_partner
from services.campaigns.agreements.partners.remind_partners import remind_partners
from services.campaigns.agreements.partners.request_agreement import request_agreement
from services.campaigns.agreements.propose_campaign import propose_campaign
from services.campaigns.offers.publish_offer import publish_offer
from shared.database import Connection, Pool, open_pool, transaction
from shared.refusal import Refusal
from tests.conftest import _execute, with_database
from tests.rounds import rounds
from tests.world import NOW, SECTORS, a_member, a_week, an_organisation

PARTNERS = st.integers(0, 2)
VERSIONS = st.integers(0, 1)


def worded(number: int) -> Wording:
    """The campaign's n-th wording, told apart by its title."""
    return Wording(
        title=f"Version {number}",
        presentation="",
        first_day=date(2027, 6, 14),
        last_day=date(2027, 6, 25),
        departements=("27",),
        sectors=(ChosenSector("s10"),),
    )


class Rounds(RuleBasedStateMachine):
    """One run: its own database, made from the template and dropped at the end."""

    server_url: str
    template: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.name = f"rounds_{uuid4().hex}"
        self.now = NOW
        self.runner.run(_execute(self.server_url, f"CREATE DATABASE {self.name} TEMPLATE {self.template}"))
        self.pool: Pool = self.runner.run(open_pool(with_database(self.server_url, self.name), size=2))
        self.version = 1
        self.yes: set[tuple[UUID, int]] = set()
        self.inside: set[UUID] = set()

    def teardown(self) -> None:
        self.pool.terminate()
        self.runner.run(_execute(self.server_url, f"DROP DATABASE {self.name} WITH (FORCE)"))
        self.runner.close()

    @initialize(agreed=st.integers(0, 2), open_round=st.booleans())
    def propose(self, agreed: int, open_round: bool) -> None:
        async def begin() -> None:
            async with transaction(self.pool) as connection:
                await connection.executemany(
                    "INSERT INTO campaigns.sectors (code, label, family) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                    SECTORS,
                )
                week = await a_week(connection, published=False, days=1)
                self.lead = week.organisation_id
                await a_member(connection, self.lead, role="owner")
                self.partners = [await self._partner(connection, number) for number in range(3)]
                self.campaign_id, _ = await propose_campaign(
                    connection, lead_id=self.lead, wording=worded(1), now=self.now
                )
                await connection.execute("UPDATE campaigns.offers SET campaign_id = $1", self.campaign_id)
                self.offer_id = week.offer_id

        self.runner.run(begin())
        for number in range(agreed):
            self.invite(number)
            self.agree(number, 0)
        if open_round:
            self.change(stale=False)

    @staticmethod
    async def _partner(connection: Connection, number: int) -> UUID:
        partner = await an_organisation(connection, slug=f"p-{number}", kind="agency", name=f"Partenaire {number}")
        await a_member(connection, partner, role="owner", email=f"p{number}@partenaire.example")
        return partner

    def do(self, verb: Callable[..., Awaitable[Any]], **values: Any) -> bool:
        """One verb in its transaction, a day after the last; whether it was granted. What it changes leaves a fact."""
        self.now += timedelta(days=1)

        async def step() -> bool:
            before = await self._state()
            try:
                async with transaction(self.pool) as connection:
                    await verb(connection, now=self.now, **values)
            except Refusal:
                assert await self._state() == before, "a refusal changes nothing"
                return False
            after = await self._state()
            others = len(self.inside) > 0
            assert after[0] == before[0] or after[1] > before[1] or not others, f"{verb.__name__} left no fact"
            return True

        return self.runner.run(step())

    async def _state(self) -> tuple[str, int]:
        row = await self.pool.fetchrow(
            """
            SELECT (SELECT string_agg(a::text, '|' ORDER BY a.id) FROM campaigns.agreements a) AS agreements,
                   (SELECT count(*) FROM contract.events) AS facts
            """
        )
        assert row is not None
        return row["agreements"], row["facts"]

    @rule(number=PARTNERS)
    def invite(self, number: int) -> None:
        partner = self.partners[number]
        if self.do(invite_partner, campaign_id=self.campaign_id, organisation_id=partner):
            assert partner not in self.inside
            self.inside.add(partner)

    @rule(number=PARTNERS, older=VERSIONS)
    def agree(self, number: int, older: int) -> None:
        partner, version = self.partners[number], self.version - older
        given = {"campaign_id": self.campaign_id, "organisation_id": partner, "version": version, "word": ""}
        if self.do(agree_campaign, **given):
            assert partner in self.inside
            assert older == 0, "an answer to an older version counts for nothing"
            self.yes.add((partner, version))

    @rule(number=PARTNERS)
    def decline(self, number: int) -> None:
        partner = self.partners[number]
        given = {"campaign_id": self.campaign_id, "organisation_id": partner, "version": self.version, "word": "Non"}
        if self.do(decline_campaign, **given):
            self.yes.discard((partner, self.version))

    @rule(number=PARTNERS, taken_back=st.booleans())
    def leave(self, number: int, taken_back: bool) -> None:
        partner = self.partners[number]
        given = {"campaign_id": self.campaign_id, "organisation_id": partner, "taken_back": taken_back}
        if self.do(withdraw_partner, **given):
            self.inside.discard(partner)
            self.yes = {one for one in self.yes if one[0] != partner}

    @rule(number=PARTNERS)
    def ask_again(self, number: int) -> None:
        self.do(request_agreement, campaign_id=self.campaign_id, organisation_id=self.partners[number])

    @rule()
    def remind(self) -> None:
        self.do(remind_partners, campaign_id=self.campaign_id)

    @rule(stale=st.booleans())
    def change(self, stale: bool) -> None:
        seen = self.version - stale
        given = {"campaign_id": self.campaign_id, "wording": worded(self.version + 1), "if_match": seen}
        if self.do(change_campaign, **given):
            assert not stale
            self.version += 1

    @rule()
    def publish(self) -> None:
        if self.do(publish_offer, offer_id=self.offer_id):
            shown = self._shown()
            assert all((partner, shown) in self.yes for partner in self.inside), "nothing public before all agreed"
            # the next one to be published
            self.runner.run(self.pool.execute("UPDATE campaigns.offers SET status = 'draft'"))

    @invariant()
    def what_is_shown_was_agreed_to_by_all_whose_name_it_bears(self) -> None:
        shown = self._shown()
        rows = self.runner.run(
            self.pool.fetch(
                "SELECT organisation_id FROM campaigns.agreements WHERE agreed_at IS NOT NULL AND left_at IS NULL"
            )
        )
        named = {row["organisation_id"] for row in rows} - {self.lead}
        assert named <= self.inside
        assert all((partner, shown) in self.yes for partner in named)

    @invariant()
    def the_version_all_have_agreed_to_is_the_one_shown(self) -> None:
        if all((partner, self.version) in self.yes for partner in self.inside):
            assert self._shown() == self.version

    def _shown(self) -> int:
        title = self.runner.run(
            self.pool.fetchval("SELECT title FROM campaigns.campaigns WHERE id = $1", self.campaign_id)
        )
        return int(title.removeprefix("Version "))


def test_random_rounds_end_as_they_must(server_url, template):
    Rounds.server_url, Rounds.template = server_url, template
    run_state_machine_as_test(
        Rounds,
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
