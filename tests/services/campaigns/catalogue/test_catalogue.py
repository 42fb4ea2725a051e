"""The catalogue and an offer's page, in the states an offer can be in."""

from datetime import UTC, datetime, timedelta

import pytest

from services.campaigns.offers.cancel_offer import cancel_offer
from services.campaigns.offers.cancel_session import cancel_session
from services.campaigns.offers.register_pupils import register_pupils
from shared.database import transaction
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW, a_pupil, a_week

pytestmark = pytest.mark.anyio

HOSTILE = "<script>alert('é')</script>\"&'"


async def register(pool, settings, week, count: int) -> None:
    async with transaction(pool) as connection:
        await register_pupils(
            connection,
            offer_id=week.offer_id,
            requests=[a_pupil(number) for number in range(count)],
            signer=Signer(settings.secret_keys),
            now=NOW,
        )


async def change_offer(pool, week, assignment: str, *values) -> None:
    await pool.execute(f"UPDATE campaigns.offers SET {assignment} WHERE id = $1", week.offer_id, *values)  # noqa: S608


async def both_pages(visitor, week) -> tuple[str, str]:
    catalogue, offer = await visitor.get("/"), await visitor.get(f"/offres/{week.slug}")
    assert (catalogue.status_code, offer.status_code) == (200, 200)
    assert f"/offres/{week.slug}" in read(catalogue).links()
    return read(catalogue).text, read(offer).text


def form_of(week) -> str:
    return f"/offres/{week.slug}/inscription"


async def test_an_empty_catalogue_says_so(visitor):
    assert "Aucune offre n’est encore publiée" in read(await visitor.get("/")).text


async def test_a_free_week_says_when_where_and_how_many_seats(visitor, small_week):
    for text in await both_pages(visitor, small_week):
        assert "Du lundi 14 au vendredi 18 juin 2027" in text
        assert "Pont-Audemer" in text
        assert "2 places libres" in text
    offer = await visitor.get(f"/offres/{small_week.slug}")
    assert form_of(small_week) in read(offer).links()
    assert "/agenda/semaine-pont-audemer" in read(offer).links()


async def test_the_offer_tells_each_day_with_its_sector_hosts_and_times(visitor, small_week):
    text = read(await visitor.get(f"/offres/{small_week.slug}")).text
    for sector in ("BTP", "Énergie", "Santé", "Industrie alimentaire", "Logistique et transport"):
        assert sector in text
    assert text.count("9 h–12 h") == 5
    assert "Chantiers de la Risle" in text
    assert "1 rue du Quai, 27500 Pont-Audemer" in text


async def test_a_full_week_offers_the_queue(visitor, small_week, pool, settings):
    await register(pool, settings, small_week, 6)
    for text in await both_pages(visitor, small_week):
        assert "Complet, liste d’attente" in text
        assert "2 places prises, aucune libre" in text
        assert "+4 attendent" in text
    text = read(await visitor.get(form_of(small_week))).text
    assert "en 5e position" in text


async def test_a_closed_offer_says_so_and_has_no_form(visitor, small_week, pool):
    await change_offer(pool, small_week, "closes_at = $2", datetime.now(UTC) - timedelta(minutes=1))
    for text in await both_pages(visitor, small_week):
        assert "Inscriptions closes" in text
        assert "S’inscrire" not in text
    answer = await visitor.get(form_of(small_week))
    assert answer.status_code == 409
    assert "Inscriptions closes" in read(answer).text


async def test_an_offer_that_is_not_open_yet_says_from_when(visitor, small_week, pool):
    opens_at = datetime(2027, 5, 4, 6, 0, tzinfo=UTC)
    await change_offer(pool, small_week, "opens_at = $2", opens_at)
    for text in await both_pages(visitor, small_week):
        assert "Inscriptions à partir du mardi 4 mai à 8 h" in text


async def test_a_past_offer_stands_last(visitor, small_week, pool):
    past = datetime(2020, 6, 15, 7, 0, tzinfo=UTC)
    await change_offer(
        pool,
        small_week,
        "busy = tstzmultirange(tstzrange($2, $3))",
        past,
        past + timedelta(hours=3),
    )
    for text in await both_pages(visitor, small_week):
        assert "Terminé" in text
    assert "passé ou annulé" in read(await visitor.get("/")).text


async def test_a_cancelled_offer_says_so(visitor, small_week, pool):
    async with transaction(pool) as connection:
        await cancel_offer(connection, offer_id=small_week.offer_id, now=NOW)
    catalogue, offer = await both_pages(visitor, small_week)
    assert "Annulé" in catalogue
    assert "Cette offre est annulée. Elle n’aura pas lieu." in offer
    assert (await visitor.get(form_of(small_week))).status_code == 409


async def test_a_cancelled_session_stays_readable_as_cancelled(visitor, small_week, pool):
    async with transaction(pool) as connection:
        await cancel_session(connection, session_id=small_week.sessions[0], now=NOW)
    assert "Visite 1.1 Annulé" in read(await visitor.get(f"/offres/{small_week.slug}")).text


async def test_a_draft_is_seen_by_nobody(visitor, pool):
    async with transaction(pool) as connection:
        week = await a_week(connection, slug="brouillon", published=False)
    assert f"/offres/{week.slug}" not in read(await visitor.get("/")).links()
    for path in (f"/offres/{week.slug}", form_of(week)):
        assert (await visitor.get(path)).status_code == 404


@pytest.mark.usefixtures("small_week")
async def test_one_town_can_be_chosen(visitor, pool):
    async with transaction(pool) as connection:
        other = await a_week(connection, slug="semaine-evreux")
    await change_offer(pool, other, "city = 'Évreux'")
    page = read(await visitor.get("/"))
    assert {"/?ville=Pont-Audemer", "/?ville=%C3%89vreux"} <= set(page.links())
    assert (await visitor.get("/?ville=%C3%89vreux")).text.count('class="cover"') == 1
    assert "Aucune offre à Nulle-Part" in read(await visitor.get("/?ville=Nulle-Part")).text


async def test_a_long_catalogue_is_walked_page_by_page(visitor, small_week, pool):
    await pool.execute(
        """
        INSERT INTO campaigns.offers (id, slug, campaign_id, organisation_id, kind, title, status, seats)
        SELECT gen_random_uuid(), 'atelier-' || n, campaign_id, organisation_id, 'workshop', 'Atelier', 'published', 12
        FROM campaigns.offers, generate_series(1, 150) n WHERE slug = $1
        """,
        small_week.slug,
    )
    seen: list[str] = []
    path: str | None = "/"
    while path:
        links = read(await visitor.get(path)).links()
        seen += [link for link in links if link.startswith("/offres/")]
        path = next((link for link in links if link.startswith("/?") and "apres=" in link), None)
    assert len(seen) == len(set(seen)) == 151
    assert seen[0] == f"/offres/{small_week.slug}"


async def test_hostile_words_stay_words(visitor, small_week, pool):
    await change_offer(pool, small_week, "title = $2, summary = $2, city = $2, contact = $2", HOSTILE)
    await pool.execute("UPDATE campaigns.sessions SET title = $1, place = $1, bring = $1, access = $1", HOSTILE)
    await pool.execute("UPDATE campaigns.organisations SET name = $1", HOSTILE)
    await pool.execute("UPDATE campaigns.campaigns SET title = $1, presentation = $1", HOSTILE)
    for path in ("/", f"/offres/{small_week.slug}", form_of(small_week)):
        answer = await visitor.get(path)
        assert answer.status_code == 200
        for script in read(answer).all("script"):
            assert script.get("type") == "application/ld+json" or script["src"].startswith("/static/")
        assert HOSTILE.split('"')[0] in read(answer).text


@pytest.mark.parametrize(
    "query", ["?ville=%00", "?ville=%FF%FE", f"?ville={'x' * 3000}", "?apres=%27", "?ville=a&ville=b"]
)
@pytest.mark.usefixtures("small_week")
async def test_a_strange_question_to_the_catalogue_is_no_error(visitor, query):
    answer = await visitor.get(f"/{query}")
    assert answer.status_code < 500
    read(answer)


@pytest.mark.parametrize("slug", ["%00", "%FF", "x" * 3000, "..%2f..", "%27--"])
async def test_an_unknown_offer_is_a_page_that_says_so(visitor, slug):
    answer = await visitor.get(f"/offres/{slug}")
    assert 400 <= answer.status_code < 500
    read(answer)
