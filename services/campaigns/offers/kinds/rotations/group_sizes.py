"""The names and sizes of groups, from how many there are to be and the seats of the offer."""


def split_seats(seats: int, groups: int) -> list[int]:
    """The sizes of so many groups for so many seats, as equal as they can be, the larger first; none below 1."""
    return [max(1, seats // groups + (number < seats % groups)) for number in range(groups)]


def group_names(count: int) -> list[str]:
    """« A », « B », …"""
    return [chr(ord("A") + number) for number in range(count)]
