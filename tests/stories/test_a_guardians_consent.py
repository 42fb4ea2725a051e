"""A pupil under 15 registers; the guardian reads the mail, consents on the page, and the seat is confirmed."""

import asyncio
import re

import httpx
import pytest

from shared.database import transaction
from tests.mail_sink import Accepted
from tests.stories.calendars import days_of
from tests.stories.story import Story, begin, unfolded

pytestmark = pytest.mark.anyio


async def register_child(story: Story, number: int, *, email: bool = True) -> dict:
    response = await story.system.http.post(
        f"/api/v1/offers/{story.week.offer_id}/registrations",
        json={
            "pupil": {
                "first_name": "Camille",
                "last_name": f"Jeune {'abcdefghij'[number]}",
                "email": story.address(number) if email else None,
            },
            "guardian": {"name": "Dominique Jeune", "email": story.guardian(number)},
            "school": {"name": "Lycée Jacques Prévert", "uai": None},
            "class_name": "2nde 4",
            "under_15": True,
        },
        headers={"Idempotency-Key": f"child-{number}"},
    )
    assert response.status_code == 201, response.text
    return dict(response.json())


def consent_page(mail: Accepted) -> str:
    found = re.search(r"/consentement/[^/\s]+", mail.text)
    assert found is not None, mail.text
    return found[0]


async def consent(http: httpx.AsyncClient, path: str) -> httpx.Response:
    """Open the page, press its first button."""
    page = await http.get(path)
    assert page.status_code == 200
    version = re.search(r'name="text_version" value="(\d+)"', page.text)
    assert version is not None
    return await http.post(path, data={"text_version": version[1]})


async def test_mail_to_the_guardian_consent_seat_and_calendar(running):
    story = await begin(running, seats=1)
    child = await register_child(story, 0)
    assert (child["status"], child["held_for"]) == ("held", "consent")
    waiting = await story.register(1)
    assert waiting["status"] == "waiting"
    await story.settled()

    (to_pupil,), (to_guardian,) = story.to(0), story.to_guardian(0)
    invitation = unfolded(to_pupil.invitation)
    assert "STATUS:TENTATIVE" in invitation
    assert "PARTSTAT=NEEDS-ACTION" in invitation
    assert len(days_of(story.to(0))) == 5
    # the secret goes to the guardian alone, and the pupil's is not told to them
    assert "/consentement/" not in to_pupil.text
    assert child["token"] not in to_guardian.text
    assert to_guardian.invitation is None or "METHOD:REQUEST" not in unfolded(to_guardian.invitation)

    answer = await consent(running.http, consent_page(to_guardian))
    assert answer.status_code == 303
    await story.settled()
    *_, confirmed = story.to(0)
    invitation = unfolded(confirmed.invitation)
    assert "STATUS:CONFIRMED" in invitation
    assert "PARTSTAT=ACCEPTED" in invitation
    assert "Votre responsable légal a donné son accord." in confirmed.text
    assert len(days_of(story.to(0))) == 5
    *_, told = story.to_guardian(0)
    assert consent_page(told) == consent_page(to_guardian)
    state = (await running.http.get(f"/api/v1/registrations/{child['token']}")).json()
    assert (state["status"], state["held_for"], state["deadline"]) == ("confirmed", None, None)

    # later the consent is taken back: the entry goes, and the next is asked
    await running.http.post(f"{consent_page(told)}/retrait")
    await story.settled()
    assert days_of(story.to(0)) == {}
    assert "a retiré son accord" in story.to(0)[-1].text
    assert "vous avez retiré votre accord" in story.to_guardian(0)[-1].text
    assert "STATUS:TENTATIVE" in unfolded(story.to(1)[-1].invitation)


async def test_without_consent_in_time_the_next_has_the_seat(running):
    story = await begin(running, seats=1)
    child = await register_child(story, 0)
    await story.register(1)
    await story.settled()
    async with transaction(running.pool) as connection:
        await connection.execute(
            "UPDATE campaigns.registrations SET deadline = now() - interval '1 second' WHERE id = $1", child["id"]
        )
    for _tick in range(400):
        state = (await running.http.get(f"/api/v1/registrations/{child['token']}")).json()
        if state["status"] == "expired":
            break
        await asyncio.sleep(0.2)
    await story.settled()
    assert days_of(story.to(0)) == {}
    assert "n’est pas arrivé à temps" in story.to(0)[-1].text
    assert "n’est pas arrivé à temps" in story.to_guardian(0)[-1].text
    late = await running.http.post(consent_page(story.to_guardian(0)[0]), data={"text_version": "1"})
    assert late.status_code == 409
    assert "Le délai est passé" in late.text
    assert len(days_of(story.to(1))) == 5


async def test_the_guardian_of_a_pupil_without_an_address_has_it_all(running):
    story = await begin(running, seats=1)
    await register_child(story, 0, email=False)
    await story.settled()
    (asked,) = story.to_guardian(0)
    assert "STATUS:TENTATIVE" in unfolded(asked.invitation)
    await consent(running.http, consent_page(asked))
    await story.settled()
    assert "STATUS:CONFIRMED" in unfolded(story.to_guardian(0)[-1].invitation)
    assert len(days_of(story.to_guardian(0))) == 5
