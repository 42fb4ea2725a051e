"""The part of the contract about who is erased: told to nobody, carried out by each service on its own data."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.identifiers import new_id


class PupilErased(Struct, frozen=True, kw_only=True, tag_field="tag", tag="pupil.erased"):
    """A pupil's names and addresses are gone, and the guardians': what was written to them, and of them, goes too.

    `people` are all whose names went, `registration_ids` all the pupil ever had.
    """

    id: UUID = msgspec.field(default_factory=new_id)
    occurred_at: datetime
    offer_id: UUID | None = None
    pupil_id: UUID
    people: tuple[UUID, ...]
    registration_ids: tuple[UUID, ...] = ()
