"""The messages there are, and what sets some of them apart."""

from typing import Literal

Message = Literal[
    "registered_confirmed",
    "registered_waiting",
    "seat_offered",
    "seat_reminded",
    "address_asked",
    "consent_asked",
    "consent_awaited",
    "consent_reminded",
    "consent_refused",
    "consent_expired",
    "seat_confirmed",
    "changed",
    "session_cancelled",
    "offer_cancelled",
    "withdrawn",
    "seat_refused",
    "seat_expired",
    "personal_link",
    "reminder_week",
    "reminder_eve",
    "seat_declined",
    "seat_kept",
    "answer_outdated",
    "invitation_again",
    "counter_declined",
]
NoticeMessage = Literal[
    "sign_in_link",
    "member_invited",
    "agreement_requested",
    "agreement_reminded",
    "agreement_given",
    "agreement_declined",
    "partner_left",
    "campaign_cancelled",
    "host_requested",
    "host_reminded",
    "host_answered",
    "host_time_accepted",
    "host_released",
    "speaker_requested",
    "speaker_reminded",
    "speaker_answered",
    "speaker_released",
    "promise_given",
    "promise_changed",
    "promise_taken_back",
    "promise_noted",
    "promise_near",
    "planner_digest",
    "teacher_digest",
    "campaign_published",
    "offers_announced",
    "webinar_invited",
    "webinar_changed",
    "webinar_cancelled",
    "class_enrolled",
    "personal_links",
    "fresh_link",
    "calendar_address",
    "teacher_asked",
    "absence_announced",
    "absence_lifted",
    "follow_up_booked",
    "follow_up_cancelled",
    "question_asked",
    "questions_passed_on",
    "question_answered",
    "absence_foreseen",
    "letter_received",
    "address_refused",
]
Entry = Literal["REQUEST", "CANCEL", "DECLINECOUNTER"]

# these wait a little, become one mail with others of their kind, and give way to what says the same and more
COALESCED: frozenset[Message] = frozenset({"changed", "session_cancelled"})
COALESCED_NOTICES: frozenset[NoticeMessage] = frozenset({"promise_changed", "promise_near"})
# not essential: a mail program may offer to end them with one press, and who has pressed is sent none
OPTIONAL: frozenset[Message | NoticeMessage] = frozenset(
    {
        "reminder_week",
        "reminder_eve",
        "planner_digest",
        "teacher_digest",
        "campaign_published",
        "offers_announced",
        "webinar_invited",
        "webinar_changed",
    }
)
# after one of these has been sent, an older message would be untrue
ENDS: frozenset[Message] = frozenset(
    {"offer_cancelled", "withdrawn", "seat_refused", "seat_expired", "consent_refused", "consent_expired"}
)
# whoever holds the text holds the account: its bytes are erased as soon as they are of no more use
SECRET: frozenset[NoticeMessage] = frozenset({"sign_in_link", "personal_links", "fresh_link", "calendar_address"})
# they name pupils to others: their bytes go as soon as they are sent, and are written anew when a pupil is erased
NAMING: frozenset[NoticeMessage] = frozenset({"promise_near", "teacher_digest"})
# the registration is over: its calendar entry, where there was one, is cancelled
ENDED = frozenset({"withdrawn", "refused", "expired", "cancelled"})
