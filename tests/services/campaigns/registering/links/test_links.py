"""Personal links: sent again to who asks, the same answer for every address; renewed by their owner; fresh ones."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import UnknownRegistration
from services.campaigns.registering.links.ask_fresh_link import ask_fresh_link
from services.campaigns.registering.links.read import read_fresh_link
from services.campaigns.registering.links.renew_link import renew_link
from services.campaigns.registering.links.send_links import find_link_requests, forget_link_requests, send_links
from shared.database import transaction
from shared.events import decode_event
from shared.signed_links import Signer
from tests.application import visiting
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

ADDRESS = "camille.b@eleve.example"


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


async def register(pool, signer, offer_id, *requests):
    async with transaction(pool) as connection:
        outcomes = await register_pupils(connection, offer_id=offer_id, requests=requests, signer=signer, now=NOW)
    return [outcome.id for outcome in outcomes]


@pytest.fixture
async def registration_id(pool, signer, small_week):
    (registration_id,) = await register(pool, signer, small_week.offer_id, a_pupil(1))
    return registration_id


def path_of(signer, registration_id, version=1) -> str:
    return f"/inscriptions/{signer.token('registration', registration_id, version)}"


async def told(pool, tag="links.requested"):
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = $1 ORDER BY id", tag)
    return [decode_event(row["body"]) for row in rows]


async def ask(visitor, address):
    return await visitor.post("/lien", data={"email": address}, follow_redirects=False)


async def answer_requests(pool, now=None):
    async with transaction(pool) as connection:
        while await send_links(connection, now=now or datetime.now(UTC)):
            pass


@pytest.mark.usefixtures("registration_id")
async def test_every_address_is_answered_the_same(visitor, pool):
    known, unknown = await ask(visitor, ADDRESS), await ask(visitor, "zoe.nobody@eleve.example")
    assert known.status_code == unknown.status_code == 202
    assert known.text.replace(ADDRESS, "") == unknown.text.replace("zoe.nobody@eleve.example", "")
    assert known.headers["cache-control"] == "no-store"
    # the same statement was carried out for both; who has what is looked up afterwards
    assert await pool.fetchval("SELECT count(*) FROM campaigns.link_requests") == 2


async def test_all_living_registrations_of_an_address_come_in_one_mail(visitor, pool, signer, small_week):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre-semaine", seats=1)
    (here,) = await register(pool, signer, small_week.offer_id, a_pupil(1))
    # a sister with the same address, and a place in a queue
    (sister,) = await register(pool, signer, small_week.offer_id, a_pupil(2, email=ADDRESS))
    waiting = (await register(pool, signer, other.offer_id, a_pupil(3), a_pupil(1, email=ADDRESS.upper())))[1]
    (left,) = await register(pool, signer, small_week.offer_id, a_pupil(4, email=ADDRESS))
    await pool.execute("UPDATE campaigns.registrations SET status = 'withdrawn' WHERE id = $1", left)
    await ask(visitor, f" {ADDRESS.title()} ")
    await answer_requests(pool)
    (notice,) = await told(pool)
    assert {link.registration_id for link in notice.links} == {here, sister, waiting}
    assert len(notice.recipients) == 1


async def test_a_guardian_gets_the_link_of_a_pupil_without_address_and_their_own_of_another(
    visitor, pool, signer, small_week
):
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    alone, besides = await register(
        pool, signer, small_week.offer_id, a_pupil(1, email=None, **guardian), a_pupil(2, **guardian)
    )
    await ask(visitor, "dominique@famille.example")
    await answer_requests(pool)
    (notice,) = await told(pool)
    assert {link.registration_id: link.to_guardian for link in notice.links} == {alone: False, besides: True}


@pytest.mark.usefixtures("registration_id")
async def test_an_address_is_written_to_once_an_hour_however_often_one_asks(visitor, pool):
    for answer in await asyncio.gather(*(ask(visitor, ADDRESS) for _ in range(8))):
        assert answer.status_code == 202
    await answer_requests(pool)
    await ask(visitor, ADDRESS)
    await answer_requests(pool)
    assert len(await told(pool)) == 1
    await pool.execute("UPDATE campaigns.link_requests SET asked_at = asked_at - interval '61 minutes'")
    await ask(visitor, ADDRESS)
    await answer_requests(pool)
    assert len(await told(pool)) == 2


@pytest.mark.usefixtures("registration_id")
async def test_two_loops_answer_a_request_once(visitor, pool):
    await ask(visitor, ADDRESS)
    await asyncio.gather(*(answer_requests(pool) for _ in range(4)))
    assert len(await told(pool)) == 1


async def test_the_clock_answers_by_itself_and_forgets_the_address(settings, pool, registration_id):
    async with visiting(settings, clock=True) as visitor:
        await ask(visitor, ADDRESS)
        for _ in range(300):
            if notices := await told(pool):
                break
            await asyncio.sleep(0.1)
    assert [link.registration_id for notice in notices for link in notice.links] == [registration_id]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.link_requests WHERE email IS NOT NULL") == 0
    async with pool.acquire() as connection:
        assert not await find_link_requests(connection)
        await forget_link_requests(connection, now=datetime.now(UTC) + timedelta(hours=2))
    assert await pool.fetchval("SELECT count(*) FROM campaigns.link_requests") == 0


@pytest.mark.usefixtures("registration_id")
async def test_who_was_erased_is_not_written_to(visitor, pool):
    await pool.execute("UPDATE contract.people SET erased_at = now() WHERE email = $1", ADDRESS)
    await ask(visitor, ADDRESS)
    await answer_requests(pool)
    assert await told(pool) == []


@pytest.mark.parametrize(
    "address",
    ["", "   ", "personne", "a@b", "x" * 10_000, "%' OR 1=1 --@x", "\u202ea@b.example", "🎒@b.example", "a\r\n@b.c"],
)
async def test_what_is_no_address_is_said_beside_the_field(visitor, pool, address):
    answer = await ask(visitor, address)
    assert answer.status_code == 422
    field = read(answer).by_id("email")
    assert field["aria-invalid"] == "true"
    assert len(answer.text) < 20_000
    assert await pool.fetchval("SELECT count(*) FROM campaigns.link_requests") == 0


async def test_a_renewed_link_ends_the_old_one_and_goes_by_mail_alone(visitor, pool, signer, registration_id):
    path = path_of(signer, registration_id)
    page = read(await visitor.get(f"{path}/lien"))
    assert "Renouveler votre lien personnel" in page.text
    assert "c…@eleve.example" in page.text
    answer = await visitor.post(f"{path}/lien")
    assert answer.status_code == 200
    renewed = path_of(signer, registration_id, 2)
    assert renewed not in answer.text
    for old in (path, f"{path}/lien", f"{path}/retrait", f"{path}/invitation.ics"):
        assert (await visitor.get(old)).status_code == 404
    assert (await visitor.post(f"{path}/lien")).status_code == 404
    assert (await visitor.get(renewed)).status_code == 200
    (notice,) = await told(pool)
    assert [(link.registration_id, link.token_version) for link in notice.links] == [(registration_id, 2)]
    assert await pool.fetchval("SELECT version FROM contract.link_versions") == 2


async def test_two_renewals_at_once_are_one(pool, registration_id):
    async def renew() -> None:
        async with transaction(pool) as connection:
            await renew_link(connection, registration_id=registration_id, version=1, now=NOW)

    await asyncio.gather(*(renew() for _ in range(4)))
    assert await pool.fetchval("SELECT token_version FROM campaigns.registrations") == 2
    assert len(await told(pool)) == 1


async def test_a_guardian_s_fresh_link_says_who_came_by_it(pool, signer, small_week):
    guardian = {"guardian_name": "Dominique Dupré", "guardian_email": "dominique@famille.example"}
    with_guardian, without = await register(pool, signer, small_week.offer_id, a_pupil(1, **guardian), a_pupil(2))
    async with transaction(pool) as connection:
        await ask_fresh_link(connection, registration_id=with_guardian, to_guardian=True, now=NOW)
        with pytest.raises(UnknownRegistration):
            await ask_fresh_link(connection, registration_id=without, to_guardian=True, now=NOW)
    (notice,) = await told(pool, "fresh_link.requested")
    assert notice.link.to_guardian
    async with pool.acquire() as connection:
        token = signer.timed_token("fresh_guardian", with_guardian, 1, notice.expires_at)
        fresh = await read_fresh_link(connection, signer, token, now=NOW)
        assert notice.recipients == (fresh.guardian_id,) == (fresh.reader_id,)
        own = signer.timed_token("fresh", with_guardian, 1, notice.expires_at)
        assert (await read_fresh_link(connection, signer, own, now=NOW)).reader_id == fresh.pupil_id


async def test_a_fresh_link_opens_for_a_quarter_of_an_hour(pool, signer, registration_id):
    async with transaction(pool) as connection:
        await ask_fresh_link(connection, registration_id=registration_id, now=NOW)
        # pressed again at once: the mail is on its way
        await ask_fresh_link(connection, registration_id=registration_id, now=NOW + timedelta(seconds=59))
    (notice,) = await told(pool, "fresh_link.requested")
    assert notice.expires_at == NOW + timedelta(minutes=15)
    token = signer.timed_token("fresh", registration_id, notice.link.token_version, notice.expires_at)
    async with pool.acquire() as connection:
        fresh = await read_fresh_link(connection, signer, token, now=NOW + timedelta(minutes=14))
        assert (fresh.registration_id, fresh.reader_id) == (registration_id, fresh.pupil_id)
        assert notice.recipients == (fresh.reader_id,)
        for bad, when in ((token, 15), (token[:-1], 1), (signer.token("registration", registration_id), 1)):
            with pytest.raises(UnknownRegistration):
                await read_fresh_link(connection, signer, bad, now=NOW + timedelta(minutes=when))
        await renew_link(connection, registration_id=registration_id, version=1, now=NOW)
        with pytest.raises(UnknownRegistration):
            await read_fresh_link(connection, signer, token, now=NOW)
