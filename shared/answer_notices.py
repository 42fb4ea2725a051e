"""The part of the contract about what came back by mail and others are told of; nobody's own words are in it."""

from typing import Literal
from uuid import UUID

from shared.appointment import Appointment
from shared.notice import Notice

# what a calendar said that changes nothing: to an older state, for the entry again, for another time
Why = Literal["outdated", "refresh", "counter"]


class AbsenceForeseen(Notice, frozen=True, kw_only=True, tag="absence.foreseen"):
    """A calendar said beforehand that the pupil does not come on one day, or (`taken_back`) that they do after all.

    Told to guardian and teachers, and to who receives that day; `named`: the recipients may know who the pupil is.
    """

    pupil_id: UUID
    appointment: Appointment
    named: bool = False
    taken_back: bool = False


class LetterReceived(Notice, frozen=True, kw_only=True, tag="letter.received"):
    """Somebody wrote back to an invitation; told to the planners, with the words that are kept under `answer_id`.

    Of a registration, or of a host's, a speaker's or a slot's entry: then there is no pupil.
    """

    answer_id: UUID
    registration_id: UUID | None = None
    pupil_id: UUID | None = None
    offer: str
    offer_slug: str
    organisation: str
    status: str = ""


class AddressRefused(Notice, frozen=True, kw_only=True, tag="address.refused"):
    """A mail came back for good; told to who plans the offer, or, where it was about none, to who plans for an
    organisation that knows the person. `person_id` is whose address it is, `role` as whom they are known there.

    `status` is the report's (RFC 3463), `"5.1.1"`; `shut`: nothing is sent to the address any more.
    """

    person_id: UUID
    pupil_id: UUID | None = None
    offer: str
    offer_slug: str
    organisation: str
    status: str
    shut: bool
    role: str = ""
