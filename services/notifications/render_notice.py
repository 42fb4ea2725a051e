"""Render a notice: the words of one delivery without registration, as the bytes that every attempt will send."""

from collections.abc import Mapping

from services.notifications.because import say_because
from services.notifications.compose_mail import Sheet, compose_mail
from services.notifications.entries import Entry, entry_of
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
from services.notifications.render import Rendered, unwanted_url
from services.notifications.seal import Seal
from services.notifications.view_notices import view_notice
from services.notifications.wordings import values_of_notice
from shared.appointment import Appointment
from shared.calendar.promise import Promise, write_promise
from shared.calendar.webinar import write_webinar
from shared.languages import _, language, speaking
from shared.settings import Settings
from shared.signed_links import Signer
from shared.webinars import WebinarNotice
from shared.wording import Wording, say_wording


class NoticePrinter:
    """Renders notices with the addresses and secrets of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        self._mail_domain = settings.mail_domain
        self._sender = f"ne-pas-repondre@{settings.mail_domain}"
        self._signer = Signer(settings.secret_keys)
        self._seal = Seal(settings)

    def render(self, claimed: ClaimedNotice, wording: Wording | None = None) -> Rendered:
        """The mail of a claimed notice, in its reader's language; `wording` is what its campaign adds.

        Raises `UnsafeHeader`.
        """
        with speaking(claimed.letter.recipient.language):
            return self._render(claimed, wording)

    def _render(self, claimed: ClaimedNotice, wording: Wording | None) -> Rendered:
        letter = claimed.letter
        view = view_notice(claimed, base_url=self._site, signer=self._signer)
        address = letter.address or ""
        entry = entry_of(claimed.event, letter.recipient.id)
        answered = entry.scope if entry else None
        sender = (
            f"{self._signer.reply_local_part(entry.id, answered)}@{self._mail_domain}"
            if entry and answered
            else self._sender
        )
        context = {
            **_context(view),
            "because": say_because(letter.message),
            "answered": answered is not None,
            **say_wording(wording, language(), values_of_notice(claimed.event)),
        }
        subject = write_subject(letter.message, context)
        mail = compose_mail(
            Sheet(
                message_id=letter.message_id,
                date=letter.planned_at,
                sender=(f"{view.organisation} (Quinzaine)" if view.organisation else "Quinzaine", sender),
                recipient=(letter.recipient.name, address),
                reply_to=view.reply_to,
                subject=subject,
                language=language(),
                text=write_text(letter.message, context),
                html=keep_together(write_html(letter.message, {**context, "subject": subject})),
                calendar=self._calendar(claimed, entry, sender, view) if entry else None,
                method=entry.method if entry else None,
                unwanted_url=None if answered else unwanted_url(letter, self._seal, self._base_url, self._signer),
            )
        )
        mail = self._seal.seal(mail)
        return Rendered(
            delivery_id=letter.id,
            address=address,
            mail=mail,
            calendar_uid=f"{entry.id}@{self._mail_domain}" if entry else None,
            calendar_sequence=entry.sequence if entry else None,
        )

    def _calendar(self, claimed: ClaimedNotice, entry: Entry, sender: str, view: NoticeView) -> bytes:
        """The entry of who is written to. A slot's page is the pupil's, whose link the mail does not hold."""
        event = claimed.event
        if isinstance(event, WebinarNotice):
            return write_webinar(
                event,
                uid=f"{entry.id}@{self._mail_domain}",
                stamp=event.occurred_at,
                method=entry.method,
                organiser_address=sender,
                invited=claimed.letter.recipient,
            )
        appointment: Appointment = event.appointment  # type: ignore[union-attr]  # what has an entry has one
        reader = claimed.letter.recipient
        of_pupil = claimed.pupil if claimed.pupil and claimed.pupil.id != reader.id else None
        return write_promise(
            Promise(
                appointment=appointment,
                tentative=entry.tentative,
                details=((_("Élève"), of_pupil.name),) if of_pupil else (),
                url=view.url if entry.scope != "reply_slot" else "",
            ),
            uid=f"{entry.id}@{self._mail_domain}",
            sequence=entry.sequence,
            stamp=event.occurred_at,
            method=entry.method,
            organiser_address=sender,
            invited=None if entry.method == "PUBLISH" else reader,
        )

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
