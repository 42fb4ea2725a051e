"""One message to one person about an offer: what it said, why, and what became of it, in words."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.imports.preview import said_changes
from shared.events import FieldChange
from shared.french_dates import say_date, say_moment

SendingState = Literal["due", "sending", "sent", "failed", "superseded", "suppressed"]

MESSAGES = {
    "registered_confirmed": "Place confirmée",
    "address_asked": "Confirmation de l’adresse demandée",
    "registered_waiting": "Sur la liste d’attente",
    "seat_offered": "Place proposée",
    "seat_confirmed": "Place acceptée",
    "changed": "Changement de programme",
    "session_cancelled": "Séance annulée",
    "offer_cancelled": "Offre annulée",
    "withdrawn": "Désistement",
    "seat_refused": "Place refusée",
    "seat_expired": "Place non confirmée à temps",
    "personal_link": "Lien personnel renvoyé",
    "host_requested": "Demande d’accueil",
    "host_reminded": "Rappel de la demande d’accueil",
    "host_answered": "Réponse d’une entreprise",
    "host_time_accepted": "Horaire proposé retenu",
    "host_released": "Accueil levé",
    "speaker_requested": "Demande d’intervention",
    "speaker_reminded": "Rappel de la demande d’intervention",
    "speaker_answered": "Réponse d’un intervenant",
    "speaker_released": "Intervention levée",
    "class_enrolled": "Classe inscrite",
    "absence_announced": "Absence signalée",
    "absence_lifted": "Absence levée",
    "follow_up_booked": "Rendez-vous de suivi",
    "follow_up_cancelled": "Rendez-vous de suivi annulé",
    "consent_asked": "Accord du responsable demandé",
    "consent_awaited": "Accord du responsable attendu",
    "consent_reminded": "Rappel de l’accord demandé",
    "consent_refused": "Accord du responsable refusé",
    "consent_expired": "Accord non donné à temps",
    "personal_links": "Liens personnels envoyés",
    "fresh_link": "Lien de vérification envoyé",
    "calendar_address": "Adresse d’un calendrier",
    "teacher_asked": "Question au professeur référent",
    "question_asked": "Bouton pour envoyer une question",
    "questions_passed_on": "Questions transmises",
    "question_answered": "Réponse à une question",
}
CAUSES = {
    "session.added": "Séance ajoutée",
    "session.changed": "Séance modifiée",
    "session.cancelled": "Séance annulée",
    "offer.changed": "Offre modifiée",
    "offer.cancelled": "Offre annulée",
}


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

    @property
    def what(self) -> str:
        """The message in a few words."""
        return MESSAGES.get(self.message, "Message")

    @property
    def who(self) -> str:
        """« Camille Dupré, élève », « Dominique Dupré, responsable légal (Camille Dupré) »."""
        guardian = f"responsable légal ({self.pupil})" if self.pupil else "responsable légal"
        role = {"pupil": "élève", "guardian": guardian, "other": ""}[self.role]
        return ", ".join(part for part in (self.person or "Données effacées", role) if part)

    @property
    def why(self) -> str:
        """The fact behind it, « Séance modifiée : Visite, mardi 15 juin »; empty where the message says it."""
        cause = CAUSES.get(self.tag, "")
        if not cause or not self.session:
            return cause
        return f"{cause} : {self.session}" + (f", {say_date(self.session_at)}" if self.session_at else "")

    @property
    def details(self) -> tuple[tuple[str, str, str], ...]:
        """Field by field, before and after."""
        return said_changes(self.changes)

    def say_state(self, now: datetime) -> str:
        """What became of it: « envoyé mardi 15 juin à 9 h »."""
        match self.state:
            case "sent":
                return f"envoyé {say_moment(self.sent_at)}" if self.sent_at else "envoyé"
            case "due" | "sending":
                return f"partira {say_moment(self.due_at)}" if self.due_at > now else "part dans l’instant"
            case "failed":
                return "n’a pas pu être remis"
            case "superseded":
                return "remplacé par un message plus récent, ou devenu sans objet"
            case "suppressed":
                return "sans adresse"
