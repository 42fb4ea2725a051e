"""The verbs of the builder: what they write, whom they tell, what they refuse."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from services.campaigns.offers.builder.add_day import DayExists, add_day
from services.campaigns.offers.builder.add_group import GroupExists, PupilsWithoutGroup, add_group
from services.campaigns.offers.builder.add_session import add_session
from services.campaigns.offers.builder.apply_template_week import NoEmptyDay, apply_template_week
from services.campaigns.offers.builder.copy_day import NothingToCopy, copy_day
from services.campaigns.offers.builder.edit_day import edit_day
from services.campaigns.offers.builder.edit_group import edit_group
from services.campaigns.offers.builder.read import read_built_session
from services.campaigns.offers.builder.refuse_clashes import TooManyPupils
from services.campaigns.offers.builder.remove_day import DayHasSessions, remove_day
from services.campaigns.offers.builder.remove_group import GroupInUse, remove_group
from services.campaigns.offers.builder.remove_session import OnlyCancelled, remove_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.session import GroupElsewhere, InvalidChange, SessionChange, SessionChangedMeanwhile
from shared.database import Pool, transaction
from shared.events import SessionAdded, SessionChanged, decode_event
from shared.signed_links import Signer
from tests.world import MONDAY, NOW, Week, a_pupil, a_week, at

pytestmark = pytest.mark.anyio


async def do(pool: Pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **given)


async def a_stored_week(pool: Pool, *, pupils: int = 0, **given) -> Week:
    async with transaction(pool) as connection:
        week = await a_week(connection, **given)
        if pupils:
            await register_pupils(
                connection,
                offer_id=week.offer_id,
                requests=[a_pupil(number) for number in range(pupils)],
                signer=Signer(("un-secret-pour-les-tests",)),
                now=NOW,
            )
        return week


async def facts(pool: Pool, kind: type) -> list:
    rows = await pool.fetch("SELECT body FROM contract.events ORDER BY id")
    return [event for row in rows if isinstance(event := decode_event(row["body"]), kind)]


def evening(day: int = 0, **given) -> SessionChange:
    return SessionChange(
        **{"title": "Bilan", "kind": "debrief", "starts_at": at(day, 16), "ends_at": at(day, 17), **given}
    )


async def test_a_session_added_to_a_draft_is_told_to_nobody_and_counts_in_its_time(pool):
    week = await a_stored_week(pool, published=False)
    await do(pool, add_session, offer_id=week.offer_id, session=evening(), now=NOW)
    assert await pool.fetchval("SELECT count(*) FROM contract.events") == 0
    assert await pool.fetchval("SELECT busy @> $1::timestamptz FROM campaigns.offers", at(0, 16, 30))


async def test_a_session_added_to_a_public_offer_is_told_to_its_group_with_one_revision(pool):
    week = await a_stored_week(pool, pupils=4, groups=("A", "B"))
    before = await pool.fetchval("SELECT revision FROM campaigns.offers")
    session = evening(group_id=week.groups[1], host_id=week.hosts[0])
    session_id = await do(pool, add_session, offer_id=week.offer_id, session=session, now=NOW)
    (event,) = await facts(pool, SessionAdded)
    assert event.session_id == session_id
    assert {one.group_id for one in event.audience} == {week.groups[1]}
    assert event.revision == before + 1 == await pool.fetchval("SELECT revision FROM campaigns.offers")
    # the host's own address is the place
    stored = await read_built_session(pool, session_id)
    assert (stored.place, stored.site) == ("1 rue du Quai, 27500 Pont-Audemer",) * 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"ends_at": at(0, 16)}, "ends_at"),
        ({"ends_at": at(1, 17)}, "ends_at"),
        ({"starts_at": at(9, 16), "ends_at": at(9, 17)}, "date"),
        ({"host_id": UUID(int=1)}, "host_id"),
        ({"group_id": UUID(int=1)}, "group_id"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"title": "a\x00b"}, "title"),
        ({"expected": "x" * 2001}, "expected"),
    ],
)
async def test_what_cannot_be_a_session_is_refused_by_its_field(pool, wrong, field):
    week = await a_stored_week(pool, published=False)
    with pytest.raises(InvalidChange) as refused:
        await do(pool, add_session, offer_id=week.offer_id, session=evening(**wrong), now=NOW)
    assert refused.value.field == field


async def test_a_group_is_refused_elsewhere_by_the_name_of_what_is_in_the_way(pool):
    week = await a_stored_week(pool, published=False, groups=("A", "B"))
    with pytest.raises(GroupElsewhere) as refused:
        await do(pool, add_session, offer_id=week.offer_id, session=evening(starts_at=at(0, 11)), now=NOW)
    assert "Le groupe A a déjà « Visite 1.1 » (9 h–12 h)" in refused.value.sentence
    # the other group is free in the morning
    morning = evening(starts_at=at(0, 9), ends_at=at(0, 12), group_id=week.groups[1])
    await do(pool, add_session, offer_id=week.offer_id, session=morning, now=NOW)


async def test_more_pupils_than_a_site_takes_are_refused_in_all_offers_together(pool):
    week = await a_stored_week(pool, published=False, seats=15)
    other = await a_stored_week(pool, published=False, seats=6, slug="autre")
    await pool.execute("UPDATE campaigns.sites SET pupils_at_most = 20")
    await pool.execute("DELETE FROM campaigns.sessions WHERE offer_id = $1", other.offer_id)
    there = SessionChange(title="Visite", starts_at=at(0, 10), ends_at=at(0, 11), host_id=week.hosts[0])
    with pytest.raises(TooManyPupils) as refused:
        await do(pool, add_session, offer_id=other.offer_id, session=there, now=NOW)
    assert "20 élèves au plus à cette adresse, et 21" in refused.value.sentence
    later = SessionChange(title="Visite", starts_at=at(0, 12), ends_at=at(0, 13), host_id=week.hosts[0])
    session_id = await do(pool, add_session, offer_id=other.offer_id, session=later, now=NOW)
    back = SessionChange(starts_at=at(0, 11), ends_at=at(0, 13))
    with pytest.raises(TooManyPupils):
        await do(pool, change_session, session_id=session_id, change=back, now=NOW)
    # groups come one by one: five of fifteen
    await pool.execute("UPDATE campaigns.offers SET seats = 5 WHERE id = $1", other.offer_id)
    await do(pool, change_session, session_id=session_id, change=SessionChange(starts_at=at(0, 11)), now=NOW)


async def test_a_day_is_copied_with_all_but_its_speakers(pool):
    week = await a_stored_week(pool, published=False)
    await pool.execute("UPDATE campaigns.sessions SET bring = 'casque', room = 'Atelier'")
    saturday = MONDAY + timedelta(days=5)
    assert await do(pool, copy_day, offer_id=week.offer_id, source=MONDAY, target=saturday, now=NOW) == 2
    rows = await pool.fetch(
        """
        SELECT s.title, s.bring, s.room, s.starts_at, d.sector FROM campaigns.sessions s
        JOIN campaigns.days d ON d.id = s.day_id WHERE d.date = $1 ORDER BY s.starts_at
        """,
        saturday,
    )
    assert [tuple(row) for row in rows] == [
        ("Visite 1.1", "casque", "Atelier", at(5, 9), "s10"),
        ("Visite 1.2", "casque", "Atelier", at(5, 13), "s10"),
    ]
    with pytest.raises(GroupElsewhere):
        await do(pool, copy_day, offer_id=week.offer_id, source=MONDAY, target=saturday, now=NOW)
    with pytest.raises(NothingToCopy):
        await do(pool, copy_day, offer_id=week.offer_id, source=MONDAY, target=MONDAY, now=NOW)


async def test_times_of_day_are_kept_over_the_change_of_the_clocks(pool):
    week = await a_stored_week(pool, published=False)
    november = date(2027, 11, 8)
    await do(pool, copy_day, offer_id=week.offer_id, source=MONDAY, target=november, now=NOW)
    starts = await pool.fetchval(
        "SELECT starts_at AT TIME ZONE 'Europe/Paris' FROM campaigns.sessions ORDER BY starts_at DESC OFFSET 1 LIMIT 1"
    )
    assert (starts.date(), starts.hour) == (november, 9)


async def test_the_template_fills_only_what_is_empty_and_knows_holidays(pool):
    week = await a_stored_week(pool, published=False, days=0)
    # Monday 17 May 2027 is Whit Monday
    assert await do(pool, apply_template_week, offer_id=week.offer_id, week_of=date(2027, 5, 19), now=NOW) == 4
    assert await pool.fetchval("SELECT count(*) FROM campaigns.sessions") == 20
    with pytest.raises(NoEmptyDay):
        await do(pool, apply_template_week, offer_id=week.offer_id, week_of=MONDAY, now=NOW)
    await do(pool, add_day, offer_id=week.offer_id, date=date(2027, 5, 24))
    assert await do(pool, apply_template_week, offer_id=week.offer_id, now=NOW) == 1


async def test_a_new_sector_is_told_and_a_phone_is_not(pool):
    week = await a_stored_week(pool, pupils=2)
    phone = "02 32 00 00 00"
    await do(pool, edit_day, offer_id=week.offer_id, date=MONDAY, emergency_phone=phone, phone_of_all=True, now=NOW)
    assert await facts(pool, SessionChanged) == []
    assert await pool.fetchval("SELECT count(*) FROM campaigns.days WHERE emergency_phone = $1", phone) == 5
    await do(pool, edit_day, offer_id=week.offer_id, date=MONDAY, sector="s21", now=NOW)
    events = await facts(pool, SessionChanged)
    assert [(one.changes[0].field, one.changes[0].after, len(one.audience)) for one in events] == [
        ("sector", "Énergie", 2)
    ] * 2
    with pytest.raises(InvalidChange):
        await do(pool, edit_day, offer_id=week.offer_id, date=MONDAY, emergency_phone="personne", now=NOW)
    with pytest.raises(InvalidChange):
        await do(pool, edit_day, offer_id=week.offer_id, date=MONDAY, sector="s99", now=NOW)


async def test_a_day_goes_with_its_sessions_from_a_draft_and_stays_where_people_have_it(pool):
    draft = await a_stored_week(pool, published=False, slug="brouillon")
    assert await do(pool, remove_day, offer_id=draft.offer_id, date=MONDAY, now=NOW) == 2
    public = await a_stored_week(pool)
    with pytest.raises(DayHasSessions):
        await do(pool, remove_day, offer_id=public.offer_id, date=MONDAY, now=NOW)
    with pytest.raises(DayExists):
        await do(pool, add_day, offer_id=public.offer_id, date=MONDAY)
    await do(pool, add_day, offer_id=public.offer_id, date=MONDAY + timedelta(days=7))
    await do(pool, remove_day, offer_id=public.offer_id, date=MONDAY + timedelta(days=7), now=NOW)


async def test_a_session_goes_from_a_draft_only_and_not_over_somebody_else_s_change(pool):
    draft = await a_stored_week(pool, published=False, slug="brouillon")
    change = SessionChange(title="Autre")
    await do(pool, change_session, session_id=draft.sessions[0], change=change, now=NOW)
    with pytest.raises(SessionChangedMeanwhile):
        await do(pool, remove_session, session_id=draft.sessions[0], if_match=1, now=NOW)
    await do(pool, remove_session, session_id=draft.sessions[0], if_match=2, now=NOW)
    assert not await pool.fetchval("SELECT EXISTS (SELECT FROM campaigns.sessions WHERE id = $1)", draft.sessions[0])
    public = await a_stored_week(pool)
    with pytest.raises(OnlyCancelled):
        await do(pool, remove_session, session_id=public.sessions[0], now=NOW)


async def test_a_group_goes_while_it_is_empty(pool):
    week = await a_stored_week(pool, groups=("A", "B"), pupils=2)
    third = await do(pool, add_group, offer_id=week.offer_id, name=" C ")
    with pytest.raises(GroupExists):
        await do(pool, add_group, offer_id=week.offer_id, name="C")
    with pytest.raises(InvalidChange):
        await do(pool, add_group, offer_id=week.offer_id, name=" ")
    await do(pool, remove_group, offer_id=week.offer_id, group_id=third)
    with pytest.raises(GroupInUse):
        await do(pool, remove_group, offer_id=week.offer_id, group_id=week.groups[0])


async def test_groups_are_not_formed_around_pupils_who_have_none(pool):
    alone = await a_stored_week(pool, pupils=1)
    with pytest.raises(PupilsWithoutGroup):
        await do(pool, add_group, offer_id=alone.offer_id, name="A")


async def test_a_group_s_new_name_is_told_to_its_pupils(pool):
    week = await a_stored_week(pool, groups=("A", "B"), pupils=4)
    await do(pool, edit_group, offer_id=week.offer_id, group_id=week.groups[0], name="Rouge", now=NOW)
    events = await facts(pool, SessionChanged)
    assert len(events) == 5
    assert {(one.changes[0].before, one.changes[0].after, len(one.audience)) for one in events} == {("A", "Rouge", 2)}


async def test_all_of_a_session_can_be_changed_and_what_its_host_reads_is_told_to_nobody_else(pool):
    week = await a_stored_week(pool, groups=("A", "B"), pupils=4)
    change = SessionChange(
        kind="workshop", room="Salle 2", contact="Nadège Corbel", meeting_point="au portail", access="bus 12",
        bring="casque", online_url="https://visio.example/1", group_id=week.groups[1], starts_at=at(0, 16),
        ends_at=at(0, 17),
    )  # fmt: skip
    await do(pool, change_session, session_id=week.sessions[0], change=change, now=NOW)
    (event,) = await facts(pool, SessionChanged)
    assert {one.field for one in event.changes} == {
        "starts_at", "ends_at", "kind", "room", "group", "contact", "meeting_point", "access", "bring", "online_url",
    }  # fmt: skip
    # who had it and who has it now
    assert {one.group_id for one in event.audience} == set(week.groups)
    revision = await pool.fetchval("SELECT revision FROM campaigns.offers")
    quiet = SessionChange(expected="Montrer le plan,\r\npuis le chantier.")
    await do(pool, change_session, session_id=week.sessions[0], change=quiet, now=NOW)
    assert await pool.fetchval("SELECT revision FROM campaigns.offers") == revision
    assert (await read_built_session(pool, week.sessions[0])).expected == "Montrer le plan,\npuis le chantier."
