"""The demo campaign: it loads whole, breaks no rule, and a second time changes nothing."""

from pathlib import Path

import pytest

from services.campaigns.imports.import_file import import_file
from services.campaigns.imports.load_demo import load_demo
from services.campaigns.teaching.period import period_at
from services.campaigns.teaching.read import Scope, list_followed
from shared.signed_links import Signer
from tests.services.campaigns.imports.test_import_file import everything
from tests.world import NOW

pytestmark = pytest.mark.anyio

DEMO = Path("data/demo")


async def test_the_demo_is_fourteen_published_offers_without_a_warning(pool):
    report = await load_demo(pool, DEMO, now=NOW)
    assert report is not None
    assert (report.faults, report.warnings) == ((), ())
    assert len(report.offers) == 14
    assert all(offer.published for offer in report.offers)
    open_now = "SELECT count(*) FROM campaigns.offers WHERE status = 'published' AND opens_at < $1 AND closes_at > $1"
    assert await pool.fetchval(open_now, NOW) == 14
    assert await pool.fetchval("SELECT count(DISTINCT series_id) FROM campaigns.offers") == 1


async def test_the_demo_again_changes_nothing(pool):
    await load_demo(pool, DEMO, now=NOW)
    before = await everything(pool)
    assert await load_demo(pool, DEMO, now=NOW) is None
    report = await import_file(pool, DEMO / "campaign.yaml", now=NOW)
    assert (report.faults, report.warnings) == ((), ())
    assert all(offer.untouched for offer in report.offers)
    assert await everything(pool) == before


@pytest.mark.parametrize("form", ["csv", "xlsx", "yaml"])
async def test_each_form_of_the_week_is_the_offer_of_the_demo(pool, form):
    await load_demo(pool, DEMO, now=NOW)
    before = await everything(pool)
    report = await import_file(pool, DEMO / f"semaine-pont-audemer.{form}", now=NOW)
    assert (report.faults, report.warnings) == ((), ())
    assert await everything(pool) == before


async def test_a_form_of_the_week_can_be_imported_alone(pool):
    report = await import_file(pool, DEMO / "semaine-pont-audemer.xlsx", now=NOW)
    assert report.faults == ()
    assert report.offers[0].published
    assert report.added == 23


async def test_the_teacher_of_the_demo_has_a_class_of_which_some_have_nothing(pool):
    report = await load_demo(pool, DEMO, now=NOW, signer=Signer(("un-secret-pour-les-tests",)))
    assert report is not None
    assert not report.refused
    teacher = await pool.fetchrow("SELECT person_id, organisation_id FROM campaigns.members WHERE role = 'teacher'")
    scope = Scope(organisation_id=teacher["organisation_id"], teacher_id=teacher["person_id"])
    async with pool.acquire() as connection:
        pupils = await list_followed(connection, scope, period=period_at(NOW.date()), today=NOW.date())
    states = [pupil.state for pupil in pupils]
    assert {state: states.count(state) for state in states} == {"confirmed": 11, "consent": 1, "nothing": 5}
    head = await pool.fetchval(
        "SELECT count(*) FROM campaigns.members WHERE role = 'owner' AND organisation_id = $1",
        teacher["organisation_id"],
    )
    assert head == 1
