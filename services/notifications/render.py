"""Render a letter: the words and the calendar of one delivery, as the bytes that every attempt will send."""

import unicodedata
from collections.abc import Mapping
from typing import cast
from uuid import UUID

from markupsafe import Markup
from msgspec import Struct

from services.notifications.changes import GROUP
from services.notifications.claim_deliveries import Claimed
from services.notifications.compose_mail import Sheet, compose_mail
from services.notifications.letter import Letter, Standing
from services.notifications.message import OPTIONAL
from services.notifications.notice_letter import NoticeLetter
from services.notifications.paper import (
    write_html,
    write_html_part,
    write_part,
    write_subject,
    write_text,
)
from services.notifications.reminders import REMINDING
from services.notifications.seal import Seal
from services.notifications.week import say_position, view_changes, view_first, view_period, view_week
from services.notifications.wordings import values_of_letter
from shared.calendar.invitation import Method, has_entry, write_decline_counter, write_invitation
from shared.events import (
    AnyEvent,
    RegistrationAnswerNoted,
    RegistrationConfirmed,
    RegistrationConsentReminded,
    RegistrationDeclined,
    RegistrationHeld,
    RegistrationSeatReminded,
    RegistrationWaiting,
    RegistrationWithdrawn,
)
from shared.french_dates import say_moment
from shared.languages import language, speaking, translate
from shared.programme import Programme
from shared.settings import Settings
from shared.signed_links import Signer
from shared.wording import Wording, say_wording

WITH_DEADLINE = (RegistrationHeld, RegistrationConsentReminded, RegistrationDeclined, RegistrationSeatReminded)


class Rendered(Struct, frozen=True, kw_only=True):
    """What is stored before the first attempt."""

    delivery_id: UUID
    address: str
    mail: bytes
    calendar_uid: str | None
    calendar_sequence: int | None


def unwanted_url(letter: Letter | NoticeLetter, seal: Seal, base_url: str, signer: Signer) -> str | None:
    """Where one press ends this kind of message: of what is not essential, and only where mails are signed."""
    if letter.message not in OPTIONAL or not seal.signs:
        return None
    return f"{base_url}/desabonnement/{signer.token('unwanted', letter.id)}"


class Printer:
    """Renders letters with the addresses and secrets of one installation."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        self._mail_domain = settings.mail_domain
        self._signer = Signer(settings.secret_keys)
        self._seal = Seal(settings)
        self._weeks = _Weeks()

    def render(self, claimed: Claimed, programme: Programme, wording: Wording | None = None) -> Rendered:
        """The mail of a claimed letter, in its reader's language; `programme` is that of its standing.

        `wording` is what its campaign adds.

        Raises `UnsafeHeader`.
        """
        with speaking(claimed.letter.recipient.language):
            return self._render(claimed, programme, wording)

    def _render(self, claimed: Claimed, programme: Programme, wording: Wording | None) -> Rendered:
        letter = claimed.letter
        standing = letter.standing(claimed.event)
        address = letter.address or ""
        context = {
            **self._context(claimed, programme, standing),
            **say_wording(wording, language(), values_of_letter(programme, letter.pupil, standing.group_id)),
        }
        method = _method(letter, programme, standing)
        calendar = self._calendar(claimed, programme, standing, method) if method else None
        subject = write_subject(letter.message, context)
        invites = method in ("REQUEST", "CANCEL")
        mail = compose_mail(
            Sheet(
                message_id=letter.message_id,
                date=letter.planned_at,
                sender=(programme.organisation, letter.reply_address),
                recipient=(letter.recipient.name, address),
                subject=subject,
                language=language(),
                text=write_text(letter.message, context),
                html=write_html(letter.message, {**context, "subject": subject}),
                calendar=calendar,
                method=method,
                unwanted_url=None if invites else unwanted_url(letter, self._seal, self._base_url, self._signer),
            )
        )
        mail = self._seal.seal(mail)
        return Rendered(
            delivery_id=letter.id,
            address=address,
            mail=mail,
            calendar_uid=self._uid(letter) if calendar else None,
            # what answers a counter-proposal is no newer programme
            calendar_sequence=standing.sequence if calendar and method != "DECLINECOUNTER" else None,
        )

    def envelope_sender(self, delivery_id: UUID) -> str:
        """Where a bounce comes back to: it names its delivery, signed."""
        return f"{self._signer.bounce_local_part(delivery_id)}@{self._mail_domain}"

    def _calendar(self, claimed: Claimed, programme: Programme, standing: Standing, method: Method) -> bytes:
        """One calendar object for one person; a guardian told besides gets it as a file, without ATTENDEE."""
        letter, event = claimed.letter, claimed.event
        if isinstance(event, RegistrationAnswerNoted) and method == "DECLINECOUNTER":
            return write_decline_counter(
                programme,
                uid=self._uid(letter),
                sequence=event.sequence,
                stamp=event.occurred_at,
                day=event.day,
                organiser_address=letter.reply_address,
                attendee=letter.recipient,
            )
        publish = method == "PUBLISH"
        return write_invitation(
            programme,
            uid=self._uid(letter),
            sequence=standing.sequence,
            stamp=standing.stamp,
            method=method,
            status=standing.status,
            group_id=standing.group_id,
            organiser_address=letter.reply_address,
            attendee=None if publish else letter.recipient,
            personal_url=self._offer_url(programme) if publish else self._personal_url(letter),
            partstat="NEEDS-ACTION" if standing.status == "held" else "ACCEPTED",
        )

    def _context(self, claimed: Claimed, programme: Programme, standing: Standing) -> Mapping[str, object]:
        letter, event = claimed.letter, claimed.event
        personal_url = self._personal_url(letter)
        to_pupil = letter.recipient.id == letter.pupil.id
        changes = view_changes(programme, claimed.changes) if claimed.changes else ()
        period, week_text, week_html = self._weeks.of(programme, standing.group_id)
        return {
            "to_pupil": to_pupil,
            "besides": letter.besides,
            "pupil": letter.pupil.name,
            "of_pupil": say_of(letter.pupil.name),
            "title": programme.title,
            "organisation": programme.organisation,
            "city": programme.city,
            "period": period,
            "week_text": week_text,
            "week_html": week_html,
            "changes_text": write_part("changes.txt", {"changes": changes}) if changes else "",
            "changes_html": write_html_part("changes.html", {"changes": changes}) if changes else "",
            # what we say ourselves is in the catalogue, what an organiser wrote is not and stays
            "notes": tuple(translate(note) for note in claimed.notes),
            **(_say_first(programme, standing.group_id) if letter.message in REMINDING else {}),
            "position": say_position(event.position) if isinstance(event, RegistrationWaiting) else "",
            "deadline": say_moment(event.deadline) if isinstance(event, WITH_DEADLINE) else "",
            "consent_needed": isinstance(event, RegistrationWaiting | RegistrationHeld) and event.consent_needed,
            "consented": isinstance(event, RegistrationConfirmed) and event.consented,
            "consent_url": self._consent_url(letter, event),
            "regrouped": any(line.session_id is None and line.field == GROUP for line in claimed.changes),
            "why": event.why if isinstance(event, RegistrationWithdrawn) else "",
            "by_school": isinstance(event, RegistrationWithdrawn) and event.by_school,
            "by_guardian": isinstance(event, RegistrationWithdrawn) and event.by_guardian,
            "elsewhere": event.elsewhere if isinstance(event, RegistrationWithdrawn) else "",
            "had_entry": letter.calendar_method is not None,
            "personal_url": personal_url,
            "guardian_url": self._guardian_url(letter),
            "agenda_url": self._agenda_url(letter),
            "keep_url": f"{personal_url or self._guardian_url(letter)}/maintien",
            "accept_url": f"{personal_url}/acceptation",
            "refuse_url": f"{personal_url}/refus",
            "offer_url": self._offer_url(programme),
            "feed_url": f"{self._base_url}/calendars/{programme.slug}.ics",
            "catalogue_url": f"{self._site}/",
        }

    @property
    def _site(self) -> str:
        """Where the pages are in the language spoken."""
        return self._base_url if language() == "fr" else f"{self._base_url}/{language()}"

    def _uid(self, letter: Letter) -> str:
        return f"{letter.registration_id}@{self._mail_domain}"

    def _personal_url(self, letter: Letter) -> str:
        """The personal page; who is told besides does not get the secret that gives the seat back."""
        if letter.besides:
            return ""
        token = self._signer.token("registration", letter.registration_id, letter.link_version)
        return f"{self._site}/inscriptions/{token}"

    def _guardian_url(self, letter: Letter) -> str:
        """The same page for a guardian who is told besides: to read, not to answer."""
        if not letter.besides:
            return ""
        token = self._signer.token("guardian", letter.registration_id, letter.guardian_version)
        return f"{self._site}/inscriptions/{token}"

    def _agenda_url(self, letter: Letter) -> str:
        """The page of the secret calendar of who is written to: a pupil's seats, or those of a guardian's children.

        It goes by mail alone: a page would show it to whoever registers. Who has no seat to follow gets none.
        """
        if letter.calendar_method not in ("REQUEST", "PUBLISH"):
            return ""
        reader = letter.recipient
        if reader.id == letter.pupil.id:
            return f"{self._site}/agenda/personal/{self._signer.token('feed', reader.id, reader.calendar_version)}"
        return f"{self._site}/agenda/famille/{self._signer.token('family_feed', reader.id, reader.calendar_version)}"

    def _consent_url(self, letter: Letter, event: AnyEvent) -> str:
        """The page on which the guardian consents, where there is something to consent to; it goes to them alone."""
        asked = isinstance(event, RegistrationWaiting | RegistrationHeld) and event.consent_needed
        asked = asked or (isinstance(event, RegistrationHeld) and event.held_for == "consent")
        given = isinstance(event, RegistrationConfirmed) and event.consented
        concerned = asked or given or isinstance(event, RegistrationConsentReminded)
        if letter.recipient.id == letter.pupil.id or not concerned:
            return ""
        token = self._signer.token("consent", letter.registration_id, letter.guardian_version)
        return f"{self._site}/consentement/{token}"

    def _offer_url(self, programme: Programme) -> str:
        return f"{self._site}/offres/{programme.slug}"


def say_of(name: str) -> str:
    """« de Camille », « d’Élise »; in English "of Camille"."""
    if language() != "fr":
        return f"of {name}"
    first = unicodedata.normalize("NFD", name[:1]).lower()[:1]
    return f"d’{name}" if first and first in "aeiouy" else f"de {name}"


def _method(letter: Letter, programme: Programme, standing: Standing) -> Method | None:
    """What becomes of the calendar entry; where no session is left, the invitation of the programme is its end."""
    method = cast("Method | None", letter.calendar_method)
    if method in (None, "CANCEL", "DECLINECOUNTER") or has_entry(programme, standing.group_id):
        return method
    return "CANCEL" if method == "REQUEST" else None


def _say_first(programme: Programme, group_id: UUID | None) -> dict[str, object]:
    """When it begins, and how to find it."""
    first = view_first(programme, group_id)
    details = {"details": first.details, "word": ()}
    return {
        "first_date": first.date,
        "first_time": first.time,
        "first_text": write_part("details.txt", details),
        "first_html": write_html_part("details.html", details),
        "contact": programme.contact,
    }


class _Weeks:
    """What all letters of one programme and group share, remembered: the period, the week as text and as HTML."""

    def __init__(self) -> None:
        self._known: dict[tuple[UUID, int, UUID | None, str], tuple[str, str, Markup]] = {}

    def of(self, programme: Programme, group_id: UUID | None) -> tuple[str, str, Markup]:
        key = (programme.offer_id, programme.version, group_id, language())
        if key not in self._known:
            if len(self._known) >= 50:
                self._known.pop(next(iter(self._known)))
            days = {"days": view_week(programme, group_id)}
            self._known[key] = (
                view_period(programme, group_id),
                write_part("week.txt", days),
                write_html_part("week.html", days),
            )
        return self._known[key]
