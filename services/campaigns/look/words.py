"""Words: what codes and numbers are called on pages."""

from collections.abc import Iterable
from datetime import date, datetime
from urllib.parse import urlsplit

from shared.french_dates import PARIS, format_day
from shared.languages import Glossary, _, language, later, n_, translate

OFFER_KINDS = Glossary(
    {
        "collective_week": later("Semaine collective"),
        "hosting": later("Accueil en entreprise ou service"),
        "workshop": later("Atelier"),
        "information_morning": later("Matinée d’information"),
    }
)
OFFERS_OF_KIND = Glossary(
    {
        "collective_week": later("Semaines collectives"),
        "hosting": later("Accueils"),
        "workshop": later("Ateliers"),
        "information_morning": later("Matinées d’information"),
    }
)
KIND_PROMISES = Glossary(
    {
        "collective_week": later("Un groupe, une semaine, un secteur par jour."),
        "hosting": later("Une même maison pendant plusieurs jours, plusieurs services."),
        "workshop": later("Un moment court pour se préparer."),
        "information_morning": later("Des professionnels racontent leur métier."),
    }
)
SESSION_KINDS = Glossary(
    {
        "welcome": later("Accueil"),
        "visit": later("Visite"),
        "workshop": later("Atelier"),
        "testimony": later("Témoignage"),
        "debrief": later("Bilan"),
        "meal": later("Repas"),
    }
)
NUMBERS = (
    later("zéro"),
    later("une"),
    later("deux"),
    later("trois"),
    later("quatre"),
    later("cinq"),
    later("six"),
    later("sept"),
    later("huit"),
    later("neuf"),
    later("dix"),
)


def short_weekday(day: date) -> str:
    """« lun. »."""
    return format_day(day, "EEE")


def weekday(day: date) -> str:
    """« lundi »."""
    return format_day(day, "EEEE")


def month(day: date) -> str:
    """« juin », « juil. »."""
    return format_day(day, "MMM")


def local_day(moment: datetime) -> date:
    """The day of a moment, in Europe/Paris."""
    return moment.astimezone(PARIS).date()


def ordinal(number: int) -> str:
    """« 3e »; the first is never said by number."""
    if language() == "fr":
        return f"{number}e"
    suffixes = {1: "st", 2: "nd", 3: "rd"}
    return f"{number}{'th' if number % 100 in (11, 12, 13) else suffixes.get(number % 10, 'th')}"


def say_number(number: int) -> str:
    """« deux », « 12 »: feminine, for seats."""
    return str(NUMBERS[number]) if number < len(NUMBERS) else str(number)


def say_position(position: int, waiting: int) -> str:
    """« 3e sur 7 », in words that fit everybody: where somebody stands in a queue of `waiting`."""
    if position == 1:
        return _("En tête de la liste d’attente")
    return _("{rank} sur {waiting} sur la liste d’attente", rank=ordinal(position), waiting=waiting)


def say_held_seats(offered: int, offered_until: str, kept: int, kept_until: str) -> str:
    """What is offered to the queue, and what is kept until an address or a guardian's consent is confirmed."""
    said = []
    if offered:
        said.append(_say_offered_seats(offered, offered_until))
    if kept:
        said.append(
            n_(
                "Une place est retenue jusqu’au {until}, le temps d’une confirmation.",
                "{number} places sont retenues jusqu’au {until}, le temps de confirmations.",
                kept,
                until=kept_until,
                number=say_number(kept).capitalize(),
            )
        )
    return " ".join(said)


def _say_offered_seats(held: int, until: str) -> str:
    """« Deux places sont proposées jusqu’à mardi 15 juin à 12 h. »"""
    number = say_number(held).capitalize()
    return n_(
        "Une place est proposée jusqu’au {until}.",
        "{number} places sont proposées jusqu’au {until}.",
        held,
        until=until,
        number=number,
    )


def say_offers(count: int) -> str:
    """« aucune offre », « 1 offre », « 12 offres »."""
    return n_("{count} offre", "{count} offres", count) if count else _("aucune offre")


def webcal(address: str) -> str:
    """The address a calendar program subscribes to: the same, under `webcal:`."""
    parts = urlsplit(address)
    return f"webcal://{parts.netloc}{parts.path}"


def agenda_page(address: str) -> str:
    """The page that adds the calendar of an address to one's agenda: `/calendars/a.ics` → `/agenda/a`."""
    return urlsplit(address).path.replace("/calendars/", "/agenda/", 1).removesuffix(".ics")


def safe_url(address: str) -> str:
    """The address, if it is one a browser may follow; nothing for `javascript:` and its like."""
    return address if urlsplit(address).scheme in ("http", "https") else ""


def sector_options(sectors: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Codes and names of sectors for a field, the names in the language spoken, in their order there."""
    if language() == "fr":
        return list(sectors)
    return sorted(((code, translate(label)) for code, label in sectors), key=lambda option: option[1])


def group_name(name: str) -> str:
    """« Groupe A » for « A »; a name that says so already stays."""
    return name if name.casefold().startswith(("groupe", "group ")) else _("Groupe {name}", name=name)


def capitalize_first(text: str) -> str:
    """« Du lundi 14 … » for « du lundi 14 … »; the rest as it is."""
    return text[:1].upper() + text[1:]
