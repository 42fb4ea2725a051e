"""The form of a new series: its fields, and the series they make or the faults they hold."""

from collections.abc import Mapping
from datetime import date, time
from typing import Literal
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.kinds.fields import WEEKDAYS, Fields
from services.campaigns.offers.kinds.series.series import (
    HOURS_AT_MOST,
    PLACES_AT_MOST,
    TITLE_AT_MOST,
    Audience,
    Hours,
    InvalidSeries,
    Place,
    Series,
    SeriesKind,
    Slot,
    lay_out,
)
from services.campaigns.offers.life.draft import OpenCampaign
from services.campaigns.offers.offer import DEFAULT_SEATS
from shared.languages import Message, _, later

KINDS: tuple[tuple[SeriesKind, Message], ...] = (
    ("workshop", later("Atelier")),
    ("information_morning", later("Matinée d’information")),
)
AUDIENCES: tuple[tuple[Audience, Message], ...] = (
    ("pupils", later("Les élèves")),
    ("schools", later("Les établissements")),
)
HOUR_ROWS, PLACE_ROWS = 3, 4
# the field a fault of the whole series is shown at
SHOWN_AT = {"weekdays": "lun", "hours": "starts_1", "places": "address_1"}


class ReadSeries(Struct, frozen=True):
    """What became of a form: a series with its slots and the days passed over, or faults by field."""

    series: Series | None = None
    slots: tuple[Slot, ...] = ()
    skipped: tuple[str, ...] = ()
    faults: dict[str, str] = {}


def read_series_form(given: Mapping[str, object], campaigns: list[OpenCampaign]) -> ReadSeries:
    """The series of a form, for one of these campaigns."""
    fields = Fields(given)
    kind = _one_of(fields, "kind", [value for value, _ in KINDS], _("Choisissez une sorte de rendez-vous."))
    audience = _one_of(fields, "audience", [value for value, _ in AUDIENCES], _("Choisissez pour qui."))
    campaign = _one_of(fields, "campaign_id", [str(each.id) for each in campaigns], _("Choisissez une campagne."))
    first_day, last_day = fields.day("first_day"), fields.day("last_day")
    seats = fields.number("seats", 1, 10_000)
    given_title = fields.line("title", _("Le titre"), TITLE_AT_MOST)
    contact = fields.line("contact", _("Le contact"), 300, needed=False)
    hours, places = _hours(fields), _places(fields)
    if fields.faults or first_day is None or last_day is None or seats is None:
        return ReadSeries(faults=fields.faults)
    series = Series(
        kind=kind,  # type: ignore[arg-type]  # one of KINDS
        audience=audience,  # type: ignore[arg-type]  # one of AUDIENCES
        campaign_id=UUID(campaign),
        title=given_title,
        summary=fields.text("summary")[:2000],
        contact=contact,
        seats=seats,
        first_day=first_day,
        last_day=last_day,
        weekdays=tuple(number for number, day in enumerate(WEEKDAYS) if fields.checked(day)),
        hours=tuple(hours),
        places=tuple(places),
        sector=fields.text("sector") or None,
        required=fields.checked("required") and kind == "workshop",
        online_url=fields.line("online_url", _("Le lien"), 500, needed=False),
    )
    try:
        slots, skipped = lay_out(series)
    except InvalidSeries as refusal:
        return ReadSeries(faults=fields.faults | fault_of(refusal.field, refusal.sentence))
    return ReadSeries(
        series=None if fields.faults else series, slots=tuple(slots), skipped=tuple(skipped), faults=fields.faults
    )


def fault_of(field: str | None, sentence: str) -> dict[str, str]:
    """A fault beside the field of the form it is about."""
    return {SHOWN_AT.get(field or "", field or "title"): sentence}


def texts_of_new(campaigns: list[OpenCampaign], kind: str, today: date) -> dict[str, str]:
    """What stands in an empty form."""
    morning: Literal["information_morning", "workshop"] = (
        "information_morning" if kind == "information_morning" else "workshop"
    )
    first, last = (campaigns[0].first_day, campaigns[0].last_day) if campaigns else (today, today)
    texts = {
        "kind": morning,
        "audience": "pupils",
        "campaign_id": str(campaigns[0].id) if campaigns else "",
        "seats": str(DEFAULT_SEATS[morning]),
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        "starts_1": "09:00",
        "ends_1": "12:00" if morning == "information_morning" else "11:00",
    }
    if morning == "information_morning":
        texts |= {"mar": "oui", "jeu": "oui"}
    return texts


def _hours(fields: Fields) -> list[Hours]:
    hours = []
    for number in range(1, HOURS_AT_MOST + 1):
        if not fields.text(f"starts_{number}") and not fields.text(f"ends_{number}"):
            continue
        starts: time | None = fields.hour(f"starts_{number}")
        ends: time | None = fields.hour(f"ends_{number}")
        if starts and ends:
            hours.append(Hours(starts=starts, ends=ends))
    return hours


def _places(fields: Fields) -> list[Place]:
    places = []
    for number in range(1, PLACES_AT_MOST + 1):
        city = fields.line(f"city_{number}", _("La ville"), 100, needed=False)
        address = fields.line(f"address_{number}", _("L’adresse"), 200, needed=False)
        room = fields.line(f"room_{number}", _("La salle"), 100, needed=False)
        if room and not address and f"address_{number}" not in fields.faults:
            fields.faults[f"address_{number}"] = _("Une salle se trouve à une adresse : donnez-la.")
        if city or address or room:
            places.append(Place(city=city, address=address, room=room))
    return places


def _one_of(fields: Fields, name: str, values: list[str], sentence: str) -> str:
    text = fields.text(name)
    if text not in values:
        fields.faults[name] = sentence
        return ""
    return text


def options_of(campaigns: list[OpenCampaign]) -> list[tuple[str, str]]:
    """The campaigns to choose from: id and title with its period."""
    return [(str(campaign.id), f"{campaign.title}, {campaign.period}") for campaign in campaigns]
