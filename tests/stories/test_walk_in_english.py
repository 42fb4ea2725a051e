"""The walk of a pupil under /en: every page and every mail of it is in English, and no French one comes between."""

import re

import pytest

from tests.stories.story import begin
from tests.stories.walk import ENGLISH, SCREENS, walk_from_finding_to_withdrawing

pytestmark = pytest.mark.anyio


async def test_who_begins_in_english_is_led_and_written_to_in_english(open_page, running):
    story = await begin(running)
    page = await open_page(**SCREENS["phone"])
    seen: list[str] = []
    page.on("load", lambda page: seen.append(page.url.removeprefix(running.settings.base_url)))
    await walk_from_finding_to_withdrawing(page, story, ENGLISH)
    assert len(seen) > 8
    assert [path for path in seen if not path.startswith("/en")] == []
    assert len(story.to(0)) >= 4
    for mail in story.to(0):
        assert re.search(r"\b(vous|votre|vos|bonjour)\b", f"{mail.subject} {mail.text}", re.IGNORECASE) is None, (
            mail.text
        )
        assert 'lang="en"' in mail.html
