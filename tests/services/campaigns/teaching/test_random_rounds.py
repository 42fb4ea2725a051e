"""Whatever happens to a class, who has nothing is who has no living registration: compared after every step."""

import random
from datetime import timedelta

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.expire_holds import expire_holds
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.campaigns.teaching.period import period_at
from services.campaigns.teaching.read import Scope, list_followed
from shared.database import transaction
from tests.services.campaigns.teaching.conftest import LIST, lines
from tests.world import NOW, a_week, at

pytestmark = pytest.mark.anyio

PUPILS = 8
STEPS = 14


async def with_nothing(pool, teacher):
    """As the page finds it."""
    scope = Scope(organisation_id=teacher.member.organisation_id, teacher_id=teacher.member.person_id)
    async with pool.acquire() as connection:
        pupils = await list_followed(connection, scope, period=period_at(NOW.date()), today=NOW.date())
    assert len(pupils) == PUPILS
    return sorted(pupil.last_name for pupil in pupils if pupil.has_nothing)


async def truly_with_nothing(pool):
    """By one statement that knows no class, no list and no teacher: the names are unique in this world."""
    rows = await pool.fetch(
        """
        SELECT DISTINCT listed.last_name FROM campaigns.listed_pupils l JOIN contract.people listed ON listed.id = l.id
        EXCEPT
        SELECT person.last_name FROM campaigns.registrations r JOIN contract.people person ON person.id = r.pupil_id
        WHERE r.status IN ('waiting', 'held', 'confirmed')
        """
    )
    return sorted(row["last_name"] for row in rows)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_who_has_nothing_is_told_rightly_after_every_step(pool, teacher, seed):
    chance = random.Random(seed)  # noqa: S311  # a plan, not a secret
    async with transaction(pool) as connection:
        weeks = [
            await a_week(connection, seats=2, slug="une-semaine"),
            await a_week(connection, seats=3, slug="autre-semaine"),
        ]
    await teacher.post(LIST, {"list": lines(PUPILS), "class_name": "2nde 4"})
    cancelled = set()
    for step in range(STEPS):
        now = NOW + timedelta(hours=step)
        match chance.choice(("enrol", "enrol", "enrol", "withdraw", "withdraw", "expire", "cancel")):
            case "enrol":
                week = chance.choice(weeks)
                fields = {
                    "list": lines(1, first=chance.randrange(PUPILS)),
                    # as teachers write it
                    "class_name": chance.choice(("2nde 4", "2NDE4", "seconde 4")),
                    "key": f"step-{step}",
                }
                await teacher.post(f"/planification/classes/{week.slug}", fields)
            case "withdraw":
                living = await pool.fetch(
                    """
                    SELECT id FROM campaigns.registrations
                    WHERE status IN ('waiting', 'held', 'confirmed') ORDER BY id
                    """
                )
                if living:
                    async with transaction(pool) as connection:
                        await withdraw_registration(connection, registration_id=chance.choice(living)["id"], now=now)
            case "expire":
                async with transaction(pool) as connection:
                    await expire_holds(connection, offer_id=chance.choice(weeks).offer_id, now=at(0, 0))
            case _ if len(cancelled) < 1 and step > STEPS // 2:
                week = chance.choice(weeks)
                cancelled.add(week.slug)
                async with transaction(pool) as connection:
                    await cancel_offer(connection, offer_id=week.offer_id, now=now)
        assert await with_nothing(pool, teacher) == await truly_with_nothing(pool), (seed, step)
