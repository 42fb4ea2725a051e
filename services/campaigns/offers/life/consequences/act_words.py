"""An act in French words: the heading of its panel, what it is about, the button that does it."""

from datetime import datetime

from services.campaigns.offers.life.consequences.act import Act, ActName
from shared.french_dates import PARIS, say_date, say_times

HEADINGS: dict[ActName, str] = {
    "change_session": "Avant de changer la séance",
    "cancel_session": "Annuler la séance",
    "edit_offer": "Avant de changer l’offre",
    "cancel_offer": "Annuler l’offre",
    "cancel_day": "Annuler la journée",
    "add_session": "Avant d’ajouter la séance",
    "copy_day": "Avant de copier la journée",
    "apply_template_week": "Avant de remplir les journées vides",
    "edit_day": "Avant de changer la journée",
    "edit_group": "Avant de renommer le groupe",
}
BUTTONS: dict[ActName, str] = {
    "cancel_session": "Annuler la séance",
    "cancel_offer": "Annuler l’offre",
    "cancel_day": "Annuler la journée",
    "add_session": "Ajouter et prévenir",
    "copy_day": "Copier et prévenir",
    "apply_template_week": "Remplir et prévenir",
    "edit_group": "Renommer et prévenir",
}


def say_button(act: Act) -> str:
    """What the button says that does it."""
    return BUTTONS.get(act.name, "Changer et prévenir")


def say_act(act: Act) -> str:
    """What an act of the week is about: « Visite », mardi 15 juin, 9 h – 10 h; empty where its panel says it itself."""
    if act.name == "add_session" and act.session:
        session = act.session
        if isinstance(session.starts_at, datetime) and isinstance(session.ends_at, datetime):
            starts, ends = session.starts_at.astimezone(PARIS), session.ends_at.astimezone(PARIS)
            return f"« {session.title or ''} », {say_date(starts)}, {say_times(starts, ends)}"
    if act.name == "copy_day" and act.date and act.target:
        return f"{say_date(act.date)}, vers le {say_date(act.target)}".capitalize()
    if act.name in ("edit_day", "cancel_day") and act.date:
        return say_date(act.date).capitalize()
    if act.name == "edit_group":
        return f"Son nouveau nom : {act.group_name.strip()}"
    return ""
