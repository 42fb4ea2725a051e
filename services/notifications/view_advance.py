"""View what is told ahead of time or in sum: a session that is near, a morning, a teacher's pupils, a campaign."""

import msgspec

from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView, filled, say_pupils
from services.notifications.view_announcements import view_announcement
from services.notifications.view_appointments import view_appointment
from shared.advance_notices import (
    AdvanceNotice,
    CampaignPublished,
    MorningSummed,
    PromiseDrewNear,
    PupilsSummed,
)
from shared.announcements import Announcement, OffersAnnounced
from shared.french_dates import say_period
from shared.languages import _, n_
from shared.needs import say_need


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


def _view_promise(event: PromiseDrewNear, claimed: ClaimedNotice, links: Links) -> NoticeView:
    """First names alone: what one needs to greet somebody."""
    page = "accueil" if event.keeper == "host" else "temoignage"
    names = sorted(one_line(person.first_name) for person in claimed.pupils.values() if person.first_name.strip())
    return view_appointment(
        event,
        msgspec.structs.replace(event.appointment, pupils=event.coming),
        url=f"{links.base_url}/{page}/{links.signer.token(event.keeper, event.request_id, event.token_version)}",
        words={
            "keeper": event.keeper,
            "host": one_line(event.promised_by),
            "coming": event.coming,
            "pupils": say_pupils(event.coming),
            "first_names": ", ".join(names),
        },
    )


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
