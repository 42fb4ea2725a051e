"""Who has nothing: for whatever list and whatever registrations, those without a living one, and nobody else."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.campaigns.offers.registration import letters_of
from services.campaigns.teaching.choice import Choice, group_by_class
from services.campaigns.teaching.matching import class_key, match_pupils
from services.campaigns.teaching.pupil import KnownPupil, ListedPupil, Place
from tests.world import NOW

# few names and classes, written in several ways, so that they meet
NAMES = {"dupre": ("Dupré", "DUPRE", "dupré"), "roy": ("Roy", "Le Roy"), "ada": ("Ada", "ADA")}
CLASSES = ("2nde 4", "2NDE4", "seconde 4", "2nde 7", "")
STATUSES = ("confirmed", "held", "waiting")


def a_place(number, status):
    return Place(
        id=UUID(int=1000 + number),
        offer_id=UUID(int=1),
        offer_slug="semaine",
        offer_title="Semaine",
        group_id=None,
        status=status,
        held_for="promotion" if status == "held" else None,
        deadline=NOW if status == "held" else None,
        position=1 if status == "waiting" else None,
        waiting=1,
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=3),
    )


LISTED = st.lists(
    st.tuples(st.sampled_from(sorted(NAMES)), st.sampled_from(("2nde 4", "2nde 7", ""))), unique=True, max_size=8
).map(
    lambda drawn: [
        ListedPupil(id=UUID(int=number), first_name="Ada", last_name=NAMES[name][0], class_name=of_class)
        for number, (name, of_class) in enumerate(drawn, start=1)
    ]
)
KNOWN = st.lists(
    st.tuples(
        st.sampled_from(sorted(NAMES)),
        st.integers(0, 2),
        st.sampled_from(CLASSES),
        st.lists(st.sampled_from(STATUSES), max_size=2),
        st.booleans(),
        st.booleans(),
    ),
    max_size=8,
).map(
    lambda drawn: [
        KnownPupil(
            id=UUID(int=100 + number),
            first_name="Ada",
            last_name=NAMES[name][way % len(NAMES[name])],
            class_name=of_class,
            # who is not theirs shows no place
            places=tuple(a_place(10 * number + index, status) for index, status in enumerate(places))
            if visible
            else (),
            elsewhere=elsewhere,
            visible=visible,
        )
        for number, (name, way, of_class, places, elsewhere, visible) in enumerate(drawn, start=1)
    ]
)


def could_be(listed, known):
    """The rule in one line, without any index: the same name, and no class that says otherwise."""
    same = letters_of(listed.last_name) == letters_of(known.last_name)
    return same and (
        class_key(listed.class_name) == class_key(known.class_name) or not known.class_name or not listed.class_name
    )


@settings(max_examples=500, deadline=None)
@given(LISTED, KNOWN)
def test_nobody_has_nothing_who_alone_could_be_somebody_registered_and_the_contrary(listed, known):
    followed = {pupil.id: pupil for pupil in match_pupils(listed, known)}
    for one in listed:
        registered = [pupil for pupil in known if could_be(one, pupil) and (pupil.places or pupil.elsewhere)]
        if not registered:
            assert followed[one.id].has_nothing
        if any(not any(could_be(other, pupil) for other in listed if other != one) for pupil in registered):
            assert not followed[one.id].has_nothing


@settings(max_examples=500, deadline=None)
@given(LISTED, KNOWN)
def test_everybody_is_there_once_and_no_registration_is_lost_or_told_twice(listed, known):
    followed = match_pupils(listed, known)
    ids = [pupil.id for pupil in followed]
    assert len(set(ids)) == len(ids)
    assert {one.id for one in listed} <= set(ids)
    shown = [place.id for pupil in followed for place in pupil.places]
    assert sorted(shown, key=str) == sorted((place.id for pupil in known for place in pupil.places), key=str)
    # whom the teacher may not see stands nowhere but on their own list
    hidden = {pupil.id for pupil in known if not pupil.visible}
    assert not hidden & set(ids)


@settings(max_examples=200, deadline=None)
@given(LISTED, KNOWN)
def test_the_order_of_either_list_does_not_matter(listed, known):
    forwards, backwards = match_pupils(listed, known), match_pupils(listed[::-1], known[::-1])
    assert sorted(one.state for one in forwards) == sorted(one.state for one in backwards)
    nothing = [sum(one.with_nothing for one in group_by_class(of, Choice())) for of in (forwards, backwards)]
    assert nothing[0] == nothing[1]


def test_a_class_is_the_same_however_it_is_written():
    same = ("2nde 4", "2NDE4", "Seconde 4", "2de-4")
    assert len({class_key(name) for name in same}) == 1
    assert class_key("2nde 4") != class_key("2nde 14")
    assert class_key("1ère A") == class_key("Première a")
    assert class_key("Terminale STI2D") == class_key("Tle sti2d")
    assert class_key("2 EURO") != class_key("2nde")


def test_homonyms_in_two_classes_keep_apart():
    one = ListedPupil(id=UUID(int=1), first_name="Ada", last_name="Roy", class_name="2nde 4")
    two = ListedPupil(id=UUID(int=2), first_name="Ada", last_name="Roy", class_name="2nde 7")
    known = KnownPupil(
        id=UUID(int=9), first_name="ADA", last_name="ROY", class_name="2DE7", places=(a_place(1, "confirmed"),)
    )
    assert [pupil.state for pupil in match_pupils([one, two], [known])] == ["nothing", "confirmed"]
