"""Who receives or speaks several times on one day is reminded of the day, not of each session."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.notifications.samples.notices import NOTICES
from shared.identifiers import new_id
from tests.services.notifications.test_notices import a_person

pytestmark = pytest.mark.anyio

SOON = (datetime.now(UTC) + timedelta(days=3)).replace(hour=8, minute=0, second=0, microsecond=0)


def near(person_id, *, hours=0, title="Visite", **fields):
    sample = NOTICES["promise_near"]
    begins = SOON + timedelta(hours=hours)
    appointment = msgspec.structs.replace(
        sample.appointment, title=title, starts_at=begins, ends_at=begins + timedelta(hours=1)
    )
    fields = {"request_id": new_id(), "offer_id": new_id(), "pupil_ids": (), **fields}
    return msgspec.structs.replace(
        sample, id=new_id(), occurred_at=datetime.now(UTC), recipients=(person_id,), appointment=appointment, **fields
    )


def words(mail):
    return mail.get_body(("plain",)).get_content()


async def test_two_sessions_of_one_day_are_one_mail_and_the_next_day_is_another(pool, post, sink):
    host, other = await a_person(pool), await a_person(pool)
    await post.tell(
        near(host, title="L’après-midi", hours=5, coming=3),
        near(host, title="Le matin"),
        near(host, title="Le lendemain", hours=24),
        near(other, title="Chez un autre"),
    )
    assert await post.states() == {"sent": 3, "superseded": 1}
    (day,) = [mail for mail in sink.messages() if "2 séances" in mail["Subject"]]
    text = words(day)
    assert text.index("Le matin") < text.index("L’après-midi")
    assert text.count("/accueil/") == 2
    assert "Le lendemain" not in text
    assert "Chez un autre" not in text


async def test_a_session_that_a_newer_release_describes_is_left_to_it(pool, post, sink):
    host = await a_person(pool)
    newer = near(host, title="À part", hours=3)
    await post.plan(near(host, title="Le matin"), newer)
    await pool.execute("""UPDATE contract.events SET body = body || '{"pupil_ids": 7}' WHERE id = $1""", newer.id)
    await post.make_due()
    await post.send()
    (mail,) = sink.messages()
    assert "Le matin" in words(mail)
    assert "À part" not in words(mail)
    assert await post.states() == {"sent": 1, "due": 1}


async def test_what_was_taken_back_meanwhile_is_not_told_with_the_rest(pool, post, sink):
    host = await a_person(pool)
    given_back = near(host, title="Rendue", hours=3)
    gone = msgspec.structs.replace(
        NOTICES["host_released.session_cancelled"],
        id=new_id(),
        recipients=(host,),
        offer_id=given_back.offer_id,
        request_id=given_back.request_id,
        occurred_at=datetime.now(UTC),
    )
    await post.plan(near(host, title="Tenue"), given_back, gone)
    # the next claim finds it late
    await pool.execute("UPDATE contract.events SET body = jsonb_set(body, '{occurred_at}', '\"2026-01-01T00:00:00Z\"')")
    await post.send()
    (told,) = [words(mail) for mail in sink.messages() if "C’est bientôt" in mail["Subject"]]
    assert "Tenue" in told
    assert "Rendue" not in told


async def test_a_mail_whose_bytes_went_with_an_erased_pupil_still_tells_the_whole_day(pool, post, sink):
    host = await a_person(pool)
    sink.answer = lambda *_: "451 later"
    await post.tell(near(host, title="Le matin"), near(host, title="L’après-midi", hours=5))
    await pool.execute("UPDATE notifications.deliveries SET mail = NULL WHERE state = 'due'")
    sink.answer = lambda *_: "250 ok"
    await post.make_due()
    await post.send()
    (mail,) = sink.messages()
    assert "Le matin" in words(mail)
    assert "L’après-midi" in words(mail)
    assert await post.states() == {"sent": 1, "superseded": 1}
