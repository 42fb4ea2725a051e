"""An invitation to testify as the invited person sees it."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.access.actor import Actor
from services.campaigns.offers.speakers.speaker import InvitationStatus, SpeakerAnswer
from shared.french_dates import say_moment
from shared.languages import _, speaking
from shared.notices import Appointment


class Testimony(Struct, frozen=True, kw_only=True):
    """What is asked, what was answered, and what the person agreed to."""

    token_version: int
    # whom the invitation was written to, and whose offer it is of
    person_id: UUID | None
    organisation_id: UUID
    offer_id: UUID
    speaker: str
    status: InvitationStatus
    word: str
    answer_by: datetime
    planned: bool
    contact_again: bool
    campaign: str
    appointment: Appointment

    @property
    def linked_actor(self) -> Actor:
        """Who acts by the link of the mail, for the audit trail of the offer's organisation."""
        return Actor(
            organisation_id=self.organisation_id,
            organisation=self.appointment.organisation,
            organisation_kind="",
            role="viewer",
            person_id=self.person_id,
        )

    def say_answer(self, answer: SpeakerAnswer) -> str:
        """What the audit trail says of an answer, in French, whatever page it was given on."""
        with speaking("fr"):
            session = self.appointment
            said = "Intervention confirmée" if answer == "confirmed" else "Intervention déclinée"
            return f"{said} par {self.speaker} : « {session.title} », {say_moment(session.starts_at)}."

    def may_answer(self, now: datetime) -> bool:
        """Whether a button makes sense; who declined may come back to it."""
        return self.planned and self.status != "withdrawn" and self.appointment.starts_at > now

    def state(self, now: datetime) -> str:
        """The state as the style knows it."""
        if not self.planned or self.status == "withdrawn":
            return "released"
        return "past" if self.appointment.ends_at <= now else self.status

    def say_state(self, now: datetime) -> str:
        """Where the person stands with it, in words."""
        return {
            "released": _("Cette séance est annulée") if not self.planned else _("Vous n’êtes plus attendu"),
            "past": _("Passé, merci"),
            "awaited": _("Votre réponse est attendue avant le {moment}", moment=say_moment(self.answer_by)),
            "confirmed": _("Vous avez confirmé"),
            "declined": _("Vous avez décliné"),
        }[self.state(now)]
