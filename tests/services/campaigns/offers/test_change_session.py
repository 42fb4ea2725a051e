"""Changing and cancelling sessions: what moves, who is told, what is refused."""

from datetime import timedelta

import pytest
from msgspec import UNSET

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.read import read_programme
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import (
    GroupElsewhere,
    InvalidChange,
    PupilsElsewhere,
    SessionAlreadyCancelled,
    SessionChange,
    SessionChangedMeanwhile,
    SpeakerElsewhere,
    UnknownSession,
)
from shared.database import Pool, transaction
from shared.events import SessionChanged, decode_event
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import MONDAY, NOW, a_pupil, a_week, at

pytestmark = pytest.mark.anyio


async def do(pool: Pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": NOW, **given})


async def last_event(pool: Pool):
    return decode_event(await pool.fetchval("SELECT body FROM contract.events ORDER BY id DESC LIMIT 1"))


async def world(pool: Pool, **given):
    async with transaction(pool) as connection:
        week = await a_week(connection, **given)
        outcomes = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(4)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
    return week, outcomes


async def test_a_new_host_brings_its_place_and_everybody_with_a_seat_is_told(pool):
    week, outcomes = await world(pool, seats=3)
    await do(pool, change_session, session_id=week.sessions[2], change=SessionChange(host_id=week.hosts[1]))
    event = await last_event(pool)
    assert isinstance(event, SessionChanged)
    assert [(change.field, change.after) for change in event.changes] == [
        ("host", "Énergies du Marais"),
        ("place", "2 rue du Quai, 27500 Pont-Audemer"),
    ]
    assert [concerned.registration_id for concerned in event.audience] == [outcome.id for outcome in outcomes[:3]]
    row = await pool.fetchrow("SELECT sequence, place FROM campaigns.sessions WHERE id = $1", week.sessions[2])
    assert (row["sequence"], row["place"]) == (1, "2 rue du Quai, 27500 Pont-Audemer")


async def test_a_new_host_does_not_keep_the_contact_and_meeting_point_of_the_one_before(pool):
    week, _ = await world(pool, seats=3)
    await pool.execute(
        """
        UPDATE campaigns.sessions SET contact = 'Mme Hardel, 02 00 00 00 00', meeting_point = 'au portail',
            access = 'bus 12', room = 'Salle 3', bring = 'casque'
        WHERE id = $1
        """,
        week.sessions[2],
    )
    await do(pool, change_session, session_id=week.sessions[2], change=SessionChange(host_id=week.hosts[1]))
    event = await last_event(pool)
    assert {change.field: change.after for change in event.changes} == {
        "host": "Énergies du Marais",
        "place": "2 rue du Quai, 27500 Pont-Audemer",
        "room": "",
        "contact": "",
        "meeting_point": "",
        "access": "",
    }
    programme = await read_programme(pool, week.offer_id)
    session = programme.days[1].sessions[0]
    assert (session.contact, session.meeting_point, session.access, session.room) == ("", "", "", "")
    assert session.bring == "casque"


async def test_a_session_that_loses_its_host_keeps_its_place_and_meeting_point(pool):
    week, _ = await world(pool, seats=3)
    await pool.execute(
        "UPDATE campaigns.sessions SET contact = 'Mme Hardel', meeting_point = 'au portail', room = 'Salle 3'"
        " WHERE id = $1",
        week.sessions[2],
    )
    await do(pool, change_session, session_id=week.sessions[2], change=SessionChange(host_id=None))
    event = await last_event(pool)
    assert [(change.field, change.after) for change in event.changes] == [("host", ""), ("contact", "")]


async def test_only_the_group_of_a_session_is_told(pool):
    week, outcomes = await world(pool, groups=("A", "B"))
    await do(pool, change_session, session_id=week.sessions[1], change=SessionChange(title="Atelier"))
    event = await last_event(pool)
    assert [concerned.registration_id for concerned in event.audience] == [outcomes[1].id, outcomes[3].id]
    assert await pool.fetchval("SELECT sequence FROM campaigns.sessions WHERE id = $1", week.sessions[1]) == 0


async def test_a_change_that_changes_nothing_writes_nothing(pool):
    week, _ = await world(pool)
    before = await pool.fetchrow("SELECT revision, programme_version FROM campaigns.offers")
    change = SessionChange(starts_at=at(0, 9), title="Visite 1.1")
    await do(pool, change_session, session_id=week.sessions[0], change=change)
    assert await pool.fetchrow("SELECT revision, programme_version FROM campaigns.offers") == before


async def test_a_stale_version_is_refused(pool):
    week, _ = await world(pool)
    change = SessionChange(place="Mairie, 27500 Pont-Audemer")
    await do(pool, change_session, session_id=week.sessions[0], change=change, if_match=1)
    with pytest.raises(SessionChangedMeanwhile):
        await do(pool, change_session, session_id=week.sessions[0], change=SessionChange(title="X"), if_match=1)


async def test_a_day_that_moves_whole_keeps_its_instance_of_the_series(pool):
    week, _ = await world(pool)
    saturday = MONDAY + timedelta(days=5)
    change = SessionChange(starts_at=at(5, 9), ends_at=at(5, 12))
    await do(pool, change_session, session_id=week.sessions[2], change=change)
    days = {row["date"]: row["instance_on"] for row in await pool.fetch("SELECT date, instance_on FROM campaigns.days")}
    assert days[saturday] == saturday  # the afternoon stayed on Tuesday: a new day
    await do(pool, cancel_session, session_id=week.sessions[5])
    sunday = MONDAY + timedelta(days=6)
    change = SessionChange(starts_at=at(6, 9), ends_at=at(6, 12))
    await do(pool, change_session, session_id=week.sessions[4], change=change)
    days = {row["date"]: row["instance_on"] for row in await pool.fetch("SELECT date, instance_on FROM campaigns.days")}
    assert days[sunday] == MONDAY + timedelta(days=2)


async def test_a_day_before_the_series_stands_for_an_instance_after_its_end(pool):
    week, _ = await world(pool)
    change = SessionChange(starts_at=at(-3, 9), ends_at=at(-3, 12))
    await do(pool, change_session, session_id=week.sessions[0], change=change)
    instance = await pool.fetchval("SELECT instance_on FROM campaigns.days WHERE date = $1", MONDAY - timedelta(days=3))
    assert instance == MONDAY + timedelta(days=5)
    programme = await pool.fetchrow("SELECT series_starts_at FROM campaigns.offers")
    assert programme["series_starts_at"] == at(0, 9)


@pytest.mark.parametrize(
    "change",
    [
        SessionChange(ends_at=at(0, 8)),
        SessionChange(starts_at=at(0, 9).replace(year=1900)),
        SessionChange(starts_at=at(0, 9).replace(tzinfo=None)),
        SessionChange(title="  "),
        SessionChange(title="x" * 301),
        SessionChange(place="a\r\nb"),
        SessionChange(host_id=new_id()),
        SessionChange(ends_at=at(1, 9)),
    ],
)
async def test_an_impossible_change_is_refused_and_writes_nothing(pool, change):
    week, _ = await world(pool)
    before = await pool.fetch("SELECT * FROM campaigns.sessions ORDER BY id")
    with pytest.raises(InvalidChange):
        await do(pool, change_session, session_id=week.sessions[0], change=change)
    assert await pool.fetch("SELECT * FROM campaigns.sessions ORDER BY id") == before


async def test_a_speaker_cannot_be_in_two_places(pool):
    week, _ = await world(pool)
    speaker = new_id()
    await pool.execute("INSERT INTO campaigns.speakers (id, name) VALUES ($1, 'Ariane Lenoir')", speaker)
    for number in (0, 1):
        await pool.execute(
            """
            INSERT INTO campaigns.session_speakers (session_id, speaker_id, during)
            SELECT id, $2, during FROM campaigns.sessions WHERE id = $1
            """,
            week.sessions[number],
            speaker,
        )
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="ailleurs", days=1)
        await connection.execute(
            """
            INSERT INTO campaigns.session_speakers (session_id, speaker_id, during)
            VALUES ($1, $2, tstzrange('2027-06-20 09:00Z', '2027-06-20 10:00Z'))
            """,
            other.sessions[1],
            speaker,
        )
    with pytest.raises(SpeakerElsewhere):
        await do(pool, change_session, session_id=other.sessions[1], change=SessionChange(starts_at=at(0, 12)))


async def test_a_group_cannot_be_in_two_places_and_a_session_of_all_is_in_every_group_s_way(pool):
    week, _ = await world(pool, groups=("A", "B"))
    change = SessionChange(starts_at=at(0, 9), ends_at=at(0, 12))
    await do(pool, change_session, session_id=week.sessions[1], change=change)  # A and B at the same time
    await pool.execute("UPDATE campaigns.sessions SET group_id = NULL WHERE id = $1", week.sessions[3])
    with pytest.raises(GroupElsewhere):
        await do(pool, change_session, session_id=week.sessions[2], change=SessionChange(ends_at=at(1, 14)))


async def test_pupils_are_not_put_in_two_places(pool):
    await world(pool)
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="matinee", days=1)
        await connection.execute(
            """
            UPDATE campaigns.sessions
            SET starts_at = starts_at - interval '7 days', ends_at = ends_at - interval '7 days' WHERE offer_id = $1
            """,
            other.offer_id,
        )
        await connection.execute(
            "UPDATE campaigns.offers SET busy = (SELECT range_agg(during) FROM campaigns.sessions WHERE offer_id = $1)"
            " WHERE id = $1",
            other.offer_id,
        )
        await register_pupils(
            connection,
            offer_id=other.offer_id,
            requests=[a_pupil(0)],
            signer=Signer(("un-secret-pour-les-tests",)),
            now=NOW,
        )
    change = SessionChange(starts_at=at(0, 9), ends_at=at(0, 12))
    with pytest.raises(PupilsElsewhere):
        await do(pool, change_session, session_id=other.sessions[0], change=change)


async def test_a_cancelled_session_stays_in_the_programme_and_is_told_once(pool):
    week, _ = await world(pool)
    await do(pool, cancel_session, session_id=week.sessions[4])
    await do(pool, cancel_session, session_id=week.sessions[4])
    assert await pool.fetchval("SELECT count(*) FROM contract.events WHERE tag = 'session.cancelled'") == 1
    async with transaction(pool) as connection:
        programme = await read_programme(connection, week.offer_id)
    assert [session.status for session in programme.days[2].sessions] == ["cancelled", "planned"]
    with pytest.raises(SessionAlreadyCancelled):
        await do(pool, change_session, session_id=week.sessions[4], change=SessionChange(title="X"))


async def test_an_unknown_session_is_refused(pool):
    for verb, given in ((cancel_session, {}), (change_session, {"change": SessionChange(title=UNSET)})):
        with pytest.raises(UnknownSession):
            await do(pool, verb, session_id=new_id(), **given)
