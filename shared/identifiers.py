"""Identifiers: UUIDv7, so that ids sort by the time they were given (RFC 9562 §5.7)."""

from uuid import UUID

import uuid_utils


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(int=uuid_utils.uuid7().int)
