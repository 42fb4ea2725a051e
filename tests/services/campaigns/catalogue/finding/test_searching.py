"""The search of the catalogue: distance, filters, addresses, and what is typed by mistake or with bad intent."""

from urllib.parse import urlencode

import pytest

from shared.database import transaction
from tests.services.campaigns.catalogue.finding.conftest import Sample, insert_samples
from tests.services.campaigns.look.page_reader import read
from tests.world import NOW

pytestmark = pytest.mark.anyio


async def found(visitor, **asked: str) -> list[str]:
    """The slugs a search finds, in order; each is read from the page."""
    asked = {name.replace("_", "-"): value for name, value in asked.items()}
    links = read(await visitor.get(f"/?{urlencode(asked)}")).links()
    return [link.removeprefix("/offres/") for link in links if link.startswith("/offres/")]


async def text_of(visitor, **asked: str) -> str:
    return read(await visitor.get(f"/?{urlencode(asked)}")).text


@pytest.mark.usefixtures("samples")
async def test_offers_stand_by_their_distance_which_is_said(visitor):
    around_caen = await found(visitor, lieu="Caen")
    assert around_caen[:5] == ["reseaux", "hotel", "boulangerie", "entrepot", "soins"]
    assert len(around_caen) == 15
    text = await text_of(visitor, lieu="Caen")
    assert "les plus proches de Caen (14) d’abord" in text
    assert "Lisieux, à 43 km" in text
    assert "À moins de 60 km" in text


@pytest.mark.usefixtures("samples")
async def test_a_town_that_is_not_known_still_shows_every_offer_and_says_so(visitor):
    assert len(await found(visitor, lieu="Qqqqqqqq")) == 15
    assert "Aucune commune de Normandie ne s’appelle « Qqqqqqqq »" in await text_of(visitor, lieu="Qqqqqqqq")


@pytest.mark.usefixtures("samples")
async def test_an_offer_outside_the_known_communes_is_placed_by_its_sites(visitor, pool):
    await pool.execute("UPDATE campaigns.offers SET city = 'Chartres' WHERE slug = 'hotel'")
    assert (await found(visitor, lieu="Vernon"))[-1] == "hotel"
    await pool.execute(
        "INSERT INTO campaigns.sites (id, organisation_id, address, latitude, longitude) "
        "SELECT gen_random_uuid(), id, 'Gare', 49.09, 1.48 FROM campaigns.organisations WHERE slug = 'hote-hotel'"
    )
    await pool.execute(
        "UPDATE campaigns.sessions s SET site_id = p.id FROM campaigns.sites p WHERE p.organisation_id = s.host_id"
    )
    await pool.execute("UPDATE campaigns.offers SET programme_version = programme_version + 1 WHERE slug = 'hotel'")
    visitor.app.state.edge.choices._held = None
    assert (await found(visitor, lieu="Vernon"))[:2] == ["matinee", "hotel"]


@pytest.mark.usefixtures("samples")
async def test_each_filter_leaves_what_it_names(visitor):
    assert await found(visitor, secteur="s28") == ["boulangerie", "peche"]
    assert await found(visitor, genre="collective_week") == ["semaine"]
    assert await found(visitor, semaine="2027-06-21") == ["hotel", "theatre", "peche", "ferme", "avion", "matinee"]
    assert await found(visitor, ville="Caen") == ["reseaux"]
    assert "ferme" not in await found(visitor, libres="oui")
    assert set(await found(visitor, sans_voiture="oui")) == {
        "semaine", "infirmiere", "entrepot", "reseaux", "menuiserie", "theatre", "avion",
    }  # fmt: skip
    assert await found(visitor, lieu="Rouen", semaine="2027-06-21", secteur="s28", mots="chalutier") == ["peche"]


@pytest.mark.usefixtures("samples")
async def test_a_search_that_finds_nothing_shows_what_to_let_go(visitor):
    page = read(await visitor.get("/?mots=tracteur&libres=oui&lieu=Caen"))
    assert "Aucune offre ne réunit tout cela" in page.text
    assert {"/?lieu=Caen&libres=oui", "/?lieu=Caen&mots=tracteur"} <= set(page.links())


@pytest.mark.usefixtures("samples")
async def test_all_words_are_asked_for_and_where_no_offer_has_them_all_one_is_enough(visitor):
    assert await found(visitor, mots="théâtre coulisses") == ["theatre"]
    assert set(await found(visitor, mots="théâtre tracteur")) == {"theatre", "ferme"}


@pytest.mark.usefixtures("samples")
async def test_a_correction_is_said(visitor):
    assert "« boulengerie » est lu comme « boulangerie »" in await text_of(visitor, mots="boulengerie")


@pytest.mark.usefixtures("samples")
async def test_the_whole_search_stands_in_the_form_and_in_every_link(visitor):
    asked = "/?lieu=Caen&mots=th%C3%A9%C3%A2tre&semaine=2027-06-21&secteur=s17&genre=workshop&sans-voiture=oui"
    answer = await visitor.get(asked)
    for value in ('value="Caen"', 'value="théâtre"', '"2027-06-21" selected', '"s17" selected', '"workshop" selected'):
        assert value in answer.text
    towns = [link for link in read(answer).links() if "ville=Rouen" in link]
    assert towns
    assert all("lieu=Caen" in link and "secteur=s17" in link for link in towns)


async def test_a_long_search_is_walked_page_by_page_nearest_first(visitor, pool):
    many = tuple(
        Sample(slug=f"atelier-{n}", title="Atelier bois", city=("Caen", "Rouen", "Alençon")[n % 3], host="Scierie",
               sector="s24")
        for n in range(80)
    )  # fmt: skip
    async with transaction(pool) as connection:
        await insert_samples(connection, many)
    path, seen = "/?lieu=Rouen&mots=atelier", []
    while path:
        links = read(await visitor.get(path)).links()
        seen += [link.removeprefix("/offres/") for link in links if link.startswith("/offres/")]
        path = next((link for link in links if link.startswith("/?") and "apres=" in link), "")
    assert len(seen) == len(set(seen)) == 80
    assert [int(slug.removeprefix("atelier-")) % 3 for slug in seen] == [1] * 27 + [0] * 27 + [2] * 26


@pytest.mark.usefixtures("samples")
async def test_words_follow_the_offer_as_it_changes(visitor, pool):
    assert await found(visitor, mots="kayak") == []
    await pool.execute("UPDATE campaigns.offers SET summary = 'On y répare des kayaks.' WHERE slug = 'peche'")
    assert await found(visitor, mots="kayak") == ["peche"]
    await pool.execute("UPDATE campaigns.organisations SET name = 'Voilerie du Large' WHERE slug = 'hote-peche'")
    assert await found(visitor, mots="voilerie") == ["peche"]
    assert await found(visitor, mots="pêcheries") == []
    await pool.execute("UPDATE campaigns.campaigns SET title = 'Mars pour choisir'")
    assert len(await found(visitor, mots="mars choisir")) == 15


async def test_a_draft_is_found_by_nobody(visitor, pool, samples):
    await pool.execute(
        """
        INSERT INTO campaigns.offers (id, slug, campaign_id, organisation_id, kind, title, seats)
        SELECT gen_random_uuid(), 'secret', campaign_id, organisation_id, 'workshop', 'Aquarelle', 5
        FROM campaigns.offers WHERE slug = $1
        """,
        samples[0].slug,
    )
    assert await found(visitor, mots="aquarelle") == []
    assert await pool.fetchval("SELECT count(*) FROM campaigns.search_words WHERE word = 'aquarelle'") == 0


HARD = [
    "x" * 10_000,
    "mot " * 2_500,
    "%",
    "100 % bois",
    "_",
    "'",
    "''; DROP TABLE offers --",
    '"guillemets"',
    "a & b | !c",
    "(((",
    ":*",
    "\\",
    "🎉🎉",
    "👩‍🏭",
    "\u202eerutcart",
    "مرحبا",
    "\x00\x01",
    "de la",
    "<script>alert(1)</script>",
    "é" * 300,
    "9999-12-31",
    "0001-01-01",
]


@pytest.mark.parametrize("name", ["mots", "lieu", "ville", "secteur", "semaine", "genre", "apres"])
@pytest.mark.usefixtures("samples")
async def test_whatever_is_typed_is_only_words(visitor, name):
    for typed in HARD:
        answer = await visitor.get(f"/?{urlencode({name: typed})}")
        assert answer.status_code == 200, typed[:20]
        assert not read(answer).all("script"), typed[:20]


@pytest.mark.usefixtures("samples")
async def test_marks_of_direction_are_not_kept(visitor):
    assert "\u202e" not in (await visitor.get("/?" + urlencode({"mots": "\u202esoudure"}))).text
    assert await found(visitor, mots="\u202esoudure\u202c") == ["soudure"]


@pytest.mark.usefixtures("samples")
async def test_the_map_has_a_link_with_words_for_each_town(visitor):
    page = await visitor.get("/")
    assert page.text.count('class="town"') == 15
    assert 'aria-label="Caen : 1 offre"' in page.text
    assert "/?ville=Caen" in read(page).links()


@pytest.mark.usefixtures("samples")
async def test_a_past_offer_stands_last_however_near(visitor, pool):
    await pool.execute(
        "UPDATE campaigns.offers SET busy = tstzmultirange(tstzrange($1, $1::timestamptz + interval '3 hours')) "
        "WHERE slug = 'reseaux'",
        NOW.replace(year=2020),
    )
    assert (await found(visitor, lieu="Caen"))[-1] == "reseaux"
