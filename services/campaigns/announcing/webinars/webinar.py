"""A webinar: what a planner says of it, whom it is for, and what cannot be said."""

from collections.abc import Mapping, Sequence
from datetime import date as Date
from datetime import datetime, timedelta
from datetime import time as Time
from typing import ClassVar, Literal, cast
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from services.campaigns.announcing.announcement import WORD_AT_MOST
from services.campaigns.announcing.correspondents.correspondent import Correspondent, Role
from services.campaigns.catalogue.finding.places import DEPARTEMENTS
from services.campaigns.offers.eligibility import departement_of
from shared.changes import FieldChange
from shared.french_dates import PARIS
from shared.languages import Glossary, _, later
from shared.refusal import Refusal

TITLE_AT_MOST, LINK_AT_MOST = 120, 500
AHEAD_AT_MOST = timedelta(days=730)

Reason = Literal["told", "declined", "refused", "without_address"]
REASONS = Glossary(
    {
        "told": later("déjà invités"),
        "declined": later("ne veulent plus de messages"),
        "refused": later("adresse qui ne reçoit rien"),
        "without_address": later("sans adresse"),
    }
)


class UnknownWebinar(Refusal):
    """The organisation has planned no such webinar."""

    reason: ClassVar[str] = "unknown-webinar"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce webinaire n’existe pas."))


class WebinarChangedMeanwhile(Refusal):
    """Somebody else has changed it since the page was shown."""

    reason: ClassVar[str] = "webinar-changed-meanwhile"

    def __init__(self) -> None:
        super().__init__(later("Le webinaire a changé entre-temps : relisez-le, rien n’a été envoyé."))


class WebinarOver(Refusal):
    """It is over or cancelled: there is nothing to tell anybody."""

    reason: ClassVar[str] = "webinar-over"

    def __init__(self) -> None:
        super().__init__(later("Ce webinaire est terminé ou annulé."))


class Plan(Struct, frozen=True, kw_only=True):
    """What a planner says of a webinar; `departement` is empty for all of the list."""

    title: str
    starts_at: datetime
    ends_at: datetime
    link: str
    word: str = ""
    departement: str = ""
    roles: tuple[Role, ...] = ("head", "referent")

    def changes_from(self, before: "Plan") -> tuple[FieldChange, ...]:
        """What those who are invited are told of."""
        pairs = (
            ("title", before.title, self.title),
            ("starts_at", _iso(before.starts_at), _iso(self.starts_at)),
            ("ends_at", _iso(before.ends_at), _iso(self.ends_at)),
            ("online_url", before.link, self.link),
        )
        return tuple(FieldChange(field=field, before=old, after=new) for field, old, new in pairs if old != new)


class Webinar(Struct, frozen=True, kw_only=True):
    """A webinar as it stands."""

    id: UUID
    organisation_id: UUID
    organisation: str
    plan: Plan
    status: Literal["planned", "cancelled"]
    sequence: int
    version: int
    batches: int

    def state(self, now: datetime) -> Literal["planned", "cancelled", "over"]:
        return "over" if self.status == "planned" and self.plan.ends_at <= now else self.status

    def say_state(self, now: datetime) -> str:
        """In a word or two."""
        match self.state(now):
            case "over":
                return _("Terminé")
            case "cancelled":
                return _("Annulé")
            case "planned":
                return _("Prévu")


class Reach(Struct, frozen=True, kw_only=True):
    """Who of the list is still to invite; `left` counts those who are not, by why."""

    people: tuple[Correspondent, ...] = ()
    left: Mapping[Reason, int] = {}


class WebinarForm(Struct, frozen=True, kw_only=True):
    """Every field as text, as a browser sends it."""

    title: str = ""
    day: str = ""
    starts: str = ""
    ends: str = ""
    link: str = ""
    word: str = ""
    departement: str = ""
    roles: tuple[str, ...] = ("head", "referent")


def reach(listed: Sequence[Correspondent], told: set[UUID], plan: Plan) -> Reach:
    """Each is counted for one reason alone, the first that holds."""
    people: list[Correspondent] = []
    left: dict[Reason, int] = {}
    for one in listed:
        if one.role not in plan.roles or plan.departement not in ("", departement_of(one.uai)):
            continue
        reason = _reason(one, told)
        if reason:
            left[reason] = left.get(reason, 0) + 1
        else:
            people.append(one)
    return Reach(people=tuple(people), left=left)


def _reason(one: Correspondent, told: set[UUID]) -> Reason | None:
    if one.id in told:
        return "told"
    if one.declined_at:
        return "declined"
    if not one.email:
        return "without_address"
    return "refused" if one.refused else None


def form_of(plan: Plan) -> WebinarForm:
    """The form in which a stored webinar stands."""
    starts_at, ends_at = (moment.astimezone(PARIS) for moment in (plan.starts_at, plan.ends_at))
    return WebinarForm(
        title=plan.title,
        day=starts_at.date().isoformat(),
        starts=f"{starts_at:%H:%M}",
        ends=f"{ends_at:%H:%M}",
        link=plan.link,
        word=plan.word,
        departement=plan.departement,
        roles=plan.roles,
    )


def read_form(fields: Mapping[str, object], roles: Sequence[object]) -> WebinarForm:
    """What a POST holds, in one line each but for the sentence."""

    def text(name: str) -> str:
        value = fields.get(name, "")
        return value[:4000] if isinstance(value, str) else ""

    return WebinarForm(
        title=_one_line(text("title")),
        day=text("day").strip(),
        starts=text("starts").strip(),
        ends=text("ends").strip(),
        link=text("link").strip(),
        word="\n".join(map(_one_line, text("word").splitlines())).strip(),
        departement=text("departement").strip(),
        roles=tuple(role for role in ("head", "referent") if role in roles),
    )


def parse(form: WebinarForm, now: datetime) -> tuple[Plan | None, dict[str, str]]:
    """The webinar a form says, or a sentence for each field that cannot be."""
    faults: dict[str, str] = {}
    if not form.title:
        faults["title"] = _("Donnez un titre.")
    elif len(form.title) > TITLE_AT_MOST:
        faults["title"] = _("Le titre est trop long : {most} caractères au plus.", most=TITLE_AT_MOST)
    starts_at, ends_at = _times(form, now, faults)
    if fault := _fault_of_link(form.link):
        faults["link"] = fault
    if len(form.word) > WORD_AT_MOST:
        faults["word"] = _("Votre phrase est trop longue : {most} caractères au plus.", most=WORD_AT_MOST)
    if form.departement and form.departement not in DEPARTEMENTS:
        faults["departement"] = _("Choisissez un département.")
    if not form.roles:
        faults["roles"] = _("Choisissez à qui vous écrivez.")
    if faults or starts_at is None or ends_at is None:
        return None, faults
    return (
        Plan(
            title=form.title,
            starts_at=starts_at,
            ends_at=ends_at,
            link=form.link,
            word=form.word,
            departement=form.departement,
            roles=cast("tuple[Role, ...]", form.roles),
        ),
        {},
    )


def _times(form: WebinarForm, now: datetime, faults: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    try:
        day = Date.fromisoformat(form.day)
    except ValueError:
        faults["day"] = _("Donnez un jour.")
        # so that the hours are read as well
        day = now.date()
    if day > (now + AHEAD_AT_MOST).date():
        faults["day"] = _("Ce jour est trop loin : deux ans au plus.")
    moments = []
    for name, text in (("starts", form.starts), ("ends", form.ends)):
        try:
            moments.append(datetime.combine(day, Time.fromisoformat(text).replace(tzinfo=None), PARIS))
        except ValueError:
            faults[name] = _("Donnez une heure, par exemple 17:30.")
    if len(moments) < 2:
        return None, None
    starts_at, ends_at = moments
    if "day" not in faults and starts_at <= now:
        faults["day" if day < now.astimezone(PARIS).date() else "starts"] = _("C’est déjà passé.")
    if ends_at <= starts_at:
        faults["ends"] = _("La fin vient après le début.")
    return starts_at, ends_at


def _fault_of_link(link: str) -> str:
    if not link:
        return _("Donnez le lien du webinaire.")
    if len(link) > LINK_AT_MOST:
        return _("Le lien est trop long : {most} caractères au plus.", most=LINK_AT_MOST)
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme != "https" or not link.isprintable() or not link.isascii() or " " in link:
        return _("Donnez un lien entier, qui commence par « https ».")
    return ""


def _iso(moment: datetime) -> str:
    """As people of the country would write it, wherever it was read from."""
    return moment.astimezone(PARIS).isoformat()


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
