"""The pages of the other kinds ask the database as often for many rows as for few."""

from datetime import timedelta

import pytest
from asyncpg import Connection

from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.slot import SlotTime
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.offers.kinds.test_series import NEW, mornings
from tests.world import NOW, a_pupil, a_week, at

pytestmark = pytest.mark.anyio


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The statements sent so far."""
    statements: list[str] = []
    for method in ("fetch", "fetchrow", "fetchval", "execute"):
        original = getattr(Connection, method)

        def counted(self, query, *args, _original=original, **options):
            statements.append(query)
            return _original(self, query, *args, **options)

        monkeypatch.setattr(Connection, method, counted)
    return statements


async def count_of(asked: list[str], browser, path: str) -> int:
    asked.clear()
    assert (await browser.get(path)).status_code == 200
    count = len([query for query in asked if "campaigns." in query])
    assert count > 0
    return count


async def test_a_long_series_is_read_as_a_short_one(asked, sign_in, pool):
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await connection.execute("UPDATE campaigns.campaigns SET lead_id = $1", week.organisation_id)
    planner = await sign_in(week.organisation_id)
    short = mornings(week, first_day="2027-06-15", last_day="2027-06-15", create="oui")
    long = mornings(week, title="Encore", room_1="Salle 1", room_2="Salle 2", lun="oui", mer="oui", create="oui")
    paths = [(await planner.post(NEW, form)).headers["location"] for form in (short, long)]
    counts = [await count_of(asked, planner, path) for path in paths]
    assert counts[0] == counts[1]


async def test_many_slots_and_pupils_are_read_as_few(asked, sign_in, visitor, pool, settings):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=60)
    planner = await sign_in(week.organisation_id)
    counts = []
    for first, pupils in ((at(0, 16), range(1)), (at(1, 6), range(1, 60))):
        async with transaction(pool) as connection:
            outcomes = await register_pupils(
                connection,
                offer_id=week.offer_id,
                requests=[a_pupil(number) for number in pupils],
                signer=signer,
                now=NOW,
            )
            await add_slots(
                connection,
                offer_id=week.offer_id,
                person_id=planner.member.person_id,
                times=[
                    SlotTime(
                        starts_at=first + number * timedelta(minutes=15),
                        ends_at=first + (number + 1) * timedelta(minutes=15),
                    )
                    for number in range(24 if len(pupils) > 1 else 1)
                ],
                now=NOW,
            )
        token = signer.token("registration", outcomes[0].id)
        counts.append(
            (
                await count_of(asked, planner, f"/planification/{week.slug}/suivi"),
                await count_of(asked, visitor, f"/suivi/{token}"),
            )
        )
    assert counts[0] == counts[1]
