"""Every page of signed-in people in a real Chromium: accessible, in its frame, asking nothing of anybody else."""

import pytest

from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge
from tests.services.campaigns.access.test_permissions import action_of, handlers, values_of
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages(pool, settings, small_week) -> list[str]:
    """The address of every page the planner of a week may open, with pupils, a queue, groups and a draft to show."""
    from services.campaigns.offers.register_pupils import register_pupils

    async with transaction(pool) as connection:
        draft = await a_week(connection, slug="brouillon", groups=("A", "B"), published=False)
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(number) for number in range(4)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    found = []
    for method, path, handler in handlers():
        # a calendar's file, or a list's, is kept by a browser, not shown
        if method != "GET" or action_of(handler) is None or path.startswith("/api/") or path.endswith((".ics", ".csv")):
            continue
        for week in (small_week, draft):
            address = path
            for name, value in values_of(path, week, str(week.sessions[0])).items():
                address = address.replace("{" + name + "}", value)
            found.append(address)
    return sorted(set(found))


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")], ids=["phone", "desktop"])
@pytest.mark.timeout(300)
async def test_every_page_of_a_planner_is_accessible_and_fits(open_page, sign_in, small_week, pages, width, scheme):
    owner = await sign_in(small_week.organisation_id, role="owner")
    page = await open_page(width=width, scheme=scheme, secret=owner.member.secret)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    seen, wrong = 0, []
    for address in pages:
        troubles.clear()
        answer = await page.goto(HOME + address, wait_until="load")
        assert answer is not None
        if answer.status in (404, 409, 410) or "html" not in answer.headers.get("content-type", ""):
            continue
        seen += 1
        if answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
            continue
        results = await judge(page)
        if results.violations_count:
            wrong.append(f"{address}: {results.generate_report()[:1500]}")
        if await page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{address}: wider than the screen")
        if troubles:
            wrong.append(f"{address}: {troubles}")
    assert wrong == [], "\n".join(wrong)
    assert seen > 20
    assert open_page.strangers == []
