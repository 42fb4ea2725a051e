"""Invented notices of sessions: hosts, speakers, promises, absences, follow-ups."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import structs

from services.notifications.samples.appointments import (
    ANSWER_BY,
    APPOINTMENT,
    FOLLOW_UP,
    OF_OFFER,
    OF_PUPIL,
)
from services.notifications.samples.letters import PUPIL
from shared.advance_notices import (
    PromiseDrewNear,
)
from shared.answer_notices import AbsenceForeseen
from shared.changes import FieldChange
from shared.french_dates import PARIS
from shared.notices import (
    AbsenceAnnounced,
    AbsenceLifted,
    AnyNotice,
    FollowUpBooked,
    FollowUpCancelled,
    HostAnswered,
    HostReleased,
    HostReminded,
    HostRequested,
    HostTimeAccepted,
    SpeakerAnswered,
    SpeakerReleased,
    SpeakerReminded,
    SpeakerRequested,
)
from shared.promises import PromiseAnswerNoted, PromiseChanged, PromiseGiven, PromiseTakenBack

_HOST: dict[str, Any] = {
    **OF_OFFER,
    "request_id": UUID(int=50),
    "host": "Énergies du Marais",
    "appointment": APPOINTMENT,
}
_SPEAKER: dict[str, Any] = {
    **OF_OFFER,
    "request_id": UUID(int=60),
    "speaker": "Ange Caron",
    "appointment": APPOINTMENT,
}
_PROMISE: dict[str, Any] = {
    **OF_OFFER,
    "request_id": UUID(int=50),
    "keeper": "host",
    "promised_by": "Énergies du Marais",
    "appointment": APPOINTMENT,
    "sequence": 3,
}
_NEAR: dict[str, Any] = {
    **OF_OFFER,
    "request_id": UUID(int=50),
    "keeper": "host",
    "promised_by": "Énergies du Marais",
    "appointment": APPOINTMENT,
}
_OF_SPEAKER: dict[str, Any] = {"request_id": UUID(int=60), "keeper": "speaker", "promised_by": "Ange Caron"}
_ROOM: Any = (FieldChange(field="room", before="Salle Eure", after="Salle Seine"),)
_TIME_AGAIN: Any = (
    FieldChange(field="starts_at", before="2027-06-15T10:00:00+02:00", after="2027-06-15T09:00:00+02:00"),
)
_SLOT: dict[str, Any] = {**OF_PUPIL, "slot_id": UUID(int=70), "appointment": FOLLOW_UP, "sequence": 2}

OF_SESSIONS: dict[str, AnyNotice] = {
    "host_requested": HostRequested(**_HOST, answer_by=ANSWER_BY),
    "host_requested.changed": HostRequested(
        **_HOST,
        answer_by=ANSWER_BY,
        changes=(
            FieldChange(field="starts_at", before="2027-06-15T08:00:00+02:00", after="2027-06-15T09:00:00+02:00"),
            FieldChange(field="room", before="", after="Salle Seine"),
        ),
    ),
    "host_reminded": HostReminded(**_HOST, answer_by=ANSWER_BY),
    "host_answered.confirmed": HostAnswered(**_HOST, answer="confirmed", word="Prévoir des chaussures fermées."),
    "host_answered.proposed": HostAnswered(
        **_HOST,
        answer="proposed",
        proposed_starts_at=datetime(2027, 6, 16, 14, tzinfo=PARIS),
        proposed_ends_at=datetime(2027, 6, 16, 17, tzinfo=PARIS),
    ),
    "host_answered.declined": HostAnswered(**_HOST, answer="declined", word="L’atelier est en travaux en juin."),
    "host_answered.withdrawn": HostAnswered(**_HOST, answer="withdrawn"),
    "host_answered.by_calendar": HostAnswered(**_HOST, answer="withdrawn", by_calendar=True),
    "host_time_accepted": HostTimeAccepted(**_HOST),
    "host_released.replaced": HostReleased(**_HOST, reason="replaced"),
    "host_released.session_cancelled": HostReleased(**_HOST, reason="session_cancelled", word="Merci encore."),
    "host_released.offer_cancelled": HostReleased(**_HOST, reason="offer_cancelled"),
    "speaker_requested": SpeakerRequested(**_SPEAKER, answer_by=ANSWER_BY),
    "speaker_requested.changed": SpeakerRequested(
        **_SPEAKER,
        answer_by=ANSWER_BY,
        changes=(
            FieldChange(field="starts_at", before="2027-06-15T08:00:00+02:00", after="2027-06-15T09:00:00+02:00"),
        ),
    ),
    "speaker_reminded": SpeakerReminded(**_SPEAKER, answer_by=ANSWER_BY),
    "speaker_answered.confirmed": SpeakerAnswered(**_SPEAKER, answer="confirmed"),
    "speaker_answered.declined": SpeakerAnswered(**_SPEAKER, answer="declined", word="Je suis en déplacement."),
    "speaker_answered.by_calendar": SpeakerAnswered(**_SPEAKER, answer="declined", by_calendar=True),
    "speaker_released.replaced": SpeakerReleased(**_SPEAKER, reason="replaced"),
    "speaker_released.session_cancelled": SpeakerReleased(**_SPEAKER, reason="session_cancelled"),
    "speaker_released.offer_cancelled": SpeakerReleased(**_SPEAKER, reason="offer_cancelled"),
    "absence_announced": AbsenceAnnounced(**OF_PUPIL, appointment=APPOINTMENT, emergency_phone="06 00 00 00 00"),
    "absence_announced.no_phone": AbsenceAnnounced(**OF_PUPIL, appointment=APPOINTMENT),
    "absence_lifted": AbsenceLifted(**OF_PUPIL, appointment=APPOINTMENT),
    "promise_given": PromiseGiven(**_PROMISE),
    "promise_given.speaker": PromiseGiven(**_PROMISE | _OF_SPEAKER),
    "promise_changed": PromiseChanged(**_PROMISE, changes=_ROOM),
    "promise_changed.speaker": PromiseChanged(**_PROMISE | _OF_SPEAKER, changes=_ROOM),
    "promise_changed.holds_again": PromiseChanged(**_PROMISE, changes=_TIME_AGAIN, holds_again=True),
    "promise_changed.speaker_holds_again": PromiseChanged(
        **_PROMISE | _OF_SPEAKER, changes=_TIME_AGAIN, holds_again=True
    ),
    "promise_near": PromiseDrewNear(**_NEAR, coming=12, pupil_ids=(PUPIL.id,)),
    "promise_near.nobody": PromiseDrewNear(**_NEAR, coming=0),
    "promise_near.several": PromiseDrewNear(**_NEAR, coming=12, pupil_ids=(PUPIL.id,)),
    "promise_near.speaker": PromiseDrewNear(**_NEAR | _OF_SPEAKER, coming=12),
    "promise_taken_back": PromiseTakenBack(**_PROMISE),
    "promise_taken_back.speaker": PromiseTakenBack(**_PROMISE | _OF_SPEAKER),
    "promise_taken_back.by_calendar": PromiseTakenBack(**_PROMISE, by_calendar=True),
    "promise_noted": PromiseAnswerNoted(**_PROMISE, why="outdated", standing="confirmed"),
    "promise_noted.refresh": PromiseAnswerNoted(**_PROMISE, why="refresh", standing="awaited"),
    "promise_noted.counter": PromiseAnswerNoted(**_PROMISE, why="counter", standing="proposed"),
    "promise_noted.no_more": PromiseAnswerNoted(
        **_PROMISE | _OF_SPEAKER | {"sequence": 0}, why="outdated", standing="declined"
    ),
    "follow_up_booked": FollowUpBooked(**_SLOT),
    "follow_up_booked.to_pupil": FollowUpBooked(**_SLOT),
    "follow_up_cancelled": FollowUpCancelled(**_SLOT),
    "follow_up_cancelled.to_pupil": FollowUpCancelled(**_SLOT),
    "absence_foreseen": AbsenceForeseen(**OF_PUPIL, appointment=APPOINTMENT, named=True),
    "absence_foreseen.to_host": AbsenceForeseen(**OF_PUPIL, appointment=APPOINTMENT),
    "absence_foreseen.taken_back": AbsenceForeseen(**OF_PUPIL, appointment=APPOINTMENT, named=True, taken_back=True),
}

# what « promise_near.several » tells of besides
THE_SAME_DAY = (
    PromiseDrewNear(
        **_NEAR
        | {
            "request_id": UUID(int=51),
            "appointment": structs.replace(
                APPOINTMENT,
                title="L’atelier de chaudronnerie",
                starts_at=APPOINTMENT.starts_at + timedelta(hours=5),
                ends_at=APPOINTMENT.ends_at + timedelta(hours=4, minutes=30),
            ),
        },
        coming=0,
    ),
)
