"""The pages of the other kinds in a real browser: accessible (axe), nothing wider than a phone, without script."""

import pytest

from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.slot import SlotTime
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.browser import HOME, judge
from tests.services.campaigns.offers.kinds.test_rotation_page import a_form
from tests.services.campaigns.offers.kinds.test_series import NEW, mornings
from tests.world import NOW, a_pupil, a_week, at

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
async def test_each_page_is_accessible_and_no_wider_than_its_window(open_page, sign_in, pool, settings, width, scheme):
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        week = await a_week(connection)
        await connection.execute("UPDATE campaigns.campaigns SET lead_id = $1", week.organisation_id)
        await a_week(connection, seats=50, slug="accueil-region", days=0, published=False)
        (seat,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[a_pupil()], signer=signer, now=NOW
        )
    planner = await sign_in(week.organisation_id)
    async with transaction(pool) as connection:
        slots = await add_slots(
            connection,
            offer_id=week.offer_id,
            person_id=planner.member.person_id,
            times=[SlotTime(starts_at=at(2, hour), ends_at=at(2, hour + 1)) for hour in (14, 16, 17)],
            now=NOW,
        )
        await book_slot(connection, slot_id=slots[1], registration_id=seat.id, now=NOW)
    rotation = "/planification/accueil-region/rotation"
    await planner.post(rotation, a_form())
    await planner.post(f"{rotation}/echange", {"version": "1", "one": "0.0", "other": "0.1"})
    series = (await planner.post(NEW, {**mornings(week), "create": "oui"})).headers["location"]
    preview = await planner.post(NEW, mornings(week, title="Une autre", first_day="2027-06-21"))
    faulty = await planner.post(rotation, a_form(groups="99", last_day="x"))
    forms = {"/apercu": preview, "/fautes": faulty}
    token = signer.token("registration", seat.id, seat.token_version)
    page = await open_page(width=width, height=900, scheme=scheme, secret=planner.member.secret)
    open_page.others |= {HOME + path: form.text for path, form in forms.items()}
    for path in (rotation, "/fautes", NEW, "/apercu", series, f"/planification/{week.slug}/suivi", f"/suivi/{token}"):
        await page.goto(HOME + path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found = await judge(page)
        assert not found.response["violations"], (path, found.generate_report())
