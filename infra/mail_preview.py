"""The mail a planner sees before it is sent: campaigns asks, notifications writes; only the root knows both."""

from collections.abc import Sequence
from email.message import EmailMessage

from infra.mailbox.letters import read_calendar_part, read_header
from services.campaigns.preview import KnownMessage, Mail, Preview, ShownCalendar, ShownEntry, ShownMail
from services.notifications.preview import preview_mail, preview_notice
from services.notifications.render import Printer
from services.notifications.render_notice import NoticePrinter
from services.notifications.samples.occasions import OCCASIONS
from services.notifications.show_messages import ShownMessage, show_message
from shared.announcements import OffersAnnounced
from shared.events import AnyEvent
from shared.languages import Language
from shared.notices import HostNotice, SpeakerNotice
from shared.programme import Programme
from shared.settings import Settings
from shared.webinars import WebinarNotice
from shared.wording import Wording

TO_SCHOOLS = (OffersAnnounced, WebinarNotice)


def mail_preview(settings: Settings) -> Preview:
    """What `create_app` takes as its `preview`.

    A printer for each mail: it remembers the weeks of programmes by their version, and the version of a programme that
    is tried and undone is another one's a moment later.
    """

    notices = NoticePrinter(settings)

    def preview(events: Sequence[AnyEvent], programme: Programme | None) -> tuple[Mail, ...]:
        found = (
            ("pupils", preview_mail(Printer(settings), events, programme) if programme else None),
            ("hosts", preview_notice(notices, [event for event in events if isinstance(event, HostNotice)])),
            ("speakers", preview_notice(notices, [event for event in events if isinstance(event, SpeakerNotice)])),
            ("schools", preview_notice(notices, [event for event in events if isinstance(event, TO_SCHOOLS)])),
        )
        return tuple(
            Mail(readers=readers, subject=mail.subject, text=mail.text, html=mail.html)  # type: ignore[arg-type]
            for readers, mail in found
            if mail
        )

    return preview


class MailGallery:
    """What `create_app` takes as its `gallery`: every message, written by the service that sends it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def list_messages(self) -> tuple[KnownMessage, ...]:
        """Those there are, in the order of a pupil's way through them, then of the others."""
        return tuple(
            KnownMessage(name=name, readers=occasion.readers, when=str(occasion.when))
            for name, occasion in OCCASIONS.items()
        )

    def show(
        self, name: str, *, language: Language, programme: Programme | None, wording: Wording | None = None
    ) -> tuple[ShownMail, ...]:
        """Every way of a message."""
        if name not in OCCASIONS:
            return ()
        shown = show_message(self._settings, name, language=language, programme=programme, wording=wording)
        return tuple(_shown(each) for each in shown)


def _shown(message: ShownMessage) -> ShownMail:
    mail = message.parsed
    parts = {kind: part.get_content() for kind in ("plain", "html") if (part := mail.get_body((kind,)))}
    return ShownMail(
        way=message.way,
        sender=read_header(mail, "From"),
        recipient=str(mail["To"]),
        subject=str(mail["Subject"]),
        text=parts["plain"].replace("\r\n", "\n"),
        html=parts["html"],
        calendar=_calendar(mail),
    )


def _calendar(mail: EmailMessage) -> ShownCalendar | None:
    part = read_calendar_part(mail)
    if part is None:
        return None
    (source,) = {
        each.get_payload(decode=True)
        for each in mail.walk()
        if each.get_content_type() in ("text/calendar", "application/ics")
    }
    text = source.decode() if isinstance(source, bytes) else ""
    method = next((line.partition(":")[2] for line in text.splitlines() if line.startswith("METHOD:")), "")
    return ShownCalendar(
        method=method,
        tentative=part.tentative,
        entries=tuple(
            ShownEntry(starts_at=one.starts_at, ends_at=one.ends_at, summary=one.summary, location=one.location)
            for one in part.entries
        ),
        source=text,
    )
