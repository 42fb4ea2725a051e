"""Invented lists of correspondents: some of one lycée and the next, in any number."""

from collections.abc import Iterator

from services.campaigns.announcing.correspondents.correspondent import Listed

PREVERT, CAUMONT, BAYEUX, CAEN = "0271431J", "0140005E", "0140004D", "0140013N"
HEADINGS = "UAI;Nom;Prénom;Rôle;Adresse"


def a_list(*rows: str) -> str:
    """Lines under their headings."""
    return "\n".join((HEADINGS, *rows))


HEAD = f"{PREVERT};Aubry;Solène;Proviseure;s.aubry@prevert.example"
REFERENT = f"{PREVERT};Kervella;Malo;Professeur référent;malo.kervella@prevert.example"
OF_BAYEUX = f"{BAYEUX};Lanoë;Inès;Cheffe d’établissement;i.lanoe@bayeux.example"


def many(count: int, uais: tuple[str, ...]) -> Iterator[Listed]:
    """So many people, a head and referents in turn, school after school."""
    for number in range(count):
        yield Listed(
            uai=uais[number % len(uais)],
            last_name=f"Nom {number}",
            first_name="Camille",
            role="head" if number < len(uais) else "referent",
            email=f"personne{number}@lycee.example",
        )
