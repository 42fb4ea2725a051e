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
    "draft_campaign": "Campagne proposée",
    "propose_campaign": "Campagne proposée",
    "change_campaign": "Campagne modifiée",
    "duplicate_campaign": "Campagne reprise",
    "cancel_campaign": "Campagne annulée",
    "invite_partner": "Partenaire invité",
    "agree_campaign": "Accord donné",
    "decline_campaign": "Accord refusé",
    "leave_campaign": "Départ d’un partenaire",
    # offers
    "draft_offer": "Offre créée",
    "publish_offer": "Offre publiée",
    "change_offer": "Offre modifiée",
    "close_offer": "Inscriptions fermées",
    "open_offer": "Inscriptions rouvertes",
    "cancel_offer": "Offre annulée",
    "change_seats": "Nombre de places changé",
    "add_session": "Séance ajoutée",
    "change_session": "Séance modifiée",
    "cancel_session": "Séance annulée",
}


def say_act(action: str) -> str:
    """« Séance modifiée »; an act nobody has named yet is said by its own name."""
    return ACTS.get(action, action.replace("_", " ").capitalize())
