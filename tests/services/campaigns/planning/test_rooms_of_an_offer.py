"""The bar of an offer's rooms: it stands on each page of the offer, and says on which one one is."""

import pytest

from tests.world import at

pytestmark = pytest.mark.anyio

BELOW = (
    "", "/semaine", "/semaine/modele", "/semaine/groupes", "/semaine/jours/nouveau", "/semaine/seances/nouvelle",
    "/accueils", "/places", "/conventions", "/envois", "/fichier", "/reglages", "/journal", "/annulation",
)  # fmt: skip


async def test_the_rooms_stand_on_each_page_of_an_offer(small_week, planner):
    day = at(1, 9).date()
    for path in (*BELOW, f"/presences/{day}", f"/jour/{day}"):
        shown = await planner.get(f"/planification/{small_week.slug}{path}")
        assert (path, shown.status_code) == (path, 200)
        assert (path, shown.text.count('aria-label="Cette offre"')) == (path, 1)


async def test_the_rooms_stand_on_the_pages_of_a_session(small_week, planner):
    session = small_week.sessions[0]
    for path in (f"/semaine/seances/{session}", f"/seances/{session}/annulation", f"/accueils/{session}/demande"):
        shown = await planner.get(f"/planification/{small_week.slug}{path}")
        assert (path, shown.text.count('aria-label="Cette offre"')) == (path, 1)
