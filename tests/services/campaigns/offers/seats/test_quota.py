"""Which seats are kept, and for whom: the rules alone."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.campaigns.offers.seats.quota import Claim, Quota, Seating, count_kept
from shared.identifiers import new_id
from tests.world import NOW

SCHOOL, OTHER = "0271585B", "0760096S"


def quota(seats: int, school_uai: str | None = None) -> Quota:
    return Quota(id=new_id(), seats=seats, school_uai=school_uai, until=NOW + timedelta(days=30))


def test_a_school_s_own_pupils_use_its_seats_first():
    assert count_kept([quota(5, SCHOOL)], Counter({Claim(SCHOOL, False): 2, Claim(OTHER, False): 3})) == 3


def test_a_pupil_without_a_host_uses_the_school_s_seat_and_leaves_the_other_to_others():
    quotas = [quota(1, SCHOOL), quota(1)]
    assert count_kept(quotas, Counter({Claim(SCHOOL, True): 1})) == 1
    assert count_kept(quotas, Counter({Claim(SCHOOL, True): 2})) == 0
    assert count_kept(quotas, Counter({Claim(SCHOOL, True): 1, Claim(SCHOOL, False): 1})) == 0


def test_the_last_free_seats_are_for_those_they_are_kept_for():
    seating = Seating(3, [quota(2, SCHOOL)])
    assert seating.has_room_for(Claim(OTHER, False))
    seating.seat(Claim(OTHER, False))
    assert not seating.has_room_for(Claim(OTHER, False))
    assert seating.has_room_for(Claim(SCHOOL, False))


def test_a_promise_that_cannot_be_kept_whole_is_kept_as_far_as_there_are_seats():
    seating = Seating(1, [quota(4, SCHOOL)])
    assert not seating.has_room_for(Claim(OTHER, False))
    assert seating.has_room_for(Claim(SCHOOL, False))


claims = st.builds(Claim, st.sampled_from([None, SCHOOL, OTHER]), st.booleans())
quotas = st.lists(st.builds(quota, st.integers(1, 4), st.sampled_from([None, SCHOOL, OTHER])), max_size=4)


@given(quotas, st.integers(0, 12), st.lists(claims, max_size=30))
def test_whatever_the_order_of_arrival_no_kept_seat_goes_to_somebody_else(kept, seats, arrivals):
    """Every seat is taken or kept; a claim that comes late finds the seat that is kept for it."""
    seating = Seating(seats, kept)
    promised = seating.kept <= seats
    for claim in arrivals:
        if seating.has_room_for(claim):
            seating.seat(claim)
        assert seating.free >= 0
        assert not promised or seating.free >= seating.kept


@given(quotas, st.lists(claims, max_size=12))
def test_as_many_kept_seats_are_used_as_a_search_of_all_ways_finds(kept, pupils):
    def most_used(left: tuple[Claim, ...], seats: tuple[int, ...]) -> int:
        if not left:
            return 0
        first, rest = left[0], left[1:]
        best = most_used(rest, seats)
        for index, one in enumerate(kept):
            if seats[index] and one.is_for(first):
                best = max(best, 1 + most_used(rest, (*seats[:index], seats[index] - 1, *seats[index + 1 :])))
        return best

    matching = tuple(claim for claim in pupils if any(one.is_for(claim) for one in kept))[:6]
    seats = tuple(one.seats for one in kept)
    assert count_kept(kept, Counter(matching)) == sum(seats) - most_used(matching, seats)
