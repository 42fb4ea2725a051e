"""What every answer says to browsers and to what stands between: nobody keeps what was not said to be kept."""

import pytest

from shared.signed_links import Signer
from tests.world import a_pupil

pytestmark = pytest.mark.anyio


async def test_what_an_answer_does_not_say_of_keeping_is_that_nobody_keeps_it(visitor, pool, settings, small_week):
    request = a_pupil(1)
    body = {
        "pupil": {"first_name": request.first_name, "last_name": request.last_name, "email": request.email},
        "school": {"name": request.school_name},
    }
    registrations = f"/api/v1/offers/{small_week.offer_id}/registrations"
    assert (await visitor.post(registrations, json=body)).headers["cache-control"] == "no-store"
    registration_id = await pool.fetchval("SELECT id FROM campaigns.registrations")
    token = Signer(settings.secret_keys).token("registration", registration_id)
    # the state of one pupil, and refusals that are said in one language
    for path in (f"/api/v1/registrations/{token}", "/api/v1/registrations/x", "/inscriptions/x", "/en/consentement/x"):
        assert (await visitor.get(path)).headers["cache-control"] == "no-store", path


async def test_what_an_answer_says_of_keeping_stays_said(visitor, small_week):
    assert (await visitor.get(f"/offres/{small_week.slug}")).headers["cache-control"] == "no-cache"
    assert "public" in (await visitor.get("/etablissements?q=caen")).headers["cache-control"]
    assert (await visitor.get(f"/calendars/{small_week.slug}.ics")).headers["cache-control"] != "no-store"
