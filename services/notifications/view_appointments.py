"""View appointments: what a host, a speaker, a guardian or a pupil is told of one session or one slot."""

from collections.abc import Mapping

from services.notifications.changes import Line
from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView, filled, lines_in, say_pupils
from services.notifications.render import say_of
from services.notifications.week import ChangeView, view_changes_of_one
from shared.answer_notices import AbsenceForeseen
from shared.french_dates import say_date, say_moment, say_times
from shared.languages import _
from shared.notices import (
    AbsenceAnnounced,
    AbsenceLifted,
    Appointment,
    FollowUpBooked,
    FollowUpCancelled,
    HostAnswered,
    HostNotice,
    HostReleased,
    HostReminded,
    HostRequested,
    Notice,
    SpeakerAnswered,
    SpeakerNotice,
    SpeakerReleased,
    SpeakerReminded,
    SpeakerRequested,
)
from shared.promises import PromiseAnswerNoted, PromiseChanged, PromiseNotice, PromiseTakenBack


def view_session_of(event: HostNotice | SpeakerNotice | PromiseNotice, links: Links) -> NoticeView:
    """What a company or a professional is told of one session, or answered of it."""
    if isinstance(event, HostNotice):
        return view_host(event, links)
    return view_speaker(event, links) if isinstance(event, SpeakerNotice) else view_promise(event, links)


def view_host(event: HostNotice, links: Links) -> NoticeView:
    """A company is asked, reminded or released, or has answered."""
    answered = isinstance(event, HostAnswered)
    host = one_line(event.host)
    words: dict[str, object] = {"host": host, "of_host": say_of(host)}
    if isinstance(event, HostRequested | HostReminded):
        words["answer_by"] = say_moment(event.answer_by)
    if isinstance(event, HostAnswered):
        words |= {"answer": event.answer, "proposed": _proposed(event), "by_calendar": event.by_calendar}
    if isinstance(event, HostReleased):
        words["reason"] = event.reason
    if not answered and len(event.recipients) == 1:
        # of one person alone: the page shows all that was asked of them
        space = links.signer.token("host_space", event.recipients[0], event.space_version)
        words["space_url"] = f"{links.base_url}/accueil/{space}/tout"
    token = links.signer.token("host", event.request_id, event.token_version)
    return view_appointment(
        event,
        event.appointment,
        url=_page_of_hosts(event, links) if isinstance(event, HostAnswered) else f"{links.base_url}/accueil/{token}",
        word=event.word,
        word_by=host if answered else one_line(event.appointment.organisation),
        changes=_changes(event) if isinstance(event, HostRequested) else (),
        words=words,
    )


def view_speaker(event: SpeakerNotice, links: Links) -> NoticeView:
    """A professional is asked, reminded or released, or has answered."""
    answered = isinstance(event, SpeakerAnswered)
    speaker = one_line(event.speaker)
    words: dict[str, object] = {"speaker": speaker, "of_speaker": say_of(speaker)}
    if isinstance(event, SpeakerRequested | SpeakerReminded):
        words["answer_by"] = say_moment(event.answer_by)
    if isinstance(event, SpeakerAnswered):
        words |= {"answer": event.answer, "by_calendar": event.by_calendar}
    if isinstance(event, SpeakerReleased):
        words["reason"] = event.reason
    token = links.signer.token("speaker", event.request_id, event.token_version)
    return view_appointment(
        event,
        event.appointment,
        url=_page_of_hosts(event, links)
        if isinstance(event, SpeakerAnswered)
        else f"{links.base_url}/temoignage/{token}",
        word=event.word,
        word_by=speaker if answered else one_line(event.appointment.organisation),
        changes=_changes(event) if isinstance(event, SpeakerRequested) else (),
        words=words,
    )


def view_promise(event: PromiseNotice, links: Links) -> NoticeView:
    """Who has promised has it in the calendar, where it follows what changes and goes with what was taken back."""
    page = "accueil" if event.keeper == "host" else "temoignage"
    lines = (
        tuple(Line(event.appointment.session_id, each.field, each.before, each.after) for each in event.changes)
        if isinstance(event, PromiseChanged)
        else ()
    )
    words: dict[str, object] = {"keeper": event.keeper, "host": one_line(event.promised_by)}
    if isinstance(event, PromiseChanged):
        words["holds_again"] = event.holds_again
    if isinstance(event, PromiseTakenBack):
        words["by_calendar"] = event.by_calendar
    if isinstance(event, PromiseAnswerNoted):
        words |= {"why": event.why, "standing": event.standing}
    return view_appointment(
        event,
        event.appointment,
        url=f"{links.base_url}/{page}/{links.signer.token(event.keeper, event.request_id, event.token_version)}",
        changes=view_changes_of_one(lines),
        words=words,
    )


def _view_absence(event: AbsenceAnnounced, claimed: ClaimedNotice) -> NoticeView:
    """A pupil is not where they are expected; the button calls the day's emergency number."""
    phone = one_line(event.emergency_phone)
    number = "".join(character for character in phone if character in "+0123456789")
    return view_appointment(
        event,
        event.appointment,
        url=f"tel:{number}" if number else "",
        words={**_pupil(claimed), "phone": phone},
    )


def view_news_of_pupil(
    event: AbsenceAnnounced | AbsenceLifted | FollowUpBooked | FollowUpCancelled, claimed: ClaimedNotice
) -> NoticeView:
    """A pupil is missed; or is there after all, or has, or has not, a one-to-one slot: nothing to do, no button."""
    if isinstance(event, AbsenceAnnounced):
        return _view_absence(event, claimed)
    return view_appointment(event, event.appointment, url="", words=_pupil(claimed))


def view_foreseen_absence(event: AbsenceForeseen, claimed: ClaimedNotice) -> NoticeView:
    """A calendar declined one day: who receives reads no name where names are not shared."""
    words = _pupil(claimed) if event.named else {"to_pupil": False, "pupil": _("un élève"), "of_pupil": _("d’un élève")}
    return view_appointment(
        event, event.appointment, url="", words={**words, "taken_back": event.taken_back, "named": event.named}
    )


def view_appointment(
    event: Notice,
    appointment: Appointment,
    *,
    url: str,
    word: str = "",
    word_by: str = "",
    changes: tuple[ChangeView, ...] = (),
    words: Mapping[str, object],
) -> NoticeView:
    """The view of a notice about one session or slot."""
    asker = one_line(appointment.organisation)
    title, offer = one_line(appointment.title), one_line(appointment.offer)
    about_a_pupil = isinstance(
        event, AbsenceAnnounced | AbsenceLifted | AbsenceForeseen | FollowUpBooked | FollowUpCancelled
    )
    told_to_planners = isinstance(event, HostAnswered | SpeakerAnswered)
    return NoticeView(
        organisation="" if told_to_planners else asker,
        url=url,
        title=title,
        details=filled(
            (_("Date"), say_date(appointment.starts_at, year=True)),
            (_("Horaires"), say_times(appointment.starts_at, appointment.ends_at)),
            (_("Lieu"), ", ".join(part for part in (one_line(appointment.place), one_line(appointment.room)) if part)),
            (_("Rendez-vous"), one_line(appointment.meeting_point)),
            (_("Élèves"), "" if about_a_pupil else str(appointment.pupils or "")),
            (_("À prévoir"), "" if about_a_pupil else one_line(appointment.expected)),
            (_("Contact"), one_line(appointment.contact)),
            (_("Offre"), offer if offer != title else ""),
            (_("Organisation"), asker),
        ),
        changes=changes,
        word=lines_in(word),
        word_by=word_by,
        words={
            "asker": asker,
            "offer": offer,
            "session": title,
            "day": say_date(appointment.starts_at),
            "times": say_times(appointment.starts_at, appointment.ends_at),
            "of_number": say_of(say_pupils(appointment.pupils)) if appointment.pupils else _("d’élèves"),
            "number": say_pupils(appointment.pupils) if appointment.pupils else _("des élèves"),
            **words,
        },
    )


def _page_of_hosts(event: HostAnswered | SpeakerAnswered, links: Links) -> str:
    """Where a planner sees who receives and who comes; of a fact older than the field, all offers."""
    return f"{links.planning}/{event.offer_slug}/accueils" if event.offer_slug else links.planning


def _pupil(claimed: ClaimedNotice) -> dict[str, object]:
    """The pupil's name; somebody who was erased is « un élève »."""
    name = one_line(claimed.pupil.name) if claimed.pupil else ""
    to_pupil = claimed.pupil is not None and claimed.pupil.id == claimed.letter.recipient.id
    return {
        "to_pupil": to_pupil,
        "pupil": name or _("un élève"),
        "of_pupil": say_of(name) if name else _("d’un élève"),
    }


def _changes(event: HostRequested | SpeakerRequested) -> tuple[ChangeView, ...]:
    lines = tuple(Line(event.appointment.session_id, each.field, each.before, each.after) for each in event.changes)
    return view_changes_of_one(lines)


def _proposed(event: HostAnswered) -> str:
    if event.proposed_starts_at is None or event.proposed_ends_at is None:
        return ""
    return f"{say_date(event.proposed_starts_at)}, {say_times(event.proposed_starts_at, event.proposed_ends_at)}"
