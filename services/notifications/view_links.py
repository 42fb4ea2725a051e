"""View links: what a mail says that somebody asked for, or that a pupil caused by naming a teacher."""

from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView
from services.notifications.view_questions import view_question
from shared.french_dates import say_time
from shared.languages import Glossary, later
from shared.notices import CalendarRequested, FreshLinkRequested, LinksRequested, PersonalLink, TeacherAsked
from shared.question_notices import QuestionNotice
from shared.signed_links import Scope

# by the part of the address that says whose calendar it is: what its secret is signed for, and what is in it
CALENDARS: dict[str, Scope] = {
    "personal": "feed",
    "famille": "family_feed",
    "professeur": "teacher_feed",
    "temoignages": "speaker_feed",
    "planification": "planner_feed",
    "suivi": "slots_feed",
}
CALENDAR_NAMES = Glossary(
    {
        "personal": later("toutes vos séances"),
        "famille": later("toutes les séances de vos enfants"),
        "professeur": later("vos visites et les séances de vos élèves"),
        "temoignages": later("toutes vos interventions"),
        "planification": later("les séances que vous organisez"),
        "suivi": later("vos entretiens de suivi"),
    }
)


def view_link(
    event: LinksRequested | FreshLinkRequested | TeacherAsked | CalendarRequested | QuestionNotice,
    claimed: ClaimedNotice,
    links: Links,
) -> NoticeView:
    """The links of one notice, with their secrets."""
    match event:
        case QuestionNotice():
            return view_question(event, links)
        case LinksRequested():
            own = [_named(link, links.personal(link), consents=False) for link in event.links]
            asked = [_named(link, links.consent(link), consents=True) for link in event.consents]
            return NoticeView(url="", words={"links": own + asked, "consent": bool(asked) and not own})
        case FreshLinkRequested():
            scope: Scope = "fresh_guardian" if event.link.to_guardian else "fresh"
            token = links.signer.timed_token(
                scope, event.link.registration_id, event.link.token_version, event.expires_at
            )
            return NoticeView(
                url=f"{links.base_url}/{event.leads_to}/{token}",
                title=one_line(event.link.offer),
                words={"expires_time": say_time(event.expires_at)},
            )
        case TeacherAsked():
            token = links.signer.token("teacher_link", claimed.letter.recipient.id, event.token_version)
            return NoticeView(url=f"{links.base_url}/professeur/{token}", words={"pupils": event.pupils})
        case CalendarRequested():
            scope, holder = CALENDARS[event.whose], event.holder_id
            token = links.signer.token(scope, holder, event.calendar_version)
            return NoticeView(
                url=f"{links.base_url}/agenda/{event.whose}/{token}",
                words={"renewed": event.renewed, "sessions": str(CALENDAR_NAMES[event.whose])},
            )


def _named(link: PersonalLink, url: str, *, consents: bool) -> dict[str, object]:
    return {"offer": one_line(link.offer), "url": url, "consents": consents}
