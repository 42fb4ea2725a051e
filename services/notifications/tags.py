"""Tags: the facts of the page (reactions.py) by the name they have in the rows of the contract."""

from services.notifications.reactions import REACTIONS, URGENT_BELOW, NoticeReaction
from shared.answer_notices import AbsenceForeseen, AddressRefused, LetterReceived
from shared.notices import AbsenceAnnounced, AbsenceLifted, FollowUpBooked, FollowUpCancelled, Notice

# facts of a newer version wait for its relay, and must not fill the window of this one
KNOWN_TAGS = [str(event.__struct_config__.tag) for event in REACTIONS]
# what tells others of a pupil names the pupil in its body
NOTICES_OF_A_PUPIL = [
    str(event.__struct_config__.tag)
    for event in (
        AbsenceAnnounced,
        AbsenceLifted,
        FollowUpBooked,
        FollowUpCancelled,
        AbsenceForeseen,
        LetterReceived,
        AddressRefused,
    )
]
URGENT_TAGS = [
    str(event.__struct_config__.tag)
    for event, line in REACTIONS.items()
    if isinstance(line, NoticeReaction) and line.priority < URGENT_BELOW
]
NOTICE_TAGS = [str(event.__struct_config__.tag) for event in REACTIONS if issubclass(event, Notice)]
