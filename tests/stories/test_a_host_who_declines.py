"""A host who declines on the Friday before: the planner knows at once, the pupils when there is somewhere to go."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.campaigns.offers.publish_offer import publish_offer
from shared.database import transaction
from tests.stories.story import Story
from tests.world import MONDAY, a_member, a_week

pytestmark = pytest.mark.anyio


async def begin_next_week(running, mark: str) -> Story:
    """The week of the stories, its Monday in three days; published now."""
    days = (datetime.now(UTC).date() + timedelta(days=3) - MONDAY).days
    async with transaction(running.pool) as connection:
        week = await a_week(connection, seats=3, slug=f"semaine-{mark}", published=False)
        given = (week.offer_id, days)
        await connection.execute(
            """
            UPDATE campaigns.days SET date = date + $2::integer, instance_on = instance_on + $2::integer
            WHERE offer_id = $1
            """,
            *given,
        )
        await connection.execute(
            """
            UPDATE campaigns.sessions
            SET starts_at = starts_at + make_interval(days => $2), ends_at = ends_at + make_interval(days => $2)
            WHERE offer_id = $1
            """,
            *given,
        )
        await connection.execute(
            "UPDATE campaigns.offers SET closes_at = now() + interval '1 day' WHERE id = $1", week.offer_id
        )
        await publish_offer(connection, offer_id=week.offer_id, now=datetime.now(UTC))
    return Story(running, week, mark)


async def test_pupils_are_told_when_the_planner_has_found_another_company_and_not_before(running):
    mark = "".join(chr(97 + byte % 26) for byte in uuid4().bytes[-8:])
    story = await begin_next_week(running, mark)
    planner_mail, host_mail, new_mail = (
        f"{who}.{mark}@organisation.example" for who in ("planificatrice", "accueil", "atelier")
    )
    async with transaction(running.pool) as connection:
        await a_member(connection, story.week.organisation_id, email=planner_mail)
    for number in range(2):
        await story.register(number)
    session = story.week.sessions[0]
    asked = await running.http.post(
        f"/api/v1/offers/{story.week.offer_id}/host-requests",
        json={"session_id": str(session), "contact": {"name": "Nadia Le Goff", "email": host_mail}},
        headers=running.planner,
    )
    assert asked.status_code == 201, asked.text
    await story.settled()
    (request,) = running.sink.to(host_mail)
    link = link_in(request.text, "/accueil/")
    page = await running.http.get(link)
    assert "Confirmer l’accueil" in page.text
    await running.http.post(link, data={"answer": "confirmed"})
    await story.settled()
    running.sink.forget()

    # the Friday before
    answer = await running.http.post(link, data={"answer": "withdrawn", "word": "Le chantier est arrêté."})
    assert answer.status_code == 303
    await story.settled()
    (told,) = running.sink.to(planner_mail)
    assert "Le chantier est arrêté." in told.text
    assert [mail for number in range(2) for mail in story.to(number)] == [], "nobody is sent anywhere yet"
    listed = await running.http.get(f"/api/v1/offers/{story.week.offer_id}/host-requests", headers=running.planner)
    gap = listed.json()["items"][0]
    assert (gap["status"], gap["host"]) == ("withdrawn", "Chantiers de la Risle")
    assert gap["replace_by"] is not None

    replaced = await running.http.put(
        f"/api/v1/sessions/{session}/host",
        json={
            "company": "Ateliers du Pont",
            "place": "3 quai Neuf, 27500 Pont-Audemer",
            "contact": {"name": "Inès Roux", "email": new_mail},
        },
        headers=running.planner,
    )
    assert replaced.status_code == 200, replaced.text
    await story.settled()
    assert len(running.sink.to(new_mail)) == 1
    (taken_back,) = running.sink.to(host_mail)
    assert taken_back.method == "CANCEL", "its own no leaves its agenda; who said no itself needs no release"
    for number in range(2):
        (mail,) = story.to(number)
        assert "Chantiers de la Risle → Ateliers du Pont" in mail.text
        assert mail.method == "REQUEST"


def link_in(text: str, path: str) -> str:
    """The path of the first link of a mail that leads to `path`."""
    word = next(word for word in text.split() if path in word)
    return word[word.index(path) :].rstrip(".,)>")
