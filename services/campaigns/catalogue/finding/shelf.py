"""The shelf of choices: what one can choose from in the catalogue, read once in a while for everybody."""

import asyncio
from datetime import date as Date
from datetime import datetime
from time import monotonic

from msgspec import Struct

from services.campaigns.catalogue.finding.map_drawing import Map, draw_map, place_towns
from services.campaigns.catalogue.finding.read import Town, list_sectors, list_towns, list_weeks
from services.campaigns.catalogue.listing import Campaign
from services.campaigns.catalogue.read import list_campaigns
from shared.database import Connection


class Choices(Struct, frozen=True, kw_only=True):
    """Towns (the busiest first), weeks, sectors and campaigns with something public; `placed`: towns with a position.

    `drawing` is the map of the towns where something is still to come, None where there is one town or none.
    """

    towns: list[Town]
    placed: list[tuple[str, int, float, float]]
    weeks: list[tuple[Date, Date]]
    sectors: list[tuple[str, str]]
    campaigns: list[Campaign]
    drawing: Map | None


class ChoiceShelf:
    """The choices as they were at most `memory_seconds` ago; one reader at a time, the others wait for its answer."""

    def __init__(self, *, memory_seconds: float) -> None:
        self._memory_seconds = memory_seconds
        self._held: tuple[float, Choices] | None = None
        self._lock = asyncio.Lock()

    async def choices(self, connection: Connection, now: datetime) -> Choices:
        """What one can choose from; read again if what is held is older than the memory."""
        if (held := self._recent()) is not None:
            return held
        async with self._lock:
            if (held := self._recent()) is not None:
                return held
            read_at = monotonic()
            choices = await _read(connection, now)
            self._held = (read_at, choices)
            return choices

    def _recent(self) -> Choices | None:
        if self._held is None or monotonic() - self._held[0] > self._memory_seconds:
            return None
        return self._held[1]


async def _read(connection: Connection, now: datetime) -> Choices:
    towns = await list_towns(connection, now)
    placed = place_towns([(town.name, town.offers, town.latitude, town.longitude) for town in towns])
    to_come = [town for town in placed if town[1]]
    return Choices(
        towns=towns,
        placed=placed,
        weeks=await list_weeks(connection, now),
        sectors=await list_sectors(connection),
        campaigns=await list_campaigns(connection),
        drawing=draw_map(to_come) if len(to_come) > 1 else None,
    )
