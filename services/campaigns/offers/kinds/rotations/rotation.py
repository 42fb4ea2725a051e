"""A rotation: which group is at which service when, built so that each group sees each service once.

Every group sees every service, so the smallest service decides: the groups must fit into so many companies (groups
that move together) that no company is larger than it, and companies then shift by one service a turn, as the rows of
a latin square do. That is possible exactly when the companies exist, whatever the sizes of the other services.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

import msgspec
from msgspec import Struct

from services.campaigns.offers.kinds.fields import is_plain
from services.campaigns.offers.kinds.rotations.companies import smallest_capacity, split_into_companies
from services.campaigns.offers.kinds.rotations.house import Group, HalfDay, InvalidRotation, Service, check_house
from shared.languages import Message, _, later, n_later
from shared.refusal import Refusal


class ImpossibleRotation(Refusal):
    """No rotation of these groups over these services exists; the sentence names the nearest that does."""

    reason: ClassVar[str] = "impossible-rotation"
    status: ClassVar[int] = 422


class SwapRefused(Refusal):
    """These two cells cannot be swapped."""

    reason: ClassVar[str] = "swap-refused"
    status: ClassVar[int] = 422


class Rotation(Struct, frozen=True, kw_only=True, dict=True):
    """`cells[group][half-day]` is the number of a service, or None where the group is free; counted from 0."""

    services: tuple[Service, ...]
    groups: tuple[Group, ...]
    half_days: tuple[HalfDay, ...]
    cells: tuple[tuple[int | None, ...], ...]
    address: str = ""
    contact: str = ""

    @property
    def faults(self) -> tuple[str, ...]:
        """What is not as it should be, a sentence each: a service missed or seen twice, or over its size."""
        return (*self._missed(), *self._crowded())

    @cached_property
    def crowded(self) -> frozenset[tuple[int, int]]:
        """The pairs (service, half-day) with more pupils than the service takes."""
        return frozenset(
            (number, turn)
            for turn in range(len(self.half_days))
            for number, service in enumerate(self.services)
            if self._pupils_at(number, turn) > service.pupils_at_most
        )

    @property
    def free_half_days(self) -> int:
        """The half-days in which some group is free, summed over the groups."""
        return sum(cell is None for row in self.cells for cell in row)

    def together(self, group: int, half_day: int) -> tuple[str, ...]:
        """The names of the groups at the same service in this half-day, the group itself left out."""
        service = self.cells[group][half_day]
        return tuple(
            other.name
            for number, other in enumerate(self.groups)
            if number != group and service is not None and self.cells[number][half_day] == service
        )

    def stay(self, group: int, half_day: int) -> range:
        """The half-days in a row that the group spends where it is in this one."""
        row, here = self.cells[group], self.cells[group][half_day]
        first = last = half_day
        while first > 0 and row[first - 1] == here:
            first -= 1
        while last + 1 < len(row) and row[last + 1] == here:
            last += 1
        return range(first, last + 1)

    def swapped(self, one: tuple[int, int], other: tuple[int, int], *, stays: bool = True) -> "Rotation":
        """The rotation with two cells (group, half-day) swapped; with `stays`, all the half-days in a row of each.

        Raises `SwapRefused` where a cell does not exist, or two stays are not of one length.
        """
        for group, half_day in (one, other):
            if not (0 <= group < len(self.groups) and 0 <= half_day < len(self.half_days)):
                raise SwapRefused(later("Cette case n’existe pas dans la rotation."))
        here, there = (self.stay(*one), self.stay(*other)) if stays else ((one[1],), (other[1],))
        if len(here) != len(there):
            raise SwapRefused(
                later("Ces deux séjours n’ont pas la même durée : échangez plutôt une demi-journée à la fois."),
                field="stays",
            )
        if one[0] == other[0] and set(here) & set(there):
            raise SwapRefused(later("Choisissez deux cases différentes."), field="other")
        rows = [list(row) for row in self.cells]
        for left, right in zip(here, there, strict=True):
            rows[one[0]][left], rows[other[0]][right] = rows[other[0]][right], rows[one[0]][left]
        return msgspec.structs.replace(self, cells=tuple(tuple(row) for row in rows))

    def _pupils_at(self, service: int, half_day: int) -> int:
        return sum(group.pupils for group, row in zip(self.groups, self.cells, strict=True) if row[half_day] == service)

    def _missed(self) -> list[str]:
        sentences = []
        for number, group in enumerate(self.groups):
            stays = [self.cells[number][stay.start] for stay in self._stays_of(number)]
            for index, service in enumerate(self.services):
                times = stays.count(index)
                if times == 0:
                    said = _(
                        "Le groupe {group} ne va pas dans le service « {service} ».",
                        group=group.name,
                        service=service.name,
                    )
                    sentences.append(said)
                elif times > 1:
                    said = _(
                        "Le groupe {group} va {times} fois dans le service « {service} ».",
                        group=group.name,
                        times=times,
                        service=service.name,
                    )
                    sentences.append(said)
        return sentences

    def _stays_of(self, group: int) -> list[range]:
        stays, half_day = [], 0
        while half_day < len(self.half_days):
            stays.append(self.stay(group, half_day))
            half_day = stays[-1].stop
        return stays

    def _crowded(self) -> list[str]:
        return [
            _(
                "{when} : le service « {service} » recevrait {pupils} élèves pour {places}.",
                when=self.half_days[turn].say_beginning(),
                service=self.services[number].name,
                pupils=self._pupils_at(number, turn),
                places=_places(self.services[number].pupils_at_most),
            )
            for number, turn in sorted(self.crowded, key=lambda pair: (pair[1], pair[0]))
        ]


def plan_rotation(
    services: Sequence[Service],
    groups: Sequence[Group],
    half_days: Sequence[HalfDay],
    *,
    address: str = "",
    contact: str = "",
) -> Rotation:
    """A rotation in which each group makes one stay at each service, and no service takes more than its size.

    Half-days beyond what is needed make the stays longer, the first ones first. The same input gives the same
    rotation. Raises `InvalidRotation`, `ImpossibleRotation`.
    """
    check_house(services, groups, half_days)
    for field, text in (("address", address), ("contact", contact)):
        if not is_plain(text):
            raise InvalidRotation(later("Ce texte contient un retour à la ligne ou un signe de calcul."), field=field)
    turns, companies = _companies(services, groups, len(half_days))
    lengths = [len(half_days) // turns + (turn < len(half_days) % turns) for turn in range(turns)]
    turn_of = [turn for turn, length in enumerate(lengths) for _ in range(length)]
    cells = tuple(
        tuple(place if (place := (company + turn) % turns) < len(services) else None for turn in turn_of)
        for company in companies
    )
    return Rotation(
        services=tuple(services),
        groups=tuple(groups),
        half_days=tuple(half_days),
        cells=cells,
        address=address,
        contact=contact,
    )


def _companies(services: Sequence[Service], groups: Sequence[Group], half_days: int) -> tuple[int, list[int]]:
    """How many turns are needed, and the company of each group; raises `ImpossibleRotation`."""
    smallest = min(services, key=lambda service: service.pupils_at_most)
    sizes = [group.pupils for group in groups]
    largest = max(groups, key=lambda group: group.pupils)
    if largest.pupils > smallest.pupils_at_most:
        more = largest.pupils - smallest.pupils_at_most
        fewer = -(-sum(sizes) // smallest.pupils_at_most)
        raise ImpossibleRotation(
            later(
                "Le service « {service} » reçoit {pupils} à la fois et le groupe {group} en compte {size} : il faut "
                "{places} de plus dans ce service, ou {fewer} groupes de {least} au plus.",
                service=smallest.name,
                pupils=_pupils(smallest.pupils_at_most),
                group=largest.name,
                size=largest.pupils,
                places=_places(more),
                fewer=fewer,
                least=smallest.pupils_at_most,
            ),
            field="groups",
        )
    if half_days < len(services):
        missing = len(services) - half_days
        raise ImpossibleRotation(
            n_later(
                "{count} demi-journée ne suffit pas pour que chaque groupe voie {services} services : "
                "il faut {more} de plus, ou {fewer} de moins.",
                "{count} demi-journées ne suffisent pas pour que chaque groupe voie {services} services : "
                "il faut {more} de plus, ou {fewer} de moins.",
                half_days,
                services=len(services),
                more=_half_days(missing),
                fewer=n_later("{count} service", "{count} services", missing),
            ),
            field="half_days",
        )
    for turns in range(len(services), half_days + 1):
        companies = split_into_companies(sizes, turns, smallest.pupils_at_most)
        if companies is not None:
            return turns, companies
    raise _too_small(services, groups, half_days)


def _too_small(services: Sequence[Service], groups: Sequence[Group], half_days: int) -> ImpossibleRotation:
    sizes = [group.pupils for group in groups]
    smallest = min(service.pupils_at_most for service in services)
    needed = next(
        turns for turns in range(half_days + 1, len(groups) + 1) if split_into_companies(sizes, turns, smallest)
    )
    capacity = smallest_capacity(sizes, half_days)
    small = [service for service in services if service.pupils_at_most < capacity]
    wider = [
        n_later(
            "{count} place de plus dans le service « {service} »",
            "{count} places de plus dans le service « {service} »",
            capacity - service.pupils_at_most,
            service=service.name,
        )
        for service in small
    ]
    return ImpossibleRotation(
        later(
            "{groups} groupes ne tiennent pas dans ces services en {half_days} : il faut {more} de plus, ou {wider}.",
            groups=len(groups),
            half_days=_half_days(half_days),
            more=_half_days(needed - half_days),
            wider=lambda: _(" et ").join(map(str, wider)),
        ),
        field="half_days",
    )


def _half_days(count: int) -> Message:
    return n_later("{count} demi-journée", "{count} demi-journées", count)


def _places(count: int) -> Message:
    return n_later("{count} place", "{count} places", count)


def _pupils(count: int) -> Message:
    return n_later("{count} élève", "{count} élèves", count)
