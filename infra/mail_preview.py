"""The mail a planner sees before it is sent: campaigns asks, notifications writes; only the root knows both."""

from collections.abc import Sequence

from services.campaigns.preview import Mail, Preview
from services.notifications.preview import preview_mail, preview_notice
from services.notifications.render import Printer
from services.notifications.render_notice import NoticePrinter
from shared.events import AnyEvent
from shared.notices import HostNotice, SpeakerNotice
from shared.programme import Programme
from shared.settings import Settings


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
        )
        return tuple(
            Mail(readers=readers, subject=mail.subject, text=mail.text, html=mail.html)  # type: ignore[arg-type]
            for readers, mail in found
            if mail
        )

    return preview
