"""The timetable of a day: together, then apart, then together."""

from services.campaigns.look.timetable import blocks_of
from shared.identifiers import new_id
from shared.programme import ProgrammeSession
from tests.world import NOW, at


def a_session(hour: int, group: str = "") -> ProgrammeSession:
    return ProgrammeSession(
        id=new_id(), group=group, starts_at=at(0, hour), ends_at=at(0, hour + 1), title="", kind="visit", changed_at=NOW
    )


def test_groups_stand_side_by_side_between_what_all_do_together():
    day = [a_session(8), a_session(9, "B"), a_session(9, "A"), a_session(10, "A"), a_session(11)]
    lanes = [[(group, len(sessions)) for group, sessions in block.lanes] for block in blocks_of(day)]
    assert lanes == [[("", 1)], [("A", 2), ("B", 1)], [("", 1)]]


def test_a_day_without_sessions_has_no_blocks():
    assert blocks_of([]) == []
