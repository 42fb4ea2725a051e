"""An announcement: which campaign is told to which schools, in how many batches, and what became of it."""

from collections.abc import Mapping, Sequence
from datetime import date as Date
from datetime import datetime, timedelta
from typing import ClassVar, Literal, cast
from uuid import UUID

from msgspec import Struct

from services.campaigns.announcing.correspondents.correspondent import Role
from services.campaigns.catalogue.finding.places import DEPARTEMENTS
from shared.languages import Glossary, _, later
from shared.plain_spaces import plain_spaces
from shared.refusal import Refusal

BATCH = 200
# between two batches: time for the first refusals to come back
BETWEEN = timedelta(minutes=5)
LOOK_AGAIN = timedelta(minutes=1)
# the next batch waits while more of the last one than a tenth has not left
STILL_WAITING = 0.1
# so many addresses of a batch that take no mail, and so great a part of it, are a list that is out of date
REFUSALS, REFUSED_PART = 5, 0.05
DISTANCES = (20, 30, 60, 100)
WORD_AT_MOST = 500

StopReason = Literal["", "asked", "refusals", "campaign"]
STOPS = Glossary(
    {
        "asked": later("Arrêtée par vous : rien de plus ne part."),
        "refusals": later(
            "Arrêtée d’elle-même : trop d’adresses n’existent pas. Vérifiez la liste avant de reprendre."
        ),
        "campaign": later("Arrêtée d’elle-même : la campagne n’est plus publiée."),
    }
)


class UnknownAnnouncement(Refusal):
    """The organisation has made no such announcement."""

    reason: ClassVar[str] = "unknown-announcement"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette annonce n’existe pas."))


class NobodyToTell(Refusal):
    """All it would reach are told already, want no mails, or have nothing near."""

    reason: ClassVar[str] = "nobody-to-tell"

    def __init__(self) -> None:
        super().__init__(later("Cette annonce n’atteindrait personne."))


class AnnouncedCampaign(Struct, frozen=True, kw_only=True):
    """A campaign with something public that an organisation may announce."""

    id: UUID
    slug: str
    title: str
    first: Date
    last: Date


class Choice(Struct, frozen=True, kw_only=True):
    """What a planner has chosen: how far offers may be, the schools of which département (empty: all), who, a word."""

    campaign: str = ""
    kilometres: int = 60
    departement: str = ""
    roles: tuple[Role, ...] = ("head", "referent")
    word: str = ""


class Progress(Struct, frozen=True, kw_only=True):
    """What became of an announcement's mails. `delivered`: sent, and no server has said since that it took none."""

    told: int = 0
    waiting: int = 0
    sent: int = 0
    delivered: int = 0
    failed: int = 0
    withheld: int = 0
    unsubscribed: int = 0

    @property
    def too_many_refused(self) -> bool:
        """Whether so many addresses take no mail that the list should be looked at first."""
        return self.failed >= REFUSALS and self.failed >= self.told * REFUSED_PART

    @property
    def under_way(self) -> bool:
        """Whether too much is still to leave for the next batch to go."""
        return self.waiting > self.told * STILL_WAITING


class Announcement(Struct, frozen=True, kw_only=True):
    """One announcement as it stands."""

    id: UUID
    campaign_id: UUID
    campaign: str
    campaign_slug: str
    kilometres: int
    departement: str
    roles: tuple[Role, ...]
    word: str
    made_at: datetime
    batches: int
    next_at: datetime | None
    stopped_at: datetime | None
    stopped_why: StopReason
    ended_at: datetime | None

    @property
    def choice(self) -> Choice:
        return Choice(
            campaign=self.campaign_slug,
            kilometres=self.kilometres,
            departement=self.departement,
            roles=self.roles,
            word=self.word,
        )

    @property
    def state(self) -> Literal["going", "stopped", "ended"]:
        return "ended" if self.ended_at else "stopped" if self.stopped_at else "going"

    def say_state(self) -> str:
        """In a word or two."""
        match self.state:
            case "ended":
                return _("Terminée")
            case "stopped":
                return _("Arrêtée")
            case "going":
                return _("En cours")


def read_choice(fields: Mapping[str, object], roles: Sequence[object]) -> tuple[Choice, dict[str, str]]:
    """The choice in a form, and each fault by its field."""

    def text(name: str) -> str:
        value = fields.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    faults = {}
    distance = text("kilometres")
    kilometres = int(distance) if distance.isascii() and distance.isdigit() and len(distance) < 4 else 0
    if kilometres not in DISTANCES:
        faults["kilometres"] = _("Choisissez une distance.")
    departement = text("departement")
    if departement and departement not in DEPARTEMENTS:
        faults["departement"] = _("Choisissez un département.")
    chosen = tuple(role for role in ("head", "referent") if role in roles)
    if not chosen:
        faults["roles"] = _("Choisissez à qui vous écrivez.")
    word = "\n".join(
        " ".join("".join(letter for letter in line if letter.isprintable()).split())
        for line in plain_spaces(text("word")).splitlines()
    ).strip()
    if len(word) > WORD_AT_MOST:
        faults["word"] = _("Votre phrase est trop longue : {most} caractères au plus.", most=WORD_AT_MOST)
    if not text("campaign"):
        faults["campaign"] = _("Choisissez une campagne.")
    return (
        Choice(
            campaign=text("campaign")[:100],
            kilometres=kilometres or 60,
            departement=departement if departement in DEPARTEMENTS else "",
            roles=cast("tuple[Role, ...]", chosen),
            word=word[: WORD_AT_MOST * 2],
        ),
        faults,
    )
