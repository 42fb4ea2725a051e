"""Online sessions: their link is seen by who is registered, and by nobody else, wherever they look."""

import pytest

from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.world import NOW, Week, a_pupil, a_week

pytestmark = pytest.mark.anyio

LINK = "visio.orientation.example"


@pytest.fixture
async def webinar(pool) -> Week:
    """A published offer of one seat whose sessions are online."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=1, slug="webinaire", days=1, published=False)
        await connection.execute("UPDATE campaigns.sessions SET online_url = $1", f"https://{LINK}/juin-2027")
        await publish_offer(connection, offer_id=week.offer_id, now=NOW)
    return week


@pytest.fixture
async def tokens(pool, webinar, settings) -> dict[str, str]:
    """Who is in, who waits."""
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        outcomes = await register_pupils(
            connection,
            offer_id=webinar.offer_id,
            requests=[a_pupil(number) for number in range(2)],
            signer=signer,
            now=NOW,
        )
        pupil_id = await connection.fetchval(
            "SELECT pupil_id FROM campaigns.registrations WHERE id = $1", outcomes[0].id
        )
        waiting_id = await connection.fetchval(
            "SELECT pupil_id FROM campaigns.registrations WHERE id = $1", outcomes[1].id
        )
    seated, waiting = [signer.token("registration", outcome.id, outcome.token_version) for outcome in outcomes]
    return {
        "seated": seated,
        "waiting": waiting,
        "feed": signer.token("feed", pupil_id),
        "waiting_feed": signer.token("feed", waiting_id),
    }


async def test_no_public_page_feed_or_json_shows_the_link(visitor, webinar, tokens, pool):
    async with pool.acquire() as connection:
        feeds = await connection.fetch("SELECT slug, scope FROM campaigns.feeds ORDER BY slug")
    assert {row["scope"] for row in feeds} == {
        "offer",
        "campaign",
        "organisation",
        "sector",
        "departement",
        "everything",
    }
    paths = [
        "/",
        f"/offres/{webinar.slug}",
        f"/offres/{webinar.slug}/inscription",
        "/api/v1/offers",
        f"/api/v1/offers/{webinar.offer_id}",
        f"/api/v1/registrations/{tokens['seated']}",
        f"/inscriptions/{tokens['waiting']}",
        f"/calendars/personal/{tokens['waiting_feed']}.ics",
        *(f"/calendars/{row['slug']}.ics" for row in feeds),
    ]
    for path in paths:
        answer = await visitor.get(path)
        assert answer.status_code == 200, path
        assert LINK not in answer.text.replace("\r\n ", ""), path


async def test_who_is_registered_sees_the_link_on_the_page_and_in_the_calendar(visitor, tokens):
    for path in (
        f"/inscriptions/{tokens['seated']}",
        f"/inscriptions/{tokens['seated']}/invitation.ics",
        f"/calendars/personal/{tokens['feed']}.ics",
    ):
        answer = await visitor.get(path)
        assert answer.status_code == 200, path
        assert LINK in answer.text.replace("\r\n ", ""), path


async def test_who_waits_gets_no_invitation_with_the_link(visitor, tokens):
    assert (await visitor.get(f"/inscriptions/{tokens['waiting']}/invitation.ics")).status_code == 409


async def test_the_builder_lets_a_planner_set_the_link(sign_in, webinar):
    planner = await sign_in(webinar.organisation_id)
    page = await planner.get(f"/planification/{webinar.slug}/semaine/seances/{webinar.sessions[0]}")
    assert 'name="online_url"' in page.text
