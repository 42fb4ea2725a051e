"""The part of the contract about who is erased: facts told to nobody, that each service carries out on its own data."""

from uuid import UUID

from shared.notices import Notice


class PupilErased(Notice, frozen=True, kw_only=True, tag="pupil.erased"):
    """A pupil's names and addresses are gone, and the guardians'; told to nobody: what was written of them goes, too.

    `people` are all whose names went, `registration_ids` all the pupil ever had.
    """

    recipients: tuple[UUID, ...] = ()
    pupil_id: UUID
    people: tuple[UUID, ...]
    registration_ids: tuple[UUID, ...] = ()
