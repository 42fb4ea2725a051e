"""What pages of hosts and speakers read takes as many statements for one session as for forty."""

import pytest

from services.campaigns.offers.hosts.company.read import list_hostings, list_hostings_of_person
from services.campaigns.offers.hosts.read import list_hosted_sessions
from services.campaigns.offers.hosts.request_hosts import request_hosts
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.read import list_speakers
from services.campaigns.offers.speakers.speaker import parse_sheet
from shared.database import transaction
from tests.services.campaigns.offers.hosts.hosting import a_contact, do
from tests.world import NOW, a_week

pytestmark = pytest.mark.anyio


async def statements_of(pool, week, contact_id) -> list[int]:
    counts = []
    async with pool.acquire() as connection:
        for read in (
            lambda: list_hosted_sessions(connection, week.offer_id),
            lambda: list_hostings(connection, week.hosts[0], now=NOW),
            lambda: list_hostings_of_person(connection, contact_id, now=NOW),
            lambda: list_speakers(connection, week.organisation_id, now=NOW, limit=100),
        ):
            seen: list[str] = []

            def note(record, seen=seen):
                seen.append(record.query)

            with connection.query_logger(note):
                assert await read()
            counts.append(len(seen))
    return counts


async def test_the_number_of_statements_does_not_grow_with_the_rows(pool):
    async with transaction(pool) as connection:
        first = await a_week(connection, days=1)
    contact_id = await a_contact(pool, first.hosts[0])
    await do(pool, request_hosts, offer_id=first.offer_id)
    sheet = parse_sheet(name="Salomé Vasseur", trade="soudeuse", email="salome@metal.example")
    await do(pool, add_speaker, organisation_id=first.organisation_id, sheet=sheet)
    few = await statements_of(pool, first, contact_id)
    for number in range(4):
        async with transaction(pool) as connection:
            week = await a_week(connection, slug=f"semaine-{number}")
        await do(pool, request_hosts, offer_id=week.offer_id)
        sheet = parse_sheet(name=f"Autre {number}", trade="soudeuse", email=f"autre{number}@metal.example")
        await do(pool, add_speaker, organisation_id=first.organisation_id, sheet=sheet)
    assert await statements_of(pool, week, contact_id) == few
    assert max(few) <= 4
