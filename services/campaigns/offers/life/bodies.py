"""The JSON bodies of the life of offers: drafts, settings, publication, consequences, messages sent."""

from datetime import date as Date
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from services.campaigns.offers.bodies import OfferWithDaysBody
from services.campaigns.offers.life.consequences.act import ActName
from services.campaigns.offers.life.sheet import SheetChange
from services.campaigns.offers.offer import OfferKind
from services.campaigns.offers.session import SessionChange

Grade = Literal["quatrieme", "troisieme", "seconde", "premiere", "terminale"]
Title = Annotated[str, Meta(max_length=1000, examples=["Semaine à Pont-Audemer"])]
Departement = Annotated[str, Meta(max_length=3, examples=["27"])]
Uai = Annotated[str, Meta(max_length=20, description="7 digits and a letter.")]
Note = Annotated[str, Meta(max_length=2000, description="A sentence for those who are told.")]
Hold = Annotated[bool, Meta(description="Hold the news back for one hour.")]
Seats = Annotated[int, Meta(ge=0, le=10_000)]


class NewOfferBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A draft; from the first day to the last its working days are laid out. Seats are the kind's where none are given.

    `organisation_id` is only for a token that acts for every organisation.
    """

    campaign_id: UUID
    kind: OfferKind
    title: Title
    first_day: Date
    last_day: Date | None = None
    summary: str = ""
    city: str = ""
    contact: str = ""
    seats: Seats | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    grades: list[Grade] = []
    departements: list[Departement] = []
    school_uais: list[Uai] = []
    proof_of_address: bool = True
    organisation_id: UUID | None = None


class OfferEditBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Any of the fields; what is left out stays. `note` and `hold` go with what people are told of the change."""

    title: Title | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    contact: str | UnsetType = UNSET
    seats: Seats | UnsetType = UNSET
    opens_at: datetime | UnsetType | None = UNSET
    closes_at: datetime | UnsetType | None = UNSET
    grades: list[Grade] | UnsetType = UNSET
    departements: list[Departement] | UnsetType = UNSET
    school_uais: list[Uai] | UnsetType = UNSET
    proof_of_address: bool | UnsetType = UNSET
    note: Note = ""
    hold: Hold = False

    def change(self) -> SheetChange:
        """What is asked of the sheet."""
        given = {name: getattr(self, name) for name in SheetChange.__struct_fields__}
        return msgspec.convert(
            {name: value for name, value in given.items() if value is not UNSET}, SheetChange, strict=False
        )


class PlannedOfferBody(OfferWithDaysBody, frozen=True, kw_only=True):
    """An offer as its planners see it, draft or not; `edition` is what If-Match compares."""

    campaign_id: UUID
    audience: str
    summary: str
    contact: str
    opens_at: datetime | None
    closes_at: datetime | None
    grades: tuple[str, ...]
    departements: tuple[str, ...]
    school_uais: tuple[str, ...]
    proof_of_address: bool
    edition: int


class ListedOfferBody(Struct, frozen=True, kw_only=True):
    """An offer in the planners' list; `state` is how registration stands."""

    id: UUID
    slug: str
    kind: str
    title: str
    state: str
    campaign: str
    city: str
    first_day: Date | None
    last_day: Date | None
    seats: int
    taken: int
    waiting: int


class ListedOffersBody(Struct, frozen=True):
    """A page of offers; `next` is the key to ask for the following page with, or null."""

    items: list[ListedOfferBody]
    next: str | None


class CancellationBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes with a cancellation; the news of a whole offer's end is never held back."""

    note: Note = ""
    hold: Hold = False


class ActBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one is about to do: `session` with `change_session` and `add_session`, `offer` with `edit_offer`.

    `date` is the day that is edited or copied to `target`; `sector` (of `edit_day`) and `name` (of `edit_group`) the
    new ones.
    """

    act: ActName
    session_id: UUID | None = None
    session: SessionChange | None = None
    offer: OfferEditBody | None = None
    date: Date | None = None
    target: Date | None = None
    sector: str | UnsetType | None = UNSET
    group_id: UUID | None = None
    name: str = ""
    note: Note = ""
    hold: Hold = False


class ChangeBody(Struct, frozen=True):
    """A field before and after."""

    field: str
    before: str
    after: str


class MailBody(Struct, frozen=True):
    """A mail as its readers would get it: `pupils` with a seat, `hosts` or `speakers`."""

    readers: str
    subject: str
    text: str


class ConsequencesBody(Struct, frozen=True, kw_only=True):
    """How many people would be told, and in which words; `silent` have no address, `waiting` are among the pupils."""

    pupils: int
    guardians: int
    waiting: int
    silent: int
    hosts: int
    speakers: int
    changes: list[ChangeBody]
    mails: list[MailBody]


class AgreeingBody(Struct, frozen=True):
    """One organisation of the campaign."""

    organisation: str
    agreed_at: datetime | None
    declined_at: datetime | None


class ReadinessBody(Struct, frozen=True, kw_only=True):
    """What stands between a draft and its publication: `obstacles` have to go, `gaps` may stay."""

    ready: bool
    obstacles: list[str]
    gaps: list[str]
    agreements: list[AgreeingBody]


class StatusBody(Struct, frozen=True):
    """Where an offer stands in its life."""

    id: UUID
    status: str


class SendingBody(Struct, frozen=True, kw_only=True):
    """One message to one person, and the fact behind it."""

    id: UUID
    message: str
    state: str
    due_at: datetime
    sent_at: datetime | None
    person: str
    role: str
    fact: str
    fact_id: UUID
    occurred_at: datetime
    note: str


class SendingsBody(Struct, frozen=True):
    """A page of messages, the newest first; `next` as in the list of offers."""

    items: list[SendingBody]
    next: str | None
