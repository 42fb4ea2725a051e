"""The contract of events as an AsyncAPI document, made from `shared/events.py`: `python -m infra.write_asyncapi`."""

import inspect
from pathlib import Path
from typing import Any, get_args

import msgspec

from shared.events import AnyEvent, tag_of

FILE = Path(__file__).parent / "asyncapi.json"


def asyncapi() -> dict[str, Any]:
    """The document: one message a tag, its payload's JSON Schema, its sentence from the docstring."""
    kinds = get_args(AnyEvent)
    _, schemas = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Quinzaine: events",
            "version": "1",
            "description": "Facts appended to contract.events in the transaction that makes them. Only ids "
            "travel through the broker. People are named by id; a programme by (offer_id, programme).",
        },
        "channels": {
            "events": {
                "address": "contract.events",
                "messages": {tag_of(kind): {"$ref": f"#/components/messages/{tag_of(kind)}"} for kind in kinds},
            }
        },
        "operations": {
            "receive": {"action": "receive", "channel": {"$ref": "#/channels/events"}},
        },
        "components": {
            "messages": {
                tag_of(kind): {
                    "name": tag_of(kind),
                    "summary": inspect.getdoc(kind),
                    "contentType": "application/json",
                    "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
                }
                for kind in kinds
            },
            "schemas": schemas,
        },
    }


def written() -> bytes:
    """The file's bytes."""
    return msgspec.json.format(msgspec.json.encode(asyncapi(), order="sorted"), indent=2) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(written())
