"""The JSON bodies of series."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.series.publish_drafts import Published
from services.campaigns.offers.kinds.series.read import ListedSeries, SeriesState
from services.campaigns.offers.kinds.series.series import SPEAKERS_A_MORNING
from shared.french_dates import PARIS


class SeriesSlotBody(Struct, frozen=True, kw_only=True):
    """One slot, an offer of its own; `speaker_places` is null where nobody is to speak."""

    offer_id: UUID
    slug: str
    title: str
    status: str
    starts_at: datetime | None
    ends_at: datetime | None
    place: str
    room: str
    seats: int
    taken: int
    waiting: int
    speakers: int
    speaker_places: int | None


class SeriesBody(Struct, frozen=True, kw_only=True):
    """A series with its slots in order of time."""

    id: UUID
    kind: str
    audience: str
    required: bool
    title: str
    slots: list[SeriesSlotBody]


class ListedSeriesBody(Struct, frozen=True):
    """A page of series; `next` is the key to ask for the following page with, or null."""

    items: list[ListedSeries]
    next: str | None


class NotPublishedBody(Struct, frozen=True, kw_only=True):
    """A draft that could not be published, and why, in French."""

    offer_id: UUID
    title: str
    detail: str


class PublicationBody(Struct, frozen=True, kw_only=True):
    """What became of the drafts of a series."""

    published: list[UUID]
    refused: list[NotPublishedBody]


def series_body(series: SeriesState) -> SeriesBody:
    """The series, for machines; times with Paris' offset."""
    morning = series.kind == "information_morning"
    return SeriesBody(
        id=series.id,
        kind=series.kind,
        audience=series.audience,
        required=series.required,
        title=series.title,
        slots=[
            SeriesSlotBody(
                offer_id=slot.id,
                slug=slot.slug,
                title=slot.title,
                status=slot.status,
                starts_at=slot.starts_at and slot.starts_at.astimezone(PARIS),
                ends_at=slot.ends_at and slot.ends_at.astimezone(PARIS),
                place=slot.place,
                room=slot.room,
                seats=slot.seats,
                taken=slot.taken,
                waiting=slot.waiting,
                speakers=slot.speakers,
                speaker_places=SPEAKERS_A_MORNING if morning else None,
            )
            for slot in series.slots
        ],
    )


def publication_body(published: list[Published]) -> PublicationBody:
    """What became of each draft, for machines."""
    return PublicationBody(
        published=[each.offer.id for each in published if not each.trouble],
        refused=[
            NotPublishedBody(offer_id=each.offer.id, title=each.offer.title, detail=each.trouble)
            for each in published
            if each.trouble
        ],
    )
