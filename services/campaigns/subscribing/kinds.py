"""The kinds of calendars people have: what each is called, what is in it, and where its owner finds it again."""

from collections.abc import Sequence

from services.campaigns.access.actor import Membership
from shared.languages import Glossary, later

NAMES = Glossary(
    {
        "personal": later("Mes séances"),
        "famille": later("Les séances de mes enfants"),
        "professeur": later("Mes visites et les séances de mes élèves"),
        "accueils": later("Vos accueils"),
        "temoignages": later("Mes interventions"),
        "planification": later("Les séances que j’organise"),
        "suivi": later("Mes entretiens de suivi"),
    }
)
CONTENTS = Glossary(
    {
        "personal": later("Toutes vos séances, de toutes les offres où vous avez une place, et vos entretiens."),
        "famille": later("Toutes les séances de vos enfants, avec le prénom de qui y va."),
        "professeur": later(
            "Vos visites, et les séances des élèves que vous avez inscrits. Aucun élève n’y est nommé."
        ),
        "accueils": later("Toutes vos séances, avec les demandes encore sans réponse. Aucun élève n’y est nommé."),
        "temoignages": later("Toutes les séances où vous avez promis de venir. Aucun élève n’y est nommé."),
        "planification": later("Les séances des offres publiées par vos organisations, et vos entretiens de suivi."),
        "suivi": later("Les créneaux que des élèves ont choisis avec vous, avec leur nom."),
    }
)
# those whose sessions come as an invitation by mail, too
INVITED = ("personal", "famille")


def calendars_of(memberships: Sequence[Membership]) -> list[str]:
    """The calendars of who is signed in, by what they are in their organisations."""
    plans = any(hat.role in ("owner", "planner") for hat in memberships)
    teaches = any(hat.role == "teacher" or hat.organisation_kind == "school" for hat in memberships)
    return [
        *(["professeur"] if teaches else []),
        *(["planification", "suivi"] if plans else []),
    ]
