"""Once: an answer that comes twice, at once, late or after a crash has the effect of one; the last valid one stands."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.notifications.inbound.act_on_answers import Answers
from services.notifications.inbound.campaigns_api import Campaigns
from services.notifications.inbound.find_addressee import Addressee
from services.notifications.inbound.reading import read
from services.notifications.inbound.record_answer import record_answer
from services.notifications.inbound.server import Door, Reception
from shared.database import transaction
from tests.services.notifications.inbound.replies import STAMP, Invited, reply

pytestmark = pytest.mark.anyio


async def counts(way_back) -> tuple[int, int, int]:
    row = await way_back.pool.fetchrow(
        """
        SELECT (SELECT count(*) FROM notifications.answers), (SELECT count(*) FROM campaigns.leavings),
               (SELECT count(*) FROM contract.events WHERE tag = 'registration.declined')
        """
    )
    return tuple(row)


async def test_twice_at_once_and_again_later_is_once(way_back):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    mail = reply(invited, "DECLINED", message_id="<une@agenda.example>")
    answers = await asyncio.gather(*[way_back.send(invited.organizer, mail) for _ in range(8)])
    assert {answer.partition(" 2.0.0 ")[0] for answer in answers} == {"250"}
    assert "250 2.0.0 leaving" in answers
    assert await way_back.send(invited.organizer, mail) == "250 2.0.0 leaving"
    # the same answer under another Message-ID, as some servers send it again
    other = reply(invited, "DECLINED", message_id="<deux@agenda.example>")
    assert await way_back.send(invited.organizer, other) == "250 2.0.0 leaving"
    assert await counts(way_back) == (1, 1, 1)


async def test_a_yes_and_a_no_at_once_leave_one_of_them(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    yes = reply(invited, "ACCEPTED", stamp=STAMP + timedelta(seconds=1))
    await asyncio.gather(*[way_back.send(invited.organizer, mail) for mail in (reply(invited, "DECLINED"), yes) * 3])
    assert (await counts(way_back))[1] == 0
    last = await way_back.pool.fetchval("SELECT answer FROM campaigns.calendar_answers WHERE registration_id = $1", id_)
    assert last == "accepted"


async def test_what_was_read_by_a_process_that_died_is_acted_on_by_another(way_back):
    id_ = await way_back.register(0)
    invited = await way_back.invitation(0)
    raw = reply(invited, "DECLINED")
    async with transaction(way_back.pool) as connection:
        reading = read(raw, to_delivery=False, without_sender=False)
        now = datetime.now(UTC)
        recorded = await record_answer(connection, reading, Addressee(registration_id=id_), raw=raw, now=now)
    # killed here: the sender was told nothing, and sends it again; the loop of any process acts meanwhile
    assert await way_back.answers.act_on_due() == 0, "it is left a while to who wrote it"
    await way_back.pool.execute("UPDATE notifications.answers SET due_at = now() - interval '1 second'")
    assert await asyncio.gather(*[way_back.answers.act_on_due() for _ in range(3)]) in ([1, 0, 0], [0, 1, 0], [0, 0, 1])
    assert await counts(way_back) == (1, 1, 1)
    assert await way_back.send(invited.organizer, raw) == "250 2.0.0 leaving"

    # killed after the service was asked, and before it was written down
    await way_back.pool.execute("UPDATE notifications.answers SET state = 'read', due_at = now() - interval '1 second'")
    assert await way_back.answers.act_on_due() == 1
    assert await counts(way_back) == (1, 1, 1)
    row = await way_back.pool.fetchrow("SELECT state, outcome FROM notifications.answers WHERE id = $1", recorded.id)
    assert tuple(row) == ("done", "leaving")


async def test_while_the_service_is_away_the_answer_waits(way_back):
    await way_back.register(0)
    invited = await way_back.invitation(0)
    away = Campaigns(msgspec.structs.replace(way_back.settings, api_url="http://127.0.0.1:9"))
    # a pass signed with other keys: an operator mends that, and no answer is lost meanwhile
    other_keys = msgspec.structs.replace(way_back.settings, secret_keys=("une-autre-cle-secrete",))
    strange = Campaigns(other_keys, way_back.web)
    mail = reply(invited, "DECLINED")
    reception = Reception(way_back.settings, way_back.pool, Answers(way_back.settings, way_back.pool, away))
    async with Door(reception, host="127.0.0.1", port=0, hostname="quinzaine.example") as door:
        said = await way_back.send(invited.organizer, mail, port=door.port)
    assert said == "250 2.0.0 noted, and acted on soon"
    await way_back.pool.execute("UPDATE notifications.answers SET due_at = now() - interval '1 second'")
    assert await Answers(way_back.settings, way_back.pool, strange).act_on_due() == 1
    assert await counts(way_back) == (1, 0, 0)
    await away.close()
    await way_back.pool.execute("UPDATE notifications.answers SET due_at = now() - interval '1 second'")
    assert await way_back.answers.act_on_due() == 1
    assert await counts(way_back) == (1, 1, 1)


async def test_answers_in_any_order_doubled_late_and_foreign_end_as_the_last_valid_one_says(way_back):
    await way_back.pool.execute("UPDATE campaigns.offers SET seats = 30 WHERE id = $1", way_back.week.offer_id)
    await way_back.register(0)
    foreign = await way_back.invitation(0)
    for seed in range(1, 6):
        await _answer_in_any_order(way_back, seed, foreign)


async def _answer_in_any_order(way_back, seed: int, foreign: Invited) -> None:
    chance = random.Random(seed)  # noqa: S311  # it chooses an order, and guards nothing
    id_ = await way_back.register(seed)
    invited = await way_back.invitation(seed)
    given = [
        (chance.choice(["ACCEPTED", "DECLINED", "TENTATIVE"]), STAMP + timedelta(minutes=minute))
        for minute in range(chance.randint(2, 6))
    ]
    mails = [reply(invited, partstat, stamp=stamp) for partstat, stamp in given]
    mails += chance.sample(mails, k=len(mails) // 2)
    late = STAMP + timedelta(hours=1)
    for partstat in ("ACCEPTED", "DECLINED"):
        mails += [
            reply(invited, partstat, stamp=late, attendee="collegue@ailleurs.example"),
            reply(invited, partstat, stamp=late, sequence=invited.sequence - 1),
            reply(invited, partstat, stamp=late, sequence=invited.sequence + 9),
            reply(invited, partstat, stamp=late, uid=foreign.uid),
        ]
    chance.shuffle(mails)
    for mail in mails:
        assert (await way_back.send(invited.organizer, mail)).startswith("250 ")
    assert await way_back.status(id_) == "confirmed"
    leaving = await way_back.pool.fetchval("SELECT count(*) FROM campaigns.leavings WHERE registration_id = $1", id_)
    assert bool(leaving) == (given[-1][0] == "DECLINED"), (seed, [partstat for partstat, _ in given])
