"""A proposed plan of visits holds for whatever sessions: within them, in reach, never at once, each pupil seen once."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.campaigns.teaching.pupil import FollowedPupil, Meeting
from services.campaigns.teaching.visits.proposal import (
    MOST_A_DAY,
    UNKNOWN_WAY,
    Stop,
    can_be_visited,
    propose_visits,
)
from services.campaigns.teaching.visits.visit import LASTS, Position
from tests.world import NOW, at


def a_meeting(number, *, day=0, hour=9, minutes=180, latitude=49.354, longitude=0.515, **given):
    starts_at = at(day, hour)
    return Meeting(
        **{
            "id": UUID(int=number),
            "offer_id": UUID(int=1),
            "group_id": None,
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=minutes),
            "title": f"Séance {number}",
            "kind": "visit",
            "host": f"Entreprise {number}",
            "place": "",
            "room": "",
            "online": False,
            "emergency_phone": "",
            "latitude": latitude,
            "longitude": longitude,
            **given,
        }
    )


def a_follower(number):
    return FollowedPupil(
        id=UUID(int=number), first_name="Élève", last_name=f"Nom {number}", class_name="2nde 4", listed=False
    )


PLACES = st.one_of(
    st.just((None, None)),
    st.tuples(st.floats(49.1, 49.6, allow_nan=False), st.floats(-0.4, 1.2, allow_nan=False)),
)
STOPS = st.lists(
    st.tuples(
        st.integers(0, 4), st.integers(8, 16), st.integers(15, 240), PLACES, st.sets(st.integers(1, 12), min_size=1)
    ),
    max_size=14,
).map(
    lambda drawn: [
        Stop(
            meeting=a_meeting(number, day=day, hour=hour, minutes=minutes, latitude=place[0], longitude=place[1]),
            pupils=tuple(a_follower(one) for one in sorted(pupils)),
        )
        for number, (day, hour, minutes, place, pupils) in enumerate(drawn, start=1)
    ]
)


def way(one, other):
    found = Position(one.stop.meeting.latitude, one.stop.meeting.longitude).to(
        Position(other.stop.meeting.latitude, other.stop.meeting.longitude)
    )
    return found[1] if found else UNKNOWN_WAY


@settings(max_examples=300, deadline=None)
@given(STOPS)
def test_a_proposal_can_be_travelled_and_sees_nobody_twice_without_need(stops):
    proposed = propose_visits(stops, [], now=NOW)
    for one in proposed:
        meeting = one.stop.meeting
        assert meeting.starts_at <= one.starts_at < one.ends_at <= meeting.ends_at
        assert one.ends_at - one.starts_at == LASTS
    assert proposed == sorted(proposed, key=lambda one: (one.starts_at, one.stop.id))
    for before, after in pairwise(proposed):
        assert before.ends_at <= after.starts_at
        if before.stop.meeting.date == after.stop.meeting.date:
            assert before.ends_at + way(before, after) <= after.starts_at
    days = [one.stop.meeting.date for one in proposed]
    assert all(days.count(day) <= MOST_A_DAY for day in days)
    # in the order in which they were chosen, day by day, each sees somebody who was not seen
    by_day = sorted(proposed, key=lambda one: one.stop.meeting.date)
    for day in set(days):
        earlier = {pupil.id for one in by_day if one.stop.meeting.date < day for pupil in one.stop.pupils}
        for one in by_day:
            if one.stop.meeting.date == day:
                assert {pupil.id for pupil in one.stop.pupils} - earlier


@settings(max_examples=100, deadline=None)
@given(STOPS)
def test_the_same_sessions_are_the_same_proposal_in_whatever_order_they_come(stops):
    assert propose_visits(stops, [], now=NOW) == propose_visits(stops[::-1], [], now=NOW)


def test_the_nearer_of_two_at_once_is_taken_and_the_farther_in_time_for_the_way():
    near, far = a_meeting(2, hour=9), a_meeting(3, hour=9, latitude=49.494, longitude=0.108)
    stops = [
        Stop(meeting=a_meeting(1, hour=8, minutes=60), pupils=(a_follower(1),)),
        Stop(meeting=far, pupils=(a_follower(3),)),
        Stop(meeting=near, pupils=(a_follower(2),)),
    ]
    proposed = propose_visits(stops, [], now=NOW)
    assert [one.stop.meeting.title for one in proposed] == ["Séance 1", "Séance 2", "Séance 3"]
    assert proposed[0].starts_at == at(0, 8, 15)
    assert proposed[1].starts_at == at(0, 9, 15)
    # 33 km at 40 km/h
    assert proposed[2].starts_at >= proposed[1].ends_at + timedelta(minutes=50)


def test_nothing_is_proposed_in_the_past():
    stops = [Stop(meeting=a_meeting(1), pupils=(a_follower(1),))]
    assert propose_visits(stops, [], now=at(0, 12)) == []
    (one,) = propose_visits(stops, [], now=at(0, 10, 2))
    assert one.starts_at == at(0, 10, 5)


def test_there_is_nowhere_to_go_to_a_meal_or_what_is_online():
    assert can_be_visited(a_meeting(1))
    assert not can_be_visited(a_meeting(1, kind="meal"))
    assert not can_be_visited(a_meeting(1, online=True))
    assert can_be_visited(a_meeting(1, online=True, place="12 quai des Péniches"))
