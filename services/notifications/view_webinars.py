"""View webinars: what somebody on an organisation's list is told of one they are invited to."""

from services.notifications.changes import Line
from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView, filled, lines_in
from services.notifications.week import view_changes_of_one
from shared.french_dates import say_date, say_times
from shared.languages import _
from shared.webinars import WebinarCancelled, WebinarChanged, WebinarNotice


def view_webinar(event: WebinarNotice, claimed: ClaimedNotice, links: Links) -> NoticeView:
    """The view of an invitation, a change or a cancellation; only what invites leads out of the list."""
    organisation, title, link = one_line(event.organisation), one_line(event.title), one_line(event.link)
    cancelled = isinstance(event, WebinarCancelled)
    lines = (
        tuple(Line(event.webinar_id, each.field, each.before, each.after) for each in event.changes)
        if isinstance(event, WebinarChanged)
        else ()
    )
    return NoticeView(
        organisation=organisation,
        url="" if cancelled else link,
        title=title,
        details=filled(
            (_("Date"), say_date(event.starts_at, year=True)),
            (_("Horaires"), say_times(event.starts_at, event.ends_at)),
            (_("Lien"), "" if cancelled else link),
            (_("Organisation"), organisation),
        ),
        changes=view_changes_of_one(lines),
        word=lines_in(event.word),
        word_by=organisation,
        words={
            "webinar": title,
            "asker": organisation,
            "day": say_date(event.starts_at),
            "times": say_times(event.starts_at, event.ends_at),
            "source": one_line(event.source),
            "stop_url": f"{links.base_url}/desabonnement/{links.signer.token('unwanted', claimed.letter.id)}",
        },
    )
