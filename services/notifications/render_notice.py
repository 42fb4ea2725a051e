"""Render a notice: the words of one delivery without registration, as the bytes that every attempt will send."""

from collections.abc import Mapping

from services.notifications.compose_mail import Sheet, compose_mail
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import NoticeView
from services.notifications.paper import (
    keep_together,
    write_html,
    write_html_part,
    write_part,
    write_subject,
    write_text,
)
from services.notifications.render import Rendered
from services.notifications.view_notices import view_notice
from shared.languages import language, speaking
from shared.settings import Settings
from shared.signed_links import Signer


class NoticePrinter:
    """Renders notices with the addresses and secrets of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        self._sender = f"ne-pas-repondre@{settings.mail_domain}"
        self._signer = Signer(settings.secret_keys)

    def render(self, claimed: ClaimedNotice) -> Rendered:
        """The mail of a claimed notice, in its reader's language. Raises `UnsafeHeader`."""
        with speaking(claimed.letter.recipient.language):
            return self._render(claimed)

    def _render(self, claimed: ClaimedNotice) -> Rendered:
        letter = claimed.letter
        view = view_notice(claimed, base_url=self._site, signer=self._signer)
        address = letter.address or ""
        context = _context(view)
        subject = write_subject(letter.message, context)
        mail = compose_mail(
            Sheet(
                message_id=letter.message_id,
                date=letter.planned_at,
                sender=(f"{view.organisation} (Quinzaine)" if view.organisation else "Quinzaine", self._sender),
                recipient=(letter.recipient.name, address),
                reply_to=view.reply_to,
                subject=subject,
                text=write_text(letter.message, context),
                html=keep_together(write_html(letter.message, {**context, "subject": subject})),
            )
        )
        return Rendered(delivery_id=letter.id, address=address, mail=mail, calendar_uid=None, calendar_sequence=None)

    @property
    def _site(self) -> str:
        """Where the pages are in the language spoken."""
        return self._base_url if language() == "fr" else f"{self._base_url}/{language()}"


def _context(view: NoticeView) -> Mapping[str, object]:
    matter = {"details": view.details, "word": view.word, "word_by": view.word_by}
    return {
        "organisation": view.organisation,
        "title": view.title,
        "url": view.url,
        **matter,
        "changes": view.changes,
        "changes_text": write_part("changes.txt", {"changes": view.changes}) if view.changes else "",
        "changes_html": write_html_part("changes.html", {"changes": view.changes}) if view.changes else "",
        "details_text": write_part("details.txt", matter),
        "details_html": write_html_part("details.html", matter),
        **view.words,
    }
