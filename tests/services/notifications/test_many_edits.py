"""Ten edits are one mail, an edit that is undone is none: planners' own acts, and the mails they come to."""

import pytest

from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.queue.change_group import change_group
from services.campaigns.offers.session import SessionChange
from shared.signed_links import Signer
from tests.services.notifications.office import Office
from tests.services.notifications.sink import calendars_of
from tests.world import a_pupil, a_week, at

pytestmark = pytest.mark.anyio


@pytest.fixture
async def office(pool, post):
    return Office(pool, post)


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


def sequence_of(mail):
    calendar = calendars_of(mail)[0].get_payload(decode=True).decode()
    return int(calendar.split("SEQUENCE:", 1)[1].split("\r\n", 1)[0])


async def registered(office, week, *numbers):
    outcomes = await office.do(
        register_pupils,
        offer_id=week.offer_id,
        requests=[a_pupil(number) for number in numbers],
        signer=Signer(office.post.settings.secret_keys),
    )
    await office.post_it()
    return outcomes


async def test_ten_edits_are_one_mail_that_says_what_was_and_what_is(pool, office, sink):
    week = await a_week(pool)
    await registered(office, week, 1)
    told = len(sink.mails)
    for minutes in (5, 10, 15, 20, 25, 30):
        await office.do(change_session, session_id=week.sessions[2], change=SessionChange(starts_at=at(1, 9, minutes)))
    for title in ("Une visite", "Une longue visite"):
        await office.do(change_session, session_id=week.sessions[3], change=SessionChange(title=title))
    await office.do(change_session, session_id=week.sessions[4], change=SessionChange(room="Salle 1"))
    await office.do(change_session, session_id=week.sessions[4], change=SessionChange(room=""))
    await office.post_it()
    mails = sink.messages()[told:]
    assert len(mails) == 1
    text = text_of(mails[0])
    assert "Début : 9 h → 9 h 30" in text
    assert "→ Une longue visite" in text
    assert "Salle 1" not in text
    assert text.count(" → ") == 2
    assert sequence_of(mails[0]) == await pool.fetchval("SELECT revision FROM campaigns.offers")


async def test_an_edit_undone_sends_nothing_and_the_next_one_is_newer_than_both(pool, office, sink):
    week = await a_week(pool)
    await registered(office, week, 1)
    told, first = len(sink.mails), sequence_of(sink.messages()[-1])
    for hour in (10, 9):
        await office.do(change_session, session_id=week.sessions[2], change=SessionChange(starts_at=at(1, hour)))
    await office.post_it()
    assert len(sink.mails) == told
    await office.do(change_session, session_id=week.sessions[2], change=SessionChange(title="Une visite"))
    await office.post_it()
    assert len(sink.mails) == told + 1
    assert sequence_of(sink.messages()[-1]) == first + 3


async def test_who_changes_group_gets_one_update_with_what_else_has_changed_in_it(pool, office, sink):
    week = await a_week(pool, groups=("A", "B"))
    await registered(office, week, 1)
    registration = await pool.fetchrow("SELECT id, group_id FROM campaigns.registrations")
    other = next(group for group in week.groups if group != registration["group_id"])
    names = {row["id"]: row["name"] for row in await pool.fetch("SELECT id, name FROM campaigns.groups")}
    told = len(sink.mails)
    # a session of the group that is left, and one of both
    assert registration["group_id"] == week.groups[0]
    await pool.execute("UPDATE campaigns.sessions SET group_id = NULL WHERE id = $1", week.sessions[4])
    await office.do(change_session, session_id=week.sessions[2], change=SessionChange(title="Pour les autres"))
    await office.do(change_session, session_id=week.sessions[4], change=SessionChange(title="Pour tous"))
    await office.do(change_group, registration_id=registration["id"], group_id=other)
    await office.post_it()
    mails = sink.messages()[told:]
    assert [mail["Subject"] for mail in mails] == ["Vous changez de groupe : Semaine à Pont-Audemer"]
    text = text_of(mails[0])
    assert f"Groupe : {names[registration['group_id']]} → {names[other]}" in text
    assert "→ Pour tous" in text
    assert "Pour les autres" not in text
    # there and back again
    await office.do(change_group, registration_id=registration["id"], group_id=registration["group_id"])
    await office.do(change_group, registration_id=registration["id"], group_id=other)
    await office.post_it()
    assert len(sink.mails) == told + 1


async def test_a_guardian_hears_of_many_edits_by_one_mail_too_and_of_none_that_is_undone(pool, office, sink):
    week = await a_week(pool, groups=("A", "B"))
    guardian = "dominique@famille.example"
    await office.do(
        register_pupils,
        offer_id=week.offer_id,
        requests=[a_pupil(1, guardian_name="Dominique Dupré", guardian_email=guardian)],
        signer=Signer(office.post.settings.secret_keys),
    )
    await office.post_it()
    told = len(sink.messages(guardian))
    registration = await pool.fetchrow("SELECT id, group_id FROM campaigns.registrations")
    other = next(group for group in week.groups if group != registration["group_id"])
    await pool.execute("UPDATE campaigns.sessions SET group_id = NULL WHERE id = $1", week.sessions[4])
    for minutes in range(5, 50, 5):
        await office.do(change_session, session_id=week.sessions[4], change=SessionChange(starts_at=at(2, 9, minutes)))
    await office.do(change_group, registration_id=registration["id"], group_id=other)
    await office.post_it()
    (mail,) = sink.messages(guardian)[told:]
    assert "Début : 9 h → 9 h 45" in text_of(mail)
    assert text_of(mail).count(" → ") == 2
    await office.do(change_session, session_id=week.sessions[4], change=SessionChange(title="Une visite"))
    await office.do(change_session, session_id=week.sessions[4], change=SessionChange(title="Visite 3.1"))
    await office.do(change_group, registration_id=registration["id"], group_id=registration["group_id"])
    await office.do(change_group, registration_id=registration["id"], group_id=other)
    await office.post_it()
    assert len(sink.messages(guardian)) == told + 1
