"""The sessions a rotation comes to: one for each group and half-day, at the service where the group is then."""

from datetime import datetime

from msgspec import Struct

from services.campaigns.offers.kinds.rotations.house import Service
from services.campaigns.offers.kinds.rotations.rotation import Rotation


class WantedSession(Struct, frozen=True, kw_only=True):
    """One session as the rotation wants it; `site` is the address its service stands under."""

    group: str
    service: str
    starts_at: datetime
    ends_at: datetime
    site: str
    place: str
    room: str

    @property
    def key(self) -> tuple[str, datetime, datetime]:
        """What makes a session the same one after the rotation was drawn anew: who, and when."""
        return (self.group, self.starts_at, self.ends_at)


def wanted_sessions(rotation: Rotation) -> list[WantedSession]:
    """In the order of half-days, then groups. A room that two groups share stands in the place: it is one room's
    exclusion constraint that would otherwise see a clash."""
    wanted = []
    for turn, half_day in enumerate(rotation.half_days):
        for number, group in enumerate(rotation.groups):
            index = rotation.cells[number][turn]
            if index is None:
                continue
            service = rotation.services[index]
            shared = bool(rotation.together(number, turn))
            place = rotation.address or service.name
            wanted.append(
                WantedSession(
                    group=group.name,
                    service=service.name,
                    starts_at=half_day.starts_at,
                    ends_at=half_day.ends_at,
                    site=site_of(rotation, service),
                    place=f"{place}, {service.room}" if shared and service.room else place,
                    room="" if shared else service.room,
                )
            )
    return wanted


def site_of(rotation: Rotation, service: Service) -> str:
    """The address of a service: a site of the house, told from its neighbours by its name."""
    return f"{service.name}, {rotation.address}" if rotation.address else service.name
