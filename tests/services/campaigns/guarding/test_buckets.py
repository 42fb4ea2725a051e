"""Buckets: so many at once, then as many as time brings, and never more memory than is set."""

from services.campaigns.guarding.buckets import CLIENTS_AT_MOST, Buckets, Rate


def test_what_is_there_is_given_at_once_and_the_rest_as_time_goes_by():
    buckets = Buckets(Rate(at_once=3, a_minute=30))
    assert [buckets.take("school", 100) for _ in range(4)] == [0, 0, 0, 2]
    assert buckets.take("school", 101) == 1
    assert buckets.take("school", 102) == 0
    assert buckets.take("school", 102) == 2


def test_who_is_refused_loses_nothing_by_asking_again():
    buckets = Buckets(Rate(at_once=1, a_minute=6))
    assert buckets.take("a", 0) == 0
    assert [buckets.take("a", second) for second in (1, 2, 3, 9)] == [9, 8, 7, 1]
    assert buckets.take("a", 10) == 0


def test_a_bucket_never_holds_more_than_at_once():
    buckets = Buckets(Rate(at_once=2, a_minute=60))
    assert buckets.take("a", 0) == 0
    assert [buckets.take("a", 10_000) for _ in range(3)] == [0, 0, 1]


def test_one_client_costs_another_nothing():
    buckets = Buckets(Rate(at_once=1, a_minute=1))
    assert buckets.take("a", 0) == 0
    assert buckets.take("a", 0) == 60
    assert buckets.take("b", 0) == 0


def test_looking_takes_nothing():
    buckets = Buckets(Rate(at_once=1, a_minute=60))
    assert [buckets.wait("a", 0) for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a", 0) == 0
    assert buckets.wait("a", 0) == 1


def test_the_memory_is_bounded_and_who_came_longest_ago_is_forgotten():
    buckets = Buckets(Rate(at_once=1, a_minute=1))
    buckets.take("robot", 0)
    for number in range(CLIENTS_AT_MOST):
        buckets.take(str(number), 1)
        buckets.take("robot", 1)
    assert len(buckets) == CLIENTS_AT_MOST
    assert buckets.take("robot", 1) > 0, "who keeps asking is not forgotten"
    assert buckets.take("0", 1) == 0, "who came longest ago is"
