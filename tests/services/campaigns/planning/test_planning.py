"""The organiser's pages: for who holds the token, each organisation its own."""

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/planification", "/planification/semaine-pont-audemer"])
@pytest.mark.parametrize("cookie", ["", "AAAA", "x" * 2000])
@pytest.mark.usefixtures("small_week")
async def test_who_is_not_signed_in_sees_nothing(visitor, path, cookie):
    visitor.cookies.set("quinzaine", cookie)
    answer = await visitor.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/connexion?vers=/planification")
    assert "Semaine à Pont-Audemer" not in answer.text


async def test_who_may_only_read_sees_the_offer_without_the_names_of_pupils(sign_in, small_week, pool, settings):
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil()],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    viewer = await sign_in(small_week.organisation_id, role="viewer")
    answer = await viewer.get(f"/planification/{small_week.slug}")
    assert answer.status_code == 200
    assert "Dupré" not in answer.text
    assert "camille.b" not in answer.text


async def test_who_is_in_and_who_waits_stand_in_order(planner, small_week, pool, settings):
    async with transaction(pool) as connection:
        outcomes = await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(number) for number in range(5)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
        await withdraw_registration(connection, registration_id=outcomes[0].id, now=NOW)
    home = await planner.get("/planification")
    assert "Un élève doit répondre, avant le" in read(home).text
    assert "+2 attendent" in read(home).text
    assert home.headers["cache-control"] == "no-store"
    text = read(await planner.get(f"/planification/{small_week.slug}")).text
    names = [text.index(f"Dupré {letter} Camille") for letter in "bcde"]
    assert names == sorted(names)
    assert "Dupré a Camille" not in text
    assert "retenue jusqu’au" in text
    assert "Chantiers de la Risle" in text
    assert text.index("Liste d’attente") < text.index("1 Dupré d Camille") < text.index("2 Dupré e Camille")


async def test_a_long_list_is_walked_page_by_page(planner, small_week, pool, settings):
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil(number) for number in range(250)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    first = read(await planner.get(f"/planification/{small_week.slug}"))
    (following,) = [link for link in first.links() if "apres=" in link]
    second = read(await planner.get(following))
    assert "248 Dupré" in second.text
    # but the one to the same page in English
    assert not [link for link in second.links() if "apres=" in link and not link.startswith("/en/")]


async def test_an_organisation_sees_its_own_offers_drafts_included(planner, sign_in, pool, small_week):
    async with transaction(pool) as connection:
        draft = await a_week(connection, slug="brouillon", published=False)
    other = await pool.fetchval("SELECT id FROM campaigns.organisations WHERE id <> $1", small_week.organisation_id)
    page = read(await planner.get("/planification"))
    assert {f"/planification/{slug}" for slug in (small_week.slug, draft.slug)} <= set(page.links())
    assert "Brouillon" in page.text

    elsewhere = await sign_in(other)
    assert "Aucune offre de votre organisation" in read(await elsewhere.get("/planification")).text
    assert (await elsewhere.get(f"/planification/{small_week.slug}")).status_code == 404


async def test_hostile_names_stay_names(planner, small_week, pool, settings):
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=small_week.offer_id,
            requests=[a_pupil()],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )
    await pool.execute("UPDATE contract.people SET first_name = '<script>x</script>', email = '<b>@x'")
    page = read(await planner.get(f"/planification/{small_week.slug}"))
    assert page.all("script") == []
    assert "<script>x</script>" in page.text


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40, "%00", "١"])
async def test_a_strange_key_of_a_page_begins_at_the_beginning(planner, small_week, after):
    for path in ("/planification", f"/planification/{small_week.slug}"):
        assert (await planner.get(f"{path}?apres={after}")).status_code == 200


@pytest.mark.parametrize(("role", "room"), [("host", "/planification/accueils"), ("teacher", "/planification/eleves")])
async def test_who_has_one_room_is_led_there(sign_in, small_week, role, room):
    someone = await sign_in(small_week.organisation_id, role=role)
    answer = await someone.get("/planification", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, room)
