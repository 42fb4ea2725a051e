"""An answer to the entry of a promise or a slot: who gave it, and what it can come to."""

from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.answers.calendar_answer import CalendarAnswer
from services.campaigns.offers.hosts.host_request import Answer, RequestStatus
from services.campaigns.offers.speakers.speaker import InvitationStatus, SpeakerAnswer

EntryKind = Literal["host", "speaker", "slot"]
# `outdated`: what was answered is no more, and whoever answered is to be told
Outcome = Literal[
    "promise_confirmed",
    "promise_declined",
    "promise_withdrawn",
    "slot_freed",
    "slot_cancelled",
    "noted",
    "outdated",
    "overtaken",
    "ended",
]

_NO = ("declined", "withdrawn")


class EntryAnswer(Struct, frozen=True, kw_only=True):
    """One answer; `entry_id` is of the request or the slot, `person_id` whose calendar it came from."""

    kind: EntryKind
    entry_id: UUID
    person_id: UUID
    answer: CalendarAnswer


def host_says(
    answer: CalendarAnswer, status: RequestStatus, sequence: int
) -> Answer | Literal["noted", "outdated", "ended"]:
    """What a company's calendar says to its request, as its page would; `sequence` is of the entry as it is now.

    A yes to an older one is none to another time: the mail that asks anew may not have gone yet. No grace, unlike for a
    seat: a no decides nothing (0017), and may be taken back until somebody else was found.
    """
    if status == "replaced":
        return "ended"
    if answer.answer == "declined":
        said: dict[RequestStatus, Answer] = {"awaited": "declined", "proposed": "declined", "confirmed": "withdrawn"}
        return said.get(status, "noted")
    if answer.answer == "accepted":
        # who has proposed another time says on the page whether the planned one will do after all
        return _yes(answer, sequence) if status == "awaited" else "outdated" if status in _NO else "noted"
    return "noted"


def speaker_says(
    answer: CalendarAnswer, status: InvitationStatus, sequence: int
) -> SpeakerAnswer | Literal["noted", "outdated", "ended"]:
    """What a professional's calendar says to an invitation, as their page would."""
    if status == "withdrawn":
        return "ended"
    if answer.answer == "declined":
        return "declined" if status in ("awaited", "confirmed") else "noted"
    if answer.answer == "accepted":
        return _yes(answer, sequence) if status == "awaited" else "outdated" if status in _NO else "noted"
    return "noted"


def _yes(answer: CalendarAnswer, sequence: int) -> Literal["confirmed", "outdated"]:
    return "outdated" if answer.sequence < sequence else "confirmed"
