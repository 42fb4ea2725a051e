"""The form of a campaign: what was written in it, every fault beside its field, the wording it makes."""

import re
from collections.abc import Collection, Mapping
from datetime import date as Date

from msgspec import Struct

from services.campaigns.agreements.campaign import ChosenSector, InvalidCampaign, Wording
from shared.languages import _
from shared.plain_spaces import plain_spaces

TITLE_AT_MOST, PRESENTATION_AT_MOST, LABEL_AT_MOST = 150, 2000, 80
DAYS_AT_MOST = 366
YEARS = range(2000, 2101)
# 01 to 95 with the two of Corsica instead of 20, and the five overseas
DEPARTEMENT = re.compile(r"0[1-9]|1[0-9]|2[1-9AB]|[3-8][0-9]|9[0-5]|97[1-46]")


class WordingForm(Struct, frozen=True, kw_only=True):
    """What stands in the fields, as text."""

    title: str = ""
    presentation: str = ""
    first_day: str = ""
    last_day: str = ""
    departements: str = ""
    sector_1: str = ""
    label_1: str = ""
    sector_2: str = ""
    label_2: str = ""

    def read(self, sectors: Collection[str]) -> tuple[Wording | None, dict[str, str]]:
        """The wording, or None and a French sentence for each field at fault; `sectors`: the codes there are."""
        faults: dict[str, str] = {}
        title = parse_title(self.title, faults)
        presentation = _text(self.presentation, faults)
        period, found = parse_period(self.first_day, self.last_day)
        faults.update(found)
        departements = _departements(self.departements, faults)
        chosen = _sectors(self, sectors, faults)
        if faults or period is None:
            return None, faults
        return (
            Wording(
                title=title,
                presentation=presentation,
                first_day=period[0],
                last_day=period[1],
                departements=departements,
                sectors=chosen,
            ),
            {},
        )

    def parse(self, sectors: Collection[str]) -> Wording:
        """The wording; raises `InvalidCampaign` with the first fault."""
        wording, faults = self.read(sectors)
        if wording is None:
            field, sentence = next(iter(faults.items()))
            raise InvalidCampaign(sentence, field=field)
        return wording


def read_wording_form(fields: Mapping[str, object]) -> WordingForm:
    """The form in a POST; what is not text, or not asked for, is left out."""
    names = WordingForm.__struct_fields__
    return WordingForm(**{name: value for name in names if isinstance(value := fields.get(name, ""), str)})


def form_of(wording: Wording) -> WordingForm:
    """The form filled with a wording."""
    first, second = [*wording.sectors, ChosenSector(""), ChosenSector("")][:2]
    return WordingForm(
        title=wording.title,
        presentation=wording.presentation,
        first_day=wording.first_day.isoformat(),
        last_day=wording.last_day.isoformat(),
        departements=", ".join(wording.departements),
        sector_1=first.sector,
        label_1=first.label,
        sector_2=second.sector,
        label_2=second.label,
    )


def parse_title(value: str, faults: dict[str, str]) -> str:
    """The title, its fault noted."""
    title = _line(value, "title", _("Le titre"), TITLE_AT_MOST, faults)
    if not title and "title" not in faults:
        faults["title"] = _("Donnez un titre à la campagne.")
    return title


def parse_period(first: str, last: str) -> tuple[tuple[Date, Date] | None, dict[str, str]]:
    """Two days in order, or None and the faults of `first_day` and `last_day`."""
    faults: dict[str, str] = {}
    first_day, last_day = _day(first, "first_day", faults), _day(last, "last_day", faults)
    if first_day and last_day and not faults:
        if last_day < first_day:
            faults["last_day"] = _("La campagne finit avant de commencer.")
        elif (last_day - first_day).days >= DAYS_AT_MOST:
            faults["last_day"] = _("Une campagne dure {most} jours au plus.", most=DAYS_AT_MOST)
        else:
            return (first_day, last_day), {}
    return None, faults


def _line(value: str, field: str, subject: str, most: int, faults: dict[str, str]) -> str:
    text = plain_spaces(value).strip()
    if len(text) > most:
        faults[field] = _("{subject} est trop long : {most} caractères au plus.", subject=subject, most=most)
    elif not text.isprintable():
        faults[field] = _("{subject} contient un caractère invisible ou un retour à la ligne.", subject=subject)
    return text


def _text(value: str, faults: dict[str, str]) -> str:
    text = "\n".join(line.rstrip() for line in plain_spaces(value).replace("\r\n", "\n").strip().split("\n"))
    if len(text) > PRESENTATION_AT_MOST:
        faults["presentation"] = _(
            "La présentation est trop longue : {most} caractères au plus.", most=PRESENTATION_AT_MOST
        )
    elif not all(line.isprintable() for line in text.split("\n")):
        faults["presentation"] = _("La présentation contient un caractère invisible.")
    return text


def _day(value: str, field: str, faults: dict[str, str]) -> Date | None:
    # the form of `<input type=date>` alone: Python reads others, too
    written = re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip(), re.ASCII)
    try:
        day = Date.fromisoformat(written[0]) if written else None
    except ValueError:
        day = None
    if day is None:
        faults[field] = _("Donnez une date, par exemple 2027-06-14.")
        return None
    if day.year not in YEARS:
        faults[field] = _("Cette date est hors du possible.")
        return None
    return day


def _departements(value: str, faults: dict[str, str]) -> tuple[str, ...]:
    # « 27 et 76 » is how people write it
    codes = tuple(dict.fromkeys(code for code in re.split(r"[\s,;]+|\bET\b", value.strip().upper()) if code))
    wrong = [code for code in codes if not DEPARTEMENT.fullmatch(code)]
    if wrong:
        faults["departements"] = _(
            "« {code} » n’est pas un numéro de département (exemples : 14, 27, 2A).", code=wrong[0][:20]
        )
    elif not codes:
        faults["departements"] = _("Indiquez au moins un département.")
    return codes


def _sectors(form: WordingForm, known: Collection[str], faults: dict[str, str]) -> tuple[ChosenSector, ...]:
    chosen: list[ChosenSector] = []
    for number, (code, label) in enumerate(((form.sector_1, form.label_1), (form.sector_2, form.label_2)), start=1):
        label = _line(label, f"label_{number}", _("Ce nom"), LABEL_AT_MOST, faults)
        if not code:
            continue
        if code not in known:
            faults[f"sector_{number}"] = _("Choisissez un secteur de la liste.")
        elif code in (one.sector for one in chosen):
            faults[f"sector_{number}"] = _("Les deux secteurs sont les mêmes.")
        else:
            chosen.append(ChosenSector(code, label))
    if not chosen and not {"sector_1", "sector_2"} & set(faults):
        faults["sector_1"] = _("Choisissez au moins un secteur.")
    return tuple(chosen)
