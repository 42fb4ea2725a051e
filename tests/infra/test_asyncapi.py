"""The published contract of events is the one the code has."""

from typing import get_args

import msgspec

from infra.write_asyncapi import FILE, written
from shared.events import AnyEvent, tag_of


def test_the_committed_document_is_what_the_events_say():
    assert FILE.read_bytes() == written(), "run: python -m infra.write_asyncapi"


def test_every_tag_has_a_message_with_a_schema():
    document = msgspec.json.decode(FILE.read_bytes())
    messages = document["components"]["messages"]
    assert set(messages) == {tag_of(kind) for kind in get_args(AnyEvent)}
    for message in messages.values():
        name = message["payload"]["$ref"].rpartition("/")[2]
        assert document["components"]["schemas"][name]["properties"]["tag"]["enum"] == [message["name"]]
        assert message["summary"]
