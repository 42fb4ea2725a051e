"""View questions: the button that sends one, what planners have to answer, and an answer."""

from services.notifications.compose_mail import one_line
from services.notifications.notice_view import Links, NoticeView, lines_in
from shared.french_dates import say_moment
from shared.question_notices import QuestionAnswered, QuestionAsked, QuestionNotice, QuestionsPassedOn


def view_question(event: QuestionNotice, links: Links) -> NoticeView:
    """The words of one notice about questions."""
    organisation, offer = one_line(event.organisation), one_line(event.offer)
    match event:
        case QuestionAsked():
            return NoticeView(
                url=f"{links.base_url}/questions/{links.signer.token('question', event.question_id)}",
                title=offer,
                words={"organisation_name": organisation, "expires": say_moment(event.expires_at)},
            )
        case QuestionsPassedOn():
            return NoticeView(
                url=f"{links.planning}/{event.offer_slug}/questions", title=offer, words={"count": event.count}
            )
        case QuestionAnswered():
            return NoticeView(
                organisation=organisation,
                url=f"{links.base_url}/offres/{event.offer_slug}",
                title=offer,
                word=lines_in(event.answer),
                word_by=organisation,
                words={"question": lines_in(event.question)},
            )
    raise TypeError(type(event).__name__)
