"""What was done, in words: the name of each act of the audit trail, as its journal says it."""

from shared.languages import Glossary, _, later

ACTS = Glossary(
    {
        # organisations
        "add_organisation": later("Organisation ajoutée"),
        "change_organisation": later("Organisation modifiée"),
        "add_contact": later("Contact ajouté"),
        "remove_contact": later("Contact retiré"),
        "change_role": later("Rôle changé"),
        "remove_member": later("Membre retiré"),
        "leave_organisation": later("Départ d’un membre"),
        "invite_member": later("Invitation envoyée"),
        "revoke_invitation": later("Invitation retirée"),
        "accept_invitation": later("Invitation acceptée"),
        "create_token": later("Jeton créé"),
        "revoke_token": later("Jeton révoqué"),
        "pause_sending": later("Tous les envois suspendus"),
        "resume_sending": later("Envois repris"),
        "free_address": later("Adresse de nouveau écrite"),
        "create_webhook": later("Webhook créé"),
        "end_webhook": later("Webhook supprimé"),
        "pause_webhook": later("Webhook mis en pause"),
        "resume_webhook": later("Webhook repris"),
        "renew_webhook": later("Secret d’un webhook changé"),
        # campaigns
        "propose_campaign": later("Campagne proposée"),
        "change_campaign": later("Campagne modifiée"),
        "change_wording": later("Phrases des messages modifiées"),
        "change_keeping": later("Durée de conservation modifiée"),
        "duplicate_campaign": later("Campagne reprise"),
        "cancel_campaign": later("Campagne annulée"),
        "invite_partner": later("Partenaire invité"),
        "request_agreement": later("Accord demandé de nouveau"),
        "agree_campaign": later("Accord donné"),
        "decline_campaign": later("Accord refusé"),
        "withdraw_partner": later("Départ d’un partenaire"),
        # offers
        "draft_offer": later("Offre créée"),
        "remove_draft": later("Brouillon retiré"),
        "edit_offer": later("Offre modifiée"),
        "publish_offer": later("Offre publiée"),
        "close_offer": later("Inscriptions closes"),
        "open_offer": later("Inscriptions rouvertes"),
        "cancel_offer": later("Offre annulée"),
        "change_seats": later("Nombre de places changé"),
        "import_file": later("Fichier importé"),
        # the week
        "add_day": later("Journée ajoutée"),
        "edit_day": later("Journée modifiée"),
        "copy_day": later("Journée copiée"),
        "remove_day": later("Journée retirée"),
        "apply_template_week": later("Semaine type appliquée"),
        "cancel_day": later("Journée annulée"),
        "add_session": later("Séance ajoutée"),
        "change_session": later("Séance modifiée"),
        "remove_session": later("Séance retirée"),
        "cancel_session": later("Séance annulée"),
        "add_group": later("Groupe ajouté"),
        "edit_group": later("Groupe modifié"),
        "remove_group": later("Groupe retiré"),
        "give_groups": later("Élèves répartis"),
        # hosts and speakers
        "request_host": later("Accueil demandé"),
        "request_hosts": later("Accueils demandés"),
        "replace_host": later("Entreprise remplacée"),
        "answer_host_request": later("Réponse d’une entreprise"),
        "renew_host_space": later("Adresses secrètes renouvelées"),
        "accept_proposed_time": later("Horaire proposé accepté"),
        "keep_planned_time": later("Horaire prévu gardé"),
        "share_names": later("Noms partagés avec l’accueil"),
        "withhold_names": later("Noms repris à l’accueil"),
        "plan_webinar": later("Webinaire préparé"),
        "change_webinar": later("Webinaire modifié"),
        "cancel_webinar": later("Webinaire annulé"),
        "stop_announcement": later("Annonce aux lycées arrêtée"),
        "resume_announcement": later("Annonce aux lycées reprise"),
        "remove_correspondent": later("Correspondant effacé"),
        "add_speaker": later("Intervenant ajouté"),
        "edit_speaker": later("Intervenant modifié"),
        "remove_speaker": later("Intervenant retiré"),
        "invite_speaker": later("Intervenant invité"),
        "answer_invitation": later("Réponse d’un intervenant"),
        "withdraw_invitation": later("Invitation d’un intervenant retirée"),
        "answer_question": later("Réponse à une question"),
        "remove_question": later("Question supprimée"),
        # the other kinds of offer
        "draft_rotation": later("Rotation préparée"),
        "recognise_rotation": later("Rotation reprise du programme"),
        "swap_cells": later("Rotation ajustée"),
        "build_rotation": later("Rotation mise au programme"),
        "build_series": later("Série créée"),
        "add_slots": later("Créneaux de suivi proposés"),
        "book_slot": later("Créneau de suivi réservé"),
        "cancel_slot": later("Créneau de suivi annulé"),
        # seats
        "enrol_class": later("Classe inscrite"),
        "swap_pupil": later("Élève remplacé"),
        "send_again": later("Message renvoyé"),
        "withdraw_enrolled": later("Élève retiré"),
        "note_attendance": later("Présences notées"),
        "sign_conventions": later("Conventions notées"),
    }
)
# these say it all themselves, with the planner's reason
SAYS_ITSELF = frozenset(
    {
        "give_seat",
        "skip_turn",
        "move_in_queue",
        "change_group",
        "send_consent_link",
        "merge_registrations",
        "mark_distinct_pupils",
        "keep_seats",
        "release_quotas",
        "add_pupils",
        "remove_pupil",
        "remove_class",
        "plan_visit",
        "open_announcement",
        "invite_to_webinar",
        "keep_correspondents",
        "keep_visits",
        "remove_visit",
    }
)


def say_act(action: str) -> str:
    """« Séance modifiée »; an act nobody has named yet is said by its own name."""
    if action in SAYS_ITSELF:
        return ""
    return ACTS.get(action, action.replace("_", " ").capitalize())


def say_line(action: str, detail: str) -> str:
    """What a line of the journal says: its detail where that is a sentence, else the act and what it was done to."""
    words = say_act(action)
    if detail.endswith((".", "!", "?")) or (detail and not words):
        return detail[0].upper() + detail[1:]
    return _("{act} : {what}", act=words, what=detail) if detail else words
