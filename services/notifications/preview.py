"""The mail that a fact would cause, before it is one: rendered as it will be, to nobody."""

import email
import email.policy
from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import msgspec
from msgspec import Struct

from services.notifications.changes import lines_of, merge_lines, notes_of
from services.notifications.claim_deliveries import Claimed
from services.notifications.letter import Letter, Standing
from services.notifications.notice_letter import ClaimedNotice, NoticeLetter
from services.notifications.reactions import REACTIONS, STATUS_AFTER, NoticeReaction, Reaction, reactions_to
from services.notifications.render import Printer
from services.notifications.render_notice import NoticePrinter
from shared.announcements import OffersAnnounced
from shared.events import AnyEvent, OfferCancelled, OfferChanged, SessionEvent
from shared.notices import AnyNotice, HostNotice, SpeakerNotice
from shared.people import Person
from shared.programme import Programme
from shared.webinars import WebinarNotice

NOBODY = UUID(int=0)
# who stands for everybody whom it concerns; no link of the mail opens anything
SOMEBODY = Person(id=UUID(int=1), first_name="Camille", last_name="Exemple", email="camille@eleve.example")


class PreviewedMail(Struct, frozen=True, kw_only=True):
    """The subject and both parts of a mail."""

    subject: str
    text: str
    html: str


def preview_mail(printer: Printer, events: Sequence[AnyEvent], programme: Programme) -> PreviewedMail | None:
    """The one mail of these facts to a pupil with a seat, or None where they tell pupils nothing."""
    told = [event for event in events if isinstance(event, SessionEvent | OfferChanged | OfferCancelled)]
    if not told:
        return None
    (reaction,) = reactions_to(told[0])
    lines = merge_lines(line for event in told for line in lines_of(event))
    claimed = Claimed(_letter(told[0], reaction), told[0], lines, notes_of(told, lines))
    return _read(printer.render(claimed, programme).mail)


def preview_notice(
    printer: NoticePrinter, events: Sequence[HostNotice | SpeakerNotice | OffersAnnounced | WebinarNotice]
) -> PreviewedMail | None:
    """The mail of the first of these facts to whom it is told; its link, which would be theirs, opens nothing."""
    if not events:
        return None
    first = events[0]
    event = cast(
        "AnyNotice",
        first
        if isinstance(first, OffersAnnounced | WebinarNotice)
        else msgspec.structs.replace(first, request_id=NOBODY),
    )
    reaction = REACTIONS[type(event)]
    if not isinstance(reaction, NoticeReaction):
        return None
    letter = NoticeLetter(
        id=NOBODY,
        event_id=event.id,
        message=reaction.message,
        attempts=0,
        message_id="<0@quinzaine.example>",
        planned_at=event.occurred_at,
        recipient_address=None,
        mail=None,
        recipient=SOMEBODY,
    )
    return _read(printer.render(ClaimedNotice(letter=letter, event=event)).mail)


def _read(content: bytes) -> PreviewedMail:
    mail = email.message_from_bytes(content, policy=email.policy.default)
    parts = {kind: part.get_content() for kind in ("plain", "html") if (part := mail.get_body((kind,)))}
    return PreviewedMail(subject=str(mail["Subject"]), text=parts["plain"].replace("\r\n", "\n"), html=parts["html"])


def _letter(event: SessionEvent | OfferChanged | OfferCancelled, reaction: Reaction) -> Letter:
    now: datetime = event.occurred_at
    return Letter(
        id=NOBODY,
        event_id=event.id,
        message=reaction.message,
        registration_id=NOBODY,
        offer_id=event.offer_id,
        sequence=event.revision,
        attempts=0,
        message_id="<0@quinzaine.example>",
        calendar_method=reaction.entry,
        planned_at=now,
        recipient_address=None,
        mail=None,
        reply_address="repondre@quinzaine.example",
        newest=Standing(
            status=STATUS_AFTER.get(type(event), "confirmed"),
            sequence=event.revision,
            programme=event.programme,
            group_id=None,
            stamp=now,
        ),
        pupil=SOMEBODY,
        recipient=SOMEBODY,
    )
