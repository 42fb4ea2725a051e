"""A calendar's yes and no: they reach the seat, once, and only from who was invited."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.services.notifications.inbound.replies import STAMP, calendar, component, mail_with, reply
from tests.services.notifications.sink import parse
from tests.world import MONDAY

pytestmark = pytest.mark.anyio

DONE = "250 2.0.0 "
TUESDAY = MONDAY + timedelta(days=1)


def soon() -> datetime:
    return datetime.now(UTC)


async def seat_offered(way_back):
    """Two have seats, the third is offered one, the fourth waits; their ids."""
    ids = [await way_back.register(number) for number in range(4)]
    await way_back.pool.execute("UPDATE campaigns.offers SET seats = 3 WHERE id = $1", way_back.week.offer_id)
    await way_back.edge_promotes()
    assert await way_back.status(ids[2]) == "held"
    return ids


async def test_no_to_an_offered_seat_gives_it_to_the_next_at_once(way_back):
    first, _, asked, behind = await seat_offered(way_back)
    invited = await way_back.invitation(2)
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "refused"
    assert [await way_back.status(each) for each in (first, asked, behind)] == ["confirmed", "refused", "held"]
    await way_back.deliver()
    assert "seat_refused" in await way_back.told()
    # what is over is over, whatever the calendar thinks better of
    assert await way_back.send(invited.organizer, reply(invited, "ACCEPTED")) == DONE + "outdated"
    assert await way_back.status(asked) == "refused"


async def test_yes_to_an_offered_seat_confirms_it(way_back):
    _, _, asked, _ = await seat_offered(way_back)
    invited = await way_back.invitation(2)
    assert await way_back.send(invited.organizer, reply(invited, "TENTATIVE")) == DONE + "noted"
    assert await way_back.status(asked) == "held"
    yes = reply(invited, "ACCEPTED", stamp=STAMP + timedelta(minutes=1))
    assert await way_back.send(invited.organizer, yes) == DONE + "confirmed"
    assert await way_back.status(asked) == "confirmed"


async def test_no_to_a_confirmed_seat_is_kept_half_an_hour_then_given_back(way_back):
    ids = [await way_back.register(number) for number in range(3)]
    invited = await way_back.invitation(0)
    assert await way_back.send(invited.organizer, reply(invited, "DECLINED")) == DONE + "leaving"
    await way_back.deliver()
    told = [parse(mail) for _, to, mail in way_back.sink.mails if to in (invited.attendee, "parent0@famille.example")][
        -2:
    ]
    assert all("gardée jusqu’au" in str(mail["Subject"]) for mail in told)
    assert all("/maintien" in mail.get_body(("plain",)).get_content() for mail in told)
    await way_back.tick(soon() + timedelta(minutes=29))
    assert await way_back.status(ids[0]) == "confirmed"
    await way_back.tick(soon() + timedelta(minutes=31))
    await way_back.tick(soon() + timedelta(minutes=31))
    assert [await way_back.status(each) for each in ids] == ["withdrawn", "confirmed", "held"]


@pytest.mark.parametrize("who", ["pupil", "guardian", "calendar"])
async def test_who_deleted_an_entry_by_mistake_keeps_the_seat(way_back, who):
    kept, _, waiting = [await way_back.register(number) for number in range(3)]
    invited = await way_back.invitation(0)
    await way_back.send(invited.organizer, reply(invited, "DECLINED"))
    await way_back.deliver()
    if who == "calendar":
        yes = reply(invited, "ACCEPTED", stamp=STAMP + timedelta(minutes=5))
        assert await way_back.send(invited.organizer, yes) == DONE + "kept"
    else:
        address = invited.attendee if who == "pupil" else "parent0@famille.example"
        mail = [parse(mail) for _, to, mail in way_back.sink.mails if to == address][-1]
        link = next(line for line in mail.get_body(("plain",)).get_content().split() if line.endswith("/maintien"))
        path = link.removeprefix("http://quinzaine.example")
        page = await way_back.web.get(path.removesuffix("/maintien"))
        assert "gardée un moment" in page.text
        assert "Garder cette place" in (await way_back.web.get(path)).text
        answer = await way_back.web.post(path, follow_redirects=False)
        assert answer.status_code == 303
    await way_back.tick(soon() + timedelta(hours=2))
    assert await way_back.status(kept) == "confirmed"
    assert await way_back.status(waiting) == "waiting"
    # the entry comes again with a higher SEQUENCE: a calendar that has declined takes it
    again = await way_back.invitation(0)
    assert again.sequence > invited.sequence
    # and the no that is under way for the second time answers an invitation that is no more
    late = reply(invited, "DECLINED", stamp=STAMP + timedelta(minutes=9))
    assert await way_back.send(invited.organizer, late) == DONE + "outdated"


async def test_one_day_declined_is_an_absence_that_teacher_guardian_and_host_hear_of(way_back):
    (id_,) = [await way_back.register(number) for number in range(1)]
    teacher, host = await way_back.teacher_and_host(id_, session=2)
    invited = await way_back.invitation(0)
    no = reply(invited, "DECLINED", day=TUESDAY)
    assert await way_back.send(invited.organizer, no) == DONE + "absent"
    assert await way_back.status(id_) == "confirmed"
    marks = await way_back.pool.fetch("SELECT session_id, state FROM campaigns.attendance")
    assert {row["session_id"] for row in marks} == set(way_back.week.sessions[2:4])
    await way_back.deliver()
    told = {to: parse(mail) for _, to, mail in way_back.sink.mails}
    assert "Camille Dupré" in str(told[teacher]["Subject"])
    assert "Camille Dupré" in str(told["parent0@famille.example"]["Subject"])
    # names are the planner's to share
    assert "un élève" in str(told[host]["Subject"])
    assert "Dupré" not in told[host].as_string()

    yes = reply(invited, "ACCEPTED", day=TUESDAY, stamp=STAMP + timedelta(minutes=1))
    assert await way_back.send(invited.organizer, yes) == DONE + "expected"
    assert await way_back.pool.fetchval("SELECT count(*) FROM campaigns.attendance") == 0
    assert await way_back.send(invited.organizer, no.replace(b"agenda.example", b"autre.example")) == DONE + "absent"
    # the same answer in another mail is the row that is there
    assert await way_back.pool.fetchval("SELECT count(*) FROM campaigns.attendance") == 0
    sunday = reply(invited, "DECLINED", day=MONDAY - timedelta(days=1))
    assert await way_back.send(invited.organizer, sunday) == DONE + "unknown_day"


async def test_from_one_day_on_is_each_of_these_days_and_from_the_first_on_is_all(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)

    def from_day(number, partstat, minute):
        stamp = STAMP + timedelta(minutes=minute)
        one = component(invited, partstat, day=MONDAY + timedelta(days=number), stamp=stamp)
        return mail_with(invited, calendar(one.replace("RECURRENCE-ID;", "RECURRENCE-ID;RANGE=THISANDFUTURE;")))

    async def absent():
        rows = await way_back.pool.fetch(
            "SELECT day FROM campaigns.announced_absences WHERE registration_id = $1 AND lifted_at IS NULL", id_
        )
        return {(row["day"] - MONDAY).days for row in rows}

    assert await way_back.send(invited.organizer, from_day(2, "DECLINED", 1)) == DONE + "absent"
    assert await absent() == {2, 3, 4}
    assert await way_back.status(id_) == "confirmed"
    assert await way_back.send(invited.organizer, from_day(3, "ACCEPTED", 3)) == DONE + "expected"
    assert await absent() == {2}
    # one that was held up on its way does not reach the days that were answered since
    assert await way_back.send(invited.organizer, from_day(1, "DECLINED", 2)) == DONE + "absent,overtaken"
    assert await absent() == {1, 2}
    assert await way_back.send(invited.organizer, from_day(12, "DECLINED", 4)) == DONE + "unknown_day"
    # to all days, however it is written, is to the seat: kept a while
    assert await way_back.send(invited.organizer, from_day(0, "DECLINED", 5)) == DONE + "leaving"
    assert await way_back.pool.fetchval("SELECT count(*) FROM campaigns.leavings") == 1


async def test_an_apple_calendar_answers_several_days_in_one_mail(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    days = [component(invited, "DECLINED", day=MONDAY + timedelta(days=number)) for number in (1, 3)]
    both = mail_with(invited, calendar(component(invited, "ACCEPTED"), *days))
    assert await way_back.send(invited.organizer, both) == DONE + "noted,absent"
    rows = await way_back.pool.fetch("SELECT day FROM campaigns.announced_absences WHERE registration_id = $1", id_)
    assert {row["day"] for row in rows} == {MONDAY + timedelta(days=1), MONDAY + timedelta(days=3)}


async def test_somebody_elses_no_costs_nobody_a_seat(way_back):
    id_ = await way_back.register(0)
    other = await way_back.register(1)
    invited, foreign = await way_back.invitation(0), await way_back.invitation(1)
    for answer in (
        reply(invited, "DECLINED", attendee="parent0@famille.example"),
        reply(invited, "DECLINED", attendee="collegue@ailleurs.example"),
        # the token says whose it is, whatever the calendar part says
        reply(invited, "DECLINED", uid=foreign.uid),
        reply(invited, "DECLINED", uid=foreign.uid, attendee=foreign.attendee),
    ):
        assert await way_back.send(invited.organizer, answer) == DONE + "foreign"
    two = component(invited, "DECLINED").replace(
        "END:VEVENT", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:x@y.example\r\nEND:VEVENT"
    )
    assert await way_back.send(invited.organizer, mail_with(invited, calendar(two))) == DONE + "foreign"
    ahead = reply(invited, "DECLINED", sequence=invited.sequence + 5)
    assert await way_back.send(invited.organizer, ahead) == DONE + "unsent"
    assert await way_back.send(invited.organizer, reply(invited, "DELEGATED")) == DONE + "unclear"
    assert {await way_back.status(id_), await way_back.status(other)} == {"confirmed"}
    assert await way_back.pool.fetchval("SELECT count(*) FROM campaigns.leavings") == 0
    # but who sends it for them may be anybody: a calendar's own server, a second address
    mine = reply(invited, "DECLINED", sender="agenda@serveur.example", attendee=invited.attendee.upper())
    assert await way_back.send(invited.organizer, mine) == DONE + "leaving"
