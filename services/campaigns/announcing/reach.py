"""Reach: which schools of a list have offers near them, who there is told, and who is left out and why."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.announcing.announcement import AnnouncedCampaign, Choice
from services.campaigns.announcing.correspondents.correspondent import Correspondent
from services.campaigns.catalogue.finding.answers import distances_from
from services.campaigns.catalogue.finding.places import Place, communes, find_places, key_of
from services.campaigns.catalogue.listing import Listing
from services.campaigns.offers.eligibility import departement_of
from services.campaigns.schools.directory import school_of
from shared.announcements import NearOffer, OffersAnnounced
from shared.languages import Glossary, later

OFFERS_SHOWN = 6

Reason = Literal["declined", "refused", "without_address", "told", "nothing_near"]
REASONS = Glossary(
    {
        "told": later("déjà informés de cette campagne, par vous ou un partenaire"),
        "declined": later("ne veulent plus de messages"),
        "refused": later("adresse qui ne reçoit rien"),
        "without_address": later("sans adresse"),
        "nothing_near": later("rien d’ouvert à cette distance"),
    }
)


class Reach(Struct, frozen=True, kw_only=True):
    """Whom an announcement would reach now, by school; `left` counts those left out by why."""

    people: tuple[Correspondent, ...] = ()
    near: Mapping[str, tuple[NearOffer, ...]] = {}
    left: Mapping[Reason, int] = {}

    @property
    def schools(self) -> int:
        return len({each.uai for each in self.people})


class Surroundings(Struct, frozen=True, kw_only=True):
    """What there is at a moment: open offers of a campaign, and where their towns lie."""

    listings: Sequence[Listing]
    towns: Sequence[tuple[str, int, float, float]]
    now: datetime


def reach(listed: Sequence[Correspondent], told: Collection[UUID], choice: Choice, surroundings: Surroundings) -> Reach:
    """Who of a list is told; each is counted for one reason alone, the first that holds."""
    people: list[Correspondent] = []
    near: dict[str, tuple[NearOffer, ...]] = {}
    left: dict[Reason, int] = {}
    for one in listed:
        if one.role not in choice.roles or choice.departement not in ("", departement_of(one.uai)):
            continue
        if one.uai not in near:
            near[one.uai] = tuple(offers_near(one.uai, choice.kilometres, surroundings))
        reason = _reason(one, told, near[one.uai])
        if reason:
            left[reason] = left.get(reason, 0) + 1
        else:
            people.append(one)
    return Reach(people=tuple(people), near={uai: offers for uai, offers in near.items() if offers}, left=left)


def _reason(one: Correspondent, told: Collection[UUID], near: Sequence[NearOffer]) -> Reason | None:
    if one.id in told:
        return "told"
    if one.declined_at:
        return "declined"
    if not one.email:
        return "without_address"
    if one.refused:
        return "refused"
    return None if near else "nothing_near"


def offers_near(uai: str, kilometres: int, surroundings: Surroundings) -> Iterator[NearOffer]:
    """The offers pupils of a school could join, within so many kilometres of its town, the nearest first."""
    place = place_of_school(uai)
    if place is None:
        return
    away = dict(distances_from(place, surroundings.towns))
    found = [
        (round(away[listing.city]), listing)
        for listing in surroundings.listings
        if listing.city in away and away[listing.city] <= kilometres and _is_for(uai, listing)
    ]
    for far, listing in sorted(found, key=lambda pair: (pair[0], pair[1].starts_at or surroundings.now, pair[1].id)):
        state = listing.state(surroundings.now)
        if state in ("open", "full", "not_yet"):
            yield NearOffer(
                title=listing.title,
                slug=listing.slug,
                city=listing.city,
                kilometres=far,
                first=listing.first_day,
                last=listing.last_day,
                starts_at=listing.starts_at,
                ends_at=listing.ends_at,
                state="full" if state == "full" else "not_yet" if state == "not_yet" else "open",
                opens_at=listing.opens_at,
                seats=listing.seats,
                taken=listing.taken,
                held=listing.held,
                free=listing.free,
            )


def announce(
    people: Sequence[Correspondent],
    near: Mapping[str, Sequence[NearOffer]],
    *,
    announcement_id: UUID,
    organisation: str,
    campaign: AnnouncedCampaign,
    word: str,
    now: datetime,
) -> list[OffersAnnounced]:
    """One fact for each school, and for each list its people are from."""
    together: dict[tuple[str, str], list[Correspondent]] = {}
    for one in people:
        together.setdefault((one.uai, one.source), []).append(one)
    facts = []
    for (uai, source), ones in together.items():
        school, place = school_of(uai), place_of_school(uai)
        facts.append(
            OffersAnnounced(
                occurred_at=now,
                recipients=tuple(one.id for one in ones),
                announcement_id=announcement_id,
                organisation=organisation,
                campaign=campaign.title,
                campaign_id=campaign.id,
                first=campaign.first,
                last=campaign.last,
                school=school.label if school else uai,
                near=place.name if place else "",
                offers=tuple(near[uai][:OFFERS_SHOWN]),
                more=max(0, len(near[uai]) - OFFERS_SHOWN),
                word=word,
                source=source,
            )
        )
    return facts


@cache
def place_of_school(uai: str) -> Place | None:
    """The town of a lycée, in its own département where several are called so; else the largest of its postcode."""
    school = school_of(uai)
    if school is None:
        return None
    key, departement = key_of(school.city), departement_of(uai)
    named = [place for place in communes() if place.key == key and place.departement == departement]
    # a commune that has become a part of another one is no more of the list: its postcode is
    return next(iter(named or find_places(school.postcode)), None)


def _is_for(uai: str, listing: Listing) -> bool:
    """Whether its pupils may register: of some offers only those of some schools or départements may."""
    if not listing.departements and not listing.school_uais:
        return True
    return uai in listing.school_uais or departement_of(uai) in listing.departements
