"""An act in words: the heading of its panel, what it is about, the button that does it."""

from datetime import datetime

from services.campaigns.look.words import capitalize_first
from services.campaigns.offers.life.consequences.act import Act
from shared.french_dates import PARIS, say_date, say_times
from shared.languages import Glossary, _, later

HEADINGS = Glossary(
    {
        "change_session": later("Avant de changer la séance"),
        "cancel_session": later("Annuler la séance"),
        "edit_offer": later("Avant de changer l’offre"),
        "cancel_offer": later("Annuler l’offre"),
        "cancel_day": later("Annuler la journée"),
        "add_session": later("Avant d’ajouter la séance"),
        "copy_day": later("Avant de copier la journée"),
        "apply_template_week": later("Avant de remplir les journées vides"),
        "edit_day": later("Avant de changer la journée"),
        "edit_group": later("Avant de renommer le groupe"),
    }
)
BUTTONS = Glossary(
    {
        "cancel_session": later("Annuler la séance"),
        "cancel_offer": later("Annuler l’offre"),
        "cancel_day": later("Annuler la journée"),
        "add_session": later("Ajouter et prévenir"),
        "copy_day": later("Copier et prévenir"),
        "apply_template_week": later("Remplir et prévenir"),
        "edit_group": later("Renommer et prévenir"),
    }
)


SURE = Glossary(
    {
        "cancel_session": later("Oui, annuler la séance"),
        "cancel_offer": later("Oui, annuler l’offre"),
        "cancel_day": later("Oui, annuler la journée"),
    }
)


def say_button(act: Act, *, sure: bool) -> str:
    """What the button says that does it; `sure` where it is asked a second time."""
    if sure and act.name in SURE:
        return SURE[act.name]
    return BUTTONS.get(act.name, _("Changer et prévenir"))


def say_act(act: Act) -> str:
    """What an act of the week is about: « Visite », mardi 15 juin, 9 h – 10 h; empty where its panel says it itself."""
    if act.name == "add_session" and act.session:
        session = act.session
        if isinstance(session.starts_at, datetime) and isinstance(session.ends_at, datetime):
            starts, ends = session.starts_at.astimezone(PARIS), session.ends_at.astimezone(PARIS)
            title = session.title or ""
            return _("« {title} », {date}, {times}", title=title, date=say_date(starts), times=say_times(starts, ends))
    if act.name == "copy_day" and act.date and act.target:
        return capitalize_first(_("{date}, vers le {target}", date=say_date(act.date), target=say_date(act.target)))
    if act.name in ("edit_day", "cancel_day") and act.date:
        return capitalize_first(say_date(act.date))
    if act.name == "edit_group":
        return _("Son nouveau nom : {name}", name=act.group_name.strip())
    return ""
