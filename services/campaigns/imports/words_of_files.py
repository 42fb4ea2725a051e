"""The words people use in programme files, and the one word we have for each."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from services.campaigns.imports.programme_file import OrganisationKind
from services.campaigns.offers.offer import OfferKind
from shared.languages import _
from shared.programme import SessionKind

COLUMNS: dict[str, tuple[str, ...]] = {
    "date": ("date", "jour", "journee", "date de la seance"),
    "start": ("debut", "heure de debut", "heure debut", "h debut", "commence a", "de", "start"),
    "end": ("fin", "heure de fin", "heure fin", "h fin", "finit a", "a", "end"),
    "sector": ("secteur", "secteur d activite", "secteur du jour", "branche", "filiere", "sector"),
    "host": ("entreprise", "entreprise d accueil", "societe", "hote", "structure", "structure d accueil", "organisme",
             "etablissement d accueil", "host", "company"),
    "siret": ("siret", "n siret", "no siret", "numero siret", "siret de l entreprise"),
    "address": ("adresse", "adresse du lieu", "adresse du site", "adresse de l entreprise", "site", "lieu", "place"),
    "title": ("titre", "titre de la seance", "intitule", "seance", "activite", "title"),
    "kind": ("type", "type de seance", "nature", "kind"),
    "contact": ("contact", "contact sur place", "referent", "interlocuteur", "tuteur"),
    "meeting_point": ("lieu de rendez vous", "point de rendez vous", "rendez vous", "lieu de rdv", "rdv"),
    "access": ("acces", "comment venir", "venir", "transport", "transports"),
    "bring": ("a apporter", "apporter", "a prevoir", "prevoir", "materiel", "tenue"),
    "group": ("groupe", "groupes", "group"),
    "room": ("salle", "piece", "room"),
    "speakers": ("intervenants", "intervenant", "intervenante", "intervenantes", "intervenant s", "professionnels",
                 "temoins", "temoin"),
    "online_url": ("lien", "lien de visioconference", "lien visio", "visioconference", "visio", "url"),
}  # fmt: skip

HEADERS: dict[str, tuple[str, ...]] = {
    "slug": ("identifiant",),
    "title": ("titre", "titre de l offre", "intitule", "offre", "nom de l offre"),
    "kind": ("type d offre", "type", "nature", "nature de l offre"),
    "audience": ("public", "pour qui"),
    "organisation": ("organisation", "organisateur", "organisatrice", "organisme", "federation", "porteur"),
    "organisation_kind": ("type d organisation", "type d organisme"),
    "siret": ("siret", "n siret", "no siret", "numero siret", "siret de l organisation"),
    "campaign": ("campagne",),
    "city": ("ville", "commune"),
    "seats": ("places", "nombre de places", "effectif", "capacite"),
    "opens_at": ("ouverture", "ouverture des inscriptions", "inscriptions a partir du", "debut des inscriptions"),
    "closes_at": ("fermeture", "fermeture des inscriptions", "cloture", "cloture des inscriptions",
                  "fin des inscriptions", "inscriptions jusqu au"),
    "summary": ("resume", "presentation", "description"),
    "contact": ("contact", "contact de l organisation"),
    "series": ("serie",),
}  # fmt: skip

SESSION_KINDS: dict[str, SessionKind] = {
    "accueil": "welcome", "bienvenue": "welcome", "welcome": "welcome",
    "visite": "visit", "visite d entreprise": "visit", "visite de site": "visit", "visit": "visit",
    "atelier": "workshop", "atelier pratique": "workshop", "workshop": "workshop",
    "temoignage": "testimony", "temoignages": "testimony", "testimony": "testimony",
    "bilan": "debrief", "debriefing": "debrief", "restitution": "debrief", "retour": "debrief", "debrief": "debrief",
    "repas": "meal", "dejeuner": "meal", "pause dejeuner": "meal", "pause": "meal", "meal": "meal",
}  # fmt: skip

OFFER_KINDS: dict[str, OfferKind] = {
    "semaine collective": "collective_week", "stage multi entreprises": "collective_week",
    "collective week": "collective_week",
    "accueil": "hosting", "accueil en entreprise": "hosting", "accueil en entreprise ou service": "hosting",
    "stage": "hosting", "hosting": "hosting",
    "atelier": "workshop", "webinaire": "workshop", "workshop": "workshop",
    "matinee d information": "information_morning", "matinee": "information_morning",
    "information morning": "information_morning",
}  # fmt: skip

ORGANISATION_KINDS: dict[str, OrganisationKind] = {
    "federation": "federation", "federation d employeurs": "federation", "federation professionnelle": "federation",
    "agence": "agency", "agency": "agency",
    "academie": "school_authority", "rectorat": "school_authority", "school authority": "school_authority",
    "lycee": "school", "etablissement scolaire": "school", "school": "school",
    "entreprise": "company", "company": "company",
    "collectivite": "local_authority", "region": "local_authority", "local authority": "local_authority",
}  # fmt: skip

# domain.md: nuclear is energy, public works are building, health and social care begin with health
SHORT_SECTORS = {
    "nucleaire": "s21",
    "energie nucleaire": "s21",
    "btp": "s10",
    "batiment": "s10",
    "travaux publics": "s10",
    "sanitaire et social": "s43",
    "agroalimentaire": "s28",
    "logistique": "s34",
    "transport": "s34",
    "numerique": "s31",
    "informatique": "s31",
    "hotellerie": "s26",
    "restauration": "s26",
}

# the words of files that people are shown, as they are written: those a reading proposes where it knows another
SHOWN_SESSION_KINDS = ("accueil", "visite", "atelier", "témoignage", "repas", "bilan")
SHOWN_OFFER_KINDS = ("semaine collective", "accueil", "atelier", "matinée d’information")
SHOWN_ORGANISATION_KINDS = ("fédération", "agence", "académie", "lycée", "entreprise", "région")
SHOWN_AUDIENCES = ("élèves", "établissements")
SHOWN_SECTORS = ("Nucléaire", "Travaux publics", "Sanitaire et social", "Agroalimentaire", "Numérique")
START, FIRST_DAY, DEPARTEMENTS, SESSIONS = "début", "début", "départements", "séances"

AUDIENCES = {
    "eleves": "pupils", "eleve": "pupils", "pupils": "pupils",
    "etablissements": "schools", "chefs d etablissement": "schools", "professeurs": "schools", "schools": "schools",
}  # fmt: skip


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """« Début (heure) » as `debut`: no accents, no capitals, no signs, no brackets."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text[:200]) if not unicodedata.combining(c))
    bare = re.sub(r"\([^)]*\)", " ", bare.replace("œ", "oe").replace("Œ", "oe").casefold())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def field_named(name: str, words: Mapping[str, Sequence[str]]) -> str | None:
    """The field that a heading names, or None."""
    said = plain(name)
    return next((field for field, names in words.items() if said in names), None)


def nearest(word: str, candidates: Iterable[str], *, at_most: int = 3, cutoff: float = 0.6) -> list[str]:
    """The candidates that look most like a word, the likest first, as they are written.

    One word is also held against each word of a candidate: « Batiments » is near « Bâtiment et travaux publics ».
    """
    said = plain(word[:60])
    scores = {candidate: likeness(said, plain(candidate), cutoff) for candidate in dict.fromkeys(candidates)}
    close = [candidate for candidate, score in scores.items() if score >= cutoff]
    return sorted(close, key=lambda candidate: -scores[candidate])[:at_most]


def likeness(said: str, meant: str, cutoff: float) -> float:
    """From 0 to 1, how much two plain texts look alike; 0 for all that is surely below `cutoff`."""
    matcher = SequenceMatcher(None, "", said, autojunk=False)
    words = [] if " " in said else [word for word in meant.split() if len(word) > 3]
    best = 0.0
    for text, handicap in ((meant, 0.0), *((word, 0.05) for word in words)):
        matcher.set_seq1(text)
        if matcher.real_quick_ratio() >= cutoff and matcher.quick_ratio() >= cutoff:
            best = max(best, matcher.ratio() - handicap)
    return best


def quoted(word: str) -> str:
    """A word of a file within a sentence: « titre »."""
    return _("« {word} »", word=word)


def or_list(words: Sequence[str]) -> str:
    """« A », « B » ou « C »."""
    said = [quoted(word) for word in words]
    return said[0] if len(said) == 1 else _("{words} ou {last}", words=", ".join(said[:-1]), last=said[-1])


def and_list(words: Sequence[str]) -> str:
    """« A », « B » et « C »."""
    said = [quoted(word) for word in words]
    return said[0] if len(said) == 1 else _("{words} et {last}", words=", ".join(said[:-1]), last=said[-1])


def slug_of(text: str) -> str:
    """« Semaine à Pont-Audemer » as `semaine-a-pont-audemer`: at most 60 characters, cut between words."""
    words: list[str] = []
    for word in plain(text).split():
        if len("-".join([*words, word])) > 60:
            break
        words.append(word)
    return "-".join(words) or plain(text)[:60].replace(" ", "-") or "sans-titre"
