"""Words: the French of codes and numbers, as pages say them."""

from datetime import date, datetime
from urllib.parse import urlsplit

from shared.french_dates import PARIS, format_date

OFFER_KINDS = {
    "collective_week": "Semaine collective",
    "hosting": "Accueil en entreprise ou service",
    "workshop": "Atelier",
    "information_morning": "Matinée d’information",
}
OFFERS_OF_KIND = {
    "collective_week": "Semaines collectives",
    "hosting": "Accueils",
    "workshop": "Ateliers",
    "information_morning": "Matinées d’information",
}
KIND_PROMISES = {
    "collective_week": "Un groupe, une semaine, un secteur par jour.",
    "hosting": "Une même maison pendant plusieurs jours, plusieurs services.",
    "workshop": "Un moment court pour se préparer.",
    "information_morning": "Des professionnels racontent leur métier.",
}
SESSION_KINDS = {
    "welcome": "Accueil",
    "visit": "Visite",
    "workshop": "Atelier",
    "testimony": "Témoignage",
    "debrief": "Bilan",
    "meal": "Repas",
}
NUMBERS = ("zéro", "une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def short_weekday(day: date) -> str:
    """« lun. »."""
    return format_date(day, "EEE", locale="fr")


def weekday(day: date) -> str:
    """« lundi »."""
    return format_date(day, "EEEE", locale="fr")


def month(day: date) -> str:
    """« juin », « juil. »."""
    return format_date(day, "MMM", locale="fr")


def local_day(moment: datetime) -> date:
    """The day of a moment, in Europe/Paris."""
    return moment.astimezone(PARIS).date()


def ordinal(number: int) -> str:
    """« 3e »; the first is never said by number."""
    return f"{number}e"


def say_number(number: int) -> str:
    """« deux », « 12 »: feminine, for seats."""
    return NUMBERS[number] if number < len(NUMBERS) else str(number)


def say_position(position: int, waiting: int) -> str:
    """« 3e sur 7 », in words that fit everybody: where somebody stands in a queue of `waiting`."""
    if position == 1:
        return "En tête de la liste d’attente"
    return f"{ordinal(position)} sur {waiting} sur la liste d’attente"


def say_offered_seats(held: int, until: str) -> str:
    """« Deux places sont proposées jusqu’à mardi 15 juin à 12 h. »"""
    if held == 1:
        return f"Une place est proposée jusqu’au {until}."
    return f"{say_number(held).capitalize()} places sont proposées jusqu’au {until}."


def say_offers(count: int) -> str:
    """« aucune offre », « 1 offre », « 12 offres »."""
    return f"{count} offres" if count > 1 else "1 offre" if count else "aucune offre"


def webcal(address: str) -> str:
    """The address a calendar program subscribes to: the same, under `webcal:`."""
    parts = urlsplit(address)
    return f"webcal://{parts.netloc}{parts.path}"


def safe_url(address: str) -> str:
    """The address, if it is one a browser may follow; nothing for `javascript:` and its like."""
    return address if urlsplit(address).scheme in ("http", "https") else ""


def group_name(name: str) -> str:
    """« Groupe A » for « A »; a name that says so already stays."""
    return name if name.casefold().startswith("groupe") else f"Groupe {name}"


def capitalize_first(text: str) -> str:
    """« Du lundi 14 … » for « du lundi 14 … »; the rest as it is."""
    return text[:1].upper() + text[1:]
