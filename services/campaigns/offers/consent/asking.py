"""What a guardian is shown before they answer: who, what, until when, and who sees which data for how long."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.consent.consent import Answer, say_end
from services.campaigns.offers.registration import HeldFor, RegistrationStatus
from shared.french_dates import say_date, say_moment
from shared.languages import _

Stage = Literal["asked", "early", "given", "late", "ended"]


class Asking(Struct, frozen=True, kw_only=True):
    """One registration of a pupil under 15, as its guardian's page needs it; `answer` is the last given."""

    id: UUID
    offer_id: UUID
    group_id: UUID | None
    status: RegistrationStatus
    held_for: HeldFor | None
    deadline: datetime | None
    consented_at: datetime | None
    answer: Answer | None
    first_name: str
    last_name: str
    school_name: str
    class_name: str
    guardian_name: str
    offer_slug: str
    offer_title: str
    offer_over: bool
    organisation: str
    keeps_until: date

    @property
    def pupil(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    def stage(self, now: datetime) -> Stage:
        """Where the guardian stands: asked now, free to say so early, having consented, too late, or after the end."""
        if self.status not in ("waiting", "held", "confirmed"):
            return "ended"
        if self.consented_at is not None:
            return "given"
        if self.deadline is not None and self.deadline <= now:
            return "late"
        return "asked" if self.held_for == "consent" else "early"

    def say_state(self, now: datetime) -> str:
        """What the page says first."""
        match self.stage(now):
            case "asked" | "early":
                return _("Votre accord est demandé pour {pupil}", pupil=self.pupil)
            case "given" if self.status == "confirmed":
                return _("Vous avez donné votre accord : la place est confirmée")
            case "given":
                return _("Vous avez donné votre accord")
            case "late":
                return _("Le délai est passé")
            case "ended":
                return str(say_end(self.status, self.answer)).removesuffix(".")

    def say_more(self, now: datetime) -> str:
        """The sentence below: until when, and what happens without an answer."""
        match self.stage(now):
            case "asked" if self.deadline is not None:
                return _(
                    "La place est retenue jusqu’au {moment}. Avant 15 ans, elle n’est confirmée qu’avec votre accord ; "
                    "sans réponse à cette date, elle sera proposée à quelqu’un d’autre.",
                    moment=say_moment(self.deadline),
                )
            case "early" if self.status == "waiting":
                return _(
                    "{pupil} attend qu’une place se libère. Vous pouvez répondre dès maintenant : "
                    "si une place vient, elle ne sera pas perdue faute d’accord.",
                    pupil=self.pupil,
                )
            case "early":
                return _(
                    "Une place est proposée à {pupil}, qui doit encore l’accepter. "
                    "Avant 15 ans, elle n’est ensuite confirmée qu’avec votre accord.",
                    pupil=self.pupil,
                )
            case "given" if self.consented_at is not None:
                given = _("C’était {moment}.", moment=say_moment(self.consented_at))
                return f"{given} {self._say_next()}"
            case "late":
                return _("La place n’est plus retenue : elle sera proposée à quelqu’un d’autre.")
            case _:
                return _(
                    "Il n’y a plus rien à décider. Pour une nouvelle inscription, un nouveau message vous parviendra."
                )

    def say_keeping(self) -> str:
        """Until when the data are kept."""
        return _("Jusqu’au {date}, puis elles sont effacées.", date=say_date(self.keeps_until, year=True))

    def _say_next(self) -> str:
        if self.status == "confirmed":
            return _("Vous pouvez le retirer : l’inscription prendrait fin.")
        if self.status == "waiting":
            return _("{pupil} attend encore une place.", pupil=self.pupil)
        return _("{pupil} doit encore accepter la place proposée.", pupil=self.pupil)
