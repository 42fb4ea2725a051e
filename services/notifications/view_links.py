"""View links: what a mail says that somebody asked for, or that a pupil caused by naming a teacher."""

from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView
from shared.french_dates import say_time
from shared.notices import FreshLinkRequested, LinksRequested, TeacherAsked


def view_link(
    event: LinksRequested | FreshLinkRequested | TeacherAsked, claimed: ClaimedNotice, links: Links
) -> NoticeView:
    """The links of one notice, with their secrets."""
    match event:
        case LinksRequested():
            own = [
                {"offer": one_line(link.offer), "url": links.personal(link.registration_id, link.token_version)}
                for link in event.links
            ]
            return NoticeView(url="", words={"links": own})
        case FreshLinkRequested():
            token = links.signer.timed_token(
                "fresh", event.link.registration_id, event.link.token_version, event.expires_at
            )
            return NoticeView(
                url=f"{links.base_url}/{event.leads_to}/{token}",
                title=one_line(event.link.offer),
                words={"expires_time": say_time(event.expires_at)},
            )
        case TeacherAsked():
            token = links.signer.token("teacher_link", claimed.letter.recipient.id, event.token_version)
            return NoticeView(url=f"{links.base_url}/professeur/{token}", words={"pupils": event.pupils})
