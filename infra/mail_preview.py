"""The mail a planner sees before it is sent: campaigns asks, notifications writes; only the root knows both."""

from services.campaigns.preview import Mail, Preview
from services.notifications.preview import preview_mail
from services.notifications.render import Printer
from shared.events import AnyEvent
from shared.programme import Programme
from shared.settings import Settings


def mail_preview(settings: Settings) -> Preview:
    """What `create_app` takes as its `preview`."""
    printer = Printer(settings)

    def preview(event: AnyEvent, programme: Programme) -> Mail | None:
        mail = preview_mail(printer, event, programme)
        return Mail(subject=mail.subject, text=mail.text, html=mail.html) if mail else None

    return preview
