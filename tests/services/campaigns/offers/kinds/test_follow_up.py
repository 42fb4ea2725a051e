"""Individual follow-up: one member, one pupil, one slot; never two in one place, and both are told."""

import asyncio
from datetime import datetime, timedelta

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.kinds.follow_up.add_slots import add_slots
from services.campaigns.offers.kinds.follow_up.book_slot import book_slot
from services.campaigns.offers.kinds.follow_up.release_left_slots import find_left_slots, release_left_slots
from services.campaigns.offers.kinds.follow_up.slot import FollowerBusy, PupilBusy, SlotTaken, SlotTime
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.events import decode_event
from shared.identifiers import new_id
from shared.notices import FollowUpBooked, FollowUpCancelled
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, Member, Week, a_member, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

PATH = "/planification/semaine-pont-audemer/suivi"


@pytest.fixture
async def week(pool) -> Week:
    """A week whose sessions are 9–12 h and 13–16 h: slots fit between 12 h and 13 h, and after 16 h."""
    async with transaction(pool) as connection:
        return await a_week(connection)


@pytest.fixture
async def follower(pool, week) -> Member:
    async with transaction(pool) as connection:
        return await a_member(connection, week.organisation_id, email="suivi@federation.example", name="Ondine Varin")


@pytest.fixture
async def planner(sign_in, week):
    return await sign_in(week.organisation_id)


@pytest.fixture
async def pupils(pool, week, settings) -> list[tuple]:
    """Three pupils with a seat: registration and personal token."""
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        outcomes = await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(3)],
            signer=signer,
            now=NOW,
        )
    return [(outcome.id, signer.token("registration", outcome.id, outcome.token_version)) for outcome in outcomes]


def half_hours(first: datetime, count: int) -> list[SlotTime]:
    step = timedelta(minutes=30)
    return [SlotTime(starts_at=first + n * step, ends_at=first + (n + 1) * step) for n in range(count)]


async def offered(pool, week: Week, follower: Member, *, first=None, count: int = 2, **given) -> list:
    async with transaction(pool) as connection:
        return await add_slots(
            connection,
            offer_id=week.offer_id,
            person_id=follower.person_id,
            times=half_hours(first or at(2, 16), count),
            place="Salle 3",
            now=NOW,
            **given,
        )


async def notices(pool) -> list[FollowUpBooked | FollowUpCancelled]:
    async with pool.acquire() as connection:
        rows = await connection.fetch("SELECT body FROM contract.events WHERE tag LIKE 'follow_up.%' ORDER BY id")
    return [decode_event(row["body"]) for row in rows]


def a_form(follower: Member, **changes: str) -> dict[str, str]:
    return {
        "day": "2027-06-16",
        "starts": "16:00",
        "ends": "18:00",
        "minutes": "30",
        "place": "Salle 3",
        "person_id": str(follower.person_id),
        **changes,
    }


async def test_slots_are_offered_chosen_and_seen_by_both(planner, visitor, follower, pupils, pool):
    assert (await planner.post(PATH, a_form(follower))).status_code == 303
    (_, token), *_ = pupils
    page = await visitor.get(f"/suivi/{token}")
    assert page.headers["cache-control"] == "no-store"
    assert "Mercredi 16 juin" in read(page).text
    assert read(page).text.count("avec Ondine Varin, Salle 3") == 4
    async with pool.acquire() as connection:
        slot = await connection.fetchval("SELECT id FROM campaigns.follow_up_slots ORDER BY starts_at LIMIT 1")
    chosen = await visitor.post(f"/suivi/{token}", data={"slot": str(slot)}, follow_redirects=False)
    assert (chosen.status_code, chosen.headers["location"]) == (303, f"/suivi/{token}")
    assert "Mercredi 16 juin, 16 h–16 h 30" in read(await visitor.get(f"/suivi/{token}")).text
    text = read(await planner.get(PATH)).text
    assert "4 créneaux, 1 choisi" in text
    assert "Camille Dupré a" in text
    (fact,) = await notices(pool)
    assert isinstance(fact, FollowUpBooked)
    assert fact.recipients == (fact.pupil_id, follower.person_id)
    assert fact.appointment.place == "Salle 3"


@pytest.mark.parametrize(
    ("email", "guardian_email", "told"),
    [
        ("camille@eleve.example", "dominique@famille.example", ["pupil", "guardian"]),
        (None, "dominique@famille.example", ["guardian"]),
        ("famille@famille.example", "Famille@famille.example", ["pupil"]),
    ],
)
async def test_a_guardian_is_told_of_each_appointment(pool, week, follower, settings, email, guardian_email, told):
    signer = Signer(settings.secret_keys)
    request = a_pupil(9, email=email, guardian_name="Dominique Dupré", guardian_email=guardian_email)
    async with transaction(pool) as connection:
        (registered,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[request], signer=signer, now=NOW
        )
    (slot, *_) = await offered(pool, week, follower)
    async with transaction(pool) as connection:
        await book_slot(connection, registration_id=registered.id, slot_id=slot, now=NOW)
    (fact,) = await notices(pool)
    row = await pool.fetchrow("SELECT pupil_id AS pupil, guardian_id AS guardian FROM campaigns.registrations")
    assert fact.recipients == (*(row[one] for one in told), follower.person_id)


async def test_looking_at_the_page_changes_nothing(visitor, week, follower, pupils, pool):
    await offered(pool, week, follower)
    for method in ("GET", "HEAD"):
        await visitor.request(method, f"/suivi/{pupils[0][1]}")
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(registration_id) FROM campaigns.follow_up_slots") == 0


async def test_of_two_pupils_at_once_one_gets_the_slot(visitor, week, follower, pupils, pool):
    for number in range(5):
        (slot,) = await offered(pool, week, follower, first=at(number, 16), count=1)
        answers = await asyncio.gather(
            *(visitor.post(f"/suivi/{token}", data={"slot": str(slot)}, follow_redirects=False) for _, token in pupils)
        )
        assert sorted(answer.status_code for answer in answers) == [303, 409, 409]
        async with pool.acquire() as connection:
            taken = await connection.fetchval(
                "SELECT count(*) FROM campaigns.follow_up_slots WHERE id = $1 AND registration_id IS NOT NULL", slot
            )
        assert taken == 1
    assert "vient d’être choisi" in read(next(answer for answer in answers if answer.status_code == 409)).text


async def test_without_the_lock_the_second_pupil_would_overwrite_the_first(week, follower, pupils, pool):
    """The negative control: looking first and writing then, as two transactions at once may, lets both in."""
    (slot,) = await offered(pool, week, follower, count=1)
    look = "SELECT registration_id IS NULL FROM campaigns.follow_up_slots WHERE id = $1"
    take = """
        UPDATE campaigns.follow_up_slots s SET registration_id = r.id, pupil_id = r.pupil_id
        FROM campaigns.registrations r WHERE s.id = $1 AND r.id = $2
    """
    async with pool.acquire() as one, pool.acquire() as other:
        free = [await connection.fetchval(look, slot) for connection in (one, other)]
        await one.execute(take, slot, pupils[0][0])
        await other.execute(take, slot, pupils[1][0])
        kept = await one.fetchval("SELECT registration_id FROM campaigns.follow_up_slots WHERE id = $1", slot)
    assert (free, kept) == ([True, True], pupils[1][0])


async def test_one_pupil_has_one_slot_and_gives_the_other_back(visitor, week, follower, pupils, pool):
    first, second = await offered(pool, week, follower)
    (_, token), (_, other), _ = pupils
    await visitor.post(f"/suivi/{token}", data={"slot": str(first)})
    await visitor.post(f"/suivi/{token}", data={"slot": str(second)})
    assert [type(fact).__name__ for fact in await notices(pool)] == [
        "FollowUpBooked",
        "FollowUpCancelled",
        "FollowUpBooked",
    ]
    again = await visitor.post(f"/suivi/{other}", data={"slot": str(first)}, follow_redirects=False)
    assert again.status_code == 303


async def test_choosing_the_same_slot_twice_tells_nobody_twice(visitor, week, follower, pupils, pool):
    first, _ = await offered(pool, week, follower)
    for _ in range(2):
        await visitor.post(f"/suivi/{pupils[0][1]}", data={"slot": str(first)})
    assert len(await notices(pool)) == 1


async def test_a_slot_given_back_is_free_and_both_are_told(visitor, week, follower, pupils, pool):
    first, _ = await offered(pool, week, follower)
    token = pupils[0][1]
    await visitor.post(f"/suivi/{token}", data={"slot": str(first)})
    freed = await visitor.post(f"/suivi/{token}/liberation", follow_redirects=False)
    assert freed.status_code == 303
    assert len(read(await visitor.get(f"/suivi/{token}")).text.split("Choisir")) > 2
    assert isinstance((await notices(pool))[-1], FollowUpCancelled)
    assert (await visitor.post(f"/suivi/{token}/liberation")).status_code == 409


async def test_a_slot_during_a_session_of_one_s_own_is_refused_by_name(visitor, week, follower, pupils, pool):
    slot, _ = await offered(pool, week, follower, first=at(2, 14))
    token = pupils[0][1]
    assert "Pendant « Visite 3.2 »" in read(await visitor.get(f"/suivi/{token}")).text
    refused = await visitor.post(f"/suivi/{token}", data={"slot": str(slot)})
    assert refused.status_code == 409
    assert "« Visite 3.2 » a lieu à la même heure" in read(refused).text


async def test_a_planner_is_told_of_a_slot_that_nobody_can_choose(planner, week, follower, pool):
    await offered(pool, week, follower, first=at(2, 14), count=1)
    assert (
        "« Visite 3.2 » a lieu à la même heure : aucun élève ne peut le choisir" in read(await planner.get(PATH)).text
    )


async def test_a_planner_is_told_of_a_session_that_moved_onto_a_chosen_slot(planner, week, follower, pupils, pool):
    slot, _ = await offered(pool, week, follower)
    async with transaction(pool) as connection:
        await book_slot(connection, slot_id=slot, registration_id=pupils[0][0], now=NOW)
        await connection.execute(
            "UPDATE campaigns.sessions SET ends_at = $2 WHERE id = $1", week.sessions[5], at(2, 16, 15)
        )
    assert "« Visite 3.2 » a maintenant lieu à la même heure" in read(await planner.get(PATH)).text


async def test_a_slot_that_is_part_of_a_session_is_chosen_during_it(visitor, week, follower, pupils, pool):
    slot, _ = await offered(pool, week, follower, first=at(2, 14), session_id=week.sessions[5])
    chosen = await visitor.post(f"/suivi/{pupils[0][1]}", data={"slot": str(slot)}, follow_redirects=False)
    assert chosen.status_code == 303


async def test_the_other_group_s_session_is_in_nobody_else_s_way(pool, follower, settings, week):
    async with transaction(pool) as connection:
        await connection.execute("UPDATE campaigns.offers SET status = 'cancelled' WHERE id = $1", week.offer_id)
        grouped = await a_week(connection, slug="groupes", groups=("A", "B"))
        registered = await register_pupils(
            connection,
            offer_id=grouped.offer_id,
            requests=[a_pupil(number) for number in range(2)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    # group A has the mornings, group B the afternoons
    (slot,) = await offered(pool, grouped, follower, first=at(2, 9), count=1)
    async with transaction(pool) as connection:
        with pytest.raises(PupilBusy):
            await book_slot(connection, slot_id=slot, registration_id=registered[0].id, now=NOW)
    async with transaction(pool) as connection:
        await book_slot(connection, slot_id=slot, registration_id=registered[1].id, now=NOW)


async def test_one_pupil_is_not_in_two_slots_of_two_offers_at_a_time(pool, week, follower, pupils, settings):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre", days=1)
        await connection.execute("DELETE FROM campaigns.pupil_times")
        (seat,) = await register_pupils(
            connection, offer_id=other.offer_id, requests=[a_pupil(0)], signer=Signer(settings.secret_keys), now=NOW
        )
        colleague = await a_member(connection, week.organisation_id, email="autre@federation.example")
    (one,) = await offered(pool, week, follower, count=1)
    (two,) = await offered(pool, other, colleague, count=1)

    async def book(slot_id, registration_id) -> str:
        try:
            async with transaction(pool) as connection:
                await book_slot(connection, slot_id=slot_id, registration_id=registration_id, now=NOW)
        except PupilBusy as refusal:
            return refusal.reason
        return "booked"

    assert sorted(await asyncio.gather(book(one, pupils[0][0]), book(two, seat.id))) == ["booked", "pupil-busy"]


async def test_a_member_offers_one_slot_at_a_time(pool, week, follower):
    await offered(pool, week, follower)
    with pytest.raises(FollowerBusy):
        await offered(pool, week, follower, first=at(2, 16, 15))


async def test_two_at_once_offering_the_same_member_is_one_offer(pool, week, follower):
    outcomes = await asyncio.gather(
        *(offered(pool, week, follower, first=at(3, 16)) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(outcome, list) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, FollowerBusy) for outcome in outcomes) == 2


async def test_who_waits_or_has_left_chooses_nothing(visitor, week, follower, pupils, pool):
    slot, _ = await offered(pool, week, follower)
    registration_id, token = pupils[0]
    async with transaction(pool) as connection:
        await withdraw_registration(connection, registration_id=registration_id, now=NOW)
    assert "place confirmée" in read(await visitor.get(f"/suivi/{token}")).text
    assert (await visitor.post(f"/suivi/{token}", data={"slot": str(slot)})).status_code == 409


async def test_the_slot_of_who_has_left_is_free_at_once_and_released_by_the_clock(
    visitor, week, follower, pupils, pool
):
    first, second = await offered(pool, week, follower)
    for (_, token), slot in zip(pupils, (first, second), strict=False):
        await visitor.post(f"/suivi/{token}", data={"slot": str(slot)})
    async with transaction(pool) as connection:
        for registration_id, _ in pupils[:2]:
            await withdraw_registration(connection, registration_id=registration_id, now=NOW)
    taken_over = await visitor.post(f"/suivi/{pupils[2][1]}", data={"slot": str(first)}, follow_redirects=False)
    assert taken_over.status_code == 303
    async with pool.acquire() as connection:
        assert await find_left_slots(connection, now=NOW) == [week.offer_id]
    async with transaction(pool) as connection:
        assert await release_left_slots(connection, offer_id=week.offer_id, now=NOW) == 1
    async with pool.acquire() as connection:
        assert await find_left_slots(connection, now=NOW) == []
    facts = [type(fact).__name__ for fact in await notices(pool)]
    assert facts == ["FollowUpBooked"] * 2 + ["FollowUpCancelled", "FollowUpBooked", "FollowUpCancelled"]


async def test_the_slots_of_a_cancelled_offer_are_cancelled(visitor, week, follower, pupils, pool):
    first, _ = await offered(pool, week, follower)
    await visitor.post(f"/suivi/{pupils[0][1]}", data={"slot": str(first)})
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=week.offer_id, now=NOW)
    async with transaction(pool) as connection:
        assert await release_left_slots(connection, offer_id=week.offer_id, now=NOW) == 2
        statuses = await connection.fetch("SELECT DISTINCT status FROM campaigns.follow_up_slots")
    assert [row["status"] for row in statuses] == ["cancelled"]
    assert isinstance((await notices(pool))[-1], FollowUpCancelled)


async def test_a_planner_books_for_a_pupil_and_cancels_a_slot(planner, week, follower, pupils, pool):
    first, second = await offered(pool, week, follower)
    booked = await planner.post(f"{PATH}/reservation", {"slot": str(first), "registration_id": str(pupils[0][0])})
    assert booked.status_code == 303
    assert "Annuler et prévenir" in read(await planner.get(PATH)).text
    for wrong in ({"slot": str(second), "registration_id": "x"}, {"registration_id": str(pupils[1][0])}, {}):
        refused = await planner.post(f"{PATH}/reservation", wrong)
        assert refused.status_code == 422
        assert "Choisissez un créneau et un élève" in read(refused).text
    taken = await planner.post(f"{PATH}/reservation", {"slot": str(first), "registration_id": str(pupils[1][0])})
    assert taken.status_code == 409
    assert (await planner.post(f"{PATH}/{first}/annulation")).status_code == 303
    assert (await planner.post(f"{PATH}/{first}/annulation")).status_code == 404
    assert isinstance((await notices(pool))[-1], FollowUpCancelled)
    async with pool.acquire() as connection:
        actions = await connection.fetch("SELECT action, detail FROM campaigns.audit ORDER BY id")
    assert [row["action"] for row in actions] == ["book_slot", "cancel_slot"]
    assert "Dupré" not in "".join(row["detail"] for row in actions)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"day": "x"}, "Donnez une date."),
        ({"day": "2020-06-16"}, "Un créneau se propose avant son heure."),
        ({"starts": "5"}, "Donnez une heure."),
        ({"starts": "05:00"}, "Rien avant 6 h"),
        ({"ends": "16:10"}, "Aucun créneau ne tient"),
        ({"minutes": "7"}, "Donnez un nombre entre 15 et 60."),
        ({"minutes": "17"}, "Choisissez une durée."),
        ({"starts": "06:00", "ends": "20:00", "minutes": "15"}, "Cela fait 56 créneaux"),
        ({"online_url": "javascript:alert(1)"}, "Le lien commence par https://."),
        ({"place": "=1+1"}, "ne peut pas commencer par"),
        ({"person_id": str(new_id())}, "Choisissez qui reçoit"),
        ({"session_id": str(new_id())}, "Cette séance n’existe pas dans cette offre."),
    ],
)
async def test_each_fault_stands_beside_its_field(planner, follower, pool, change, sentence):
    answer = await planner.post(PATH, a_form(follower, **change))
    assert answer.status_code == 422
    assert sentence in read(answer).text
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM campaigns.follow_up_slots") == 0


async def test_slots_outside_the_session_they_are_part_of_are_refused(planner, week, follower):
    form = a_form(follower, session_id=str(week.sessions[5]), starts="15:30", ends="16:30")
    answer = await planner.post(PATH, form)
    assert "dépassent la séance" in read(answer).text


@pytest.mark.parametrize("token", ["x", "A" * 46, "é", "%00"])
async def test_a_token_that_is_none_opens_nothing(visitor, token):
    for path in (f"/suivi/{token}", f"/suivi/agenda/{token}.ics", f"/api/v1/registrations/{token}/follow-up-slots"):
        assert (await visitor.get(path)).status_code == 404
    assert (await visitor.post(f"/suivi/{token}", data={"slot": str(new_id())})).status_code == 404


@pytest.mark.parametrize("body", [b"slot=%ff%fe", b"slot=" + b"x" * 5000, b"\xff", b"slot[]=1&slot=2"])
async def test_hostile_forms_choose_nothing(visitor, week, follower, pupils, pool, body):
    await offered(pool, week, follower)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await visitor.post(f"/suivi/{pupils[0][1]}", content=body, headers=headers)
    assert answer.status_code in (400, 404)
    strange = {"Content-Type": "multipart/form-data; boundary=x"}
    part = (
        b'--x\r\nContent-Disposition: form-data; name="slot"\r\n'
        b"Content-Type: text/plain; charset=nope\r\n\r\nx\r\n--x--"
    )
    answer = await visitor.post(f"/suivi/{pupils[0][1]}", content=part, headers=strange)
    assert answer.status_code in (400, 404)


async def test_a_slot_of_another_offer_or_of_nobody_is_not_found(visitor, follower, pupils, pool):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre")
    slot, _ = await offered(pool, other, follower)
    for given in (slot, new_id(), "x", ""):
        assert (await visitor.post(f"/suivi/{pupils[0][1]}", data={"slot": str(given)})).status_code == 404


async def test_another_organisation_s_slots_do_not_exist(sign_in, week, follower, pupils, pool):
    slot, _ = await offered(pool, week, follower)
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="ailleurs", kind="agency", name="Agence d’ailleurs")
        elsewhere = await a_week(connection, slug="elsewhere", days=1)
        await connection.execute(
            "UPDATE campaigns.offers SET organisation_id = $2 WHERE id = $1", elsewhere.offer_id, other
        )
    stranger = await sign_in(other)
    assert (await stranger.get(PATH)).status_code == 404
    # through an offer of their own, too
    for path in (PATH, "/planification/elsewhere/suivi"):
        assert (await stranger.post(f"{path}/{slot}/annulation")).status_code == 404
        answer = await stranger.post(f"{path}/reservation", {"slot": str(slot), "registration_id": str(pupils[0][0])})
        assert answer.status_code == 404
    assert await notices(pool) == []


async def test_a_viewer_does_not_see_pupils_names(sign_in, week):
    viewer = await sign_in(week.organisation_id, role="viewer")
    assert (await viewer.get(PATH)).status_code == 403


async def test_a_chosen_slot_is_in_both_calendars(visitor, settings, week, follower, pupils, pool):
    slot, _ = await offered(pool, week, follower)
    signer = Signer(settings.secret_keys)
    async with transaction(pool) as connection:
        await connection.execute("UPDATE campaigns.follow_up_slots SET online_url = 'https://visio.example/a'")
        pupil_id = await connection.fetchval("SELECT pupil_id FROM campaigns.registrations WHERE id = $1", pupils[0][0])
    own = f"/calendars/personal/{signer.token('feed', pupil_id)}.ics"
    before = await visitor.get(own)
    await visitor.post(f"/suivi/{pupils[0][1]}", data={"slot": str(slot)})
    member = await visitor.get(f"/suivi/agenda/{signer.token('feed', follower.person_id)}.ics")
    assert member.headers["content-type"].startswith("text/calendar")
    unfolded = member.text.replace("\r\n ", "")
    assert "Entretien de suivi\\, Camille Dupré a" in unfolded
    assert f"UID:{slot}@" in unfolded
    assert (await visitor.get(own)).status_code == 200
    # the second it changed in is told when it is over
    await asyncio.sleep(2.1)
    pupil = await visitor.get(own)
    assert "Entretien de suivi" not in before.text
    assert "Entretien de suivi\\, Ondine Varin" in pupil.text.replace("\r\n ", "")
    assert before.headers["etag"] != pupil.headers["etag"]
    await visitor.post(f"/suivi/{pupils[0][1]}/liberation")
    since = {"If-Modified-Since": pupil.headers["last-modified"]}
    left = await visitor.get(own, headers=since)
    assert left.status_code == 200
    assert "Entretien de suivi" not in left.text
    assert "Entretien de suivi" not in (await visitor.get(str(member.url))).text


async def test_the_personal_page_leads_to_the_slots_where_there_are_some(visitor, week, follower, pupils, pool):
    token = pupils[0][1]
    assert f"/suivi/{token}" not in (await visitor.get(f"/inscriptions/{token}")).text
    await offered(pool, week, follower)
    assert f"/suivi/{token}" in (await visitor.get(f"/inscriptions/{token}")).text


async def test_machines_offer_book_and_cancel_slots(visitor, settings, week, follower, pupils, pool):
    bearer = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', week.organisation_id)}"}
    path = f"/api/v1/offers/{week.offer_id}/follow-up-slots"
    body = {
        "person_id": str(follower.person_id),
        "slots": [
            {"starts_at": "2027-06-16T16:00:00+02:00", "ends_at": "2027-06-16T16:30:00+02:00"},
            {"starts_at": "2027-06-16T16:30:00+02:00", "ends_at": "2027-06-16T17:00:00+02:00"},
        ],
    }
    made = [await visitor.post(path, json=body, headers=bearer | {"Idempotency-Key": "un"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201], made[0].text
    first, second = [item["id"] for item in made[1].json()["items"]]
    booked = await visitor.post(
        f"/api/v1/follow-up-slots/{first}/booking", json={"registration_id": str(pupils[0][0])}, headers=bearer
    )
    assert booked.json()["items"][0]["registration_id"] == str(pupils[0][0])
    token = pupils[1][1]
    mine = f"/api/v1/registrations/{token}/follow-up-slot"
    taken = await visitor.put(mine, json={"slot_id": first})
    assert (taken.status_code, taken.json()["title"]) == (409, "slot-taken")
    chosen = await visitor.put(mine, json={"slot_id": second})
    assert [item["mine"] for item in chosen.json()["items"]] == [True]
    assert (await visitor.get(f"{mine}s")).json() == chosen.json()
    assert (await visitor.delete(mine)).status_code == 204
    assert (await visitor.delete(mine)).status_code == 409
    cancelled = await visitor.post(f"/api/v1/follow-up-slots/{first}/cancellation", headers=bearer)
    assert cancelled.status_code == 204
    listed = (await visitor.get(path, headers=bearer)).json()["items"]
    assert [item["id"] for item in listed] == [second]
    for bad in (
        {"slots": []},
        {"slots": [{"starts_at": "2027-06-16T16:00:00", "ends_at": "2027-06-16T16:30:00"}]},
        {"slots": [{"starts_at": "2027-06-16T16:00:00+02:00", "ends_at": "2027-06-16T15:30:00+02:00"}]},
        {"person_id": None},
        {"online_url": "javascript:alert(1)"},
        {"place": "a\nb"},
        {"place": "\u0000"},
        {"slots": body["slots"] * 20},
    ):
        assert (await visitor.post(path, json=body | bad, headers=bearer)).status_code in (400, 422)
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="ailleurs", kind="agency", name="Agence d’ailleurs")
    stranger = {"Authorization": f"Bearer {Signer(settings.secret_keys).token('planner', other)}"}
    assert (await visitor.get(path, headers=stranger)).status_code == 404
    assert (await visitor.post(path, json=body, headers=stranger)).status_code == 404
    for verb, sent in (("booking", {"registration_id": str(pupils[0][0])}), ("cancellation", None)):
        answer = await visitor.post(f"/api/v1/follow-up-slots/{second}/{verb}", json=sent, headers=stranger)
        assert answer.status_code == 404


async def test_a_booking_under_load_never_seats_two(week, follower, pupils, pool):
    slots = await offered(pool, week, follower, count=3)

    async def book(slot_id, registration_id) -> None:
        try:
            async with transaction(pool) as connection:
                await book_slot(connection, slot_id=slot_id, registration_id=registration_id, now=NOW)
        except SlotTaken:
            return

    await asyncio.gather(
        *(book(slot, registration_id) for _ in range(3) for slot in slots for registration_id, _ in pupils)
    )
    async with pool.acquire() as connection:
        rows = await connection.fetch(
            "SELECT registration_id FROM campaigns.follow_up_slots WHERE registration_id IS NOT NULL"
        )
    assert len({row["registration_id"] for row in rows}) == len(rows)
