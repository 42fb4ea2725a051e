"""Calendars at secret addresses: a calendar program that reads them, and the people they are of."""

from collections.abc import AsyncIterator

import pytest
from litestar.testing import AsyncTestClient
from msgspec.structs import replace

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.speaker import parse_sheet
from shared.database import transaction
from shared.signed_links import Signer
from tests.application import visiting
from tests.folding_client import FoldingCalendar
from tests.shared.calendar.conftest import read_by_ical_js  # noqa: F401  # the fixture, for calendars over HTTP
from tests.world import NOW, a_pupil


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


@pytest.fixture
async def subscriber(settings) -> AsyncIterator[AsyncTestClient]:
    """A calendar program, to an application that remembers public feeds for a minute: of secret ones it may not."""
    async with visiting(replace(settings, feed_memory_seconds=60), raise_server_exceptions=False) as it:
        it.headers["Accept-Encoding"] = "identity"
        yield it


@pytest.fixture
def register(pool, signer):
    """Register pupils: their registrations, in the order of the requests."""

    async def do(offer_id, *requests, enrolment=None):
        async with transaction(pool) as connection:
            outcomes = await register_pupils(
                connection, offer_id=offer_id, requests=requests, signer=signer, now=NOW, enrolment=enrolment
            )
        return [
            await pool.fetchrow("SELECT * FROM campaigns.registrations WHERE id = $1", outcome.id)
            for outcome in outcomes
        ]

    return do


def a_child(number: int, first_name: str, email: str | None = None):
    """A child of one family, who has an address of its own or not."""
    return a_pupil(
        number,
        first_name=first_name,
        email=email,
        guardian_name="Dominique Dupré",
        guardian_email="Dominique@famille.example",
    )


@pytest.fixture
async def family(register, small_week):
    """Two children with one guardian, and another pupil, who waits: (registration of Camille, of Léo)."""
    camille, leo, _other = await register(
        small_week.offer_id, a_child(1, "Camille", "camille@eleve.example"), a_child(2, "Léo"), a_pupil(3)
    )
    return camille, leo


@pytest.fixture
async def promised_request(pool, small_week):
    """A request to speak that was confirmed, and whom it was written to."""
    sheet = parse_sheet(name="Salomé Vasseur", trade="soudeuse", email="salome@metal.example", sector="s10")
    async with transaction(pool) as connection:
        speaker_id = await add_speaker(connection, organisation_id=small_week.organisation_id, sheet=sheet, now=NOW)
        request_id = await invite_speaker(connection, session_id=small_week.sessions[0], speaker_id=speaker_id, now=NOW)
        await answer_invitation(connection, request_id=request_id, answer="confirmed", now=NOW)
    person_id = await pool.fetchval("SELECT person_id FROM campaigns.speakers WHERE id = $1", speaker_id)
    return request_id, person_id


def entries(answer):
    """What a calendar program shows of an answer."""
    assert answer.status_code == 200, answer.text
    calendar = FoldingCalendar()
    calendar.apply(answer.content)
    return calendar.entries()


def unfolded(answer) -> str:
    """The calendar with its long lines whole."""
    return answer.text.replace("\r\n ", "")
