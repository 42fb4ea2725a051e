"""A pupil on a phone, at a desk, without scripts: finds by town, registers, proves the address, subscribes, leaves."""

import pytest

from tests.stories.calendars import days_of
from tests.stories.story import begin
from tests.stories.walk import FRENCH, SCREENS, walk_from_finding_to_withdrawing

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("screen", "script"), [("phone", True), ("desktop", True), ("phone", False)], ids=["phone", "desktop", "no script"]
)
async def test_from_a_town_to_a_seat_an_agenda_and_back(open_page, running, screen, script):
    story = await begin(running)
    page = await open_page(**SCREENS[screen], script=script)
    await walk_from_finding_to_withdrawing(page, story, FRENCH)
    # the mails alone say the same: what was in the agenda is out of it
    assert days_of(story.to(0)) == {}
    assert open_page.strangers == []
