"""A relay or a worker of the release before: `python -m tests.chaos.older_release worker session.cancelled`.

It is ours but for one fact, which it has never heard of.
"""

import sys
from typing import Union, get_args

import msgspec

from infra.processes import run_process
from services.notifications.reactions import REACTIONS
from services.notifications.tags import KNOWN_TAGS
from shared import events
from shared.events import AnyEvent, tag_of


def forget(tag: str) -> None:
    """The contract without this fact."""
    known = tuple(event for event in get_args(AnyEvent) if tag_of(event) != tag)
    assert len(known) == len(get_args(AnyEvent)) - 1
    events._decoder = msgspec.json.Decoder(Union[known])  # noqa: UP007  # a union of what is left
    KNOWN_TAGS.remove(tag)
    for event in [event for event in REACTIONS if tag_of(event) == tag]:
        del REACTIONS[event]


if __name__ == "__main__":
    forget(sys.argv[2])
    run_process(sys.argv[1])
