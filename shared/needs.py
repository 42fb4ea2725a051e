"""What needs a planner, in words: the page says it in the morning, and so does the mail."""

from datetime import datetime

from shared.french_dates import say_moment
from shared.languages import _, n_


def say_need(kind: str, count: int, by: datetime | None) -> str:
    """« 2 accueils à remplacer, avant le mardi 8 juin à 12 h »; of a kind not known yet, the number."""
    words = {
        "host_declined": n_("Un accueil à remplacer", "{count} accueils à remplacer", count),
        "host_proposed": n_(
            "Une entreprise propose une autre heure", "{count} entreprises proposent une autre heure", count
        ),
        "host_awaited": n_("Une entreprise doit répondre", "{count} réponses d’entreprises attendues", count),
        "speaker_declined": n_("Un intervenant à remplacer", "{count} intervenants à remplacer", count),
        "agreement_asked": _("Votre accord est attendu"),
        "agreement_awaited": n_("Un accord attendu", "{count} accords attendus", count),
        "agreement_declined": n_("Un accord refusé", "{count} accords refusés", count),
        "seat_held": n_("Un élève doit répondre", "{count} élèves doivent répondre", count),
        "seats_free": n_("Commence bientôt, une place libre", "Commence bientôt, {count} places libres", count),
        "draft": _("Brouillon à publier"),
        "question": n_("Une question sans réponse", "{count} questions sans réponse", count),
    }.get(kind, str(count))
    # a draft has a date, and nobody waits for it
    if by is None or kind == "draft":
        return words
    return _("{what}, avant le {moment}", what=words, moment=say_moment(by))
