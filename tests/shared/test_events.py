"""The contract of events: every tag has a frozen sample that is decoded in every run."""

import sys
from pathlib import Path
from typing import get_args
from uuid import UUID

import msgspec
import pytest

from shared import events, notices
from shared.events import AnyEvent, Concerned, decode_event, encode_event, tag_of

SAMPLES = Path(__file__).parent / "samples"
KINDS = get_args(AnyEvent)


def test_every_tag_is_unique_and_written_by_hand_in_the_past_tense():
    tags = [tag_of(kind) for kind in KINDS]
    assert len(set(tags)) == len(tags)
    assert all(tag.count(".") == 1 and tag == tag.lower() for tag in tags)


def test_every_event_and_every_notice_of_the_modules_is_in_the_contract():
    defined = {
        kind
        for name, module in list(sys.modules.items())
        if name.startswith("shared.")
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, events.Event | notices.Notice | events.PupilErased | events.AddressFreed)
        and isinstance(kind.__struct_config__.tag, str)
        and "." in kind.__struct_config__.tag
    }
    assert defined == set(KINDS)


@pytest.mark.parametrize("kind", KINDS, ids=tag_of)
def test_the_frozen_sample_of_every_tag_is_still_understood(kind):
    sample = (SAMPLES / f"{tag_of(kind)}.json").read_bytes()
    event = decode_event(sample)
    assert type(event) is kind
    told = msgspec.json.decode(sample)
    again = msgspec.json.decode(encode_event(event))
    assert {name: again[name] for name in told} == told, "a field of a frozen sample was lost or renamed"


def test_there_is_no_sample_without_a_tag():
    assert {path.stem for path in SAMPLES.glob("*.json")} == {tag_of(kind) for kind in KINDS}


def test_an_unknown_tag_and_a_missing_field_are_refused():
    for body in ('{"tag": "registration.unheard"}', '{"tag": "registration.confirmed"}', "[]"):
        with pytest.raises(msgspec.ValidationError):
            decode_event(body)


def test_a_field_may_be_added_with_a_default():
    sample = msgspec.json.decode((SAMPLES / "session.changed.json").read_bytes())
    assert decode_event(msgspec.json.encode({**sample, "added_later": 1})).offer_id == UUID(sample["offer_id"])


def test_nobody_is_named_in_an_event():
    fields = {field for kind in (*KINDS, Concerned) for field in kind.__struct_fields__}
    assert not fields & {"name", "first_name", "last_name", "email", "phone"}
