"""Recognising sessions: what is the same thing, edited, keeps its id."""

from datetime import timedelta
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from services.campaigns.imports.recognise_sessions import recognise_sessions
from services.campaigns.imports.session_row import SessionRow
from tests.world import at

HOSTS = [UUID(int=number) for number in (1, 2, 3)]


def session(number: int, day: int, hour: int, title: str, host: UUID | None = None, group: str = "") -> SessionRow:
    start = at(day, hour)
    return SessionRow(
        id=UUID(int=number),
        date=start.date(),
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        title=title,
        kind="visit",
        host_id=host,
        group=group,
    )


def pairs(stored, wanted) -> set[tuple[int, int]]:
    return {(a.id.int, b.id.int) for a, b in recognise_sessions(stored, wanted).pairs}


def test_what_is_untouched_keeps_its_partner_whatever_else_changes():
    stored = [session(1, 0, 9, "A", HOSTS[0]), session(2, 0, 10, "B", HOSTS[0])]
    wanted = [session(11, 0, 10, "B", HOSTS[0]), session(12, 0, 9, "Neuf", HOSTS[0])]
    assert pairs(stored, wanted) == {(2, 11), (1, 12)}


def test_sessions_that_swap_hours_are_known_by_host_and_title():
    stored = [session(1, 0, 9, "A", HOSTS[0]), session(2, 0, 14, "B", HOSTS[1])]
    wanted = [session(11, 0, 14, "A", HOSTS[0]), session(12, 0, 9, "B", HOSTS[1])]
    assert pairs(stored, wanted) == {(1, 11), (2, 12)}


def test_a_session_moved_to_another_day_is_known_by_host_and_title():
    assert pairs([session(1, 0, 9, "A", HOSTS[0])], [session(11, 3, 14, "A", HOSTS[0])]) == {(1, 11)}


def test_a_host_that_withdrew_is_replaced_in_its_place():
    assert pairs([session(1, 0, 9, "A", HOSTS[0])], [session(11, 0, 9, "B", HOSTS[1])]) == {(1, 11)}


def test_another_day_with_another_host_is_another_session():
    recognised = recognise_sessions([session(1, 0, 9, "A", HOSTS[0])], [session(11, 1, 9, "A", HOSTS[1])])
    assert (recognised.pairs, len(recognised.gone), len(recognised.new)) == ((), 1, 1)


def test_equal_meals_are_paired_in_order_and_the_surplus_is_gone():
    stored = [session(number, number, 12, "Repas", HOSTS[2]) for number in (1, 2, 3)]
    recognised = recognise_sessions(stored, [session(12, 2, 12, "Repas", HOSTS[2])])
    assert [(a.id.int, b.id.int) for a, b in recognised.pairs] == [(2, 12)]
    assert [gone.id.int for gone in recognised.gone] == [1, 3]


def test_groups_at_the_same_time_are_told_apart():
    stored = [session(1, 0, 9, "A", HOSTS[0], "A"), session(2, 0, 9, "A", HOSTS[0], "B")]
    wanted = [session(11, 0, 9, "A", HOSTS[0], "B"), session(12, 0, 10, "A", HOSTS[0], "A")]
    assert pairs(stored, wanted) == {(2, 11), (1, 12)}


SESSIONS = st.lists(
    st.builds(
        session,
        st.just(0),
        st.integers(0, 4),
        st.integers(8, 17),
        st.sampled_from("ABC"),
        st.sampled_from([None, *HOSTS]),
        st.sampled_from(["", "A", "B"]),
    ),
    max_size=12,
)


@given(SESSIONS, SESSIONS, st.randoms())
def test_every_session_has_one_fate_and_the_order_of_rows_does_not_matter(left, right, random):
    stored = [msgspec.structs.replace(s, id=UUID(int=number)) for number, s in enumerate(left)]
    wanted = [msgspec.structs.replace(s, id=UUID(int=100 + number)) for number, s in enumerate(right)]
    recognised = recognise_sessions(stored, wanted)
    assert sorted(s.id.int for s in (*(a for a, _ in recognised.pairs), *recognised.gone)) == list(range(len(left)))
    assert len(recognised.pairs) + len(recognised.new) == len(right)
    random.shuffle(stored)
    random.shuffle(wanted)
    assert recognise_sessions(stored, wanted) == recognised


@given(SESSIONS)
def test_the_same_sessions_again_are_all_recognised_as_they_are(left):
    stored = [msgspec.structs.replace(s, id=UUID(int=number)) for number, s in enumerate(left)]
    recognised = recognise_sessions(stored, [msgspec.structs.replace(s, id=UUID(int=s.id.int + 100)) for s in stored])
    assert len(recognised.pairs) == len(stored)
    for before, after in recognised.pairs:
        assert msgspec.structs.replace(after, id=before.id) == before
