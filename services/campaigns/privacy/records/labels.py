"""Labels: what the parts of a record are called in the file that people open; machines have names of their own."""

from services.campaigns.offers.life.sendings.sending import MESSAGES
from shared.languages import Glossary, later

# what a record is made of
SECTIONS = Glossary(
    {
        "pupil": later("Élève"),
        "guardians": later("Responsable légal"),
        "registrations": later("Inscription"),
        "consents": later("Réponse d’un responsable légal"),
        "attendance": later("Présence"),
        "absences": later("Absence signalée"),
        "talks": later("Entretien"),
        "teachers": later("Professeur référent"),
        "letters": later("Message"),
        "facts": later("Fait du journal"),
    }
)
FIELDS = Glossary(
    {
        "id": later("Numéro"),
        "first_name": later("Prénom"),
        "last_name": later("Nom"),
        "email": later("Adresse e-mail"),
        "language": later("Langue des messages"),
        "school_name": later("Établissement"),
        "school_uai": later("Code UAI de l’établissement"),
        "class_name": later("Classe"),
        "offer": later("Offre"),
        "organisation": later("Organisation"),
        "campaign": later("Campagne"),
        "status": later("État"),
        "state": later("État"),
        "group": later("Groupe"),
        "under_15": later("Moins de 15 ans"),
        "without_host": later("Sans autre accueil"),
        "enrolled_by_school": later("Inscrit par l’établissement"),
        "registered_at": later("Inscrit le"),
        "changed_at": later("Changé le"),
        "consented_at": later("Accord donné le"),
        "convention_signed_on": later("Convention signée le"),
        "kept_until": later("Noms gardés jusqu’au"),
        "answer": later("Réponse"),
        "text_version": later("Version du texte"),
        "answered_at": later("Répondu le"),
        "session": later("Séance"),
        "starts_at": later("Début"),
        "ends_at": later("Fin"),
        "noted_at": later("Noté le"),
        "day": later("Jour"),
        "announced_at": later("Signalée le"),
        "lifted_at": later("Levée le"),
        "place": later("Lieu"),
        "name": later("Nom"),
        "asked_at": later("Demandé le"),
        "message": later("Sorte de message"),
        "to": later("Destinataire"),
        "due_at": later("À envoyer le"),
        "sent_at": later("Envoyé le"),
        "tag": later("Sorte de fait"),
        "occurred_at": later("Arrivé le"),
    }
)
# words of codes, by the field they stand in
VALUES = {
    "language": Glossary({"fr": later("français"), "en": later("anglais")}),
    "status": Glossary(
        {
            "waiting": later("en attente"),
            "held": later("place retenue"),
            "confirmed": later("confirmé"),
            "withdrawn": later("retiré"),
            "refused": later("refusé"),
            "expired": later("délai passé"),
            "cancelled": later("annulé"),
            "asked": later("pas encore répondu"),
            "corrected": later("confirmé, établissement ou classe corrigés"),
            "unknown": later("ne connaît pas l’élève"),
            "planned": later("prévu"),
        }
    ),
    "state": Glossary(
        {
            "present": later("présent"),
            "absent": later("absent"),
            "late": later("en retard"),
            "excused": later("absence excusée"),
            "due": later("à envoyer"),
            "sending": later("en cours d’envoi"),
            "sent": later("envoyé"),
            "failed": later("n’a pas pu être remis"),
            "superseded": later("remplacé par un autre message"),
            "suppressed": later("inutile, n’est pas parti"),
        }
    ),
    "answer": Glossary(
        {"given": later("a donné son accord"), "refused": later("accord refusé"), "withdrawn": later("accord retiré")}
    ),
    "message": MESSAGES,
    "to": Glossary(
        {"pupil": later("l’élève"), "guardian": later("le responsable légal"), "other": later("quelqu’un d’autre")}
    ),
}


def say_value(field: str, text: str) -> str:
    """A code in words; everything else as it is."""
    words = VALUES.get(field)
    return words.get(text, text) if words else text
