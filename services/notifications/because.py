"""Because: the sentence at the foot of a mail that says why its reader gets it, whatever they forgot of it."""

from shared.languages import later

_LISTED = later("Vous recevez ce message parce que votre adresse est dans la liste de cette organisation.")
_ASKED = later("Vous recevez ce message parce que votre adresse a été saisie sur une page de Quinzaine.")
_PARTNER = later("Vous recevez ce message parce que votre organisation participe à cette campagne.")
_HOST = later("Vous recevez ce message parce que l’accueil de cette séance vous a été demandé.")
_SPEAKER = later("Vous recevez ce message parce qu’une intervention à cette séance vous a été demandée.")
_PROMISE = later("Vous recevez ce message parce que vous avez répondu oui pour cette séance.")
_PLANNER = later("Vous recevez ce message parce que vous planifiez cette offre pour votre organisation.")
_TEACHER = later("Vous recevez ce message parce que vous suivez des élèves comme professeur.")
_ABSENCE = later("Vous recevez ce message parce que l’absence de cet élève vous concerne.")
_SLOT = later("Vous recevez ce message parce que ce rendez-vous vous concerne.")

BECAUSE = {
    "sign_in_link": _ASKED,
    "personal_links": _ASKED,
    "fresh_link": _ASKED,
    "calendar_address": _ASKED,
    "question_asked": _ASKED,
    "member_invited": later("Vous recevez ce message parce qu’une organisation vous invite à agir en son nom."),
    "agreement_requested": _PARTNER,
    "agreement_reminded": _PARTNER,
    "agreement_given": _PARTNER,
    "agreement_declined": _PARTNER,
    "partner_left": _PARTNER,
    "campaign_cancelled": _PARTNER,
    "campaign_published": _PARTNER,
    "offers_announced": _LISTED,
    "webinar_invited": _LISTED,
    "webinar_changed": _LISTED,
    "webinar_cancelled": _LISTED,
    "host_requested": _HOST,
    "host_reminded": _HOST,
    "host_time_accepted": _HOST,
    "host_released": _HOST,
    "speaker_requested": _SPEAKER,
    "speaker_reminded": _SPEAKER,
    "speaker_released": _SPEAKER,
    "promise_given": _PROMISE,
    "promise_changed": _PROMISE,
    "promise_taken_back": _PROMISE,
    "promise_noted": later("Vous recevez ce message parce que votre agenda a répondu pour cette séance."),
    "promise_near": _PROMISE,
    "host_answered": _PLANNER,
    "speaker_answered": _PLANNER,
    "questions_passed_on": _PLANNER,
    "letter_received": _PLANNER,
    # of a member it is about no offer
    "address_refused": later(
        "Vous recevez ce message parce que vous planifiez pour une organisation qui connaît cette personne."
    ),
    "class_enrolled": _TEACHER,
    "teacher_asked": _TEACHER,
    "absence_announced": _ABSENCE,
    "absence_lifted": _ABSENCE,
    "absence_foreseen": _ABSENCE,
    "follow_up_booked": _SLOT,
    "follow_up_cancelled": _SLOT,
    "question_answered": later("Vous recevez ce message parce que vous avez posé cette question."),
}


def say_because(message: str) -> str:
    """Why somebody gets a notice; empty for one whose own words say it."""
    return str(BECAUSE.get(message, ""))
