"""Who registers on an English page is led on in English, and written to in English; others are not."""

import pytest

from tests.stories.story import begin

pytestmark = pytest.mark.anyio


def fields(story, number: int, **given: str) -> dict[str, str]:
    return {
        "first_name": "Camille",
        "last_name": "Dupré",
        "email": story.address(number),
        "school": "Lycée Jacques Prévert",
        "under_15": "non",
        "key": f"pupil-{number}",
        **given,
    }


async def test_a_pupil_registers_in_english_and_is_written_to_in_english(running):
    story = await begin(running, seats=1)
    path = f"/offres/{story.week.slug}/inscription"
    page = await running.http.get(f"/en{path}")
    assert 'lang="en"' in page.text
    assert f'action="/en{path}"' in page.text
    answer = await running.http.post(f"/en{path}", data=fields(story, 0), follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/en/inscriptions/")
    assert 'lang="en"' in (await running.http.get(answer.headers["location"])).text
    await running.http.post(path, data=fields(story, 1, last_name="Lenoir"), follow_redirects=False)
    await story.settled()
    (english,), (french,) = story.to(0), story.to(1)
    assert "Your seat is confirmed" in english.text
    assert "/en/inscriptions/" in english.text
    assert "liste d’attente" in french.text
    assert "/en/" not in french.text


async def test_a_refusal_is_said_in_the_language_its_asker_accepts(running):
    story = await begin(running)
    address = f"/api/v1/offers/{story.week.offer_id}/registrations"
    said = {}
    for accepted in ("", "fr;q=0.4, en;q=0.9", "de"):
        answer = await running.http.post(
            address, json={"pupil": 3}, headers={"Accept-Language": accepted} if accepted else {}
        )
        assert answer.status_code == 400
        said[accepted] = answer.json()["detail"]
    assert said[""].startswith("Cette demande est mal formée.")
    assert said["de"] == said[""]
    assert said["fr;q=0.4, en;q=0.9"].startswith("This request is malformed.")


async def test_the_same_fault_is_said_in_the_language_of_the_page(running):
    story = await begin(running)
    path = f"/offres/{story.week.slug}/inscription"
    await running.http.post(path, data=fields(story, 0, key="first"))
    closed = await running.http.post(f"/en{path}", data=fields(story, 0, first_name="", key="second"))
    assert closed.status_code == 422
    assert "The first name is missing." in closed.text
    assert (
        "Le prénom manque." in (await running.http.post(path, data=fields(story, 0, first_name="", key="third"))).text
    )


async def test_the_way_to_the_other_language_keeps_the_page_and_what_was_searched(running):
    await begin(running)
    french = await running.http.get("/?q=pont")
    assert 'hreflang="en" href="/en/?q=pont"' in french.text
    english = await running.http.get("/en/?q=pont")
    assert 'hreflang="fr" href="/?q=pont"' in english.text
