"""One message to one person about an offer: what it said, why, and what became of it, in words."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.imports.preview import said_changes
from shared.events import FieldChange
from shared.french_dates import say_date, say_moment, say_time
from shared.languages import Glossary, _, later
from shared.refusal import Refusal

SendingState = Literal["due", "sending", "sent", "failed", "superseded", "suppressed"]

MESSAGES = Glossary(
    {
        "registered_confirmed": later("Place confirmée"),
        "address_asked": later("Confirmation de l’adresse demandée"),
        "registered_waiting": later("Sur la liste d’attente"),
        "seat_offered": later("Place proposée"),
        "promise_near": later("Rappel à qui accueille ou intervient"),
        "seat_reminded": later("Rappel de la place proposée"),
        "reminder_week": later("Rappel, une semaine avant"),
        "reminder_eve": later("Rappel, la veille"),
        "seat_confirmed": later("Place acceptée"),
        "changed": later("Changement de programme"),
        "session_cancelled": later("Séance annulée"),
        "offer_cancelled": later("Offre annulée"),
        "withdrawn": later("Désistement"),
        "seat_refused": later("Place refusée"),
        "seat_expired": later("Place non confirmée à temps"),
        "personal_link": later("Lien personnel renvoyé"),
        "host_requested": later("Demande d’accueil"),
        "host_reminded": later("Rappel de la demande d’accueil"),
        "host_answered": later("Réponse d’une entreprise"),
        "host_time_accepted": later("Horaire proposé retenu"),
        "host_released": later("Accueil levé"),
        "speaker_requested": later("Demande d’intervention"),
        "speaker_reminded": later("Rappel de la demande d’intervention"),
        "speaker_answered": later("Réponse d’un intervenant"),
        "speaker_released": later("Intervention levée"),
        "promise_given": later("Engagement noté"),
        "promise_changed": later("Engagement mis à jour"),
        "promise_taken_back": later("Engagement levé"),
        "promise_noted": later("Réponse d’agenda sans effet"),
        "offers_announced": later("Annonce aux lycées"),
        "webinar_invited": later("Invitation à un webinaire"),
        "webinar_changed": later("Webinaire modifié"),
        "webinar_cancelled": later("Webinaire annulé"),
        "class_enrolled": later("Classe inscrite"),
        "absence_announced": later("Absence signalée"),
        "absence_lifted": later("Absence levée"),
        "follow_up_booked": later("Rendez-vous de suivi"),
        "follow_up_cancelled": later("Rendez-vous de suivi annulé"),
        "consent_asked": later("Accord du responsable demandé"),
        "consent_awaited": later("Accord du responsable attendu"),
        "consent_reminded": later("Rappel de l’accord demandé"),
        "consent_refused": later("Accord du responsable refusé"),
        "consent_expired": later("Accord non donné à temps"),
        "personal_links": later("Liens personnels envoyés"),
        "fresh_link": later("Lien de vérification envoyé"),
        "calendar_address": later("Adresse d’un calendrier"),
        "teacher_asked": later("Question au professeur référent"),
        "question_asked": later("Bouton pour envoyer une question"),
        "questions_passed_on": later("Questions transmises"),
        "question_answered": later("Réponse à une question"),
        "seat_declined": later("Agenda qui a répondu non"),
        "seat_kept": later("Place gardée malgré l’agenda"),
        "answer_outdated": later("Réponse d’agenda dépassée"),
        "invitation_again": later("Invitation renvoyée"),
        "counter_declined": later("Autre horaire refusé"),
        "absence_foreseen": later("Absence prévue"),
        "letter_received": later("Lettre transmise"),
        "address_refused": later("Adresse qui n’existe pas"),
    }
)
CAUSES = Glossary(
    {
        "session.added": later("Séance ajoutée"),
        "session.changed": later("Séance modifiée"),
        "session.cancelled": later("Séance annulée"),
        "offer.changed": later("Offre modifiée"),
        "offer.cancelled": later("Offre annulée"),
    }
)


STATES: Glossary = Glossary(
    {
        "sent": later("envoyés"),
        "due": later("à envoyer"),
        "failed": later("non remis"),
        "superseded": later("remplacés"),
        "suppressed": later("non envoyés"),
    }
)


class UnknownSending(Refusal):
    """No message of this id is about the offer."""

    reason: ClassVar[str] = "unknown-sending"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce message n’existe pas."))


class Sending(Struct, frozen=True, kw_only=True):
    """A delivery with its fact. `person` is empty once erased; `pupil` is whose guardian it is, `note` the fact's."""

    id: UUID
    event_id: UUID
    message: str
    state: SendingState
    due_at: datetime
    sent_at: datetime | None
    person: str
    role: Literal["pupil", "guardian", "other"]
    pupil: str
    tag: str
    occurred_at: datetime
    session: str
    session_at: datetime | None
    changes: tuple[FieldChange, ...]
    note: str
    recipient_id: UUID
    registration_id: UUID | None = None
    quiet_until: datetime | None = None
    attempts: int = 0
    answer: str = ""
    told_otherwise: bool = False
    # why nothing is sent to the person, where nothing is
    closed: str = ""
    # the person has ended this kind of message
    unwanted: bool = False
    paused: bool = False

    @property
    def what(self) -> str:
        """The message in a few words."""
        return MESSAGES.get(self.message, _("Message"))

    @property
    def who(self) -> str:
        """« Camille Dupré, élève », « Dominique Dupré, responsable légal (Camille Dupré) »."""
        guardian = _("responsable légal ({pupil})", pupil=self.pupil) if self.pupil else _("responsable légal")
        role = {"pupil": _("élève"), "guardian": guardian, "other": ""}[self.role]
        return ", ".join(part for part in (self.person or _("Données effacées"), role) if part)

    @property
    def why(self) -> str:
        """The fact behind it, « Séance modifiée : Visite, mardi 15 juin »; empty where the message says it."""
        cause = CAUSES.get(self.tag, "")
        if not cause or not self.session:
            return cause
        if self.session_at is None:
            return _("{cause} : {session}", cause=cause, session=self.session)
        return _("{cause} : {session}, {date}", cause=cause, session=self.session, date=say_date(self.session_at))

    @property
    def details(self) -> tuple[tuple[str, str, str], ...]:
        """Field by field, before and after."""
        return said_changes(self.changes)

    def say_state(self, now: datetime) -> str:
        """What became of it: « envoyé mardi 15 juin à 9 h »."""
        match self.state:
            case "sent":
                return _("envoyé {moment}", moment=say_moment(self.sent_at)) if self.sent_at else _("envoyé")
            case "due" | "sending":
                return self._say_due(now)
            case "failed":
                return _("n’a pas pu être remis")
            case "superseded" if self.told_otherwise:
                return _("dit dans un message plus récent")
            case "superseded":
                return _("remplacé par un message plus récent, ou devenu sans objet")
            case "suppressed":
                return self._say_suppressed()

    def _say_due(self, now: datetime) -> str:
        """Why it has not left yet."""
        if self.paused:
            return _("attend : les envois sont en pause")
        if self.due_at <= now:
            return _("part dans l’instant")
        if self.quiet_until is not None and self.due_at <= self.quiet_until:
            return _("retenu jusqu’à {time} ({day}), la nuit", time=say_time(self.due_at), day=say_date(self.due_at))
        if self.attempts:
            return _("nouvel essai {moment}", moment=say_moment(self.due_at))
        return _("partira {moment}", moment=say_moment(self.due_at))

    def _say_suppressed(self) -> str:
        """Why it never will."""
        if not self.person:
            return _("non envoyé : données effacées")
        if self.closed:
            return _("non envoyé : l’adresse ne reçoit plus ({reason})", reason=self.closed)
        if self.unwanted:
            return _("non envoyé : la personne ne veut plus de ce genre de message")
        return _("sans adresse")
