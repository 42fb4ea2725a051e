"""What is said of a week: what is missing, what is doubtful, what is not allowed, and where."""

from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from services.campaigns.offers.builder.distances import kilometres, travel_time
from services.campaigns.offers.builder.read import Clash
from services.campaigns.offers.builder.remarks import find_remarks
from services.campaigns.offers.builder.screen import draw_screen, place_of
from services.campaigns.offers.builder.week import BuiltDay, BuiltGroup, BuiltSession, Week
from shared.identifiers import new_id
from tests.world import MONDAY, at

OWNER, HOST, A, B = (UUID(int=number) for number in range(1, 5))
PONT_AUDEMER, LE_HAVRE = (49.354, 0.515), (49.494, 0.108)


def session(day: int, start: float, end: float, **given) -> BuiltSession:
    """A session at decimal hours; a workshop of the owner's own where nothing else is said."""
    plain = dict.fromkeys(
        ("group", "host", "site", "place", "room", "contact", "meeting_point", "access", "bring", "expected",
         "online_url"), "",
    )  # fmt: skip
    rest = {
        "id": new_id(), "day_id": new_id(), "group_id": None, "title": "Atelier", "kind": "workshop", "host_id": OWNER,
        "site_id": None, "status": "planned", "sequence": 0, "version": 1, "changed_at": at(0, 8), "latitude": None,
        "longitude": None, "pupils": 15, "pupils_at_most": None, "request": None, "answer_by": None,
    }  # fmt: skip
    return BuiltSession(
        **{**plain, **rest, "place": "Mairie", "starts_at": hour(day, start), "ends_at": hour(day, end), **given}
    )


def hour(day: int, decimal: float) -> datetime:
    return at(day, int(decimal), round(decimal % 1 * 60))


def week(*sessions: BuiltSession, groups: tuple[BuiltGroup, ...] = (), **given) -> Week:
    """A week of what is given, each day with a sector and a phone."""
    dates = sorted({one.starts_at.date() for one in sessions})
    days = tuple(
        BuiltDay(
            id=new_id(),
            date=day,
            sector="s10",
            sector_label="BTP",
            sector_family="construction",
            emergency_phone="02 32 00 00 00",
            sessions=tuple(sorted((s for s in sessions if s.starts_at.date() == day), key=lambda s: s.starts_at)),
        )
        for day in dates
    )
    return Week(
        **{
            "offer_id": new_id(), "organisation_id": OWNER, "slug": "semaine", "title": "Semaine",
            "kind": "collective_week", "status": "draft", "city": "", "seats": 15, "taken": 0, "waiting": 0,
            "first_day": MONDAY, "days": days, "groups": groups, **given,
        }
    )  # fmt: skip


def whole_day(day: int = 0, **given) -> tuple[BuiltSession, ...]:
    return (
        session(day, 9, 9.5, kind="welcome", title="Accueil"),
        session(day, 9.5, 12, **given),
        session(day, 12, 13, kind="meal", title="Repas"),
        session(day, 13, 16),
    )


def said(found: Week, clashes: tuple[Clash, ...] = ()) -> list[tuple[str, str]]:
    return [(remark.grade, remark.sentence) for remark in find_remarks(found, clashes)]


def test_a_whole_week_has_no_remark():
    assert said(week(*(one for day in range(5) for one in whole_day(day)))) == []


def test_what_is_missing_is_said_once_with_its_place():
    bare = week(session(0, 9, 12, host_id=None), session(0, 13, 17, host_id=HOST, host="Chantiers"))
    day = msgspec.structs.replace(bare.days[0], sector=None, emergency_phone="")
    empty = msgspec.structs.replace(day, id=new_id(), date=date(2027, 6, 15), sessions=())
    found = find_remarks(msgspec.structs.replace(bare, days=(day, empty)), ())
    assert [(one.sentence, one.room) for one in found if one.grade == "gap"] == [
        ("lundi 14 juin : le secteur manque.", "day"),
        ("lundi 14 juin : personne n’accueille le groupe, il n’y a pas d’accueil.", "day"),
        ("lundi 14 juin : le repas manque.", "day"),
        ("lundi 14 juin : le numéro d’urgence manque.", "day"),
        ("lundi 14, « Atelier » : personne n’accueille.", "session"),
        ("mardi 15 juin : aucune séance.", "day"),
        ("Chantiers n’a pas encore été sollicité.", "hosts"),
    ]


def test_a_week_without_a_day_says_so():
    assert said(week()) == [("gap", "Aucune journée : ajoutez-en une, ou partez de la semaine modèle.")]


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ("awaited", "lundi 14, « Atelier » : Chantiers n’a pas encore répondu (attendu avant le vendredi 18 juin)."),
        ("proposed", "lundi 14, « Atelier » : Chantiers propose un autre horaire."),
        ("declined", "lundi 14, « Atelier » : Chantiers ne peut pas accueillir : trouvez qui le remplace."),
        ("withdrawn", "lundi 14, « Atelier » : Chantiers ne peut pas accueillir : trouvez qui le remplace."),
    ],
)
def test_a_host_s_answer_is_said(request_, sentence):
    hosted = whole_day(host_id=HOST, host="Chantiers", request=request_, answer_by=at(4, 12))
    assert said(week(*hosted)) == [("gap", sentence)]
    assert said(week(*whole_day(host_id=HOST, host="Chantiers", request="confirmed"))) == []


def test_an_online_session_without_a_link_and_a_short_meal_are_said():
    online = session(0, 14, 15, kind="testimony", place="En ligne", online_url="")
    assert said(week(online, kind="workshop")) == [("gap", "lundi 14, « Atelier » : le lien manque.")]
    assert said(week(msgspec.structs.replace(online, online_url="https://v.example/1"), kind="workshop")) == []
    nowhere = session(0, 14, 15, kind="welcome", place="", host_id=None)
    assert said(week(nowhere, kind="workshop")) == [("gap", "lundi 14, « Atelier » : ni lieu, ni lien.")]
    meal = session(0, 12, 12.25, kind="meal")
    assert said(week(meal, kind="workshop")) == [("gap", "lundi 14, « Atelier » : un repas dure au moins 30 minutes.")]


def test_the_time_law_is_cited_where_it_is_not_kept_and_by_group():
    groups = (BuiltGroup(id=A, name="A", pupils=0, sessions=1), BuiltGroup(id=B, name="B", pupils=0, sessions=1))
    long = week(*whole_day(), session(0, 16, 18, group_id=A, group="A"), groups=groups)
    cited = "(convention type ; Code de l’éducation, art. D. 331-1 à D. 331-9)."
    assert said(long) == [
        ("conflict", f"lundi 14 juin : groupe A : 8 h dans la journée : 7 h au plus {cited}"),
        ("conflict", f"lundi 14 juin : groupe A : 5 h de suite : 30 min de pause sont dues dès 4 h 30 {cited}"),
    ]
    everybody = week(*whole_day(), session(0, 16, 18), groups=groups)
    assert "groupe" not in said(everybody)[0][1]


def test_a_sunday_and_a_public_holiday_are_no_days_of_work():
    assert "dimanche" in said(week(*whole_day(6)))[0][1]
    whit_monday = [
        msgspec.structs.replace(one, starts_at=one.starts_at - timedelta(days=28), ends_at=one.ends_at - timedelta(28))
        for one in whole_day()
    ]
    assert "férié" in said(week(*whit_monday))[0][1]


def test_the_way_between_two_sites_takes_its_time_at_forty_kilometres_an_hour():
    assert 32 < kilometres(PONT_AUDEMER, LE_HAVRE) < 34
    assert travel_time(20) == timedelta(minutes=30)
    here = {"latitude": PONT_AUDEMER[0], "longitude": PONT_AUDEMER[1]}
    there = {"latitude": LE_HAVRE[0], "longitude": LE_HAVRE[1]}
    near = week(session(0, 9, 10, **here), session(0, 11, 12, **there), kind="workshop")
    assert said(near) == []
    far = week(session(0, 9, 10, **here), session(0, 10.25, 12, title="Port", **there), kind="workshop")
    assert said(far) == [
        ("warning", "lundi 14, « Port » : 33 km depuis « Atelier », il faut 50 min à 40 km/h et il y a 15 min.")
    ]  # fmt: skip
    # a meal in between takes its own time, and a group walks only its own way
    meal = session(0, 10, 11, kind="meal", title="Repas", place="Foyer")
    assert (
        said(week(session(0, 9, 10, **here), meal, session(0, 11.5, 12, **there), kind="workshop"))[0][0] == "warning"
    )
    groups = (BuiltGroup(id=A, name="A", pupils=0, sessions=1), BuiltGroup(id=B, name="B", pupils=0, sessions=1))
    apart = (session(0, 9, 10, group_id=A, **here), session(0, 10.25, 12, group_id=B, **there))
    assert said(week(*apart, groups=groups, kind="workshop")) == []


def test_a_crowd_and_what_is_needed_twice_are_said_at_the_session():
    crowd = week(session(0, 9, 10, host="Chantiers", pupils=15, pupils_at_most=12), kind="workshop")
    assert said(crowd) == [("conflict", "lundi 14, « Atelier » : Chantiers reçoit 12 élèves au plus, 15 viendraient.")]
    one = session(0, 9, 10)
    clash = Clash(
        session_id=one.id, needs="host", name="Chantiers", other_id=new_id(), other="Visite", offer="Autre semaine",
        starts_at=at(0, 9), ends_at=at(0, 11),
    )  # fmt: skip
    found = week(one, kind="workshop")
    assert said(found, (clash,)) == [
        ("warning", "lundi 14, « Atelier » : Chantiers accueille aussi « Visite », 9 h–11 h, dans « Autre semaine ».")
    ]
    assert said(found, (msgspec.structs.replace(clash, needs="speaker"),))[0][0] == "conflict"
    (column,) = draw_screen(found, (clash,)).weeks[0]
    assert column.blocks[0].remarks[0].grade == "warning"
    assert column.blocks[0].said == ("Chantiers accueille aussi « Visite », 9 h–11 h, dans « Autre semaine ».",)


def test_a_block_stands_at_its_hour_in_its_lane_and_hours_are_counted_per_group():
    groups = (BuiltGroup(id=A, name="A", pupils=0, sessions=1), BuiltGroup(id=B, name="B", pupils=0, sessions=1))
    late = session(0, 19, 20.5, group_id=B, group="B")
    found = week(session(0, 9.5, 12), session(0, 12, 13, kind="meal"), late, groups=groups)
    assert place_of(found, late) == "sh-19 sm-0 eh-20 em-6 lane-2"
    assert place_of(found, session(0, 9.5, 12)) == "sh-9 sm-6 eh-12 em-0 lane-0"
    assert (found.hours.start, found.hours.stop) == (8, 21)
    screen = draw_screen(found, ())
    assert screen.totals == (("A", "2 h 30"), ("B", "4 h"))
    assert draw_screen(week(session(0, 9, 10)), ()).totals == (("", "1 h"),)
