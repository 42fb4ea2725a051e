"""Changes are told once, merged, and not told where a newer mail has told them."""

from uuid import UUID

from services.notifications.changes import ADDED, CANCELLED, Line, left_to_tell, merge_lines

ONE, TWO = UUID(int=1), UUID(int=2)


def test_the_same_field_changed_twice_is_told_from_first_to_last():
    lines = merge_lines([Line(ONE, "place", "A", "B"), Line(TWO, "place", "X", "Y"), Line(ONE, "place", "B", "C")])
    assert lines == (Line(ONE, "place", "A", "C"), Line(TWO, "place", "X", "Y"))


def test_a_change_taken_back_is_nothing():
    assert merge_lines([Line(ONE, "place", "A", "B"), Line(ONE, "place", "B", "A")]) == ()


def test_of_a_cancelled_session_only_the_cancellation_is_told():
    assert merge_lines([Line(ONE, "place", "A", "B"), Line(ONE, CANCELLED)]) == (Line(ONE, CANCELLED),)


def test_a_session_added_and_cancelled_meanwhile_is_nothing():
    assert merge_lines([Line(ONE, ADDED), Line(ONE, CANCELLED)]) == ()


def test_what_a_newer_mail_has_told_is_not_told_again():
    lines = (Line(ONE, "place", "A", "B"), Line(ONE, "title", "a", "b"), Line(TWO, "place", "X", "Y"))
    assert left_to_tell(lines, [Line(ONE, "place", "B", "C"), Line(TWO, CANCELLED)]) == (Line(ONE, "title", "a", "b"),)
