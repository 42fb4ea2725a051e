"""What was done, in French words: the name of each act of the audit trail, as its journal says it."""

ACTS = {
    # organisations
    "add_organisation": "Organisation ajoutée",
    "change_organisation": "Organisation modifiée",
    "add_contact": "Contact ajouté",
    "remove_contact": "Contact retiré",
    "change_role": "Rôle changé",
    "remove_member": "Membre retiré",
    "leave_organisation": "Départ d’un membre",
    "invite_member": "Invitation envoyée",
    "revoke_invitation": "Invitation retirée",
    "accept_invitation": "Invitation acceptée",
    "create_token": "Jeton créé",
    "revoke_token": "Jeton révoqué",
    # campaigns
    "propose_campaign": "Campagne proposée",
    "change_campaign": "Campagne modifiée",
    "change_keeping": "Durée de conservation modifiée",
    "duplicate_campaign": "Campagne reprise",
    "cancel_campaign": "Campagne annulée",
    "invite_partner": "Partenaire invité",
    "request_agreement": "Accord demandé de nouveau",
    "agree_campaign": "Accord donné",
    "decline_campaign": "Accord refusé",
    "withdraw_partner": "Départ d’un partenaire",
    # offers
    "draft_offer": "Offre créée",
    "remove_draft": "Brouillon retiré",
    "edit_offer": "Offre modifiée",
    "publish_offer": "Offre publiée",
    "close_offer": "Inscriptions closes",
    "open_offer": "Inscriptions rouvertes",
    "cancel_offer": "Offre annulée",
    "change_seats": "Nombre de places changé",
    "import_file": "Fichier importé",
    # the week
    "add_day": "Journée ajoutée",
    "edit_day": "Journée modifiée",
    "copy_day": "Journée copiée",
    "remove_day": "Journée retirée",
    "apply_template_week": "Semaine type appliquée",
    "cancel_day": "Journée annulée",
    "add_session": "Séance ajoutée",
    "change_session": "Séance modifiée",
    "remove_session": "Séance retirée",
    "cancel_session": "Séance annulée",
    "add_group": "Groupe ajouté",
    "edit_group": "Groupe modifié",
    "remove_group": "Groupe retiré",
    "give_groups": "Élèves répartis",
    # hosts and speakers
    "request_host": "Accueil demandé",
    "request_hosts": "Accueils demandés",
    "replace_host": "Entreprise remplacée",
    "answer_host_request": "Réponse d’une entreprise",
    "renew_host_space": "Adresses secrètes renouvelées",
    "accept_proposed_time": "Horaire proposé accepté",
    "keep_planned_time": "Horaire prévu gardé",
    "share_names": "Noms partagés avec l’accueil",
    "withhold_names": "Noms repris à l’accueil",
    "add_speaker": "Intervenant ajouté",
    "edit_speaker": "Intervenant modifié",
    "remove_speaker": "Intervenant retiré",
    "invite_speaker": "Intervenant invité",
    "answer_invitation": "Réponse d’un intervenant",
    "withdraw_invitation": "Invitation d’un intervenant retirée",
    "answer_question": "Réponse à une question",
    "remove_question": "Question supprimée",
    # the other kinds of offer
    "draft_rotation": "Rotation préparée",
    "recognise_rotation": "Rotation reprise du programme",
    "swap_cells": "Rotation ajustée",
    "build_rotation": "Rotation mise au programme",
    "build_series": "Série créée",
    "add_slots": "Créneaux de suivi proposés",
    "book_slot": "Créneau de suivi réservé",
    "cancel_slot": "Créneau de suivi annulé",
    # seats
    "enrol_class": "Classe inscrite",
    "swap_pupil": "Élève remplacé",
    "withdraw_enrolled": "Élève retiré",
    "note_attendance": "Présences notées",
    "sign_conventions": "Conventions notées",
    # these say it all themselves, with the planner's reason
    **dict.fromkeys(
        (
            "give_seat",
            "skip_turn",
            "move_in_queue",
            "change_group",
            "merge_registrations",
            "mark_distinct_pupils",
            "keep_seats",
            "release_quotas",
        ),
        "",
    ),
}


def say_act(action: str) -> str:
    """« Séance modifiée »; an act nobody has named yet is said by its own name."""
    return ACTS.get(action, action.replace("_", " ").capitalize())


def say_line(action: str, detail: str) -> str:
    """What a line of the journal says: its detail where that is a sentence, else the act and what it was done to."""
    words = say_act(action)
    if detail.endswith((".", "!", "?")) or (detail and not words):
        return detail[0].upper() + detail[1:]
    return f"{words} : {detail}" if detail else words
