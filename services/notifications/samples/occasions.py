"""Occasions: who reads each message, and when it is sent; a message without an occasion fails a test."""

from typing import Literal

from msgspec import Struct

from services.notifications.message import Message, NoticeMessage
from shared.languages import Message as Said
from shared.languages import later

Reader = Literal["pupil", "guardian", "teacher", "head", "host", "speaker", "planner", "partner", "member"]


class Occasion(Struct, frozen=True):
    """When a message is sent, to whom."""

    readers: tuple[Reader, ...]
    when: Said


def _to(*readers: Reader, when: Said) -> Occasion:
    return Occasion(readers, when)


OCCASIONS: dict[Message | NoticeMessage, Occasion] = {
    "registered_confirmed": _to("pupil", "guardian", when=later("Dès qu’une inscription a une place.")),
    "registered_waiting": _to("pupil", "guardian", when=later("Dès qu’une inscription entre sur la liste d’attente.")),
    "address_asked": _to(
        "pupil", "guardian", when=later("À l’inscription, tant que l’adresse donnée n’a pas été vérifiée.")
    ),
    "consent_asked": _to("guardian", when=later("Quand un élève de moins de 15 ans s’inscrit.")),
    "consent_awaited": _to("pupil", when=later("À l’inscription d’un élève de moins de 15 ans.")),
    "consent_reminded": _to("guardian", when=later("Quand l’accord demandé se fait attendre.")),
    "consent_refused": _to("pupil", "guardian", when=later("Quand le responsable légal refuse son accord.")),
    "consent_expired": _to("pupil", "guardian", when=later("Quand l’accord n’a pas été donné à temps.")),
    "seat_offered": _to("pupil", "guardian", when=later("Dès qu’une place se libère pour qui attend.")),
    "seat_reminded": _to("pupil", "guardian", when=later("Peu avant la fin du délai d’une place proposée.")),
    "seat_confirmed": _to("pupil", "guardian", when=later("Quand la place proposée est acceptée.")),
    "seat_refused": _to("pupil", "guardian", when=later("Quand la place proposée est refusée.")),
    "seat_expired": _to("pupil", "guardian", when=later("Quand la place proposée n’a pas eu de réponse à temps.")),
    "changed": _to(
        "pupil",
        "guardian",
        when=later("Quelques minutes après un changement du programme ; plusieurs changements font un seul message."),
    ),
    "session_cancelled": _to("pupil", "guardian", when=later("Quelques minutes après l’annulation d’une séance.")),
    "offer_cancelled": _to("pupil", "guardian", when=later("Quand toute l’offre est annulée.")),
    "withdrawn": _to("pupil", "guardian", when=later("Quand une place, ou un rang sur la liste d’attente, est rendu.")),
    "reminder_week": _to("pupil", "guardian", when=later("Sept jours avant le premier jour.")),
    "reminder_eve": _to("pupil", "guardian", when=later("La veille du premier jour.")),
    "personal_link": _to("pupil", "guardian", when=later("Quand un élève déjà inscrit s’inscrit de nouveau.")),
    "seat_declined": _to("pupil", "guardian", when=later("Quand un agenda répond non à une place confirmée.")),
    "seat_kept": _to("pupil", "guardian", when=later("Quand ce non est repris à temps.")),
    "answer_outdated": _to(
        "pupil", "guardian", when=later("Quand un agenda répond à un programme qui a changé depuis.")
    ),
    "invitation_again": _to(
        "pupil", "guardian", when=later("Quand un agenda ou l’organisateur redemande l’invitation.")
    ),
    "counter_declined": _to("pupil", "guardian", when=later("Quand un agenda propose un autre horaire.")),
    "personal_links": _to("pupil", "guardian", when=later("Quand quelqu’un redemande ses liens avec son adresse.")),
    "fresh_link": _to("pupil", "guardian", when=later("Avant de montrer ou d’effacer des données.")),
    "calendar_address": _to(
        "pupil",
        "guardian",
        "teacher",
        "speaker",
        "planner",
        when=later("Quand on demande l’adresse de son calendrier, ou qu’on la change."),
    ),
    "absence_announced": _to("guardian", "teacher", when=later("Dès qu’un élève est noté absent.")),
    "absence_lifted": _to("guardian", "teacher", when=later("Quand l’élève noté absent est là finalement.")),
    "absence_foreseen": _to(
        "guardian", "teacher", "host", when=later("Quand un agenda annonce une absence d’un jour, ou la reprend.")
    ),
    "follow_up_booked": _to("pupil", "guardian", "member", when=later("Quand un rendez-vous de suivi est pris.")),
    "follow_up_cancelled": _to("pupil", "guardian", "member", when=later("Quand ce rendez-vous n’a plus lieu.")),
    "question_asked": _to("pupil", "guardian", "teacher", when=later("Quand un visiteur écrit une question.")),
    "question_answered": _to("pupil", "guardian", "teacher", when=later("Quand sa question a une réponse.")),
    "class_enrolled": _to("teacher", when=later("Quand une classe vient d’être inscrite.")),
    "teacher_asked": _to("teacher", when=later("Quand des élèves nomment leur professeur référent.")),
    "teacher_digest": _to(
        "teacher", "head", when=later("Le lundi ou chaque matin, au choix de chacun, s’il y a quelque chose à dire.")
    ),
    "campaign_published": _to("head", "teacher", when=later("Quand une campagne devient publique.")),
    "offers_announced": _to(
        "head", "teacher", when=later("Quand un planificateur annonce aux lycées ce qui existe près d’eux.")
    ),
    "webinar_invited": _to("head", "teacher", when=later("Quand un planificateur invite les lycées à un webinaire.")),
    "webinar_changed": _to(
        "head", "teacher", when=later("Quand le titre, les horaires ou le lien d’un webinaire changent.")
    ),
    "webinar_cancelled": _to("head", "teacher", when=later("Quand un webinaire n’a pas lieu.")),
    "host_requested": _to(
        "host", when=later("Quand une entreprise est sollicitée, ou que la séance promise a changé.")
    ),
    "host_reminded": _to("host", when=later("Une fois, quand la réponse se fait attendre.")),
    "host_time_accepted": _to("host", when=later("Quand l’horaire que l’entreprise propose est retenu.")),
    "host_released": _to("host", when=later("Quand l’entreprise n’est plus attendue.")),
    "speaker_requested": _to(
        "speaker", when=later("Quand un professionnel est invité à témoigner, ou que la séance promise a changé.")
    ),
    "speaker_reminded": _to("speaker", when=later("Une fois, quand sa réponse se fait attendre.")),
    "speaker_released": _to("speaker", when=later("Quand l’intervenant n’est plus attendu.")),
    "promise_given": _to("host", "speaker", when=later("Dès qu’un oui est donné.")),
    "promise_changed": _to("host", "speaker", when=later("Quelques minutes après un changement de la séance promise.")),
    "promise_taken_back": _to("host", "speaker", when=later("Quand un oui est repris.")),
    "promise_near": _to(
        "host", "speaker", when=later("Trois jours avant pour qui accueille, deux jours avant pour qui intervient.")
    ),
    "promise_noted": _to(
        "host", "speaker", when=later("Quand l’agenda de qui accueille ou intervient dit quelque chose sans effet.")
    ),
    "host_answered": _to("planner", when=later("Quand une entreprise répond.")),
    "speaker_answered": _to("planner", when=later("Quand un intervenant répond.")),
    "questions_passed_on": _to("planner", when=later("Quand des questions attendent une réponse.")),
    "letter_received": _to("planner", when=later("Quand quelqu’un répond à une invitation par un vrai message.")),
    "address_refused": _to("planner", when=later("Quand un message revient parce que l’adresse n’existe pas.")),
    "planner_digest": _to(
        "planner", when=later("Chaque matin ou le lundi, au choix de chacun, s’il y a quelque chose à dire.")
    ),
    "agreement_requested": _to("partner", when=later("Quand un partenaire est invité, ou que la campagne change.")),
    "agreement_reminded": _to("partner", when=later("Une fois, quand son accord se fait attendre.")),
    "agreement_given": _to("planner", when=later("Quand un partenaire donne son accord.")),
    "agreement_declined": _to("planner", when=later("Quand un partenaire refuse.")),
    "partner_left": _to("planner", "partner", when=later("Quand un partenaire quitte la campagne.")),
    "campaign_cancelled": _to("partner", when=later("Quand la campagne n’aura pas lieu.")),
    "sign_in_link": _to("member", when=later("Quand un membre demande à se connecter.")),
    "member_invited": _to("member", when=later("Quand une organisation invite quelqu’un à agir en son nom.")),
}
