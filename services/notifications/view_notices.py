"""View notices: each fact told to people without a registration, in words."""

from services.notifications.compose_mail import one_line
from services.notifications.notice_letter import ClaimedNotice
from services.notifications.notice_view import Links, NoticeView, filled, lines_in, say_pupils
from services.notifications.render import say_of
from services.notifications.view_advance import view_advance
from services.notifications.view_answers import view_answer
from services.notifications.view_appointments import view_news_of_pupil, view_session_of
from services.notifications.view_links import view_link
from shared.advance_notices import CampaignPublished, MorningSummed, PromiseDrewNear, PupilsSummed
from shared.announcements import OffersAnnounced
from shared.answer_notices import AbsenceForeseen, AddressRefused, LetterReceived
from shared.french_dates import say_moment, say_time
from shared.languages import _, language, later, n_
from shared.notices import (
    AbsenceAnnounced,
    AbsenceLifted,
    AgreementNotice,
    AgreementReminded,
    AgreementRequested,
    CalendarRequested,
    CampaignCancelled,
    ClassEnrolled,
    FollowUpBooked,
    FollowUpCancelled,
    FreshLinkRequested,
    HostNotice,
    LinksRequested,
    MemberInvited,
    SignInRequested,
    SpeakerNotice,
    TeacherAsked,
)
from shared.promises import PromiseNotice
from shared.question_notices import QuestionNotice
from shared.signed_links import Signer
from shared.webinars import WebinarNotice

# as the pages name them and say what each may do; the contract has the codes
ROLES = {
    "owner": (
        later("Responsable"),
        later("tout faire, donner l’accord de l’organisation, inviter et retirer des membres"),
    ),
    "planner": (later("Planificateur"), later("construire, publier et modifier les offres, suivre les inscriptions")),
    "host": (later("Accueil", sense="role"), later("répondre aux demandes d’accueil de l’entreprise")),
    "teacher": (later("Professeur"), later("inscrire une classe et suivre ses élèves")),
    "viewer": (later("Lecture seule"), later("voir les offres et les campagnes, sans les noms des élèves")),
}


def view_notice(claimed: ClaimedNotice, *, base_url: str, signer: Signer) -> NoticeView:
    """The view of a claimed notice."""
    event = claimed.event
    links = Links(base_url, signer)
    match event:
        case SignInRequested():
            return NoticeView(
                url=f"{base_url}/connexion/{signer.token('sign_in', event.sign_in_id)}",
                words={"expires_time": say_time(event.expires_at)},
            )
        case MemberInvited():
            return _view_invitation(event, links)
        case AgreementNotice():
            return _view_agreement(event, links)
        case HostNotice() | SpeakerNotice() | PromiseNotice():
            return view_session_of(event, links)
        case ClassEnrolled():
            return _view_class(event, links)
        case LinksRequested() | FreshLinkRequested() | TeacherAsked() | CalendarRequested() | QuestionNotice():
            return view_link(event, claimed, links)
        case (
            PromiseDrewNear()
            | MorningSummed()
            | PupilsSummed()
            | CampaignPublished()
            | OffersAnnounced()
            | WebinarNotice()
        ):
            return view_advance(event, claimed, links)
        case AbsenceForeseen() | LetterReceived() | AddressRefused():
            return view_answer(event, claimed, links)
        case AbsenceAnnounced() | AbsenceLifted() | FollowUpBooked() | FollowUpCancelled():
            return view_news_of_pupil(event, claimed)
    raise TypeError(type(event).__name__)


def _view_invitation(event: MemberInvited, links: Links) -> NoticeView:
    role, promise = map(str, ROLES[event.role])
    organisation = one_line(event.organisation)
    return NoticeView(
        organisation=organisation,
        url=f"{links.base_url}/invitations/{links.signer.token('invitation', event.invitation_id)}",
        words={
            "inviter": one_line(event.invited_by) or organisation,
            "by_person": bool(event.invited_by.strip()),
            "role": role,
            "promise": promise,
            "expires": say_moment(event.expires_at),
        },
    )


def _view_agreement(event: AgreementNotice, links: Links) -> NoticeView:
    asked = isinstance(event, AgreementRequested | AgreementReminded | CampaignCancelled)
    partner, lead = one_line(event.organisation), one_line(event.lead)
    token = links.signer.token("agreement", event.agreement_id, event.version)
    awaited = ", ".join(map(one_line, event.awaited))
    changes = event.changes_en if language() == "en" and event.changes_en else event.changes
    return NoticeView(
        organisation=lead if asked else "",
        url=f"{links.base_url}/accords/{token}" if asked else links.planning,
        title=one_line(event.campaign),
        details=filled(
            (_("Proposée par"), lead),
            (_("Partenaire"), partner),
            (_("Encore attendus") if len(event.awaited) > 1 else _("Encore attendu"), awaited),
        ),
        word=lines_in(event.word),
        word_by=lead if asked else partner,
        words={
            "lead": lead,
            "partner": partner,
            "of_partner": say_of(partner),
            "campaign": one_line(event.campaign),
            "agreed_changes": tuple(map(one_line, changes)),
            "all_agreed": not event.awaited,
        },
    )


def _view_class(event: ClassEnrolled, links: Links) -> NoticeView:
    return NoticeView(
        url=f"{links.planning}/classes",
        title=one_line(event.offer),
        details=filled(
            (_("Avec une place"), say_pupils(event.seated) if event.seated else ""),
            (_("En attente"), say_pupils(event.waiting) if event.waiting else ""),
            (_("Non inscrits"), say_pupils(event.refused) if event.refused else ""),
        ),
        words={"waiting": event.waiting, "refused": event.refused, "outcome": _say_outcome(event)},
    )


def _say_outcome(event: ClassEnrolled) -> str:
    """« 12 élèves ont une place, 3 attendent, 1 n’est pas inscrit »."""
    said = [_("Aucun élève n’a de place")]
    if event.seated:
        said = [n_("{count} élève a une place", "{count} élèves ont une place", event.seated)]
    if event.waiting:
        said.append(n_("{count} attend", "{count} attendent", event.waiting))
    if event.refused:
        said.append(n_("{count} n’est pas inscrit", "{count} ne sont pas inscrits", event.refused))
    return ", ".join(said)
