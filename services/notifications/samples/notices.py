"""Invented notices: each fact about people without a registration, and each of its ways to be told."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from services.notifications.notice_letter import ClaimedNotice, NoticeLetter, ReceivedLetter
from services.notifications.samples.announcements import OF_ANNOUNCEMENTS
from services.notifications.samples.appointments import (
    ANSWER_BY,
    FACT,
    OF_OFFER,
    OF_PUPIL,
    PLANNER,
)
from services.notifications.samples.letters import PUPIL
from services.notifications.samples.of_sessions import OF_SESSIONS, THE_SAME_DAY
from services.notifications.samples.webinars import OF_WEBINARS
from shared.advance_notices import (
    CampaignPublished,
    MorningSummed,
    Newcomers,
    PlacedPupils,
    PupilsSummed,
    SummedNeed,
)
from shared.answer_notices import AddressRefused, LetterReceived
from shared.french_dates import PARIS
from shared.notices import (
    AgreementDeclined,
    AgreementGiven,
    AgreementReminded,
    AgreementRequested,
    AnyNotice,
    CalendarRequested,
    CampaignCancelled,
    ClassEnrolled,
    FreshLinkRequested,
    LinksRequested,
    MemberInvited,
    PartnerLeft,
    PersonalLink,
    SignInRequested,
    TeacherAsked,
)
from shared.question_notices import QuestionAnswered, QuestionAsked, QuestionsPassedOn

_AGREEMENT: dict[str, Any] = {
    **FACT,
    "agreement_id": UUID(int=40),
    "campaign_id": UUID(int=41),
    "campaign": "Normandie, deux semaines pour découvrir",
    "lead": "Fédération des métiers",
    "organisation": "Agence de l’orientation",
    "version": 1,
    "awaited": ("Agence de l’orientation", "Région des deux rives"),
}
_CHANGED: dict[str, Any] = {
    "version": 2,
    "changes": (
        "La période change : du lundi 14 au vendredi 25 juin 2027, au lieu du lundi 14 au vendredi 18 juin 2027.",
        "Les secteurs changent : Santé et Bâtiment et travaux publics (BTP), au lieu de Santé.",
    ),
    "changes_en": (
        "The period changes: from Monday 14 to Friday 25 June 2027 (until now from Monday 14 to Friday 18 June 2027).",
        "The sectors change: Health and Building and public works (BTP) (until now Health).",
    ),
}
_LINK = PersonalLink(registration_id=UUID(int=80), token_version=1, offer="Semaine collective à Pont-Audemer")
_THE_OFFER: dict[str, Any] = {
    "offer": "Semaine à Pont-Audemer",
    "offer_slug": "semaine-pont-audemer",
    "organisation": "Fédération des métiers",
}
RECEIVED = ReceivedLetter(
    sender="camille.dupre@eleve.example",
    sender_name="Camille Dupré",
    subject="Re: Votre place est confirmée",
    words="Bonjour,\n\nfaut-il apporter un pique-nique le mardi ?\n\nMerci\nCamille",
    attachments=1,
)

# message, or message.way where one message is told in several
NOTICES: dict[str, AnyNotice] = {
    **OF_SESSIONS,
    "sign_in_link": SignInRequested(
        **FACT, sign_in_id=UUID(int=20), expires_at=datetime(2027, 5, 10, 8, 45, tzinfo=UTC)
    ),
    "personal_links": LinksRequested(**FACT, links=(_LINK,)),
    "personal_links.several": LinksRequested(
        **FACT,
        links=(_LINK, PersonalLink(registration_id=UUID(int=81), token_version=2, offer="Accueil à la Région")),
    ),
    "personal_links.consent": LinksRequested(**FACT, links=(), consents=(structs.replace(_LINK, to_guardian=True),)),
    "fresh_link": FreshLinkRequested(**FACT, link=_LINK, expires_at=datetime(2027, 5, 10, 8, 45, tzinfo=UTC)),
    "teacher_asked": TeacherAsked(**FACT, token_version=1, pupils=1),
    "teacher_asked.several": TeacherAsked(**FACT, token_version=1, pupils=3),
    "member_invited": MemberInvited(
        **FACT,
        invitation_id=UUID(int=21),
        organisation="Agence de l’orientation",
        role="planner",
        expires_at=datetime(2027, 5, 24, 12, tzinfo=PARIS),
    ),
    "member_invited.by_person": MemberInvited(
        **FACT,
        invitation_id=UUID(int=21),
        organisation="Lycée des Tilleuls",
        role="teacher",
        invited_by="Alix Morel",
        expires_at=datetime(2027, 5, 24, 12, tzinfo=PARIS),
    ),
    "agreement_requested": AgreementRequested(
        **_AGREEMENT, word="Nous serions heureux de porter cette campagne avec vous.\nÀ bientôt."
    ),
    "agreement_requested.again": AgreementRequested(**{**_AGREEMENT, **_CHANGED}),
    "agreement_reminded": AgreementReminded(**_AGREEMENT),
    "agreement_given": AgreementGiven(**{**_AGREEMENT, "awaited": ("Région des deux rives",)}),
    "agreement_given.last": AgreementGiven(**{**_AGREEMENT, "awaited": ()}),
    "agreement_declined": AgreementDeclined(
        **{**_AGREEMENT, "awaited": ("Région des deux rives",)},
        word="La période ne nous convient pas : nos conseillers sont en formation la première semaine.",
    ),
    "partner_left": PartnerLeft(**{**_AGREEMENT, "awaited": ()}, word="Nos moyens ne le permettent plus."),
    "campaign_cancelled": CampaignCancelled(**{**_AGREEMENT, "awaited": ()}),
    "calendar_address": CalendarRequested(**FACT, whose="personal", holder_id=PUPIL.id, calendar_version=1),
    "calendar_address.renewed": CalendarRequested(
        **FACT, whose="famille", holder_id=PLANNER.id, calendar_version=2, renewed=True
    ),
    "class_enrolled": ClassEnrolled(**OF_OFFER, offer="Semaine à Pont-Audemer", seated=28, waiting=0),
    "class_enrolled.some_wait": ClassEnrolled(
        **OF_OFFER, offer="Semaine à Pont-Audemer", seated=15, waiting=1, refused=2
    ),
    "class_enrolled.all_wait": ClassEnrolled(**OF_OFFER, offer="Semaine à Pont-Audemer", seated=0, waiting=30),
    "planner_digest": MorningSummed(
        **FACT,
        edition="daily",
        organisation="Fédération des métiers",
        newcomers=(Newcomers(offer="Semaine à Pont-Audemer", slug="pont-audemer", registered=4, waiting=1),),
        needs=(
            SummedNeed(kind="host_declined", title="Semaine à Pont-Audemer", count=1, by=ANSWER_BY),
            SummedNeed(kind="agreement_awaited", title="Normandie, deux semaines pour découvrir", count=2),
        ),
    ),
    "planner_digest.weekly": MorningSummed(
        **FACT,
        edition="weekly",
        organisation="Fédération des métiers",
        needs=(SummedNeed(kind="seat_held", title="Semaine à Pont-Audemer", count=1, by=ANSWER_BY),),
    ),
    "teacher_digest": PupilsSummed(
        **FACT,
        edition="weekly",
        organisation="Lycée des Tilleuls",
        first=date(2027, 6, 14),
        last=date(2027, 6, 25),
        without=(PUPIL.id,),
        placed=(PlacedPupils(offer="Semaine à Pont-Audemer", pupil_ids=(PUPIL.id,)),),
    ),
    "teacher_digest.all_placed": PupilsSummed(
        **FACT,
        edition="weekly",
        organisation="Lycée des Tilleuls",
        first=date(2027, 6, 14),
        last=date(2027, 6, 25),
        placed=(PlacedPupils(offer="Semaine à Pont-Audemer", pupil_ids=(PUPIL.id,)),),
    ),
    "campaign_published": CampaignPublished(
        **FACT,
        campaign="Normandie, deux semaines pour découvrir",
        slug="normandie-2027",
        lead="Fédération des métiers",
        first=date(2027, 6, 14),
        last=date(2027, 6, 25),
        offers=7,
        partners=("Agence de l’orientation", "Région des deux rives"),
    ),
    **OF_ANNOUNCEMENTS,
    **OF_WEBINARS,
    "letter_received": LetterReceived(
        **OF_PUPIL, answer_id=UUID(int=70), registration_id=UUID(int=2), status="confirmed", **_THE_OFFER
    ),
    "letter_received.of_host": LetterReceived(**OF_OFFER, answer_id=UUID(int=70), **_THE_OFFER),
    "address_refused": AddressRefused(**OF_PUPIL, person_id=PUPIL.id, status="5.1.1", shut=True, **_THE_OFFER),
    "address_refused.of_host": AddressRefused(
        **OF_OFFER, person_id=PUPIL.id, status="5.1.1", shut=True, role="host", **_THE_OFFER
    ),
    "address_refused.of_member": AddressRefused(
        **FACT,
        person_id=PUPIL.id,
        status="5.1.1",
        shut=True,
        role="member",
        offer="",
        offer_slug="",
        organisation="Fédération des métiers",
    ),
    "address_refused.goes_on": AddressRefused(**OF_PUPIL, person_id=PUPIL.id, status="5.7.1", shut=False, **_THE_OFFER),
    "question_asked": QuestionAsked(
        **FACT,
        question_id=UUID(int=7),
        offer="Semaine à Pont-Audemer",
        organisation="Fédération des métiers",
        expires_at=datetime(2027, 5, 11, 8, 30, tzinfo=UTC),
    ),
    "questions_passed_on": QuestionsPassedOn(
        **OF_OFFER,
        offer="Semaine à Pont-Audemer",
        organisation="Fédération des métiers",
        offer_slug="semaine-pont-audemer",
        count=2,
    ),
    "question_answered": QuestionAnswered(
        **OF_OFFER,
        question_id=UUID(int=7),
        offer="Semaine à Pont-Audemer",
        organisation="Fédération des métiers",
        offer_slug="semaine-pont-audemer",
        question="Faut-il des chaussures de sécurité ?",
        answer="Non : nous les prêtons.\nIndiquez votre pointure le premier jour.",
    ),
}


def a_notice(name: str, *, sample: AnyNotice | None = None, **changes: Any) -> ClaimedNotice:
    """The notice as claimed for its recipient; `changes` are of the letter."""
    event = sample or NOTICES[name]
    letter: dict[str, Any] = {
        "id": UUID(int=11),
        "event_id": event.id,
        "message": name.partition(".")[0],
        "attempts": 1,
        "message_id": f"<{UUID(int=11)}@quinzaine.example>",
        "planned_at": event.occurred_at,
        "recipient_address": None,
        "mail": None,
        "recipient": PUPIL if name.endswith("to_pupil") else PLANNER,
        **changes,
    }
    return ClaimedNotice(
        letter=NoticeLetter(**letter),
        event=event,
        pupil=PUPIL if hasattr(event, "pupil_id") else None,
        pupils={PUPIL.id: PUPIL} if getattr(event, "pupil_ids", ()) else {},
        received=RECEIVED if isinstance(event, LetterReceived) else None,
        besides=THE_SAME_DAY if name == "promise_near.several" else (),
    )
