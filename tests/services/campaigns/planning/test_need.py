"""What needs a planner today: counted in the database, the most urgent first, nothing of others or of the past."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.planning.need import Need, in_order
from services.campaigns.planning.read import list_needs
from shared.database import transaction
from shared.identifiers import new_id
from tests.world import NOW, a_member, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

ID = new_id()


def need(kind: str, by: datetime | None = None, count: int = 1) -> Need:
    return Need(kind=kind, subject_id=ID, slug="semaine", title="Semaine", count=count, by=by)  # type: ignore[arg-type]


def test_what_cannot_wait_comes_first_then_the_nearest_date():
    late, soon = datetime(2027, 6, 2, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
    ordered = in_order([need("draft"), need("seat_held", late), need("host_declined", late), need("seat_held", soon)])
    assert [(one.kind, one.by) for one in ordered] == [
        ("host_declined", late),
        ("seat_held", soon),
        ("seat_held", late),
        ("draft", None),
    ]


def test_a_need_is_a_sentence_with_a_date_and_leads_to_its_place():
    one = need("host_declined", datetime(2027, 6, 8, 10, tzinfo=UTC), count=2)
    assert one.say() == "2 accueils à remplacer, avant le mardi 8 juin à 12 h"
    assert one.href == "/planification/semaine/accueils"
    assert need("agreement_asked").say() == "Votre accord est attendu"


async def ask_host(connection, session_id, host_id, person_id, status: str, asked_at: datetime = NOW) -> None:
    await connection.execute(
        """
        INSERT INTO campaigns.host_requests
            (id, session_id, organisation_id, person_id, status, asked_at, answer_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        new_id(),
        session_id,
        host_id,
        person_id,
        status,
        asked_at,
        asked_at + timedelta(days=7),
    )


async def kinds(connection, organisation_id, *, now: datetime = NOW) -> list[tuple[str, int]]:
    return [(one.kind, one.count) for one in await list_needs(connection, organisation_id=organisation_id, now=now)]


async def test_hosts_who_declined_propose_or_have_not_answered_are_counted_by_their_newest_request(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection)
        person = (await a_member(connection, week.hosts[0], role="host", email="hote@entreprise.example")).person_id
        for session, status in zip(week.sessions[::2], ("declined", "declined", "proposed", "awaited"), strict=False):
            await ask_host(connection, session, week.hosts[0], person, status)
        # asked again since: the newest request counts
        await ask_host(connection, week.sessions[2], week.hosts[0], person, "awaited", NOW + timedelta(days=1))
        assert await kinds(connection, week.organisation_id) == [
            ("host_declined", 1),
            ("host_proposed", 1),
            ("host_awaited", 2),
        ]
        assert await kinds(connection, week.hosts[0]) == []
        assert await kinds(connection, week.organisation_id, now=at(6, 0)) == []


async def test_an_agreement_is_asked_of_one_and_awaited_by_the_other(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, published=False)
        partner = await an_organisation(connection, slug="agence", kind="agency", name="Agence d’orientation")
        await connection.execute(
            "UPDATE campaigns.campaigns SET lead_id = $2 WHERE id = $1", week.campaign_id, week.organisation_id
        )
        await connection.execute(
            "INSERT INTO campaigns.agreements (campaign_id, organisation_id) VALUES ($1, $2)", week.campaign_id, partner
        )
        assert await kinds(connection, week.organisation_id) == [("agreement_awaited", 1), ("draft", 1)]
        assert await kinds(connection, partner) == [("agreement_asked", 1)]
        await connection.execute("UPDATE campaigns.agreements SET declined_at = $1", NOW)
        assert await kinds(connection, week.organisation_id) == [("agreement_declined", 1), ("draft", 1)]
        assert await kinds(connection, partner) == []


async def test_free_seats_matter_when_the_week_is_near(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=3)
        assert await kinds(connection, week.organisation_id) == []
        assert await kinds(connection, week.organisation_id, now=at(-5, 0)) == [("seats_free", 3)]
