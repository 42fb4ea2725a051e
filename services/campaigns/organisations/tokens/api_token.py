"""An API token: a secret of 256 bits shown once, with one role, for a year at most."""

import secrets
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Literal, get_args
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import InvalidField
from services.campaigns.offers.registration_form import parse_line
from shared.french_dates import PARIS
from shared.languages import _, later
from shared.refusal import Refusal

TokenRole = Literal["planner", "host", "teacher", "viewer"]
TOKEN_ROLES: tuple[TokenRole, ...] = get_args(TokenRole)
PREFIX = "qz_"
TOKENS_AT_MOST = 50
NAME_AT_MOST = 80
LIFE_AT_MOST = timedelta(days=366)


class UnknownToken(Refusal):
    """No such token of this organisation."""

    reason: ClassVar[str] = "unknown-token"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce jeton n’existe pas."))


class TooManyTokens(Refusal):
    """The organisation has fifty tokens in use."""

    reason: ClassVar[str] = "too-many-tokens"

    def __init__(self) -> None:
        super().__init__(
            later("{count} jetons sont en service : révoquez d’abord ceux qui sont inutiles.", count=TOKENS_AT_MOST)
        )


class TokenForm(Struct, frozen=True, kw_only=True):
    """A token as it is asked for, checked."""

    name: str
    role: TokenRole
    expires_at: datetime


class ApiToken(Struct, frozen=True, kw_only=True):
    """A token in use; its secret is nowhere. `created_by` is a name, `creator_left` that they are no member."""

    id: UUID
    name: str
    role: TokenRole
    created_by: str
    creator_left: bool
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def new_secret() -> str:
    """`qz_` and 256 random bits, 46 characters of the URL-safe alphabet."""
    return PREFIX + secrets.token_urlsafe(32)


def parse_token(*, name: str, role: str, until: str, now: datetime) -> tuple[TokenForm | None, dict[str, str]]:
    """The token of a form, or the faults of its fields; `until` is its last day, `2027-06-30`, in Europe/Paris."""
    faults: dict[str, str] = {}
    wanted: TokenRole | None = next((one for one in TOKEN_ROLES if one == role), None)
    if wanted is None:
        faults["role"] = _("Choisissez ce que ce jeton permet.")
    try:
        name = parse_line(name, "name", _("Le nom du jeton"), NAME_AT_MOST)
    except InvalidField as refusal:
        faults["name"] = refusal.sentence
    try:
        expires_at = parse_end(until, now=now)
    except InvalidField as refusal:
        faults["until"] = refusal.sentence
    if faults or wanted is None:
        return None, faults
    return TokenForm(name=name, role=wanted, expires_at=expires_at), {}


def parse_end(text: str, *, now: datetime) -> datetime:
    """The end of the last day a token is valid, in the future and within a year; raises `InvalidField`."""
    try:
        day = date.fromisoformat(text)
        end = datetime.combine(day, time(23, 59, 59), PARIS)
    except (ValueError, OverflowError) as error:
        raise InvalidField(later("Choisissez le dernier jour où ce jeton est valable."), field="until") from error
    if day.year > 2200 or end > now + LIFE_AT_MOST:
        raise InvalidField(later("Un jeton est valable un an au plus."), field="until")
    if end <= now:
        raise InvalidField(later("Ce jour est passé."), field="until")
    return end
