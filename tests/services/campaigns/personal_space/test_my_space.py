"""My space: today first, what changed, the honest queue, other registrations, and the guardian's reading."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.record_programme import record_programme
from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.seats.enrolment import Enrolment
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import MONDAY, NOW, a_member, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

GUARDIAN = {"guardian_name": "Anne Dupré", "guardian_email": "anne@famille.example"}


@pytest.fixture
def signer(settings) -> Signer:
    return Signer(settings.secret_keys)


async def register(pool, signer, week, *requests, **given):
    """The ids of the registrations."""
    async with transaction(pool) as connection:
        outcomes = await register_pupils(
            connection, offer_id=week.offer_id, requests=requests, signer=signer, now=NOW, **given
        )
    return [outcome.id for outcome in outcomes]


def page_of(signer, registration_id, scope="registration"):
    return f"/inscriptions/{signer.token(scope, registration_id)}"


async def text_of(visitor, path):
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return read(answer).text


async def move_week(pool, week, days):
    """Shift all that is to come so that the week's Monday is `days` from today; the programme as published follows."""
    shift = datetime.now(UTC).date() - MONDAY + timedelta(days=days)
    async with transaction(pool) as connection:
        await connection.execute("DELETE FROM campaigns.pupil_times WHERE offer_id = $1", week.offer_id)
        await connection.execute(
            "UPDATE campaigns.days SET date = date + $2::int WHERE offer_id = $1", week.offer_id, shift.days
        )
        await connection.execute(
            """
            UPDATE campaigns.sessions SET starts_at = starts_at + $2, ends_at = ends_at + $2 WHERE offer_id = $1
            """,
            week.offer_id,
            shift,
        )
        await record_programme(connection, offer_id=week.offer_id, now=datetime.now(UTC))


async def change_programme(pool, week, session_id, **fields):
    """Change a session by hand, and write the programme's next version down."""
    async with transaction(pool) as connection:
        for name, value in fields.items():
            await connection.execute(f"UPDATE campaigns.sessions SET {name} = $2 WHERE id = $1", session_id, value)  # noqa: S608
        await record_programme(connection, offer_id=week.offer_id, now=datetime.now(UTC))


async def test_what_changed_is_marked_until_somebody_says_it_was_seen(visitor, pool, signer, small_week):
    (mine,) = await register(pool, signer, small_week, a_pupil(1))
    path = page_of(signer, mine)
    assert "depuis votre dernière visite" not in await text_of(visitor, path)
    await change_programme(
        pool, small_week, small_week.sessions[0], meeting_point="Devant la mairie", starts_at=at(0, 10)
    )
    for _ in range(2):
        # a scanner that follows the link, and follows it again, takes no mark away
        text = await text_of(visitor, path)
        assert "Une séance a changé depuis votre dernière visite" in text
        assert "Horaire : avant, 9 h–12 h" in text
        assert "Rendez-vous : précisé" in text
    form = next(form for form in read(await visitor.get(path)).all("form") if form["action"].endswith("/vu"))
    version = await pool.fetchval("SELECT programme_version FROM campaigns.offers WHERE id = $1", small_week.offer_id)
    answer = await visitor.post(form["action"], data={"version": str(version)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "depuis votre dernière visite" not in await text_of(visitor, path)


async def test_a_cancelled_session_is_told_by_name_and_the_guardian_s_mark_is_another(
    visitor, pool, signer, small_week
):
    (mine,) = await register(pool, signer, small_week, a_pupil(1, **GUARDIAN))
    await change_programme(pool, small_week, small_week.sessions[1], status="cancelled")
    path, guardian = page_of(signer, mine), page_of(signer, mine, "guardian")
    assert "Visite 1.2, lundi 14 juin, 13 h–16 h" in await text_of(visitor, path)
    await visitor.post(f"{path}/vu", data={"version": "99"})
    assert "dernière visite" not in await text_of(visitor, path)
    assert "dernière visite" in await text_of(visitor, guardian)


@pytest.mark.parametrize("version", ["", "-1", "abc", "9" * 40, "１"])
async def test_a_mark_of_nonsense_marks_nothing(visitor, pool, signer, small_week, version):
    (mine,) = await register(pool, signer, small_week, a_pupil(1))
    await change_programme(pool, small_week, small_week.sessions[0], room="B 12")
    answer = await visitor.post(f"{page_of(signer, mine)}/vu", data={"version": version}, follow_redirects=False)
    assert answer.status_code == 303
    assert "dernière visite" in await text_of(visitor, page_of(signer, mine))


async def test_today_comes_first_and_the_past_is_folded(visitor, pool, signer, small_week):
    (mine,) = await register(pool, signer, small_week, a_pupil(1))
    await move_week(pool, small_week, days=-2)
    await visitor.post(f"{page_of(signer, mine)}/vu", data={"version": "99"})
    answer = await visitor.get(page_of(signer, mine))
    text = read(answer).text
    assert text.index("Aujourd’hui") < text.index("Visite 3.1") < text.index("Ensuite") < text.index("Visite 4.1")
    assert text.index("Visite 5.2") < text.index("2 jours passés") < text.index("Visite 1.1")
    assert "<details" in answer.text


async def test_when_all_is_over_nothing_is_asked_any_more(visitor, pool, signer, small_week):
    ids = await register(pool, signer, small_week, a_pupil(1), a_pupil(2), a_pupil(3))
    await move_week(pool, small_week, days=-10)
    page = read(await visitor.get(page_of(signer, ids[0])))
    assert "C’est terminé" in page.text
    assert f"{page_of(signer, ids[0])}/retrait" not in page.links()
    assert not page.all("form")
    assert "sans qu’une place se libère" in await text_of(visitor, page_of(signer, ids[2]))


async def test_the_next_meeting_has_its_place_its_way_its_contact_and_what_to_bring_is_gathered(
    visitor, pool, signer, small_week
):
    (mine,) = await register(pool, signer, small_week, a_pupil(1))
    for session in (small_week.sessions[0], small_week.sessions[4]):
        await change_programme(
            pool,
            small_week,
            session,
            meeting_point="Au portail",
            access="En train, gare à 5 minutes",
            bring="Chaussures fermées",
            contact="Ondine, 02 99 00 00 00",
        )
    text = await text_of(visitor, page_of(signer, mine))
    assert "Au portail" in text
    assert "Venir : En train, gare à 5 minutes" in text.replace("\xa0", " ")
    assert "Contact : Ondine, 02 99 00 00 00" in text.replace("\xa0", " ")
    assert "À apporter Chaussures fermées lundi 14 juin, mercredi 16 juin" in text


async def test_the_queue_says_what_must_happen_and_when_the_answer_falls(visitor, pool, signer, small_week):
    ids = await register(pool, signer, small_week, *(a_pupil(number) for number in range(5)))
    text = await text_of(visitor, page_of(signer, ids[4]))
    assert "Vous êtes 3e sur 3 sur la liste d’attente" in text
    assert "Il faut que trois places se libèrent." in text
    assert "La réponse tombe au plus tard le lundi 14 juin à 9 h" in text
    await visitor.post(f"{page_of(signer, ids[0])}/retrait")
    text = await text_of(visitor, page_of(signer, ids[4]))
    assert "Il faut que deux places se libèrent. Celle qui est proposée en ce moment en est une" in text


async def test_seats_that_wait_for_a_guardian_are_not_called_offered(visitor, pool, signer, small_week, planner):
    child = a_pupil(8, under_15=True, guardian_name="Sam", guardian_email="sam@famille.example")
    ids = await register(pool, signer, small_week, child, a_pupil(1), a_pupil(2))
    text = await text_of(visitor, page_of(signer, ids[2]))
    assert "Une place est retenue jusqu’au" in text
    assert "le temps d’une confirmation" in text
    assert "Celle qui est retenue en ce moment en est une si elle n’est pas confirmée." in text
    assert "est proposée" not in text
    places = read(await planner.get(f"/planification/{small_week.slug}/places")).text
    assert "Une place est retenue jusqu’au" in places
    assert "Une place est proposée" not in places
    await visitor.post(f"{page_of(signer, ids[1])}/retrait")
    (later,) = await register(pool, signer, small_week, a_pupil(3))
    text = await text_of(visitor, page_of(signer, later))
    assert "Une place est proposée jusqu’au" in text
    assert "Une place est retenue jusqu’au" in text
    assert "Celles qui sont retenues ou proposées en ce moment en sont si elles ne sont pas confirmées." in text


async def test_leaving_the_queue_is_one_tap(visitor, pool, signer, small_week):
    ids = await register(pool, signer, small_week, *(a_pupil(number) for number in range(3)))
    path = page_of(signer, ids[2])
    page = read(await visitor.get(path))
    assert f"{path}/retrait" in {form["action"] for form in page.all("form")}
    await visitor.post(f"{path}/retrait")
    assert "Vous avez renoncé" in await text_of(visitor, path)


async def test_who_waits_is_shown_the_nearest_with_free_seats(visitor, pool, signer, small_week):
    async with transaction(pool) as connection:
        for number, (city, longitude) in enumerate([("Loin", 3.0), ("Près", 0.6), ("Milieu", 1.2), ("Ailleurs", 5.0)]):
            week = await a_week(connection, seats=3, slug=f"autre-{number}")
            await connection.execute("UPDATE campaigns.offers SET city = $2 WHERE id = $1", week.offer_id, city)
            await connection.execute(
                "UPDATE campaigns.offer_search SET longitude = $2 WHERE offer_id = $1", week.offer_id, longitude
            )
        full = await a_week(connection, seats=0, slug="complete")
        await connection.execute("UPDATE campaigns.offers SET city = 'Complète' WHERE id = $1", full.offer_id)
        morning = await a_week(connection, seats=9, slug="matinee", days=1)
        await connection.execute(
            "UPDATE campaigns.offers SET city = 'Matin', kind = 'information_morning' WHERE id = $1", morning.offer_id
        )
    ids = await register(pool, signer, small_week, *(a_pupil(number) for number in range(3)))
    page = read(await visitor.get(page_of(signer, ids[2])))
    shown = [link for link in page.links() if link.startswith("/offres/autre-")]
    assert shown == ["/offres/autre-1", "/offres/autre-2", "/offres/autre-0"]
    assert "3 places libres" in page.text
    assert "Complète" not in page.text
    assert "Matin" not in page.text
    # who has a seat is not sent elsewhere
    assert "De la place ailleurs" not in await text_of(visitor, page_of(signer, ids[0]))


async def test_who_typed_somebody_s_names_does_not_learn_where_the_pupil_is(visitor, pool, signer, small_week):
    """The personal link of an offer without proof of the address is shown to whoever fills in the form."""
    async with transaction(pool) as connection:
        await connection.execute(
            "UPDATE campaigns.offers SET title = 'Semaine secrète' WHERE id = $1", small_week.offer_id
        )
        other = await a_week(connection, slug="autre", days=1)
        await connection.execute("DELETE FROM campaigns.pupil_times")
    await register(pool, signer, small_week, a_pupil(1))
    async with transaction(pool) as connection:
        await connection.execute("DELETE FROM campaigns.pupil_times")
    (typed,) = await register(pool, signer, other, a_pupil(1))
    assert "secrète" not in await text_of(visitor, page_of(signer, typed))

    # the same, once nobody but who reads the mail has the link
    await pool.execute("UPDATE campaigns.registrations SET link_by_mail = true WHERE id = $1", typed)
    assert "Vos autres inscriptions Semaine secrète Place confirmée" in await text_of(visitor, page_of(signer, typed))


async def test_a_link_is_known_to_go_by_mail_alone_where_proof_is_asked_or_a_teacher_enrols(pool, signer, small_week):
    async with transaction(pool) as connection:
        proven = await a_week(connection, slug="preuve")
        await connection.execute("UPDATE campaigns.offers SET proof_of_address = true WHERE id = $1", proven.offer_id)
        school = await an_organisation(connection, slug="lycee", kind="school", name="Lycée")
        teacher = await a_member(connection, school, role="teacher", email="professeur@lycee.example")
    enrolment = Enrolment(person_id=teacher.person_id, organisation_id=school)
    (typed,) = await register(pool, signer, small_week, a_pupil(1))
    (proof,) = await register(pool, signer, proven, a_pupil(2))
    (enrolled,) = await register(pool, signer, small_week, a_pupil(3), enrolment=enrolment)
    rows = await pool.fetch("SELECT id FROM campaigns.registrations WHERE link_by_mail ORDER BY id")
    assert {row["id"] for row in rows} == {proof, enrolled}
    assert typed not in {row["id"] for row in rows}


async def test_a_repeated_request_is_never_answered_with_a_link_that_went_by_mail(pool, signer, small_week):
    """The offer asked for proof when it was made, and asks for none when its key is sent again."""
    await pool.execute("UPDATE campaigns.offers SET proof_of_address = true WHERE id = $1", small_week.offer_id)
    request = a_pupil(1, key="une-cle")
    await register(pool, signer, small_week, request)
    await pool.execute("UPDATE campaigns.offers SET proof_of_address = false WHERE id = $1", small_week.offer_id)
    async with transaction(pool) as connection:
        (again,) = await register_pupils(
            connection, offer_id=small_week.offer_id, requests=[request], signer=signer, now=NOW
        )
    assert again.by_mail


async def test_a_guardian_sees_the_same_page_and_can_answer_nothing(visitor, pool, signer, small_week):
    ids = await register(pool, signer, small_week, *(a_pupil(number, **GUARDIAN) for number in range(3)))
    await visitor.post(f"{page_of(signer, ids[0])}/retrait")
    guardian = page_of(signer, ids[2], "guardian")
    page = read(await visitor.get(guardian))
    assert "Une place est proposée" in page.text
    assert "C’est à l’élève de répondre" in page.text
    assert "Visite 1.1" in page.text
    assert not page.all("form")
    for question in ("retrait", "acceptation", "refus"):
        assert (await visitor.get(f"{guardian}/{question}")).status_code == 404
        assert (await visitor.post(f"{guardian}/{question}")).status_code == 404
    assert (await visitor.get(f"{guardian}/lien")).status_code == 200, "their own link is theirs to renew"
    assert (await visitor.get(f"{guardian}/invitation.ics")).status_code == 200
    assert await pool.fetchval("SELECT status FROM campaigns.registrations WHERE id = $1", ids[2]) == "held"


async def test_a_guardian_s_link_is_theirs_alone_and_ends_with_its_own_version(visitor, pool, signer, small_week):
    with_guardian, without = await register(pool, signer, small_week, a_pupil(1, **GUARDIAN), a_pupil(2))
    assert (await visitor.get(page_of(signer, without, "guardian"))).status_code == 404
    path = page_of(signer, with_guardian, "guardian")
    assert (await visitor.get(path)).status_code == 200
    await pool.execute("UPDATE campaigns.registrations SET token_version = 2 WHERE id = $1", with_guardian)
    assert (await visitor.get(path)).status_code == 200, "the pupil renewed theirs"
    await pool.execute("UPDATE campaigns.registrations SET guardian_version = 2 WHERE id = $1", with_guardian)
    assert (await visitor.get(path)).status_code == 404


async def test_a_guardian_sees_elsewhere_only_what_names_the_same_address(visitor, pool, signer, small_week):
    """Who types a pupil's names can name any guardian: an address of theirs opens nothing else of the pupil."""
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="autre", days=1)
        await connection.execute(
            "UPDATE campaigns.offers SET title = 'Semaine d’ailleurs' WHERE id = $1", other.offer_id
        )
    (elsewhere,) = await register(pool, signer, other, a_pupil(1, **GUARDIAN))
    await pool.execute("DELETE FROM campaigns.pupil_times")
    (mine,) = await register(
        pool, signer, small_week, a_pupil(1, guardian_name="X", guardian_email="X@ailleurs.example")
    )
    stranger = page_of(signer, mine, "guardian")
    assert "d’ailleurs" not in await text_of(visitor, stranger)
    await pool.execute(
        """
        UPDATE contract.people SET email = 'ANNE@famille.example'
        WHERE id = (SELECT guardian_id FROM campaigns.registrations WHERE id = $1)
        """,
        mine,
    )
    assert "Les autres inscriptions de l’élève Semaine d’ailleurs" in await text_of(visitor, stranger)
    assert elsewhere


@pytest.mark.parametrize("scope", ["registration", "guardian"])
async def test_the_page_is_english_below_en(visitor, pool, signer, small_week, scope):
    ids = await register(pool, signer, small_week, *(a_pupil(number, **GUARDIAN) for number in range(3)))
    for registration_id in (ids[0], ids[2]):
        text = await text_of(visitor, "/en" + page_of(signer, registration_id, scope))
        for french in ("Votre", "programme de", "liste d’attente", "La place", "Vos données"):
            assert french not in text.replace("Quinzaine", "")
