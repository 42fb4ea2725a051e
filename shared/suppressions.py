"""The part of the contract about addresses that take no mail: told to nobody, carried out by who sends."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.identifiers import new_id


class AddressFreed(Struct, frozen=True, kw_only=True, tag_field="tag", tag="address.freed"):
    """A planner has asked: the address this person has today takes mails again."""

    id: UUID = msgspec.field(default_factory=new_id)
    occurred_at: datetime
    offer_id: UUID | None = None
    person_id: UUID
