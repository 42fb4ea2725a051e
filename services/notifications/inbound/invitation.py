"""The invitation that a reply answers: to whom it was sent, at which SEQUENCE, and what follows for each answer."""

from msgspec import Struct

from services.notifications.inbound.calendar_reply import CalendarReply, Reply


class SentInvitation(Struct, frozen=True, kw_only=True):
    """What has been sent of one entry: the addresses that were invited, the newest SEQUENCE each may hold."""

    uid: str
    # lower case → the SEQUENCE of the last REQUEST or CANCEL that its server took, and of the last that was written
    sent: dict[str, int]
    written: dict[str, int]


class Judged(Struct, frozen=True, kw_only=True):
    """The replies to act on, and the words for the others: `foreign`, `unclear`, `unsent`, `outdated`."""

    valid: tuple[Reply, ...]
    noted: tuple[str, ...]


def judge(reply: CalendarReply, invitation: SentInvitation) -> Judged:
    """Which of the replies count: the invited person's own, to this entry, as it was last sent.

    A forwarded invitation is answered by somebody else, whose no must not cost the seat.
    """
    valid: list[Reply] = []
    noted: list[str] = []
    for each in reply.replies:
        word = _word(reply.uid, each, invitation)
        if word:
            noted.append(word)
        else:
            valid.append(each)
    return Judged(valid=tuple(valid), noted=tuple(noted))


def _word(uid: str, reply: Reply, invitation: SentInvitation) -> str:
    if uid != invitation.uid or reply.attendee not in invitation.written:
        return "foreign"
    if reply.answer is None:
        return "unclear"
    if reply.sequence > invitation.written[reply.attendee]:
        return "unsent"
    return "outdated" if reply.sequence < invitation.sent.get(reply.attendee, 0) else ""
