"""What each kind of calendar holds: one's own sessions, never another pupil's name."""

from datetime import timedelta

import pytest

from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.change_session import change_session
from services.campaigns.offers.seats.enrolment import Enrolment
from services.campaigns.offers.session import SessionChange
from services.campaigns.offers.speakers.add_speaker import add_speaker
from services.campaigns.offers.speakers.answer_invitation import answer_invitation
from services.campaigns.offers.speakers.invite_speaker import invite_speaker
from services.campaigns.offers.speakers.release_speakers import withdraw_invitation
from services.campaigns.offers.speakers.speaker import parse_sheet
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.identifiers import new_id
from tests.services.campaigns.subscribing.conftest import entries, unfolded
from tests.world import NOW, a_member, a_pupil, a_week, an_organisation

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(minutes=5)
NAMES = ("Camille", "Dupré", "Léo", "Inès")


async def do(pool, verb, **given):
    async with transaction(pool) as connection:
        return await verb(connection, **{"now": LATER, **given})


def family_address(signer, registration, version=1):
    return f"/calendars/famille/{signer.token('family_feed', registration['guardian_id'], version)}.ics"


async def test_a_guardian_sees_each_session_once_with_the_names_of_who_goes(subscriber, signer, family):
    camille, leo = family
    assert camille["guardian_id"] != leo["guardian_id"], "a guardian is written down anew with each child"
    answers = [await subscriber.get(family_address(signer, one)) for one in family]
    for answer in answers:
        shown = entries(answer)
        assert len(shown) == len({entry.uid for entry in shown}) == 10
        assert all(entry.summary.startswith("Camille, Léo · Semaine à Pont-Audemer : Visite") for entry in shown)
        assert "Vos enfants : Camille\\, Léo" in unfolded(answer)
        assert "Dupré" not in answer.text
        assert answer.headers["Cache-Control"].startswith("private")
    assert answers[0].headers["ETag"] != answers[1].headers["ETag"], "each has its own SOURCE"


async def test_when_one_child_gives_the_seat_back_the_other_s_sessions_stay(pool, subscriber, signer, family):
    camille, leo = family
    address = family_address(signer, camille)
    before = await subscriber.get(address)
    await do(pool, withdraw_registration, registration_id=camille["id"])
    after = await subscriber.get(address, headers={"If-None-Match": before.headers["ETag"]})
    assert {entry.summary.partition(" · ")[0] for entry in entries(after)} == {"Léo"}
    await do(pool, withdraw_registration, registration_id=leo["id"])
    assert entries(await subscriber.get(address)) == []


async def test_a_seat_whose_address_was_not_proved_is_told_to_no_guardian(pool, subscriber, signer, family):
    camille, _leo = family
    await pool.execute("UPDATE campaigns.registrations SET status = 'held', held_for = 'address', deadline = $1", LATER)
    assert entries(await subscriber.get(family_address(signer, camille))) == []


async def test_a_guardian_s_calendar_keeps_what_is_cancelled_and_says_nothing_of_it_but_that(
    pool, subscriber, signer, family, small_week
):
    await do(pool, cancel_session, session_id=small_week.sessions[0])
    shown = entries(await subscriber.get(family_address(signer, family[0])))
    assert [entry.status for entry in shown].count("CANCELLED") == 1
    assert len(shown) == 10


async def test_a_pupil_without_any_registration_has_an_empty_calendar(pool, subscriber, signer):
    pupil_id = new_id()
    await pool.execute("INSERT INTO contract.people (id, first_name, last_name) VALUES ($1, 'Inès', 'Roy')", pupil_id)
    for whose, scope in (("personal", "feed"), ("famille", "family_feed"), ("temoignages", "speaker_feed")):
        answer = await subscriber.get(f"/calendars/{whose}/{signer.token(scope, pupil_id)}.ics")
        assert entries(answer) == []
        assert "BEGIN:VCALENDAR" in answer.text
        assert "X-WR-CALNAME" in answer.text


async def test_a_teacher_sees_how_many_of_their_pupils_go_where_and_no_name(
    pool, subscriber, signer, register, small_week
):
    async with transaction(pool) as connection:
        school = await an_organisation(connection, slug="lycee", kind="school", name="Lycée Prévert")
        teacher = await a_member(connection, school, role="teacher", email="prof@lycee.example", name="Inès Varin")
    await register(
        small_week.offer_id,
        a_pupil(1),
        a_pupil(2),
        enrolment=Enrolment(person_id=teacher.person_id, organisation_id=school),
    )
    address = f"/calendars/professeur/{signer.token('teacher_feed', teacher.person_id)}.ics"
    answer = await subscriber.get(address)
    assert len(entries(answer)) == 10
    assert "Vos élèves : 2" in unfolded(answer)
    assert not [name for name in NAMES if name in answer.text]
    visit = new_id()
    await pool.execute(
        """
        INSERT INTO campaigns.visits (id, teacher_id, organisation_id, session_id, after_start, lasts, changed_at)
        VALUES ($1, $2, $3, $4, '0', '30 minutes', $5)
        """,
        visit,
        teacher.person_id,
        school,
        small_week.sessions[0],
        LATER,
    )
    with_visit = await subscriber.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert len(entries(with_visit)) == 11
    assert f"UID:{visit}@" in unfolded(with_visit)
    await pool.execute("DELETE FROM campaigns.members WHERE person_id = $1", teacher.person_id)
    assert len(entries(await subscriber.get(address))) == 1, "who has left the school keeps their own visit alone"


@pytest.fixture
async def promised(pool, small_week):
    """A speaker in two banks under one address, who has promised one session of each: (request, other request)."""
    sheet = parse_sheet(name="Salomé Vasseur", trade="soudeuse", email="salome@metal.example", sector="s10")
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="agence", kind="agency", name="Agence")
        second = await a_week(connection, slug="autre-semaine")
        await connection.execute(
            "UPDATE campaigns.offers SET organisation_id = $2 WHERE id = $1", second.offer_id, other
        )
    found = []
    for organisation_id, session_id in (
        (small_week.organisation_id, small_week.sessions[0]),
        (other, second.sessions[3]),
    ):
        speaker_id = await do(pool, add_speaker, organisation_id=organisation_id, sheet=sheet)
        found.append(await do(pool, invite_speaker, session_id=session_id, speaker_id=speaker_id))
    return found


async def test_a_speaker_sees_what_they_have_promised_in_all_banks_and_nothing_else(
    pool, subscriber, signer, promised, register, small_week
):
    await register(small_week.offer_id, a_pupil(1))
    people = [
        row["id"] for row in await pool.fetch("SELECT id FROM contract.people WHERE email = 'salome@metal.example'")
    ]
    addresses = [f"/calendars/temoignages/{signer.token('speaker_feed', person_id)}.ics" for person_id in people]
    assert entries(await subscriber.get(addresses[0])) == []
    for request_id in promised:
        await do(pool, answer_invitation, request_id=request_id, answer="confirmed")
    for address in addresses:
        answer = await subscriber.get(address)
        assert [entry.status for entry in entries(answer)] == ["CONFIRMED"] * 2
        assert "Élèves : 2 au plus" in unfolded(answer)
        assert not [name for name in NAMES if name in answer.text]
    await do(pool, change_session, session_id=small_week.sessions[0], change=SessionChange(title="Fonderie"))
    assert "Fonderie" in (await subscriber.get(addresses[0])).text
    await do(pool, withdraw_invitation, request_id=promised[0])
    answer = await subscriber.get(addresses[0])
    assert sorted(entry.status for entry in entries(answer)) == ["CANCELLED", "CONFIRMED"]


async def test_a_planner_sees_all_that_their_organisations_publish_until_they_plan_no_more(
    pool, subscriber, signer, small_week, register
):
    await register(small_week.offer_id, a_pupil(1))
    async with transaction(pool) as connection:
        planner = await a_member(connection, small_week.organisation_id)
        await a_week(connection, slug="brouillon", published=False)
    address = f"/calendars/planification/{signer.token('planner_feed', planner.person_id)}.ics"
    answer = await subscriber.get(address)
    assert len(entries(answer)) == 10, "drafts change too much to be in it"
    assert not [name for name in NAMES if name in answer.text]
    await do(pool, change_session, session_id=small_week.sessions[0], change=SessionChange(contact="02 00 00 00 00"))
    assert "02 00 00 00 00" in unfolded(await subscriber.get(address))
    await pool.execute("UPDATE campaigns.members SET role = 'viewer' WHERE person_id = $1", planner.person_id)
    assert entries(await subscriber.get(address)) == []


async def test_each_language_has_its_own_bytes(subscriber, signer, family):
    address = family_address(signer, family[0])
    french, english = await subscriber.get(address), await subscriber.get(f"/en{address}")
    assert "X-WR-CALNAME:Les séances de mes enfants" in unfolded(french)
    assert "X-WR-CALNAME:My children’s sessions" in unfolded(english)
    assert "Your children: Camille" in unfolded(english).replace("Your children : ", "Your children: ")
    again = await subscriber.get(address, headers={"If-None-Match": french.headers["ETag"]})
    assert again.status_code == 304


async def test_the_same_state_is_the_same_bytes_and_one_that_comes_back_is_dated_anew(pool, subscriber, signer, family):
    camille, _leo = family
    address = family_address(signer, camille)
    first = await subscriber.get(address)
    assert (await subscriber.get(address)).content == first.content
    await pool.execute("UPDATE campaigns.calendar_states SET changed_at = changed_at - interval '1 hour'")
    told = await subscriber.get(address)
    dated = await pool.fetchval("SELECT changed_at FROM campaigns.calendar_states")
    await pool.execute("UPDATE contract.people SET first_name = 'Cam' WHERE id = $1", camille["pupil_id"])
    assert (await subscriber.get(address)).content != told.content
    await pool.execute("UPDATE contract.people SET first_name = 'Camille' WHERE id = $1", camille["pupil_id"])
    back = await subscriber.get(address)
    assert back.content == told.content
    assert back.headers["ETag"] == told.headers["ETag"]
    assert await pool.fetchval("SELECT changed_at FROM campaigns.calendar_states") > dated


async def test_no_page_of_another_site_reads_a_secret_calendar(subscriber, signer, family):
    answer = await subscriber.get(family_address(signer, family[0]), headers={"Origin": "https://ailleurs.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]
    refused = await subscriber.options(family_address(signer, family[0]))
    assert refused.status_code == 405
    assert not [name for name in refused.headers if name.startswith("access-control")]
