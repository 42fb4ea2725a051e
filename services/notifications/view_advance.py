"""View what is told ahead of time or in sum: a session that is near, a morning, a teacher's pupils, a campaign."""

from collections.abc import Iterator

import msgspec

from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView, filled, say_pupils
from services.notifications.view_announcements import view_announcement
from services.notifications.view_appointments import view_appointment
from services.notifications.view_webinars import view_webinar
from shared.advance_notices import (
    AdvanceNotice,
    CampaignPublished,
    MorningSummed,
    PromiseDrewNear,
    PupilsSummed,
)
from shared.announcements import Announcement, OffersAnnounced
from shared.french_dates import say_date, say_period, say_times
from shared.languages import _, n_
from shared.needs import say_need
from shared.webinars import WebinarNotice


def view_advance(event: AdvanceNotice | Announcement, claimed: ClaimedNotice, links: Links) -> NoticeView:
    """The view of one of these notices."""
    match event:
        case PromiseDrewNear():
            return _view_promise(event, claimed, links)
        case MorningSummed():
            return _view_morning(event, links)
        case PupilsSummed():
            return _view_pupils(event, claimed, links)
        case CampaignPublished():
            return _view_campaign(event, links)
        case OffersAnnounced():
            return view_announcement(event, claimed, links)
        case WebinarNotice():
            return view_webinar(event, claimed, links)


def _view_promise(event: PromiseDrewNear, claimed: ClaimedNotice, links: Links) -> NoticeView:
    """First names alone: what one needs to greet somebody. Several sessions of one day are told one after the other."""
    view = view_appointment(
        event,
        msgspec.structs.replace(event.appointment, pupils=event.coming),
        url=_page_of(event, links),
        words={
            "keeper": event.keeper,
            "host": one_line(event.promised_by),
            "coming": event.coming,
            "pupils": say_pupils(event.coming),
            "first_names": _first_names(event, claimed),
            "sessions": (),
        },
    )
    if not claimed.besides:
        return view
    day = sorted((event, *claimed.besides), key=lambda each: each.appointment.starts_at)
    return msgspec.structs.replace(
        view,
        title=say_date(event.appointment.starts_at, year=True),
        details=tuple(
            (
                say_times(each.appointment.starts_at, each.appointment.ends_at),
                " · ".join(_in_short(each, claimed)),
            )
            for each in day
        ),
        words={
            **view.words,
            "many": str(len(day)),
            "sessions": tuple(
                (say_times(each.appointment.starts_at, each.appointment.ends_at), _page_of(each, links)) for each in day
            ),
        },
    )


def _page_of(event: PromiseDrewNear, links: Links) -> str:
    page = "accueil" if event.keeper == "host" else "temoignage"
    return f"{links.base_url}/{page}/{links.signer.token(event.keeper, event.request_id, event.token_version)}"


def _first_names(event: PromiseDrewNear, claimed: ClaimedNotice) -> str:
    people = (claimed.pupils[each] for each in event.pupil_ids if each in claimed.pupils)
    return ", ".join(sorted(one_line(person.first_name) for person in people if person.first_name.strip()))


def _in_short(event: PromiseDrewNear, claimed: ClaimedNotice) -> Iterator[str]:
    """« Visite de l’atelier », « 2 rue du Quai, Salle Seine », « 12 élèves : Camille, Inès »."""
    appointment = event.appointment
    yield one_line(appointment.title)
    if place := ", ".join(filter(None, (one_line(appointment.place), one_line(appointment.room)))):
        yield place
    names = _first_names(event, claimed)
    coming = say_pupils(event.coming) if event.coming else _("personne n’est inscrit pour le moment")
    yield _("{coming} : {names}", coming=coming, names=names) if names else coming
    if contact := one_line(appointment.contact):
        yield contact


def _view_morning(event: MorningSummed, links: Links) -> NoticeView:
    registered = sum(each.registered for each in event.newcomers)
    newcomers = [
        (
            one_line(each.offer),
            n_("{count} inscription", "{count} inscriptions", each.registered)
            + (", " + n_("{count} en attente", "{count} en attente", each.waiting) if each.waiting else ""),
        )
        for each in event.newcomers
    ]
    needs = [(one_line(each.title), say_need(each.kind, each.count, each.by)) for each in event.needs]
    return NoticeView(
        url=links.planning,
        title=one_line(event.organisation),
        details=(*newcomers, *needs),
        words={
            "registered": registered,
            "needs": len(event.needs),
            "weekly": event.edition == "weekly",
            "choices_url": f"{links.base_url}/compte/messages",
        },
    )


def _view_pupils(event: PupilsSummed, claimed: ClaimedNotice, links: Links) -> NoticeView:
    """By name: they are the teacher's own pupils. Who was erased meanwhile is not among them."""

    def names(ids: tuple[object, ...]) -> str:
        people = sorted(
            (claimed.pupils[each] for each in ids if each in claimed.pupils),  # type: ignore[index]
            key=lambda person: (person.last_name, person.first_name),
        )
        return ", ".join(name for person in people if (name := one_line(person.name)))

    return NoticeView(
        url=f"{links.planning}/eleves",
        title=one_line(event.organisation),
        details=filled(
            (_("N’ont rien"), names(event.without)),
            (_("Attendent"), names(event.waiting)),
            *((one_line(each.offer), names(each.pupil_ids)) for each in event.placed),
        ),
        words={
            "period": say_period(event.first, event.last),
            "without": len(event.without),
            "waiting": len(event.waiting),
            "placed": sum(len(each.pupil_ids) for each in event.placed),
            "choices_url": f"{links.base_url}/compte/messages",
        },
    )


def _view_campaign(event: CampaignPublished, links: Links) -> NoticeView:
    return NoticeView(
        organisation=one_line(event.lead),
        url=f"{links.base_url}/",
        title=one_line(event.campaign),
        details=filled(
            (_("Période"), say_period(event.first, event.last)),
            (_("Offres publiées"), str(event.offers)),
            (_("Portée par"), one_line(event.lead)),
            (_("Avec"), ", ".join(map(one_line, event.partners))),
        ),
        words={"campaign": one_line(event.campaign), "offers": event.offers},
    )
