"""Links by mail, in real mailboxes: asked for again, renewed, and the teacher whom a pupil named."""

import asyncio
import re

import pytest

from tests.mail_sink import Accepted
from tests.stories.story import Story, begin

pytestmark = pytest.mark.anyio


async def mails_to(story: Story, address: str, number: int) -> list[Accepted]:
    """The mails of an address once there are so many: what the loop sends is not waited for by `settled`."""
    for _ in range(300):
        if len(found := story.system.sink.to(address)) >= number:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError([mail.subject for mail in story.system.sink.to(address)])


def path_in(mail: Accepted, beginning: str) -> str:
    found = re.search(rf"https?://[^/\s]+({beginning}/\S+)", mail.text)
    assert found is not None, mail.text
    return found[1]


async def test_a_link_is_lost_found_renewed_and_the_old_one_opens_nothing(running):
    story = await begin(running)
    await story.register(0)
    await story.settled()
    assert (await running.http.post("/lien", data={"email": story.address(0)})).status_code == 202
    assert (await running.http.post("/lien", data={"email": f"nobody.{story.address(0)}"})).status_code == 202
    _, found = await mails_to(story, story.address(0), 2)
    assert found.subject == "Votre lien personnel"
    link = path_in(found, "/inscriptions")
    assert (await running.http.get(link)).status_code == 200
    assert (await running.http.post(f"{link}/lien")).status_code == 200
    assert (await running.http.get(link)).status_code == 404
    *_, renewed = await mails_to(story, story.address(0), 3)
    link = path_in(renewed, "/inscriptions")
    assert (await running.http.get(link)).status_code == 200
    # what is told from now on leads to the new link
    await story.change_session(story.week.sessions[0], place="2 rue Neuve, 27500 Pont-Audemer")
    changed = (await mails_to(story, story.address(0), 4))[-1]
    assert path_in(changed, "/inscriptions").startswith(link)
    assert story.system.sink.to(f"nobody.{story.address(0)}") == []


async def test_a_teacher_is_asked_by_mail_and_says_yes(running):
    story = await begin(running)
    teacher = story.guardian(9)
    answer = await running.http.post(
        f"/api/v1/offers/{story.week.offer_id}/registrations",
        json={
            "pupil": {"first_name": "Camille", "last_name": "Dupré", "email": story.address(0)},
            "school": {"name": "Lycée Jacques Prévert"},
            "teacher_email": teacher,
        },
    )
    assert answer.status_code == 201
    (asked,) = await mails_to(story, teacher, 1)
    # whoever the address is, no pupil is named to them by mail
    assert "Dupré" not in asked.text
    link = path_in(asked, "/professeur")
    page = (await running.http.get(link)).text
    assert "Camille Dupré" in page
    (confirmation,) = re.findall(rf'action="({link}/[^"]+/confirmation)"', page)
    assert (await running.http.post(confirmation, follow_redirects=False)).status_code == 303
    assert "Semaine à Pont-Audemer" in (await running.http.get(link)).text
