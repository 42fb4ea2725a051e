"""The mail a planner sees before it is sent: campaigns asks, notifications writes; only the root knows both."""

from collections.abc import Sequence

from services.campaigns.preview import Mail, Preview
from services.notifications.preview import preview_mail
from services.notifications.render import Printer
from shared.events import AnyEvent
from shared.programme import Programme
from shared.settings import Settings


def mail_preview(settings: Settings) -> Preview:
    """What `create_app` takes as its `preview`.

    A printer for each mail: it remembers the weeks of programmes by their version, and the version of a programme that
    is tried and undone is another one's a moment later.
    """

    def preview(events: Sequence[AnyEvent], programme: Programme) -> Mail | None:
        mail = preview_mail(Printer(settings), events, programme)
        return Mail(subject=mail.subject, text=mail.text, html=mail.html) if mail else None

    return preview
