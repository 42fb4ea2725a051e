"""Invented notices: each fact about people without a registration, and each of its ways to be told."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from services.notifications.notice_letter import ClaimedNotice, NoticeLetter, ReceivedLetter
from services.notifications.reactions import reaction_to_notice
from shared.advance_notices import (
    CampaignPublished,
    MorningSummed,
    Newcomers,
    PlacedPupils,
    PromiseDrewNear,
    PupilsSummed,
    SummedNeed,
)
from shared.answer_notices import AbsenceForeseen, AddressRefused, LetterReceived
from shared.changes import FieldChange
from shared.french_dates import PARIS
from shared.notices import (
    AbsenceAnnounced,
    AbsenceLifted,
    AgreementDeclined,
    AgreementGiven,
    AgreementReminded,
    AgreementRequested,
    AnyNotice,
    Appointment,
    CalendarRequested,
    CampaignCancelled,
    ClassEnrolled,
    FollowUpBooked,
    FollowUpCancelled,
    FreshLinkRequested,
    HostAnswered,
    HostReleased,
    HostReminded,
    HostRequested,
    HostTimeAccepted,
    LinksRequested,
    MemberInvited,
    PartnerLeft,
    PersonalLink,
    SignInRequested,
    SpeakerAnswered,
    SpeakerReleased,
    SpeakerReminded,
    SpeakerRequested,
    TeacherAsked,
)
from shared.people import Person
from shared.promises import PromiseChanged, PromiseGiven, PromiseTakenBack
from shared.question_notices import QuestionAnswered, QuestionAsked, QuestionsPassedOn
from tests.services.notifications.letters import PUPIL

NOW = datetime(2027, 5, 10, 8, 30, tzinfo=UTC)
PLANNER = Person(id=UUID(int=30), first_name="Sacha", last_name="Lenoir", email="sacha.lenoir@federation.example")
OFFER = UUID(int=1)

APPOINTMENT = Appointment(
    session_id=UUID(int=110),
    offer="Semaine à Pont-Audemer",
    organisation="Fédération des métiers",
    title="Une journée en centrale",
    starts_at=datetime(2027, 6, 15, 9, tzinfo=PARIS),
    ends_at=datetime(2027, 6, 15, 12, tzinfo=PARIS),
    place="2 rue du Quai, 27500 Pont-Audemer",
    room="Salle Seine",
    contact="Sacha Lenoir, 02 32 00 00 00",
    meeting_point="À l’accueil",
    expected="Une visite guidée, puis trois métiers présentés par celles et ceux qui les font.",
    pupils=15,
)
FOLLOW_UP = Appointment(
    session_id=UUID(int=120),
    offer="Accueil à la Région",
    organisation="Agence de l’orientation",
    title="Entretien de suivi",
    starts_at=datetime(2027, 6, 24, 14, tzinfo=PARIS),
    ends_at=datetime(2027, 6, 24, 14, 30, tzinfo=PARIS),
    place="4 quai des Arts, 76000 Rouen",
    contact="Alix Morel, 02 35 00 00 00",
)

_FACT: dict[str, Any] = {"id": UUID(int=9), "occurred_at": NOW, "recipients": (PLANNER.id,)}
_OF_OFFER: dict[str, Any] = {**_FACT, "offer_id": OFFER}
_AGREEMENT: dict[str, Any] = {
    **_FACT,
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
        "La période devient : du 14 au 25 juin 2027 (auparavant du 14 au 18 juin 2027).",
        "Un secteur s’ajoute : Bâtiment et travaux publics (BTP).",
    ),
}
_HOST: dict[str, Any] = {
    **_OF_OFFER,
    "request_id": UUID(int=50),
    "host": "Énergies du Marais",
    "appointment": APPOINTMENT,
}
_SPEAKER: dict[str, Any] = {
    **_OF_OFFER,
    "request_id": UUID(int=60),
    "speaker": "Ange Caron",
    "appointment": APPOINTMENT,
}
_PROMISE: dict[str, Any] = {
    **_OF_OFFER,
    "request_id": UUID(int=50),
    "keeper": "host",
    "promised_by": "Énergies du Marais",
    "appointment": APPOINTMENT,
    "sequence": 3,
}
_NEAR: dict[str, Any] = {
    **_OF_OFFER,
    "request_id": UUID(int=50),
    "keeper": "host",
    "promised_by": "Énergies du Marais",
    "appointment": APPOINTMENT,
}
_OF_SPEAKER: dict[str, Any] = {"request_id": UUID(int=60), "keeper": "speaker", "promised_by": "Ange Caron"}
_ROOM = (FieldChange(field="room", before="Salle Eure", after="Salle Seine"),)
_ANSWER_BY = datetime(2027, 5, 24, 18, tzinfo=PARIS)
_PUPIL: dict[str, Any] = {**_OF_OFFER, "pupil_id": PUPIL.id}
_SLOT: dict[str, Any] = {**_PUPIL, "slot_id": UUID(int=70), "appointment": FOLLOW_UP, "sequence": 2}

_LINK = PersonalLink(registration_id=UUID(int=80), token_version=1, offer="Semaine collective à Pont-Audemer")

# message, or message.way where one message is told in several
_THE_OFFER = {
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

NOTICES: dict[str, AnyNotice] = {
    "sign_in_link": SignInRequested(
        **_FACT, sign_in_id=UUID(int=20), expires_at=datetime(2027, 5, 10, 8, 45, tzinfo=UTC)
    ),
    "personal_links": LinksRequested(**_FACT, links=(_LINK,)),
    "personal_links.several": LinksRequested(
        **_FACT,
        links=(_LINK, PersonalLink(registration_id=UUID(int=81), token_version=2, offer="Accueil à la Région")),
    ),
    "personal_links.consent": LinksRequested(**_FACT, links=(), consents=(structs.replace(_LINK, to_guardian=True),)),
    "fresh_link": FreshLinkRequested(**_FACT, link=_LINK, expires_at=datetime(2027, 5, 10, 8, 45, tzinfo=UTC)),
    "teacher_asked": TeacherAsked(**_FACT, token_version=1, pupils=1),
    "teacher_asked.several": TeacherAsked(**_FACT, token_version=1, pupils=3),
    "member_invited": MemberInvited(
        **_FACT,
        invitation_id=UUID(int=21),
        organisation="Agence de l’orientation",
        role="planner",
        expires_at=datetime(2027, 5, 24, 12, tzinfo=PARIS),
    ),
    "member_invited.by_person": MemberInvited(
        **_FACT,
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
    "host_requested": HostRequested(**_HOST, answer_by=_ANSWER_BY),
    "host_requested.changed": HostRequested(
        **_HOST,
        answer_by=_ANSWER_BY,
        changes=(
            FieldChange(field="starts_at", before="2027-06-15T08:00:00+02:00", after="2027-06-15T09:00:00+02:00"),
            FieldChange(field="room", before="", after="Salle Seine"),
        ),
    ),
    "host_reminded": HostReminded(**_HOST, answer_by=_ANSWER_BY),
    "host_answered.confirmed": HostAnswered(**_HOST, answer="confirmed", word="Prévoir des chaussures fermées."),
    "host_answered.proposed": HostAnswered(
        **_HOST,
        answer="proposed",
        proposed_starts_at=datetime(2027, 6, 16, 14, tzinfo=PARIS),
        proposed_ends_at=datetime(2027, 6, 16, 17, tzinfo=PARIS),
    ),
    "host_answered.declined": HostAnswered(**_HOST, answer="declined", word="L’atelier est en travaux en juin."),
    "host_answered.withdrawn": HostAnswered(**_HOST, answer="withdrawn"),
    "host_time_accepted": HostTimeAccepted(**_HOST),
    "host_released.replaced": HostReleased(**_HOST, reason="replaced"),
    "host_released.session_cancelled": HostReleased(**_HOST, reason="session_cancelled", word="Merci encore."),
    "host_released.offer_cancelled": HostReleased(**_HOST, reason="offer_cancelled"),
    "speaker_requested": SpeakerRequested(**_SPEAKER, answer_by=_ANSWER_BY),
    "speaker_requested.changed": SpeakerRequested(
        **_SPEAKER,
        answer_by=_ANSWER_BY,
        changes=(
            FieldChange(field="starts_at", before="2027-06-15T08:00:00+02:00", after="2027-06-15T09:00:00+02:00"),
        ),
    ),
    "speaker_reminded": SpeakerReminded(**_SPEAKER, answer_by=_ANSWER_BY),
    "speaker_answered.confirmed": SpeakerAnswered(**_SPEAKER, answer="confirmed"),
    "speaker_answered.declined": SpeakerAnswered(**_SPEAKER, answer="declined", word="Je suis en déplacement."),
    "speaker_released.replaced": SpeakerReleased(**_SPEAKER, reason="replaced"),
    "speaker_released.session_cancelled": SpeakerReleased(**_SPEAKER, reason="session_cancelled"),
    "speaker_released.offer_cancelled": SpeakerReleased(**_SPEAKER, reason="offer_cancelled"),
    "calendar_address": CalendarRequested(**_FACT, whose="personal", holder_id=PUPIL.id, calendar_version=1),
    "calendar_address.renewed": CalendarRequested(
        **_FACT, whose="famille", holder_id=PLANNER.id, calendar_version=2, renewed=True
    ),
    "class_enrolled": ClassEnrolled(**_OF_OFFER, offer="Semaine à Pont-Audemer", seated=28, waiting=0),
    "class_enrolled.some_wait": ClassEnrolled(
        **_OF_OFFER, offer="Semaine à Pont-Audemer", seated=15, waiting=1, refused=2
    ),
    "class_enrolled.all_wait": ClassEnrolled(**_OF_OFFER, offer="Semaine à Pont-Audemer", seated=0, waiting=30),
    "absence_announced": AbsenceAnnounced(**_PUPIL, appointment=APPOINTMENT, emergency_phone="06 00 00 00 00"),
    "absence_announced.no_phone": AbsenceAnnounced(**_PUPIL, appointment=APPOINTMENT),
    "absence_lifted": AbsenceLifted(**_PUPIL, appointment=APPOINTMENT),
    "promise_given": PromiseGiven(**_PROMISE),
    "promise_given.speaker": PromiseGiven(**_PROMISE | _OF_SPEAKER),
    "promise_changed": PromiseChanged(**_PROMISE, changes=_ROOM),
    "promise_changed.speaker": PromiseChanged(**_PROMISE | _OF_SPEAKER, changes=_ROOM),
    "promise_near": PromiseDrewNear(**_NEAR, coming=12, pupil_ids=(PUPIL.id,)),
    "promise_near.nobody": PromiseDrewNear(**_NEAR, coming=0),
    "promise_near.speaker": PromiseDrewNear(**_NEAR | _OF_SPEAKER, coming=12),
    "planner_digest": MorningSummed(
        **_FACT,
        edition="daily",
        organisation="Fédération des métiers",
        newcomers=(Newcomers(offer="Semaine à Pont-Audemer", slug="pont-audemer", registered=4, waiting=1),),
        needs=(
            SummedNeed(kind="host_declined", title="Semaine à Pont-Audemer", count=1, by=_ANSWER_BY),
            SummedNeed(kind="agreement_awaited", title="Normandie, deux semaines pour découvrir", count=2),
        ),
    ),
    "planner_digest.weekly": MorningSummed(
        **_FACT,
        edition="weekly",
        organisation="Fédération des métiers",
        needs=(SummedNeed(kind="seat_held", title="Semaine à Pont-Audemer", count=1, by=_ANSWER_BY),),
    ),
    "teacher_digest": PupilsSummed(
        **_FACT,
        edition="weekly",
        organisation="Lycée des Tilleuls",
        first=date(2027, 6, 14),
        last=date(2027, 6, 25),
        without=(PUPIL.id,),
        placed=(PlacedPupils(offer="Semaine à Pont-Audemer", pupil_ids=(PUPIL.id,)),),
    ),
    "teacher_digest.all_placed": PupilsSummed(
        **_FACT,
        edition="weekly",
        organisation="Lycée des Tilleuls",
        first=date(2027, 6, 14),
        last=date(2027, 6, 25),
        placed=(PlacedPupils(offer="Semaine à Pont-Audemer", pupil_ids=(PUPIL.id,)),),
    ),
    "campaign_published": CampaignPublished(
        **_FACT,
        campaign="Normandie, deux semaines pour découvrir",
        slug="normandie-2027",
        lead="Fédération des métiers",
        first=date(2027, 6, 14),
        last=date(2027, 6, 25),
        offers=7,
        partners=("Agence de l’orientation", "Région des deux rives"),
    ),
    "promise_taken_back": PromiseTakenBack(**_PROMISE),
    "promise_taken_back.speaker": PromiseTakenBack(**_PROMISE | _OF_SPEAKER),
    "follow_up_booked": FollowUpBooked(**_SLOT),
    "follow_up_booked.to_pupil": FollowUpBooked(**_SLOT),
    "follow_up_cancelled": FollowUpCancelled(**_SLOT),
    "follow_up_cancelled.to_pupil": FollowUpCancelled(**_SLOT),
    "absence_foreseen": AbsenceForeseen(**_PUPIL, appointment=APPOINTMENT, named=True),
    "absence_foreseen.to_host": AbsenceForeseen(**_PUPIL, appointment=APPOINTMENT),
    "absence_foreseen.taken_back": AbsenceForeseen(**_PUPIL, appointment=APPOINTMENT, named=True, taken_back=True),
    "letter_received": LetterReceived(
        **_PUPIL, answer_id=UUID(int=70), registration_id=UUID(int=2), status="confirmed", **_THE_OFFER
    ),
    "letter_received.of_host": LetterReceived(**_OF_OFFER, answer_id=UUID(int=70), **_THE_OFFER),
    "address_refused": AddressRefused(**_PUPIL, person_id=PUPIL.id, status="5.1.1", shut=True, **_THE_OFFER),
    "address_refused.goes_on": AddressRefused(**_PUPIL, person_id=PUPIL.id, status="5.7.1", shut=False, **_THE_OFFER),
    "question_asked": QuestionAsked(
        **_FACT,
        question_id=UUID(int=7),
        offer="Semaine à Pont-Audemer",
        organisation="Fédération des métiers",
        expires_at=datetime(2027, 5, 11, 8, 30, tzinfo=UTC),
    ),
    "questions_passed_on": QuestionsPassedOn(
        **_OF_OFFER,
        offer="Semaine à Pont-Audemer",
        organisation="Fédération des métiers",
        offer_slug="semaine-pont-audemer",
        count=2,
    ),
    "question_answered": QuestionAnswered(
        **_OF_OFFER,
        question_id=UUID(int=7),
        offer="Semaine à Pont-Audemer",
        organisation="Fédération des métiers",
        offer_slug="semaine-pont-audemer",
        question="Faut-il des chaussures de sécurité ?",
        answer="Non : nous les prêtons.\nIndiquez votre pointure le premier jour.",
    ),
}


def a_notice(name: str, **changes: Any) -> ClaimedNotice:
    """The notice as claimed for its recipient; `changes` are of the letter."""
    event = NOTICES[name]
    letter = {
        "id": UUID(int=11),
        "event_id": event.id,
        "message": reaction_to_notice(event).message,
        "attempts": 1,
        "message_id": f"<{UUID(int=11)}@quinzaine.example>",
        "planned_at": NOW,
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
    )
