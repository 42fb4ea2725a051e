"""Fifteen published offers in Normandy, each with a day, a sector, a host and a way to come."""

from datetime import date, datetime, time, timedelta

import pytest
from msgspec import Struct

from shared.database import Connection, transaction
from shared.identifiers import new_id
from tests.world import NOW, PARIS, an_organisation


class Sample(Struct, frozen=True, kw_only=True):
    """One offer of the samples; `day` counts from Monday, 14 June 2027."""

    slug: str
    title: str
    city: str
    host: str
    sector: str
    kind: str = "workshop"
    day: int = 0
    seats: int = 10
    summary: str = ""
    access: str = ""


SAMPLES = (
    Sample(slug="semaine", title="Cinq jours, cinq métiers", city="Pont-Audemer", host="Chantiers de la Risle",
           sector="s10", kind="collective_week", access="Car : départ de la gare routière à 8 h"),
    Sample(slug="soudure", title="Découvrir la soudure", city="Cherbourg-en-Cotentin", host="Arsenal du Cotentin",
           sector="s16", access="Parking gratuit"),
    Sample(slug="infirmiere", title="Une journée avec une infirmière", city="Évreux", host="Hôpital du Val d’Iton",
           sector="s43", access="Bus 2, arrêt Hôpital"),
    Sample(slug="boulangerie", title="Le fournil avant l’aube", city="Lisieux", host="Boulangerie Lemoine",
           sector="s28", summary="Pétrir, façonner, cuire."),
    Sample(slug="reacteur", title="Dans la salle de commande", city="Dieppe", host="Centrale de Penly-sur-Mer",
           sector="s21", summary="Le nucléaire vu de l’intérieur.", access="Pas de bus : venir en voiture"),
    Sample(slug="entrepot", title="Livrer à l’heure", city="Le Havre", host="Quais et Entrepôts", sector="s34",
           access="Tram A, arrêt Marceau"),
    Sample(slug="reseaux", title="Réparer un réseau informatique", city="Caen", host="Octets de l’Orne",
           sector="s32", access="Tram T1"),
    Sample(slug="menuiserie", title="Du chêne à la table", city="Alençon", host="Menuiserie Féron", sector="s24",
           access="À pied, 10 min depuis la gare"),
    Sample(slug="soins", title="Prendre soin des anciens", city="Saint-Lô", host="Résidence des Tilleuls",
           sector="s46"),
    Sample(slug="hotel", title="Accueillir à la réception", city="Deauville", host="Hôtel des Planches",
           sector="s26", day=7),
    Sample(slug="theatre", title="Les coulisses d’un théâtre", city="Rouen", host="Théâtre des Deux Rives",
           sector="s17", day=8, access="Métro, arrêt Théâtre des Arts"),
    Sample(slug="peche", title="À bord d’un chalutier", city="Fécamp", host="Pêcheries d’Albâtre", sector="s28", day=8),
    Sample(slug="ferme", title="Conduire un tracteur", city="Argentan", host="Ferme de la Bruyère", sector="s1",
           day=9, seats=0),
    Sample(slug="avion", title="Assembler une nacelle", city="Gonfreville-l'Orcher", host="Ateliers de l’Estuaire",
           sector="s16", day=9, access="Navette depuis la gare du Havre"),
    Sample(slug="matinee", title="Ils racontent leur métier", city="Vernon", host="Agence d’orientation", sector="s14",
           kind="information_morning", day=10),
)  # fmt: skip


@pytest.fixture
async def samples(pool) -> tuple[Sample, ...]:
    """The samples, published."""
    async with transaction(pool) as connection:
        await insert_samples(connection, SAMPLES)
    return SAMPLES


async def insert_samples(connection: Connection, samples: tuple[Sample, ...]) -> None:
    """Insert them in one campaign; published once their days and sessions are there, as an import does."""
    organiser = await an_organisation(
        connection, slug="federation", kind="federation", name="Fédération des Deux Rives"
    )
    campaign_id = await connection.fetchval(
        """
        INSERT INTO campaigns.campaigns (id, slug, title, period)
        VALUES ($1, 'campagne', 'Juin pour découvrir', '[2027-06-14,2027-06-26)') RETURNING id
        """,
        new_id(),
    )
    for sample in samples:
        host = await an_organisation(connection, slug=f"hote-{sample.slug}", kind="company", name=sample.host)
        offer_id, day_id = new_id(), new_id()
        day = date(2027, 6, 14) + timedelta(days=sample.day)
        starts_at = datetime.combine(day, time(9), tzinfo=PARIS)
        await connection.execute(
            """
            INSERT INTO campaigns.offers
                (id, slug, campaign_id, organisation_id, kind, title, summary, city, seats, opens_at, busy)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, tstzmultirange(tstzrange($11, $12)))
            """,
            offer_id, sample.slug, campaign_id, organiser, sample.kind, sample.title, sample.summary, sample.city,
            sample.seats, NOW, starts_at, starts_at + timedelta(hours=3),
        )  # fmt: skip
        await connection.execute(
            "INSERT INTO campaigns.days (id, offer_id, date, instance_on, sector) VALUES ($1, $2, $3, $3, $4)",
            day_id, offer_id, day, sample.sector,
        )  # fmt: skip
        await connection.execute(
            """
            INSERT INTO campaigns.sessions
                (id, offer_id, day_id, starts_at, ends_at, title, kind, host_id, access, changed_at)
            VALUES ($1, $2, $3, $4, $5, 'Visite', 'visit', $6, $7, $8)
            """,
            new_id(), offer_id, day_id, starts_at, starts_at + timedelta(hours=3), host, sample.access, NOW,
        )  # fmt: skip
        await connection.execute("UPDATE campaigns.offers SET status = 'published' WHERE id = $1", offer_id)
