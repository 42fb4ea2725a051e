"""Rotations: each group at each service once, no service over its size, and why not where there is none."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.campaigns.offers.kinds.rotations.companies import smallest_capacity, split_into_companies
from services.campaigns.offers.kinds.rotations.group_sizes import group_names, split_seats
from services.campaigns.offers.kinds.rotations.house import Group, HalfDay, InvalidRotation, Service
from services.campaigns.offers.kinds.rotations.rotation import ImpossibleRotation, Rotation, SwapRefused, plan_rotation
from shared.languages import speaking
from tests.world import PARIS

SERVICES_OF_THE_REGION = ("Ports et routes", "Cuisine centrale", "Laboratoire de l’eau", "Numérique", "Studio")


def services(*sizes: int) -> list[Service]:
    return [Service(name=f"Service {number}", pupils_at_most=size) for number, size in enumerate(sizes, start=1)]


def groups(*sizes: int) -> list[Group]:
    return [Group(name=name, pupils=size) for name, size in zip(group_names(len(sizes)), sizes, strict=True)]


def half_days(count: int) -> list[HalfDay]:
    first = datetime(2027, 6, 14, 9, tzinfo=PARIS)
    moments = [first + timedelta(days=number // 2, hours=4 * (number % 2)) for number in range(count)]
    return [HalfDay(starts_at=moment, ends_at=moment + timedelta(hours=3)) for moment in moments]


def names(rotation: Rotation) -> list[list[str]]:
    return [["" if cell is None else rotation.services[cell].name for cell in row] for row in rotation.cells]


def test_fifty_pupils_in_five_groups_see_the_five_services_of_the_region_in_five_mornings():
    five = [Service(name=name, pupils_at_most=10) for name in SERVICES_OF_THE_REGION]
    rotation = plan_rotation(five, groups(*split_seats(50, 5)), half_days(10)[::2])
    assert names(rotation)[0] == list(SERVICES_OF_THE_REGION)
    assert names(rotation)[1] == [*SERVICES_OF_THE_REGION[1:], SERVICES_OF_THE_REGION[0]]
    assert rotation.faults == ()


def test_two_groups_of_the_school_authority_swap_at_midday_on_wednesday():
    two = [Service(name="Informatique", pupils_at_most=8), Service(name="Juridique", pupils_at_most=8)]
    rotation = plan_rotation(two, groups(8, 8), half_days(10))
    assert names(rotation) == [["Informatique"] * 5 + ["Juridique"] * 5, ["Juridique"] * 5 + ["Informatique"] * 5]
    assert rotation.half_days[5].say() == "mercredi 16 juin, après-midi"


def test_groups_share_a_service_where_it_is_large_enough():
    rotation = plan_rotation(services(20, 25), groups(10, 10, 10, 10), half_days(2))
    assert rotation.faults == ()
    assert rotation.together(0, 0) == ("C",)


def test_groups_of_two_sizes_are_put_together_so_that_they_fit():
    # largest first would give 3 + 3 and then find no room for the last 2
    rotation = plan_rotation(services(7, 7), groups(3, 3, 2, 2, 2, 2), half_days(2))
    assert rotation.faults == ()


def test_more_groups_than_services_pause_in_turn():
    rotation = plan_rotation(services(10, 10, 10), groups(10, 10, 10, 10), half_days(4))
    assert rotation.faults == ()
    assert rotation.free_half_days == 4


@pytest.mark.parametrize(
    ("sizes", "of_groups", "days", "sentence"),
    [
        (
            (10, 10, 10, 10, 10),
            (10,) * 5,
            3,
            (
                "3 demi-journées ne suffisent pas pour que chaque groupe voie 5 services : "
                "il faut 2 demi-journées de plus, ou 2 services de moins."
            ),
        ),
        (
            (10, 8),
            (10, 10),
            2,
            (
                "Le service « Service 2 » reçoit 8 élèves à la fois et le groupe A en compte 10 : "
                "il faut 2 places de plus dans ce service, ou 3 groupes de 8 au plus."
            ),
        ),
        (
            (10, 20),
            (10, 10, 10),
            2,
            (
                "3 groupes ne tiennent pas dans ces services en 2 demi-journées : il faut 1 demi-journée de plus, "
                "ou 10 places de plus dans le service « Service 1 »."
            ),
        ),
        (
            (10, 10),
            (10,) * 7,
            2,
            (
                "7 groupes ne tiennent pas dans ces services en 2 demi-journées : il faut 5 demi-journées de plus, ou "
                "30 places de plus dans le service « Service 1 » et 30 places de plus dans le service « Service 2 »."
            ),
        ),
    ],
)
def test_a_rotation_that_cannot_exist_says_why_and_what_could(sizes, of_groups, days, sentence):
    with pytest.raises(ImpossibleRotation) as refused:
        plan_rotation(services(*sizes), groups(*of_groups), half_days(days))
    assert refused.value.sentence == sentence


def test_a_rotation_that_cannot_exist_says_so_in_the_language_of_who_reads():
    with pytest.raises(ImpossibleRotation) as refused:
        plan_rotation(services(10, 10), groups(*(10,) * 7), half_days(2))
    with speaking("en"):
        assert refused.value.sentence == (
            "7 groups do not fit into these departments in 2 half-days: it takes 5 half-days more, or 30 more seats in "
            "the department “Service 1” and 30 more seats in the department “Service 2”."
        )


def outcome_of(asked) -> Rotation | str:
    try:
        return plan_rotation(*asked)
    except ImpossibleRotation as refusal:
        return refusal.sentence


sizes = st.integers(1, 12)
houses = st.tuples(
    st.lists(st.integers(1, 30), min_size=1, max_size=6),
    st.lists(sizes, min_size=1, max_size=8),
    st.integers(1, 14),
)


@given(houses)
def test_each_group_is_at_each_service_exactly_once_and_no_service_is_over_its_size(house):
    of_services, of_groups, days = house
    try:
        rotation = plan_rotation(services(*of_services), groups(*of_groups), half_days(days))
    except ImpossibleRotation:
        return
    assert rotation.faults == ()
    for row in rotation.cells:
        runs = [cell for index, cell in enumerate(row) if index == 0 or row[index - 1] != cell]
        assert sorted(cell for cell in runs if cell is not None) == list(range(len(of_services)))
    for half_day in range(days):
        for number, service in enumerate(of_services):
            there = [size for size, row in zip(of_groups, rotation.cells, strict=True) if row[half_day] == number]
            assert sum(there) <= service


@given(houses)
def test_what_is_asked_twice_is_answered_alike(house):
    of_services, of_groups, days = house
    asked = services(*of_services), groups(*of_groups), half_days(days)
    assert outcome_of(asked) == outcome_of(asked)


@given(st.lists(sizes, min_size=1, max_size=5), st.integers(1, 4), st.integers(1, 25))
def test_companies_are_found_whenever_they_exist(of_groups, companies, capacity):
    def exists(left: list[int], loads: list[int]) -> bool:
        if not left:
            return True
        return any(
            loads[index] + left[0] <= capacity
            and exists(left[1:], [*loads[:index], loads[index] + left[0], *loads[index + 1 :]])
            for index in range(companies)
        )

    found = split_into_companies(of_groups, companies, capacity)
    assert (found is not None) == exists(of_groups, [0] * companies)


@given(st.lists(sizes, min_size=1, max_size=8), st.integers(1, 5))
def test_the_capacity_named_as_nearest_is_enough_and_one_less_is_not(of_groups, companies):
    capacity = smallest_capacity(of_groups, companies)
    assert split_into_companies(of_groups, companies, capacity) is not None
    assert split_into_companies(of_groups, companies, capacity - 1) is None


@given(st.integers(1, 200), st.integers(1, 26))
def test_seats_are_split_as_equally_as_can_be(seats, count):
    split = split_seats(seats, count)
    assert len(split) == count
    assert max(split) - min(split) <= 1
    assert sum(split) == max(seats, count)


def test_a_swap_by_hand_is_checked_again():
    rotation = plan_rotation(services(10, 10), groups(10, 10), half_days(2))
    crooked = rotation.swapped((0, 0), (0, 1))
    assert crooked.faults == (
        "Lundi 14 juin, matin : le service « Service 2 » recevrait 20 élèves pour 10 places.",
        "Lundi 14 juin, après-midi : le service « Service 1 » recevrait 20 élèves pour 10 places.",
    )
    assert crooked.swapped((1, 0), (1, 1)).faults == ()


def test_a_service_missed_and_one_seen_twice_are_told():
    rotation = plan_rotation(services(20, 20), groups(10, 10), half_days(4))
    crooked = rotation.swapped((0, 1), (1, 1), stays=False)
    assert "Le groupe A ne va pas dans le service « Service 1 »." not in crooked.faults
    assert rotation.swapped((0, 1), (0, 2), stays=False).faults == (
        "Le groupe A va 2 fois dans le service « Service 1 ».",
        "Le groupe A va 2 fois dans le service « Service 2 ».",
    )


def test_whole_stays_are_swapped_unless_asked_otherwise():
    rotation = plan_rotation(services(20, 20), groups(10, 10), half_days(10))
    assert names(rotation.swapped((0, 1), (0, 7))) == [names(rotation)[1], names(rotation)[1]]


@pytest.mark.parametrize(
    ("one", "other"), [((0, 0), (0, 0)), ((0, 0), (0, 1)), ((0, 0), (9, 0)), ((0, -1), (1, 0)), ((0, 0), (0, 99))]
)
def test_a_swap_that_makes_no_sense_is_refused(one, other):
    rotation = plan_rotation(services(20, 20), groups(10, 10), half_days(4))
    with pytest.raises(SwapRefused):
        rotation.swapped(one, other)


@pytest.mark.parametrize(
    ("of_services", "of_groups", "days", "field"),
    [
        ([], groups(1), half_days(1), "services"),
        (services(1), [], half_days(1), "groups"),
        (services(1), groups(1), [], "half_days"),
        (services(*[1] * 21), groups(1), half_days(21), "services"),
        ([*services(1), *services(1)], groups(1), half_days(2), "services"),
        (services(1), [*groups(1), Group(name="a", pupils=1)], half_days(2), "groups"),
        (services(1, 1), groups(1), half_days(2)[::-1], "half_days"),
        (services(1, 1), groups(1), half_days(1) * 2, "half_days"),
        (
            services(1),
            groups(1),
            [
                HalfDay(
                    starts_at=datetime.fromisoformat("2027-06-14T09:00"),
                    ends_at=datetime.fromisoformat("2027-06-14T12:00"),
                )
            ],
            "half_days",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_beside_its_field(of_services, of_groups, days, field):
    with pytest.raises(InvalidRotation) as refused:
        plan_rotation(of_services, of_groups, days)
    assert refused.value.field == field
