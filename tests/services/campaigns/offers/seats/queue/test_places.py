"""The queue explains itself, and a planner moves it by hand with a reason that stays."""

import asyncio

import pytest
from asyncpg import Connection

from services.campaigns.offers.offer import OfferClosed
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.registration import PupilElsewhere, RegistrationEnded
from services.campaigns.offers.seats.keep_seats import keep_seats
from services.campaigns.offers.seats.queue.by_hand import (
    NobodyBehind,
    NoFreeSeat,
    NotOneOffer,
    NotWaiting,
    UnknownGroup,
)
from services.campaigns.offers.seats.queue.change_group import change_group
from services.campaigns.offers.seats.queue.give_seat import give_seat
from services.campaigns.offers.seats.queue.merge_registrations import merge_registrations
from services.campaigns.offers.seats.queue.move_in_queue import move_in_queue
from services.campaigns.offers.seats.queue.skip_turn import skip_turn
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.events import decode_event
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.world import NOW, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

SIGNER = Signer(("un-secret-pour-les-tests",))


async def filled(pool, seats, pupils, *, first=0, **given):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=seats, **given)
        requests = [a_pupil(number) for number in range(first, first + pupils)]
        outcomes = await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=NOW)
    return week, [outcome.id for outcome in outcomes]


async def do(pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": NOW, **given})


async def more_seats(pool, week, seats):
    """Seats that nobody was promoted into yet, as between two transactions."""
    await pool.execute("UPDATE campaigns.offers SET seats = $2 WHERE id = $1", week.offer_id, seats)


async def queue(pool, week):
    rows = await pool.fetch(
        "SELECT id, status, rank FROM campaigns.registrations WHERE offer_id = $1 ORDER BY rank", week.offer_id
    )
    offer = await pool.fetchrow("SELECT seats, taken, waiting FROM campaigns.offers WHERE id = $1", week.offer_id)
    states = [row["status"] for row in rows]
    assert offer["taken"] == sum(state in ("held", "confirmed") for state in states) <= offer["seats"]
    assert offer["waiting"] == states.count("waiting")
    return [row["id"] for row in rows if row["status"] == "waiting"]


async def status_of(pool, registration_id):
    return await pool.fetchval("SELECT status FROM campaigns.registrations WHERE id = $1", registration_id)


async def tags(pool, count):
    rows = await pool.fetch("SELECT tag FROM contract.events ORDER BY id DESC LIMIT $1", count)
    return [row["tag"] for row in reversed(rows)]


# --- moved by hand


@pytest.mark.parametrize(
    ("who", "to", "order"), [(3, 1, [3, 1, 2, 4]), (1, 3, [2, 3, 1, 4]), (2, 99, [1, 3, 4, 2]), (2, 2, [1, 2, 3, 4])]
)
async def test_somebody_is_moved_and_those_between_move_by_one(pool, who, to, order):
    week, ids = await filled(pool, 1, 5)
    position = await do(pool, move_in_queue, registration_id=ids[who], position=to)
    assert await queue(pool, week) == [ids[number] for number in order]
    assert position == order.index(who) + 1


async def test_moves_at_once_leave_every_rank_to_one(pool):
    week, ids = await filled(pool, 1, 8)
    moves = [do(pool, move_in_queue, registration_id=one, position=1 + n % 7) for n, one in enumerate(ids[1:])]
    await asyncio.gather(*moves)
    assert sorted(await queue(pool, week)) == sorted(ids[1:])


async def test_who_has_a_seat_is_not_moved(pool):
    _, ids = await filled(pool, 1, 2)
    with pytest.raises(NotWaiting):
        await do(pool, move_in_queue, registration_id=ids[0], position=1)


# --- a seat given by hand


@pytest.mark.parametrize(("how", "state"), [("offered", "held"), ("confirmed", "confirmed")])
async def test_a_free_seat_is_given_past_the_queue_once(pool, how, state):
    week, ids = await filled(pool, 1, 4)
    await more_seats(pool, week, 2)
    for _ in range(2):
        await do(pool, give_seat, registration_id=ids[3], how=how)
    assert await status_of(pool, ids[3]) == state
    assert await queue(pool, week) == [ids[1], ids[2]]
    assert (await tags(pool, 1)) == [f"registration.{state}"]


async def test_no_seat_is_given_that_is_not_there(pool):
    _, ids = await filled(pool, 1, 3)
    with pytest.raises(NoFreeSeat):
        await do(pool, give_seat, registration_id=ids[2], how="confirmed")


async def test_two_planners_give_the_last_seat_once(pool):
    week, ids = await filled(pool, 1, 3)
    await more_seats(pool, week, 2)
    results = await asyncio.gather(
        *(do(pool, give_seat, registration_id=one, how="confirmed") for one in ids[1:]), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["NoFreeSeat", "NoneType"]
    assert len(await queue(pool, week)) == 1


async def test_a_seat_is_not_given_to_who_is_elsewhere_and_the_other_offer_is_named(pool):
    week, ids = await filled(pool, 1, 3)
    await filled(pool, 5, 1, first=2, slug="ailleurs")
    await pool.execute("UPDATE campaigns.offers SET title = 'Semaine au Havre' WHERE slug = 'ailleurs'")
    await more_seats(pool, week, 2)
    with pytest.raises(PupilElsewhere, match="Semaine au Havre"):
        await do(pool, give_seat, registration_id=ids[2], how="confirmed")


async def test_a_cancelled_offer_gives_no_seat(pool):
    week, ids = await filled(pool, 1, 2)
    await pool.execute("UPDATE campaigns.offers SET status = 'over', seats = 5 WHERE id = $1", week.offer_id)
    with pytest.raises(OfferClosed):
        await do(pool, give_seat, registration_id=ids[1], how="confirmed")


# --- a turn skipped


async def test_the_next_goes_first(pool):
    week, ids = await filled(pool, 1, 4)
    assert await do(pool, skip_turn, registration_id=ids[1]) == ids[1]
    assert await queue(pool, week) == [ids[2], ids[1], ids[3]]
    with pytest.raises(NobodyBehind):
        await do(pool, skip_turn, registration_id=ids[3])


async def test_a_seat_that_is_offered_goes_to_the_next_and_the_one_waits_on_in_front(pool):
    week, ids = await filled(pool, 1, 4)
    await do(pool, withdraw_registration, registration_id=ids[0])
    assert await status_of(pool, ids[1]) == "held"
    again = await do(pool, skip_turn, registration_id=ids[1])
    assert await status_of(pool, ids[1]) == "expired"
    assert await status_of(pool, ids[2]) == "held"
    assert await queue(pool, week) == [again, ids[3]]
    assert sorted(await tags(pool, 3)) == ["registration.expired", "registration.held", "registration.waiting"]
    with pytest.raises(NotWaiting):
        await do(pool, skip_turn, registration_id=ids[1])


async def test_a_seat_that_is_offered_stays_where_nobody_could_take_it(pool):
    _, ids = await filled(pool, 1, 2)
    await do(pool, withdraw_registration, registration_id=ids[0])
    with pytest.raises(NobodyBehind):
        await do(pool, skip_turn, registration_id=ids[1])
    assert await status_of(pool, ids[1]) == "held"


async def test_a_kept_seat_that_is_offered_goes_to_nobody_it_is_not_kept_for(pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=1)
        await keep_seats(connection, offer_id=week.offer_id, seats=1, school_uai="0271585B", until=at(0, 0), now=NOW)
        school = [a_pupil(number, school_uai="0271585B") for number in range(3)]
        first, second, stranger, third = await register_pupils(
            connection, offer_id=week.offer_id, requests=[*school[:2], a_pupil(9), school[2]], signer=SIGNER, now=NOW
        )
    await do(pool, withdraw_registration, registration_id=first.id)
    assert await status_of(pool, second.id) == "held"
    await do(pool, skip_turn, registration_id=second.id)
    assert await status_of(pool, third.id) == "held"
    assert await status_of(pool, stranger.id) == "waiting"


# --- doubles and groups


async def test_of_two_registrations_of_one_pupil_the_better_place_stays(pool):
    week, ids = await filled(pool, 2, 4)
    assert await do(pool, merge_registrations, one_id=ids[3], other_id=ids[1]) == ids[1]
    assert await status_of(pool, ids[3]) == "withdrawn"
    assert await do(pool, merge_registrations, one_id=ids[1], other_id=ids[0]) == ids[0]
    assert await status_of(pool, ids[2]) == "held"
    assert await queue(pool, week) == []
    body = await pool.fetchval("SELECT body FROM contract.events WHERE tag = 'registration.withdrawn' LIMIT 1")
    assert decode_event(body).why == "merged"
    with pytest.raises(NotOneOffer):
        await do(pool, merge_registrations, one_id=ids[0], other_id=ids[1])


async def test_a_merge_keeps_the_guardian_and_crosses_no_offer(pool):
    week, ids = await filled(pool, 5, 1)
    async with transaction(pool) as connection:
        given = {"email": None, "guardian_name": "Anne Dupré", "guardian_email": "anne@famille.example"}
        (with_guardian,) = await register_pupils(
            connection, offer_id=week.offer_id, requests=[a_pupil(0, **given)], signer=SIGNER, now=NOW
        )
    await do(pool, merge_registrations, one_id=ids[0], other_id=with_guardian.id)
    assert await pool.fetchval("SELECT guardian_id FROM campaigns.registrations WHERE id = $1", ids[0]) is not None
    _, others = await filled(pool, 5, 1, first=7, slug="ailleurs")
    with pytest.raises(NotOneOffer):
        await do(pool, merge_registrations, one_id=ids[0], other_id=others[0])


async def test_a_pupil_changes_group_and_the_calendar_is_told(pool):
    week, ids = await filled(pool, 2, 3, groups=("A", "B"))
    current = await pool.fetchval("SELECT group_id FROM campaigns.registrations WHERE id = $1", ids[0])
    other = next(group for group in week.groups if group != current)
    before = await pool.fetchval("SELECT revision FROM campaigns.offers WHERE id = $1", week.offer_id)
    assert await do(pool, change_group, registration_id=ids[0], group_id=other)
    assert not await do(pool, change_group, registration_id=ids[0], group_id=other)
    fact = decode_event(await pool.fetchval("SELECT body FROM contract.events ORDER BY id DESC LIMIT 1"))
    assert (fact.how, fact.group_id, fact.revision) == ("regrouped", other, before + 1)
    with pytest.raises(UnknownGroup):
        await do(pool, change_group, registration_id=ids[0], group_id=new_id())
    with pytest.raises(RegistrationEnded):
        await do(pool, change_group, registration_id=ids[2], group_id=other)


# --- the page


async def test_the_queue_says_why(pool, sign_in):
    week, ids = await filled(pool, 2, 7)
    planner = await sign_in(week.organisation_id)
    page = await planner.get(f"/planification/{week.slug}/places")
    assert "Il faut qu’une se libère".lower() in page.text.lower()
    for one in ids[:2]:
        await do(pool, withdraw_registration, registration_id=one)
    page = await planner.get(f"/planification/{week.slug}/places")
    assert "2e sur 3 sur la liste d’attente. Deux places sont proposées jusqu’au" in page.text


async def test_the_queue_says_who_passes_a_turn_and_names_the_offer_only_to_its_own_planner(pool, sign_in):
    week, _ = await filled(pool, 1, 3)
    await filled(pool, 5, 1, first=2, slug="ailleurs")
    await pool.execute("UPDATE campaigns.offers SET title = 'Semaine au Havre' WHERE slug = 'ailleurs'")
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/places"
    assert "A une place dans « Semaine au Havre » aux mêmes dates" in (await planner.get(path)).text
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre")
    await pool.execute("UPDATE campaigns.offers SET organisation_id = $1 WHERE slug = 'ailleurs'", other)
    text = (await planner.get(path)).text
    assert "A une place ailleurs aux mêmes dates" in text
    assert "Semaine au Havre" not in text


async def test_what_is_done_by_hand_needs_a_reason_that_stays(pool, sign_in):
    week, ids = await filled(pool, 1, 4)
    await more_seats(pool, week, 2)
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/places"
    await planner.get(path)
    refused = await planner.post(f"{path}/{ids[3]}/place", {"how": "confirmed", "reason": " "})
    assert refused.status_code == 422
    assert "Indiquez la raison" in refused.text
    for act, given in (("place", {"how": "confirmed"}), ("rang", {"position": "1"}), ("tour", {})):
        who = {"place": ids[3], "rang": ids[2], "tour": ids[2]}[act]
        answer = await planner.post(f"{path}/{who}/{act}", {"reason": "Élève en situation difficile", **given})
        assert answer.status_code == 303, answer.text
    rows = await pool.fetch("SELECT action, detail, person_id FROM campaigns.audit ORDER BY id")
    assert [row["action"] for row in rows] == ["give_seat", "move_in_queue", "skip_turn"]
    assert all("Élève en situation difficile" in row["detail"] for row in rows)
    assert {row["person_id"] for row in rows} == {planner.member.person_id}
    assert await queue(pool, week) == [ids[1], ids[2]]


@pytest.mark.parametrize("position", ["", "0", "-1", "un", "9" * 40])
async def test_a_place_that_is_none_is_refused(pool, sign_in, position):
    week, ids = await filled(pool, 1, 3)
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/places"
    await planner.get(path)
    answer = await planner.post(f"{path}/{ids[1]}/rang", {"position": position, "reason": "essai"})
    assert answer.status_code == 422


async def test_possible_doubles_are_flagged_merged_or_told_apart(pool, sign_in):
    week, ids = await filled(pool, 5, 2)
    async with transaction(pool) as connection:
        twin = a_pupil(0, first_name="CAMILLE", last_name="Dupre a", email="autre@eleve.example")
        turned = a_pupil(1, first_name="Dupré b", last_name="Camille", email="encore@eleve.example")
        more = await register_pupils(
            connection, offer_id=week.offer_id, requests=[twin, turned], signer=SIGNER, now=NOW
        )
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/places"
    assert "2 élèves sont peut-être inscrits deux fois" in (await planner.get(path)).text
    same = {"one": ids[0], "other": more[0].id, "verdict": "same"}
    two = {"one": more[1].id, "other": ids[1], "verdict": "two"}
    for _ in range(2):
        assert (await planner.post(f"{path}/doublons", two)).status_code == 303
    assert "Un élève est peut-être inscrit deux fois" in (await planner.get(path)).text
    assert (await planner.post(f"{path}/doublons", same)).status_code == 303
    assert "peut-être" not in (await planner.get(path)).text
    assert await status_of(pool, more[0].id) == "withdrawn"


async def test_seats_are_kept_and_opened_on_the_page(pool, sign_in):
    week, _ = await filled(pool, 5, 1)
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/places"
    await planner.get(path)
    form = {"seats": "2", "whose": "school", "school": "0271585b", "until": "2027-06-01T12:00"}
    assert (await planner.post(f"{path}/quotas", form)).status_code == 303
    page = await planner.get(path)
    assert "2 places gardées pour l’établissement (0271585B) jusqu’au mardi 1er juin à 12 h" in page.text.replace(
        "\xa0", " "
    )
    for wrong in ({"seats": "x"}, {"seats": "9"}, {"school": "0271585K"}, {"until": "demain"}, {"until": "2020-01-01"}):
        answer = await planner.post(f"{path}/quotas", form | wrong)
        assert answer.status_code == 422, wrong
    quota_id = await pool.fetchval("SELECT id FROM campaigns.quotas")
    assert (await planner.post(f"{path}/quotas/{quota_id}/ouverture")).status_code == 303
    assert (await planner.post(f"{path}/quotas/{quota_id}/ouverture")).status_code == 404
    assert "Toutes les places sont à tous" in (await planner.get(path)).text


async def test_shares_of_schools_and_classes_are_shown(pool, sign_in):
    week, _ = await filled(pool, 5, 3)
    async with transaction(pool) as connection:
        requests = [a_pupil(9, school_name="Lycée Corneille", class_name="2nde 1")]
        await register_pupils(connection, offer_id=week.offer_id, requests=requests, signer=SIGNER, now=NOW)
    text = (await (await sign_in(week.organisation_id)).get(f"/planification/{week.slug}/places")).text
    assert "75 %" in text
    assert "25 %" in text
    assert "Lycée Corneille, 2nde 1" in text
    planner = await sign_in(week.organisation_id)
    path = f"/planification/{week.slug}/places?prioritaire=Lycée+Corneille&prioritaire=Inconnu"
    text = (await planner.get(path)).text
    assert "Établissements prioritaires : 1 place sur 4, 25 %" in text


async def test_the_page_asks_the_same_number_of_queries_whatever_the_queue(pool, sign_in, monkeypatch):
    asked = []
    for method in ("fetch", "fetchrow", "fetchval", "execute"):
        original = getattr(Connection, method)

        def counted(self, query, *args, _original=original, **options):
            asked.append(query)
            return _original(self, query, *args, **options)

        monkeypatch.setattr(Connection, method, counted)
    short, _ = await filled(pool, 2, 4)
    long, _ = await filled(pool, 20, 90, first=100, slug="longue")
    planner = await sign_in(short.organisation_id)
    sizes = []
    for week in (short, long):
        for page in ("places", "presences/2027-06-14", "conventions"):
            counts = []
            # the clock of the application asks, too, now and then: the fewest are the page's own
            for _ in range(3):
                asked.clear()
                assert (await planner.get(f"/planification/{week.slug}/{page}")).status_code == 200
                counts.append(len([query for query in asked if "campaigns." in query]))
            sizes.append(min(counts))
    assert sizes[:3] == sizes[3:]


async def test_a_stranger_s_offer_and_registrations_do_not_exist(pool, sign_in):
    week, ids = await filled(pool, 1, 3)
    other_week, other_ids = await filled(pool, 1, 3, first=10, slug="ailleurs")
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="autre", kind="agency", name="Autre")
    await pool.execute("UPDATE campaigns.offers SET organisation_id = $1 WHERE slug = 'ailleurs'", other)
    planner = await sign_in(week.organisation_id)
    await planner.get(f"/planification/{week.slug}/places")
    assert (await planner.get(f"/planification/{other_week.slug}/places")).status_code == 404
    acts = (("place", {}), ("tour", {}), ("rang", {"position": "1"}), ("groupe", {"group": str(new_id())}))
    for act, given in acts:
        for slug, registration in ((other_week.slug, other_ids[1]), (week.slug, other_ids[1]), (week.slug, new_id())):
            path = f"/planification/{slug}/places/{registration}/{act}"
            assert (await planner.post(path, {"reason": "essai", **given})).status_code == 404, path
    fields = {"one": ids[0], "other": other_ids[0], "verdict": "same"}
    assert (await planner.post(f"/planification/{week.slug}/places/doublons", fields)).status_code == 404
    assert await queue(pool, week) == ids[1:]


@pytest.mark.parametrize("role", ["viewer", "teacher", "host"])
async def test_who_may_not_read_pupils_sees_no_places(pool, sign_in, role):
    week, ids = await filled(pool, 1, 2)
    somebody = await sign_in(week.organisation_id, role=role)
    assert (await somebody.get(f"/planification/{week.slug}/places")).status_code == 403
    path = f"/planification/{week.slug}/places/{ids[1]}/place"
    assert (await somebody.post(path, {"reason": "essai"})).status_code == 403
