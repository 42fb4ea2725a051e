"""View answers: what others are told of mails that came back: an absence, a letter, an address that does not exist."""

from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView, filled, lines_in
from services.notifications.view_appointments import view_foreseen_absence
from shared.answer_notices import AbsenceForeseen, AddressRefused, LetterReceived
from shared.languages import Glossary, _, later, n_

STATES = Glossary(
    {
        "waiting": later("en attente"),
        "held": later("place retenue"),
        "confirmed": later("place confirmée"),
        "withdrawn": later("inscription retirée"),
        "refused": later("place refusée"),
        "expired": later("place non confirmée à temps"),
        "cancelled": later("offre annulée"),
    }
)


def view_answer(
    event: AbsenceForeseen | LetterReceived | AddressRefused, claimed: ClaimedNotice, links: Links
) -> NoticeView:
    """The words of one notice about a mail that came back."""
    match event:
        case AbsenceForeseen():
            return view_foreseen_absence(event, claimed)
        case LetterReceived():
            return _view_letter(event, claimed, links)
        case AddressRefused():
            return _view_address(event, claimed, links)


def _view_letter(event: LetterReceived, claimed: ClaimedNotice, links: Links) -> NoticeView:
    """What the planner needs to know stands above the words; answering the mail answers who wrote them."""
    received = claimed.received
    if received is None:
        raise LookupError("a letter without its words is not passed on")
    sender = one_line(received.sender)
    author = one_line(received.sender_name) or sender
    left_out = n_("{count} pièce jointe", "{count} pièces jointes", received.attachments)
    return NoticeView(
        url=_page_of_seats(event.offer_slug, links) if event.pupil_id else f"{links.planning}/{event.offer_slug}",
        title=one_line(event.offer),
        details=filled(
            (_("Élève"), _name(claimed) if event.pupil_id else ""),
            (_("Inscription"), str(STATES[event.status]) if event.status in STATES else ""),
            (_("De"), f"{author} <{sender}>" if author != sender else sender),
            (_("Objet"), one_line(received.subject)),
            (_("Non transmis"), left_out if received.attachments else ""),
        ),
        word=lines_in(received.words),
        word_by=author,
        reply_to=sender,
        words={"author": author, "about_pupil": event.pupil_id is not None},
    )


def _view_address(event: AddressRefused, claimed: ClaimedNotice, links: Links) -> NoticeView:
    name = _name(claimed)
    where = "addresses" if not event.offer_slug else "hosts" if event.role in ("host", "speaker") else "seats"
    return NoticeView(
        url=_page_of_person(event, where, links),
        title=one_line(event.offer) or _("Une adresse à corriger"),
        details=filled((_("Personne"), name), (_("Code reçu"), one_line(event.status))),
        words={"person": name, "shut": event.shut, "where": where},
    )


def _page_of_person(event: AddressRefused, where: str, links: Links) -> str:
    """Where the planner looks for the person: among the seats or the hosts of the offer, or all shut addresses."""
    if where == "seats":
        return _page_of_seats(event.offer_slug, links)
    if where == "hosts":
        return f"{links.planning}/{event.offer_slug}/accueils"
    return f"{links.planning}/organisation/envois"


def _page_of_seats(slug: str, links: Links) -> str:
    return f"{links.planning}/{slug}/places"


def _name(claimed: ClaimedNotice) -> str:
    """Who it is about; somebody who was erased has no name."""
    return (one_line(claimed.pupil.name) if claimed.pupil else "") or _("une personne dont les données sont effacées")
