"""What is said of the messages there are: their readers, the people of a pupil, a mail among its ways."""

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct

from services.campaigns.offers.life.sendings.sending import MESSAGES
from services.campaigns.preview import KnownMessage, Reader, ShownMail
from shared.languages import LANGUAGES, Glossary, Language, _, language, later
from shared.refusal import Refusal

READERS = Glossary(
    {
        "pupil": later("Élève"),
        "guardian": later("Responsable légal"),
        "teacher": later("Professeur"),
        "head": later("Chef d’établissement"),
        "host": later("Entreprise qui accueille"),
        "speaker": later("Intervenant"),
        "planner": later("Planificateur"),
        "partner": later("Organisation partenaire"),
        "member": later("Membre d’une organisation"),
    }
)
# those of offers are named where they are logged
OTHER_NAMES = Glossary(
    {
        "sign_in_link": later("Lien de connexion"),
        "member_invited": later("Invitation d’un membre"),
        "agreement_requested": later("Accord d’un partenaire demandé"),
        "agreement_reminded": later("Rappel de l’accord d’un partenaire"),
        "agreement_given": later("Accord d’un partenaire donné"),
        "agreement_declined": later("Accord d’un partenaire refusé"),
        "partner_left": later("Départ d’un partenaire"),
        "campaign_cancelled": later("Campagne annulée"),
        "campaign_published": later("Campagne publiée"),
        "offers_announced": later("Annonce aux lycées"),
        "webinar_invited": later("Invitation à un webinaire"),
        "webinar_changed": later("Webinaire modifié"),
        "webinar_cancelled": later("Webinaire annulé"),
        "planner_digest": later("Résumé de la planification"),
        "teacher_digest": later("Résumé des élèves"),
    }
)
WAYS = Glossary(
    {
        "pupil": later("À l’élève"),
        "besides": later("À son responsable légal, en plus de l’élève"),
        "instead": later("À son responsable légal, quand l’élève n’a pas d’adresse"),
        "": later("Le plus souvent"),
        "again": later("Pour une nouvelle version"),
        "all_placed": later("Quand tous ont une place"),
        "all_wait": later("Quand tous attendent"),
        "by_person": later("Quand une personne invite"),
        "changed": later("Après un changement"),
        "confirmed": later("La réponse est oui"),
        "consent": later("Avec un accord à donner"),
        "declined": later("La réponse est non"),
        "goes_on": later("Quand l’adresse reste utilisée"),
        "last": later("Quand c’était le dernier attendu"),
        "no_phone": later("Sans numéro à appeler"),
        "no_word": later("Sans phrase ajoutée"),
        "nobody": later("Quand personne n’est inscrit"),
        "of_host": later("Quand une entreprise écrit"),
        "offer_cancelled": later("Quand l’offre est annulée"),
        "proposed": later("La réponse est un autre horaire"),
        "renewed": later("Quand l’adresse est changée"),
        "replaced": later("Quand quelqu’un d’autre est prévu"),
        "session_cancelled": later("Quand la séance est annulée"),
        "several": later("Quand il y en a plusieurs"),
        "some_wait": later("Quand certains attendent"),
        "speaker": later("À un intervenant"),
        "taken_back": later("Quand l’absence est reprise"),
        "to_host": later("À qui accueille, sans nom"),
        "to_pupil": later("À l’élève"),
        "weekly": later("Une fois par semaine"),
        "withdrawn": later("Un oui est repris"),
        "one": later("Quand il n’y en a qu’une"),
        "refresh": later("Quand l’agenda redemande l’invitation"),
        "counter": later("Quand l’agenda propose un autre horaire"),
        "no_more": later("Quand la réponse était non"),
        "by_calendar": later("Quand c’est l’agenda qui répond"),
    }
)


class UnknownMessage(Refusal):
    """There is no message of this name."""

    reason: ClassVar[str] = "unknown-message"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce message n’existe pas."))


class ReadersMessages(Struct, frozen=True):
    """The messages that one kind of reader gets."""

    reader: Reader
    messages: tuple[KnownMessage, ...]


def name_message(name: str) -> str:
    """The message in a few words."""
    return MESSAGES.get(name) or OTHER_NAMES.get(name) or _("Message")


def by_reader(messages: Sequence[KnownMessage]) -> tuple[ReadersMessages, ...]:
    """The messages under each of their readers."""
    return tuple(
        ReadersMessages(reader, tuple(each for each in messages if reader in each.readers))  # type: ignore[arg-type]
        for reader in READERS
        if any(reader in each.readers for each in messages)
    )


def pick_way(mails: Sequence[ShownMail], way: str) -> ShownMail:
    """The mail of this way, the first where there is none of it; raises `UnknownMessage` without mails."""
    if not mails:
        raise UnknownMessage
    return next((mail for mail in mails if mail.way == way), mails[0])


def name_ways(mails: Sequence[ShownMail]) -> list[tuple[str, str]]:
    """Each way, and whom it is to or what it tells in a few words; numbered where these do not tell it from another."""
    named: list[tuple[str, str]] = []
    for mail in mails:
        name = WAYS.get(mail.way, mail.subject)
        alike = sum(name == other or other.startswith(f"{name} (") for _, other in named)
        named.append((mail.way, f"{name} ({alike + 1})" if alike else name))
    return named


def language_of(code: str) -> Language:
    """The language asked for; that of the page where none is."""
    return next((each for each in LANGUAGES if each == code), language())
