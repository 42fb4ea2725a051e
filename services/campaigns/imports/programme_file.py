"""What a programme file says, once understood: an offer, its sessions, and the campaign it may bring."""

from datetime import date as Date
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.offer import OfferKind
from shared.programme import SessionKind

OrganisationKind = Literal["federation", "agency", "school_authority", "school", "company", "local_authority"]


class Place(Struct, frozen=True):
    """Where something is said in a file, so that a fault found later can still name it."""

    row: int
    column: str = ""


class NamedOrganisation(Struct, frozen=True):
    """An organisation as a file names it. `siret` is 14 digits, or empty."""

    name: str
    siret: str = ""
    kind: OrganisationKind = "company"


class NamedSpeaker(Struct, frozen=True, order=True):
    """A professional who testifies; `trade` may be empty."""

    name: str
    trade: str = ""


class PlannedSession(Struct, frozen=True, kw_only=True):
    """One row of a programme. Times are aware, in Europe/Paris; texts are empty where the file says nothing."""

    place: Place
    columns: dict[str, str]
    date: Date
    starts_at: datetime
    ends_at: datetime
    sector: str = ""
    host: NamedOrganisation | None = None
    address: str = ""
    title: str
    kind: SessionKind = "visit"
    contact: str = ""
    meeting_point: str = ""
    access: str = ""
    bring: str = ""
    group: str = ""
    room: str = ""
    online_url: str = ""
    speakers: tuple[NamedSpeaker, ...] = ()

    def column(self, field: str) -> str:
        """The column of a field as the file names it."""
        return self.columns.get(field, "")


class OfferHeader(Struct, frozen=True, kw_only=True):
    """The lines above the table. `slug` is empty unless the file gives an identifier of its own."""

    place: Place
    columns: dict[str, Place]
    slug: str = ""
    title: str
    kind: OfferKind
    audience: Literal["pupils", "schools"] = "pupils"
    organisation: NamedOrganisation
    campaign: str
    city: str = ""
    seats: int
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    summary: str = ""
    contact: str = ""
    series: str = ""

    def where(self, field: str) -> Place:
        """Where the file says a field; the head of the file where it does not."""
        return self.columns.get(field, self.place)


class ProgrammeFile(Struct, frozen=True, kw_only=True):
    """An offer and its sessions, by date and start."""

    header: OfferHeader
    sessions: tuple[PlannedSession, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The names of the groups, in order; empty where nobody rotates."""
        return tuple(sorted({session.group for session in self.sessions if session.group}))


class Partner(Struct, frozen=True):
    """An organisation of a campaign and when it agreed, None while it has not."""

    organisation: NamedOrganisation
    agreed_at: datetime | None = None


class CampaignFile(Struct, frozen=True, kw_only=True):
    """A campaign as a YAML file gives it. `first_day` and `last_day` are both in it."""

    slug: str
    title: str
    presentation: str = ""
    first_day: Date
    last_day: Date
    departements: tuple[str, ...] = ()
    sectors: tuple[tuple[str, str], ...] = ()
    partners: tuple[Partner, ...] = ()


class KnownCampaign(Struct, frozen=True, kw_only=True):
    """A campaign that the database has, as a reading needs it."""

    id: UUID | None = None
    slug: str
    title: str
    first_day: Date
    last_day: Date
