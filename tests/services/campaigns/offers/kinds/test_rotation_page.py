"""The page of a rotation: drawn from a form, shown as a grid, adjusted by hand, put into the programme."""

import asyncio
from datetime import timedelta

import pytest

from services.campaigns.offers.kinds.rotations.build_rotation import build_rotation
from services.campaigns.offers.publish_offer import publish_offer
from services.campaigns.offers.read import read_programme
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.identifiers import new_id
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import MONDAY, NOW, Week, a_pupil, a_week, an_organisation, at

pytestmark = pytest.mark.anyio

PATH = "/planification/accueil-region/rotation"


@pytest.fixture
async def hosting(pool) -> Week:
    """A draft of hosting with fifty seats and no session."""
    async with transaction(pool) as connection:
        week = await a_week(connection, seats=50, slug="accueil-region", days=0, published=False)
        await connection.execute("UPDATE campaigns.offers SET kind = 'hosting' WHERE id = $1", week.offer_id)
    return week


@pytest.fixture
async def planner(sign_in, hosting):
    return await sign_in(hosting.organisation_id)


def a_form(**changes: str) -> dict[str, str]:
    """Five services for ten, five groups, five mornings."""
    form = {
        "groups": "5",
        "first_day": "2027-06-14",
        "last_day": "2027-06-18",
        "address": "1 esplanade des Deux Rives, 76000 Rouen",
        "contact": "Philomène Ardant",
        "morning_start": "09:30",
        "morning_end": "12:00",
        "afternoon_start": "13:30",
        "afternoon_end": "16:00",
        **{f"{day}-matin": "oui" for day in ("lun", "mar", "mer", "jeu", "ven")},
    }
    for number, name in enumerate(("Ports et routes", "Cuisine", "Laboratoire", "Numérique", "Studio"), start=1):
        form |= {f"name_{number}": name, f"size_{number}": "10", f"room_{number}": f"Salle {number}"}
    return form | changes


async def sessions_of(pool, week: Week):
    async with pool.acquire() as connection:
        programme = await read_programme(connection, week.offer_id)
    return [session for day in programme.days for session in day.sessions]


async def test_five_groups_rotate_over_five_services_from_the_form_to_the_programme(planner, hosting, pool):
    drawn = await planner.post(PATH, a_form())
    assert (drawn.status_code, drawn.headers["location"]) == (303, f"{PATH}#grille")
    page = await planner.get(PATH)
    assert "Chaque groupe voit chaque service une fois" in read(page).text
    assert "Groupe E" in read(page).text
    applied = await planner.post(f"{PATH}/application", {"version": "1"})
    assert applied.status_code == 303
    sessions = await sessions_of(pool, hosting)
    assert len(sessions) == 25
    visited: dict[str, list[str]] = {}
    for session in sessions:
        visited.setdefault(session.group, []).append(session.title)
    assert {group: len(set(titles)) for group, titles in visited.items()} == dict.fromkeys("ABCDE", 5)
    assert "Cette grille est dans le programme" in read(await planner.get(PATH)).text
    async with pool.acquire() as connection:
        assert await connection.fetchval(
            "SELECT array_agg(DISTINCT pupils_at_most) FROM campaigns.sites s "
            "JOIN campaigns.sessions e ON e.site_id = s.id"
        ) == [10]
        actions = await connection.fetch("SELECT action FROM campaigns.audit ORDER BY id")
    assert [row["action"] for row in actions] == ["draft_rotation", "build_rotation"]


async def test_an_empty_form_begins_with_the_days_of_the_offer_or_of_its_campaign(planner, hosting, pool):
    page = await planner.get(PATH)
    assert 'value="2027-06-14"' in page.text
    assert 'value="2027-06-18"' in page.text
    async with transaction(pool) as connection:
        await connection.executemany(
            "INSERT INTO campaigns.days (id, offer_id, date, instance_on) VALUES ($1, $2, $3, $3)",
            [(new_id(), hosting.offer_id, MONDAY + timedelta(days=number)) for number in (7, 8, 9)],
        )
    page = await planner.get(PATH)
    assert 'value="2027-06-21"' in page.text
    assert 'value="2027-06-23"' in page.text


async def test_what_is_impossible_is_said_with_the_nearest_that_can_be_and_what_was_typed_is_kept(planner, pool):
    answer = await planner.post(PATH, a_form(last_day="2027-06-16"))
    assert answer.status_code == 422
    assert "il faut 2 demi-journées de plus, ou 2 services de moins" in read(answer).text
    assert 'value="Laboratoire"' in answer.text
    async with pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM campaigns.rotations") == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"size_2": "zéro"}, "Donnez un nombre entre 1 et 500."),
        ({"size_2": "9" * 5000}, "Donnez un nombre entre 1 et 500."),
        ({"groups": "27"}, "Donnez un nombre entre 1 et 26."),
        ({"sizes": "10, 10"}, "Donnez 5 nombres, un par groupe."),
        ({"name_2": "Ports et routes"}, "est donné deux fois"),
        ({"name_2": "=cmd|calc"}, "ne peut pas commencer par"),
        ({"name_2": "Cui\u0000sine"}, "caractère invisible"),
        ({"first_day": "demain"}, "Donnez une date."),
        ({"last_day": "2027-12-31"}, "de 62 jours au plus"),
        ({"morning_end": "09:00"}, "La fin doit venir après le début."),
        ({"morning_start": "25:99"}, "Donnez une heure."),
        ({f"{day}-matin": "" for day in ("lun", "mar", "mer", "jeu", "ven")}, "Aucune demi-journée"),
    ],
)
async def test_each_fault_stands_beside_its_field(planner, change, sentence):
    answer = await planner.post(PATH, a_form(**change))
    assert answer.status_code == 422
    assert sentence in read(answer).text


async def test_public_holidays_are_left_out_and_named(planner):
    # Whit Monday of 2027 is 17 May
    answer = await planner.post(PATH, a_form(first_day="2027-05-17", last_day="2027-05-21"))
    assert answer.status_code == 422
    assert "Lundi de Pentecôte" in read(answer).text


async def test_two_cells_are_swapped_by_form_and_the_grid_is_checked_again(planner, hosting, pool):
    await planner.post(PATH, a_form())
    swapped = await planner.post(f"{PATH}/echange", {"version": "1", "one": "0.0", "other": "0.1", "stays": "oui"})
    assert swapped.status_code == 303
    page = await planner.get(PATH)
    assert "recevrait 20 élèves pour 10 places" in read(page).text
    assert "Mettre dans le programme" not in page.text
    refused = await planner.post(f"{PATH}/application", {"version": "2"})
    assert refused.status_code == 409
    assert "ne peut pas être appliquée" in read(refused).text
    assert await sessions_of(pool, hosting) == []
    await planner.post(f"{PATH}/echange", {"version": "2", "one": "0.0", "other": "0.1", "stays": "oui"})
    assert "Mettre dans le programme" in (await planner.get(PATH)).text


@pytest.mark.parametrize("cells", [("0.0", "0.0"), ("", ""), ("-1.0", "0.0"), ("0.0", "99.99"), ("a.b", "0.1")])
async def test_a_swap_that_makes_no_sense_is_refused_on_the_page(planner, cells):
    await planner.post(PATH, a_form())
    answer = await planner.post(f"{PATH}/echange", {"version": "1", "one": cells[0], "other": cells[1]})
    assert answer.status_code == 422


async def test_the_second_of_two_planners_is_told_that_the_first_changed_the_grid(planner):
    await planner.post(PATH, a_form())
    await planner.post(f"{PATH}/echange", {"version": "1", "one": "0.0", "other": "0.1"})
    late = await planner.post(f"{PATH}/echange", {"version": "1", "one": "1.0", "other": "1.1"})
    assert late.status_code == 412
    assert "modifiée entre-temps" in read(late).text
    assert (await planner.post(PATH, {**a_form(), "version": "1"})).status_code == 412


async def test_a_new_grid_replaces_the_sessions_of_the_one_before_and_no_other(planner, hosting, pool):
    async with transaction(pool) as connection:
        day_id = new_id()
        await connection.execute(
            "INSERT INTO campaigns.days (id, offer_id, date, instance_on) VALUES ($1, $2, $3, $3)",
            day_id,
            hosting.offer_id,
            MONDAY,
        )
        await connection.execute(
            """
            INSERT INTO campaigns.sessions (id, offer_id, day_id, starts_at, ends_at, title, kind, changed_at)
            VALUES ($1, $2, $3, $4, $5, 'Accueil dans le hall', 'welcome', $6)
            """,
            new_id(),
            hosting.offer_id,
            day_id,
            at(0, 9),
            at(0, 9, 15),
            NOW,
        )
    await planner.post(PATH, a_form())
    await planner.post(f"{PATH}/application", {"version": "1"})
    before = {session.id for session in await sessions_of(pool, hosting)}
    async with transaction(pool) as connection:
        await connection.execute(
            "UPDATE campaigns.sessions SET meeting_point = 'Sous la verrière' WHERE kind = 'visit'"
        )
    await planner.post(
        PATH,
        {
            **a_form(
                groups="4",
                name_5="",
                size_5="",
                room_5="",
                last_day="2027-06-17",
                size_1="13",
                size_2="13",
                size_3="13",
                size_4="13",
            ),
            "version": "1",
        },
    )
    applied = await planner.post(f"{PATH}/application", {"version": "2"})
    assert applied.status_code == 303
    sessions = await sessions_of(pool, hosting)
    assert len(sessions) == 17
    assert {session.id for session in sessions} < before
    assert {session.meeting_point for session in sessions if session.kind == "visit"} == {"Sous la verrière"}
    assert [session.title for session in sessions if session.kind == "welcome"] == ["Accueil dans le hall"]
    async with pool.acquire() as connection:
        names = await connection.fetch("SELECT name FROM campaigns.groups WHERE offer_id = $1", hosting.offer_id)
        assert await connection.fetchval("SELECT count(*) FROM campaigns.days") == 4
    assert sorted(row["name"] for row in names) == ["A", "B", "C", "D"]


async def test_a_session_that_takes_a_group_in_the_half_day_is_named(planner, hosting, pool):
    async with transaction(pool) as connection:
        day_id = new_id()
        await connection.execute(
            "INSERT INTO campaigns.days (id, offer_id, date, instance_on) VALUES ($1, $2, $3, $3)",
            day_id,
            hosting.offer_id,
            MONDAY,
        )
        await connection.execute(
            """
            INSERT INTO campaigns.sessions (id, offer_id, day_id, starts_at, ends_at, title, kind, changed_at)
            VALUES ($1, $2, $3, $4, $5, 'Le grand jeu', 'workshop', $6)
            """,
            new_id(),
            hosting.offer_id,
            day_id,
            at(0, 11),
            at(0, 13),
            NOW,
        )
    await planner.post(PATH, a_form())
    answer = await planner.post(f"{PATH}/application", {"version": "1"})
    assert answer.status_code == 409
    assert "« Le grand jeu » (lundi 14 juin, 11 h–13 h) occupe déjà le groupe A" in read(answer).text


async def test_groups_that_share_a_service_share_its_room(planner, hosting, pool):
    shared = {f"size_{number}": "50" for number in range(1, 6)}
    await planner.post(PATH, a_form(groups="10", **shared))
    assert (await planner.post(f"{PATH}/application", {"version": "1"})).status_code == 303
    sessions = await sessions_of(pool, hosting)
    assert len(sessions) == 50
    assert {session.room for session in sessions} == {""}
    assert "1 esplanade des Deux Rives, 76000 Rouen, Salle 1" in {session.place for session in sessions}


async def test_a_public_rotation_with_nobody_in_it_is_redrawn_and_each_change_has_its_fact(planner, hosting, pool):
    await planner.post(PATH, a_form())
    await planner.post(f"{PATH}/application", {"version": "1"})
    async with transaction(pool) as connection:
        await publish_offer(connection, offer_id=hosting.offer_id, now=NOW)
    await planner.post(f"{PATH}/echange", {"version": "1", "one": "0.0", "other": "1.0"})
    await planner.post(f"{PATH}/echange", {"version": "2", "one": "0.0", "other": "1.0"})
    await planner.post(PATH, {**a_form(name_1="Ports"), "version": "3"})
    assert (await planner.post(f"{PATH}/application", {"version": "4"})).status_code == 303
    async with pool.acquire() as connection:
        tags = await connection.fetch("SELECT tag, count(*) FROM contract.events GROUP BY tag ORDER BY tag")
        revision = await connection.fetchval("SELECT revision FROM campaigns.offers WHERE id = $1", hosting.offer_id)
    assert {row["tag"]: row["count"] for row in tags} == {"offer.published": 1, "session.changed": 5}
    assert revision == 2


async def test_with_pupils_registered_the_grid_replaces_nothing(planner, hosting, pool, settings):
    await planner.post(PATH, a_form())
    await planner.post(f"{PATH}/application", {"version": "1"})
    async with transaction(pool) as connection:
        await publish_offer(connection, offer_id=hosting.offer_id, now=NOW)
        await register_pupils(
            connection, offer_id=hosting.offer_id, requests=[a_pupil()], signer=Signer(settings.secret_keys), now=NOW
        )
    await planner.post(f"{PATH}/echange", {"version": "1", "one": "0.0", "other": "1.0"})
    await planner.post(f"{PATH}/echange", {"version": "2", "one": "0.0", "other": "1.0"})
    answer = await planner.post(f"{PATH}/application", {"version": "3"})
    assert answer.status_code == 409
    assert "1 élève est déjà inscrit" in read(answer).text


async def test_a_pupil_who_registers_while_the_grid_is_applied_is_never_left_beside_it(
    planner, hosting, pool, settings
):
    await planner.post(PATH, a_form())
    await planner.post(f"{PATH}/application", {"version": "1"})
    async with transaction(pool) as connection:
        await publish_offer(connection, offer_id=hosting.offer_id, now=NOW)
    await planner.post(PATH, {**a_form(last_day="2027-06-25", **{"mer-matin": ""}), "version": "1"})

    async def register() -> None:
        async with transaction(pool) as connection:
            await register_pupils(
                connection,
                offer_id=hosting.offer_id,
                requests=[a_pupil()],
                signer=Signer(settings.secret_keys),
                now=NOW,
            )

    _, applied = await asyncio.gather(register(), planner.post(f"{PATH}/application", {"version": "2"}))
    assert applied.status_code in (303, 409)
    async with pool.acquire() as connection:
        row = await connection.fetchrow(
            """
            SELECT t.busy = o.busy AS same, r.group_id IS NOT NULL AS grouped
            FROM campaigns.pupil_times t JOIN campaigns.offers o ON o.id = t.offer_id
            JOIN campaigns.registrations r ON r.id = t.registration_id
            """
        )
    assert (row["same"], row["grouped"]) == (True, True)


async def test_pupils_without_a_group_join_the_least_filled_and_are_told(planner, hosting, pool, settings):
    async with transaction(pool) as connection:
        await connection.execute("DELETE FROM campaigns.offers WHERE id = $1", hosting.offer_id)
        week = await a_week(connection, seats=50, slug="accueil-region")
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(5)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
        for name in ("A", "B"):
            await connection.execute(
                "INSERT INTO campaigns.groups (id, offer_id, name) VALUES ($1, $2, $3)", new_id(), week.offer_id, name
            )
    assert "5 élèves n’ont pas encore de groupe" in read(await planner.get(PATH)).text
    assert (await planner.post(f"{PATH}/groupes")).status_code == 303
    async with pool.acquire() as connection:
        sizes = await connection.fetch("SELECT count(*) FROM campaigns.registrations GROUP BY group_id ORDER BY 1")
        told = await connection.fetchval("SELECT count(*) FROM contract.events WHERE body ->> 'how' = 'regrouped'")
    assert [row["count"] for row in sizes] == [2, 3]
    assert told == 5
    assert "pas encore de groupe" not in read(await planner.get(PATH)).text


@pytest.mark.usefixtures("hosting")
async def test_another_organisation_s_rotation_does_not_exist(sign_in, pool):
    async with transaction(pool) as connection:
        other = await an_organisation(connection, slug="ailleurs", kind="agency", name="Agence d’ailleurs")
    stranger = await sign_in(other)
    assert (await stranger.get(PATH)).status_code == 404
    for path in (PATH, f"{PATH}/echange", f"{PATH}/application", f"{PATH}/groupes"):
        assert (await stranger.post(path, a_form())).status_code == 404


async def test_a_viewer_sees_the_grid_and_no_button(planner, sign_in, hosting):
    await planner.post(PATH, a_form())
    viewer = await sign_in(hosting.organisation_id, role="viewer")
    page = await viewer.get(PATH)
    assert "Groupe A" in read(page).text
    assert "<form" not in page.text.partition("<main")[2]
    assert (await viewer.post(PATH, a_form())).status_code == 403


async def test_a_rotation_nobody_drew_cannot_be_applied(hosting, pool):
    async with transaction(pool) as connection:
        with pytest.raises(Exception, match="Aucune rotation"):
            await build_rotation(connection, offer_id=hosting.offer_id, now=NOW)
