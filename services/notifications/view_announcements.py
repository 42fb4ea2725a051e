"""View announcements: what a school is told of the offers near it, each with its distance, its dates and its seats."""

from urllib.parse import urlencode

from msgspec import Struct

from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView, lines_in
from services.notifications.paper import write_html_part
from shared.announcements import NearOffer, OffersAnnounced
from shared.french_dates import say_date, say_moment, say_period, say_times
from shared.languages import _, n_

# more marks than that say nothing any more
MARKS_AT_MOST = 30


class OfferView(Struct, frozen=True, kw_only=True):
    """One offer in words; `taken`, `held` and `free` are the marks of its seat meter, empty where they are too many."""

    title: str
    url: str
    when: str
    where: str
    seats: str
    taken: str = ""
    held: str = ""
    free: str = ""


def view_announcement(event: OffersAnnounced, claimed: ClaimedNotice, links: Links) -> NoticeView:
    """The view of what is near one school. Who reads it has no account: the mail itself leads out of the list."""
    offers = [_view_offer(offer, links) for offer in event.offers]
    organisation = one_line(event.organisation)
    word = lines_in(event.word)
    return NoticeView(
        organisation=organisation,
        url=f"{links.base_url}/?{urlencode({'lieu': event.near})}",
        words={
            "campaign": one_line(event.campaign),
            "school": one_line(event.school),
            "period": say_period(event.first, event.last),
            "count": len(offers) + event.more,
            "more": event.more,
            "offers": offers,
            "offers_html": write_html_part("offers.html", {"offers": offers}),
            "said": word,
            "said_html": write_html_part("details.html", {"details": (), "word": word, "word_by": organisation})
            if word
            else "",
            "source": one_line(event.source),
            "stop_url": f"{links.base_url}/desabonnement/{links.signer.token('unwanted', claimed.letter.id)}",
        },
    )


def _view_offer(offer: NearOffer, links: Links) -> OfferView:
    drawn = offer.seats <= MARKS_AT_MOST and offer.state != "not_yet"
    held = min(offer.held, offer.taken)
    return OfferView(
        title=one_line(offer.title),
        url=f"{links.base_url}/offres/{offer.slug}",
        when=_say_when(offer),
        where=_say_where(offer),
        seats=_say_seats(offer),
        taken="●" * (offer.taken - held) if drawn else "",
        held="◐" * held if drawn else "",
        free="○" * max(0, offer.seats - offer.taken) if drawn else "",
    )


def _say_when(offer: NearOffer) -> str:
    if offer.first is None or offer.last is None:
        return _("dates à venir")
    if offer.first != offer.last:
        return say_period(offer.first, offer.last)
    day = say_date(offer.first, year=True)
    return f"{day}, {say_times(offer.starts_at, offer.ends_at)}" if offer.starts_at and offer.ends_at else day


def _say_where(offer: NearOffer) -> str:
    city = one_line(offer.city)
    return _("{city}, à {distance} km", city=city, distance=offer.kilometres) if offer.kilometres else city


def _say_seats(offer: NearOffer) -> str:
    if offer.state == "not_yet" and offer.opens_at:
        return _("Inscriptions à partir du {moment}", moment=say_moment(offer.opens_at))
    if offer.state == "full":
        return n_("Complet ({count} place), liste d’attente", "Complet ({count} places), liste d’attente", offer.seats)
    return n_("{count} place libre sur {seats}", "{count} places libres sur {seats}", offer.free, seats=offer.seats)
