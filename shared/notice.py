"""A notice: what every fact told to people without a registration has."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.identifiers import new_id


class Notice(Struct, frozen=True, kw_only=True, tag_field="tag"):
    """A fact told to people who have no registration: `recipients` are ids of `contract.people`.

    Its links are derived from the id of what it is about; no secret is in it.
    """

    id: UUID = msgspec.field(default_factory=new_id)
    occurred_at: datetime
    recipients: tuple[UUID, ...]
    offer_id: UUID | None = None
