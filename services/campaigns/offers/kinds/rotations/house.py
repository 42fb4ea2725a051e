"""The house a rotation is drawn for: its services, the groups that visit them, the half-days there are."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from services.campaigns.look.words import capitalize_first
from services.campaigns.offers.kinds.fields import FIRST_YEAR, LAST_YEAR, is_plain
from shared.french_dates import PARIS, say_date, say_times
from shared.languages import _, later
from shared.refusal import Refusal

SERVICES_AT_MOST, GROUPS_AT_MOST, HALF_DAYS_AT_MOST, PUPILS_AT_MOST = 20, 26, 40, 500
NAME_AT_MOST = 120

Name = Annotated[str, Meta(min_length=1, max_length=NAME_AT_MOST)]
Size = Annotated[int, Meta(ge=1, le=PUPILS_AT_MOST)]


class InvalidRotation(Refusal):
    """What a rotation is asked from cannot be read: a name twice, a half-day that ends before it starts."""

    reason: ClassVar[str] = "invalid-field"
    status: ClassVar[int] = 422


class Service(Struct, frozen=True, kw_only=True):
    """One service of the house, and how many pupils it takes at a time."""

    name: Name
    pupils_at_most: Size
    room: Annotated[str, Meta(max_length=NAME_AT_MOST)] = ""


class Group(Struct, frozen=True, kw_only=True):
    """A group and how many pupils it is made for."""

    name: Annotated[str, Meta(min_length=1, max_length=40)]
    pupils: Size


class HalfDay(Struct, frozen=True, kw_only=True):
    """A morning or an afternoon; times with offset."""

    starts_at: datetime
    ends_at: datetime

    def say(self) -> str:
        """« lundi 21 juin, matin »."""
        part = _("matin") if self.starts_at.astimezone(PARIS).hour < 12 else _("après-midi")
        return f"{say_date(self.starts_at)}, {part}"

    def say_beginning(self) -> str:
        """« Lundi 21 juin, matin », where it begins a sentence."""
        return capitalize_first(self.say())

    def say_exactly(self) -> str:
        """« lundi 21 juin, 9 h 30–12 h »."""
        return f"{say_date(self.starts_at)}, {say_times(self.starts_at, self.ends_at)}"


def check_house(services: Sequence[Service], groups: Sequence[Group], half_days: Sequence[HalfDay]) -> None:
    """Raise `InvalidRotation` for what no rotation can be drawn from."""
    for field, things, most, none, too_many in (
        (
            "services",
            services,
            SERVICES_AT_MOST,
            later("Il manque les services."),
            later("{most} services au plus.", most=SERVICES_AT_MOST),
        ),
        (
            "groups",
            groups,
            GROUPS_AT_MOST,
            later("Il manque les groupes."),
            later("{most} groupes au plus.", most=GROUPS_AT_MOST),
        ),
        (
            "half_days",
            half_days,
            HALF_DAYS_AT_MOST,
            later("Il manque les demi-journées."),
            later("{most} demi-journées au plus.", most=HALF_DAYS_AT_MOST),
        ),
    ):
        if not things:
            raise InvalidRotation(none, field=field)
        if len(things) > most:
            raise InvalidRotation(too_many, field=field)
    for field, names in (("services", [s.name for s in services]), ("groups", [g.name for g in groups])):
        if not is_plain(*names):
            raise InvalidRotation(later("Un nom ne contient ni retour à la ligne ni signe de calcul."), field=field)
        folded = [name.casefold() for name in names]
        if len(set(folded)) < len(folded):
            twice = next(name for name in names if folded.count(name.casefold()) > 1)
            raise InvalidRotation(later("Le nom « {twice} » est donné deux fois.", twice=twice), field=field)
    if not is_plain(*(service.room for service in services)):
        raise InvalidRotation(later("Une salle ne contient ni retour à la ligne ni signe de calcul."), field="services")
    _check_half_days(half_days)


def _check_half_days(half_days: Sequence[HalfDay]) -> None:
    last: HalfDay | None = None
    for half_day in half_days:
        if half_day.starts_at.tzinfo is None or half_day.ends_at.tzinfo is None:
            raise InvalidRotation(later("Les heures doivent porter leur décalage."), field="half_days")
        if not all(FIRST_YEAR <= moment.year <= LAST_YEAR for moment in (half_day.starts_at, half_day.ends_at)):
            raise InvalidRotation(later("Cette date est hors du possible."), field="half_days")
        if half_day.ends_at <= half_day.starts_at:
            when = half_day.say_beginning
            raise InvalidRotation(later("{when} : la fin doit venir après le début.", when=when), field="half_days")
        if half_day.starts_at.astimezone(PARIS).date() != half_day.ends_at.astimezone(PARIS).date():
            raise InvalidRotation(later("Une demi-journée commence et finit le même jour."), field="half_days")
        if last is not None and half_day.starts_at < last.ends_at:
            raise InvalidRotation(
                later(
                    "Deux demi-journées se chevauchent ou ne sont pas dans l’ordre : {when}.", when=half_day.say_exactly
                ),
                field="half_days",
            )
        last = half_day
