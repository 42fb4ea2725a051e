"""A joint campaign of four organisations, from nothing to published: each is asked by mail and answers by its link."""

import re
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from stdnum import luhn

from services.campaigns.catalogue.read import list_campaigns
from shared.database import transaction
from shared.identifiers import new_id
from tests.world import SECTORS, a_member, an_organisation

pytestmark = pytest.mark.anyio

PARTNERS = (
    ("Agence de l’orientation", "agency"),
    ("Rectorat de Normandie", "school_authority"),
    ("Région Normandie", "local_authority"),
)


class Browser:
    """Somebody signed in, page by page."""

    def __init__(self, http, secret):
        self.http, self.headers, self.csrf = http, {"Cookie": f"quinzaine={secret}"}, ""

    async def get(self, path):
        answer = await self.http.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        if found := re.search(r'name="csrf" value="([^"]+)"', answer.text):
            self.csrf = found[1]
        return answer.text

    async def post(self, path, **fields):
        answer = await self.http.post(path, data={"csrf": self.csrf, **fields}, headers=self.headers)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


def a_siret(number: int) -> str:
    siren = f"{number % 10**8:08d}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001" + luhn.calc_check_digit(f"{siren}0001")


def link_in(text: str) -> str:
    return urlsplit(re.search(r"https?://\S+/accords/\S+", text)[0]).path


async def names_of(running, title: str) -> tuple[str, ...]:
    """In whose name the campaign of this title is public."""
    async with transaction(running.pool) as connection:
        campaigns = await list_campaigns(connection)
    return next(campaign.organisations for campaign in campaigns if campaign.title == title)


async def test_four_organisations_carry_a_campaign_from_nothing_to_published(running):
    mark = "".join(chr(97 + byte % 26) for byte in uuid4().bytes[-8:])
    lead_mail = f"responsable.{mark}@federation.example"
    async with transaction(running.pool) as connection:
        await connection.executemany(
            "INSERT INTO campaigns.sectors (code, label, family) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", SECTORS
        )
        lead = await an_organisation(
            connection, slug=f"federation-{mark}", kind="federation", name=f"Fédération {mark}"
        )
        member = await a_member(connection, lead, role="owner", email=lead_mail)
    federation = Browser(running.http, member.secret)
    monday = date(2027, 6, 14)

    await federation.get("/planification/campagnes/nouvelle")
    home = await federation.post(
        "/planification/campagnes/nouvelle",
        title=f"Ensemble {mark}",
        presentation="Un métier par jour.",
        first_day=monday.isoformat(),
        last_day=(monday + timedelta(days=11)).isoformat(),
        departements="27",
        sector_1="s10",
    )
    for number, (name, kind) in enumerate(PARTNERS):
        await federation.post(
            f"{home}/inviter",
            name=f"{name} {mark}",
            kind=kind,
            siret=a_siret(new_id().int + number),
            contact_first_name="Élie",
            contact_last_name="Morvan",
            contact_email=f"contact{number}.{mark}@partenaire.example",
        )

    # an offer in it: a draft with one visit
    campaign_id = await running.pool.fetchval(
        "SELECT id FROM campaigns.campaigns WHERE slug = $1", home.rsplit("/", 1)[1]
    )
    offer = await federation.post(
        "/planification/offres/nouvelle",
        campaign_id=str(campaign_id),
        kind="collective_week",
        title=f"Semaine {mark}",
        city="Pont-Audemer",
        seats="15",
        first_day=monday.isoformat(),
        last_day=(monday + timedelta(days=4)).isoformat(),
    )
    slug = offer.rsplit("/", 1)[1]
    offer_id = await running.pool.fetchval("SELECT id FROM campaigns.offers WHERE slug = $1", slug)
    added = await running.http.post(
        f"/api/v1/offers/{offer_id}/sessions",
        json={"title": "Visite", "starts_at": "2027-06-14T09:00:00+02:00", "ends_at": "2027-06-14T12:00:00+02:00"},
        headers=running.planner,
    )
    assert added.status_code == 201, added.text
    too_soon = await running.http.post(
        f"{offer}/publication", data={"csrf": federation.csrf}, headers=federation.headers
    )
    assert too_soon.status_code == 409
    assert (await running.http.get(f"/offres/{slug}")).status_code == 404

    # each partner is asked by mail, looks, answers
    await running.settled()
    for number, (name, _) in enumerate(PARTNERS):
        (mail,) = running.sink.to(f"contact{number}.{mark}@partenaire.example")
        assert f"Ensemble {mark}" in mail.subject
        link = link_in(mail.text)
        assert f"Demande d’accord à {name} {mark}" in (await running.http.get(link)).text
        answered = await running.http.post(link, data={"answer": "agreed", "word": f"Oui de {name}."})
        assert answered.status_code == 303
        await running.settled()
    told = running.sink.to(lead_mail)
    assert [f"Oui de {name}." in mail.text for mail, (name, _) in zip(told, PARTNERS, strict=True)] == [True] * 3
    assert "Tous ont donné leur accord" in await federation.get(home)

    await federation.get(f"{offer}/publication")
    await federation.post(f"{offer}/publication")
    assert (await running.http.get(f"/offres/{slug}")).status_code == 200
    carried_by = await names_of(running, f"Ensemble {mark}")
    assert set(carried_by) == {f"Fédération {mark}", *(f"{name} {mark}" for name, _ in PARTNERS)}

    # one leaves: the others are told, its name is taken off, the federation's offer stays
    running.sink.forget()
    async with transaction(running.pool) as connection:
        region = await connection.fetchval("SELECT id FROM campaigns.organisations WHERE name = $1", f"{name} {mark}")
        owner = await a_member(connection, region, role="owner", email=f"region.{mark}@partenaire.example")
    browser = Browser(running.http, owner.secret)
    assert "Quitter la campagne" in await browser.get(home)
    await browser.get(f"{home}/quitter")
    await browser.post(f"{home}/quitter", certain="oui", word="Nous partons.")
    await running.settled()
    (left,) = running.sink.to(lead_mail)
    assert "Nous partons." in left.text
    assert f"{name} {mark}" not in await names_of(running, f"Ensemble {mark}")
    assert (await running.http.get(f"/offres/{slug}")).status_code == 200
