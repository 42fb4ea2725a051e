"""Who may do what: one table, read by guards, by pages (a button one may not use is not shown) and by a test."""

from typing import Literal, get_args

from shared.languages import Glossary, later

Role = Literal["owner", "planner", "host", "teacher", "viewer"]
Action = Literal[
    "sign_out",
    "read_offers",
    "plan_offers",
    "publish_offers",
    "cancel_offers",
    "read_pupils",
    "manage_seats",
    "note_attendance",
    "enrol_class",
    "follow_pupils",
    "read_campaigns",
    "plan_campaigns",
    "answer_agreements",
    "read_hosting",
    "answer_hosting",
    "plan_speakers",
    "read_audit",
    "read_organisation",
    "read_queue",
    "stop_sending",
    "manage_members",
    "manage_tokens",
]

ROLES: tuple[Role, ...] = get_args(Role)
ACTIONS: tuple[Action, ...] = get_args(Action)

# What each role may do for the organisation it is a role in. Whether a thing is that organisation's is asked apart, and
# a thing of another one does not exist (404).
_VIEWER: frozenset[Action] = frozenset({"sign_out", "read_offers", "read_campaigns", "read_audit", "read_organisation"})
_TEACHER: frozenset[Action] = frozenset({"sign_out", "enrol_class", "follow_pupils", "read_organisation"})
_HOST: frozenset[Action] = frozenset({"sign_out", "read_hosting", "answer_hosting", "read_organisation"})
_PLANNER: frozenset[Action] = (
    _VIEWER
    | _HOST
    | _TEACHER
    | {
        "plan_offers",
        "publish_offers",
        "cancel_offers",
        "read_pupils",
        "manage_seats",
        "note_attendance",
        "plan_campaigns",
        "plan_speakers",
        "read_queue",
    }
)
MAY: dict[Role, frozenset[Action]] = {
    "owner": _PLANNER | {"answer_agreements", "stop_sending", "manage_members", "manage_tokens"},
    "planner": _PLANNER,
    "host": _HOST,
    "teacher": _TEACHER,
    "viewer": _VIEWER,
}

ROLE_NAMES = Glossary(
    {
        "owner": later("Responsable"),
        "planner": later("Planificateur"),
        "host": later("Accueil", sense="role"),
        "teacher": later("Professeur"),
        "viewer": later("Lecture seule"),
    }
)
ROLE_PROMISES = Glossary(
    {
        "owner": later("Fait tout, donne l’accord de l’organisation, invite et retire des membres."),
        "planner": later("Construit, publie et modifie les offres, suit les inscriptions."),
        "host": later("Répond aux demandes d’accueil de l’entreprise."),
        "teacher": later("Inscrit une classe et suit ses élèves."),
        "viewer": later("Voit les offres et les campagnes, sans les noms des élèves."),
    }
)
