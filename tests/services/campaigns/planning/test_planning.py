"""The organiser's pages: for who holds the token, each organisation its own."""

from uuid import UUID

import pytest

from services.campaigns.offers.register_pupils import register_pupils
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.campaigns.planning.routes import COOKIE
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio


@pytest.fixture
def token(settings, small_week) -> str:
    return Signer(settings.secret_keys).token("planner", small_week.organisation_id)


@pytest.fixture
async def planner(visitor, token):
    visitor.cookies.set(COOKIE, token)
    return visitor


async def test_the_token_moves_from_the_address_into_a_cookie(visitor, token):
    answer = await visitor.get(f"/planification?jeton={token}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/planification")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/planification" in cookie
    assert "secure" not in cookie


@pytest.mark.parametrize("path", ["/planification", "/planification/semaine-pont-audemer"])
@pytest.mark.parametrize("cookie", ["", "AAAA", "x" * 2000])
@pytest.mark.usefixtures("small_week")
async def test_without_a_valid_token_there_is_nothing_to_see(visitor, path, cookie):
    visitor.cookies.set(COOKIE, cookie)
    answer = await visitor.get(path)
    assert answer.status_code == 403
    assert "remis aux organisateurs" in read(answer).text
    assert "Semaine à Pont-Audemer" not in answer.text


@pytest.mark.usefixtures("small_week")
async def test_a_wrong_token_in_the_address_sets_no_cookie(visitor):
    answer = await visitor.get("/planification?jeton=x%0d%0aSet-Cookie:a", follow_redirects=False)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


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
    assert "1 réponse attendue avant le" in read(home).text
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
    assert not [link for link in second.links() if "apres=" in link]


async def test_an_organisation_sees_its_own_offers_drafts_included(planner, pool, settings, small_week):
    async with transaction(pool) as connection:
        draft = await a_week(connection, slug="brouillon", published=False)
    other = await pool.fetchval("SELECT id FROM campaigns.organisations WHERE id <> $1", small_week.organisation_id)
    page = read(await planner.get("/planification"))
    assert {f"/planification/{slug}" for slug in (small_week.slug, draft.slug)} <= set(page.links())
    assert "Brouillon" in page.text

    planner.cookies.clear()
    planner.cookies.set(COOKIE, Signer(settings.secret_keys).token("planner", other))
    assert "Aucune offre de votre organisation" in read(await planner.get("/planification")).text
    assert (await planner.get(f"/planification/{small_week.slug}")).status_code == 404

    planner.cookies.clear()
    planner.cookies.set(COOKIE, Signer(settings.secret_keys).token("planner", UUID(int=0)))
    assert f"/planification/{draft.slug}" in read(await planner.get("/planification")).links()


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
