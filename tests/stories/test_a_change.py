"""The programme changes: everybody with a seat is told what was and what is, and nobody else."""

from datetime import timedelta

import pytest

from tests.stories.calendars import PARIS, days_of
from tests.stories.story import begin, on_each_broker, unfolded
from tests.world import MONDAY, at

pytestmark = [pytest.mark.anyio, on_each_broker]

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


async def test_a_new_host_on_tuesday_reaches_exactly_those_with_a_seat(running):
    story = await begin(running, seats=3)
    other = await begin(running)
    for number in range(5):
        await story.register(number, guardian=number == 0)
    await other.register(0)
    await story.settled()
    running.sink.forget()
    await story.change_session(story.week.sessions[2], host_id=str(story.week.hosts[1]))
    await story.settled()
    told = [story.address(number) for number in range(3)] + [story.guardian(0)]
    assert sorted(mail.recipient for mail in running.sink.mails) == sorted(told)
    for mail in story.mails:
        assert "Chantiers de la Risle → Énergies du Marais" in mail.text
        assert "1 rue du Quai, 27500 Pont-Audemer → 2 rue du Quai, 27500 Pont-Audemer" in mail.text
        assert "Énergies du Marais" in mail.html
    for number in range(3):
        (mail,) = story.to(number)
        assert mail.method == "REQUEST"
        days = days_of([mail])
        assert len(days) == 5
        assert days[TUESDAY].location.startswith("2 rue du Quai")
        assert days[MONDAY].location.startswith("1 rue du Quai")
    assert "METHOD:PUBLISH" in unfolded(story.to_guardian(0)[0].file)


async def test_a_cancelled_wednesday_is_one_mail_and_gone_from_the_calendar(running):
    story = await begin(running, seats=2)
    for number in range(3):
        await story.register(number)
    await story.settled()
    assert WEDNESDAY in days_of(story.to(0))
    for session_id in story.week.sessions[4:6]:
        await story.cancel_session(session_id)
    await story.settled()
    for number in range(2):
        _, mail = story.to(number)
        assert mail.method == "REQUEST"
        for half in (1, 2):
            assert f"Visite 3.{half}" in mail.text
        assert sorted(days_of(story.to(number))) == [MONDAY + timedelta(days=day) for day in (0, 1, 3, 4)]
    assert len(story.to(2)) == 1


async def test_three_edits_within_the_window_are_one_mail_that_lists_all(running):
    story = await begin(running, seats=2)
    for number in range(2):
        await story.register(number)
    await story.settled()
    running.sink.forget()
    first, second = story.week.sessions[0], story.week.sessions[3]
    await story.change_session(first, title="Visite du port")
    await story.change_session(second, starts_at=at(1, 14).isoformat(), ends_at=at(1, 17).isoformat())
    await story.change_session(first, place="9 quai Mauquest, 27500 Pont-Audemer")
    await story.settled()
    for number in range(2):
        (mail,) = story.to(number)
        assert "Visite 1.1 → Visite du port" in mail.text
        assert "1 rue du Quai, 27500 Pont-Audemer → 9 quai Mauquest, 27500 Pont-Audemer" in mail.text
        assert "13 h → 14 h" in plain(mail.text)
        days = days_of([mail])
        assert days[TUESDAY].end.astimezone(PARIS) == at(1, 17)
        assert days[MONDAY].location.startswith("9 quai Mauquest")


async def test_an_edit_taken_back_within_the_window_is_no_mail(running):
    story = await begin(running)
    await story.register(0)
    await story.settled()
    running.sink.forget()
    await story.change_session(story.week.sessions[0], title="Visite du port")
    await story.change_session(story.week.sessions[0], title="Visite 1.1")
    await story.settled()
    assert story.mails == []


async def test_a_cancelled_week_is_told_to_all_and_leaves_every_calendar(running):
    story = await begin(running, seats=3)
    for number in range(5):
        await story.register(number, guardian=number == 0)
    await story.settled()
    assert len(days_of(story.to(0))) == 5
    running_mails = len(story.mails)
    await story.cancel_offer()
    await story.settled()
    assert len(story.mails) == running_mails + 6
    for number in range(5):
        first, last = story.to(number)
        assert last.method == ("CANCEL" if number < 3 else None)
        assert days_of([first, last]) == days_of([last, first]) == {}
    assert len(story.to_guardian(0)) == 2


async def test_when_no_session_is_left_no_entry_is_left(running):
    story = await begin(running)
    await story.register(0)
    await story.settled()
    for session_id in story.week.sessions:
        await story.cancel_session(session_id)
    await story.settled()
    assert days_of(story.to(0)) == {}


def plain(text: str) -> str:
    """With every kind of space as a space."""
    return " ".join(text.split())
