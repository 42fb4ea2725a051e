"""A notice that could not go at once: it is not sent when something has happened since that makes it untrue."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.notifications.claim_notices import claim_notices
from services.notifications.facts import Facts
from services.notifications.notice_letter import is_overtaken
from services.notifications.samples.notices import NOTICES
from shared.identifiers import new_id
from shared.outbox import append_events
from tests.services.notifications.test_notices import a_person

pytestmark = pytest.mark.anyio


def told(name, *recipients, minutes_ago=5, **fields):
    occurred_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    return msgspec.structs.replace(NOTICES[name], id=new_id(), recipients=recipients, occurred_at=occurred_at, **fields)


@pytest.mark.parametrize(
    ("earlier", "later", "overtaken"),
    [
        ("host_requested", "host_requested.changed", True),
        ("host_requested", "host_answered.confirmed", True),
        ("host_reminded", "host_released.replaced", True),
        ("host_answered.confirmed", "host_answered.withdrawn", True),
        ("host_answered.declined", "host_requested", False),
        ("host_answered.declined", "host_reminded", False),
        ("host_released.replaced", "host_answered.confirmed", False),
        ("speaker_reminded", "speaker_answered.declined", True),
        ("speaker_answered.confirmed", "speaker_released.replaced", True),
        ("agreement_requested", "agreement_requested.again", True),
        ("agreement_reminded", "agreement_given", True),
        ("agreement_given", "agreement_reminded", False),
        ("agreement_declined", "agreement_given", True),
        ("follow_up_booked", "follow_up_cancelled", True),
        ("sign_in_link", "sign_in_link", False),
        ("absence_announced", "absence_announced", False),
        ("absence_announced", "absence_lifted", True),
        ("absence_lifted", "absence_announced", True),
        ("host_requested", "speaker_answered.declined", False),
        ("webinar_invited", "webinar_changed", True),
        ("webinar_invited", "webinar_cancelled", True),
        ("webinar_changed", "webinar_changed", False),
        ("webinar_changed", "webinar_cancelled", True),
        ("webinar_cancelled", "webinar_cancelled", False),
    ],
)
def test_what_makes_a_message_untrue(earlier, later, overtaken):
    assert is_overtaken(NOTICES[earlier], NOTICES[later]) is overtaken


def test_the_absence_of_the_next_day_or_of_somebody_else_overtakes_nothing():
    announced, lifted = NOTICES["absence_announced"], NOTICES["absence_lifted"]
    tomorrow = msgspec.structs.replace(
        announced.appointment, starts_at=announced.appointment.starts_at + timedelta(days=1)
    )
    assert not is_overtaken(lifted, msgspec.structs.replace(announced, appointment=tomorrow))
    assert not is_overtaken(announced, msgspec.structs.replace(lifted, pupil_id=new_id()))


def test_a_slot_that_somebody_else_takes_overtakes_nothing():
    cancelled = NOTICES["follow_up_cancelled"]
    assert is_overtaken(cancelled, NOTICES["follow_up_booked"])
    assert not is_overtaken(cancelled, msgspec.structs.replace(NOTICES["follow_up_booked"], pupil_id=new_id()))


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("host_reminded", "host_answered.confirmed"), ("agreement_reminded", "agreement_given"),
     ("follow_up_booked", "follow_up_cancelled"), ("absence_announced", "absence_lifted"),
     ("webinar_invited", "webinar_changed")],
)  # fmt: skip
async def test_who_has_answered_meanwhile_is_not_reminded_when_the_mail_server_is_back(
    pool, post, sink, earlier, later
):
    sink.answer = lambda *_: "451 not now"
    await post.tell(told(earlier, await a_person(pool)))
    await append_events(pool, [told(later)])
    await post.make_due()
    await post.send()
    assert len(sink.offered) == 1
    row = await pool.fetchrow("SELECT state, mail FROM notifications.deliveries")
    assert tuple(row) == ("superseded", None)


async def test_another_request_s_answer_holds_nothing_back(pool, post, sink):
    reminded = told("host_reminded", await a_person(pool))
    await append_events(pool, [told("host_answered.confirmed", request_id=new_id())])
    await post.tell(reminded)
    assert await post.states() == {"sent": 1}
    assert len(sink.mails) == 1


async def test_an_answer_given_before_the_question_was_asked_anew_holds_it_not_back(pool, post, sink):
    answered = told("host_answered.confirmed")
    await append_events(pool, [answered])
    await post.tell(told("host_requested.changed", await a_person(pool)))
    assert len(sink.mails) == 1


async def test_a_notice_that_goes_at_once_asks_no_question_about_later_facts(pool, post):
    asked = []
    await post.plan(told("host_reminded", await a_person(pool), minutes_ago=0))
    async with pool.acquire() as connection:
        with connection.query_logger(lambda record: asked.append(record.query)):
            ids = [row["id"] for row in await connection.fetch("SELECT id FROM notifications.deliveries")]
            claim = await claim_notices(connection, ids, most=1, facts=Facts(), now=datetime.now(UTC))
    assert len(claim.letters) == 1
    assert not [query for query in asked if "request_id" in query]
