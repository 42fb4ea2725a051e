"""A webhook: where an organisation's own software is told of what, and how its calls went."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Literal, get_args
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.registration import InvalidField
from shared.languages import later
from shared.refusal import Refusal
from shared.signed_links import Signer

Kind = Literal["registration", "session", "offer"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KIND_NAMES = {
    "registration": later("Inscriptions : places données, rendues, attente"),
    "session": later("Séances : ajoutées, changées, annulées"),
    "offer": later("Offres : publiées, changées, annulées"),
}
WEBHOOKS_AT_MOST = 10
URL_AT_MOST = 500


class UnknownWebhook(Refusal):
    """No such webhook of this organisation."""

    reason: ClassVar[str] = "unknown-webhook"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Ce webhook n’existe pas."))


class UnknownCall(Refusal):
    """No such call of this webhook."""

    reason: ClassVar[str] = "unknown-call"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cet appel n’existe pas."))


class TooManyWebhooks(Refusal):
    """The organisation has ten webhooks."""

    reason: ClassVar[str] = "too-many-webhooks"

    def __init__(self) -> None:
        super().__init__(later("{count} webhooks existent déjà : supprimez d’abord un ancien.", count=WEBHOOKS_AT_MOST))


class Webhook(Struct, frozen=True, kw_only=True):
    """Where calls go. `version` is the secret's."""

    id: UUID
    url: str
    kinds: tuple[Kind, ...]
    version: int
    created_at: datetime
    paused_at: datetime | None


class MadeCall(Struct, frozen=True, kw_only=True):
    """One call as it went. `due`: it is still to be made, at `due_at`."""

    id: UUID
    tag: str
    planned_at: datetime
    due_at: datetime
    state: Literal["due", "answered", "failed"]
    attempts: int
    status: int | None
    answer: str
    called_at: datetime | None


def parse_url(text: str, *, private: bool) -> str:
    """An https address (`private`: also http); raises `InvalidField`. Where it leads is seen when it is called."""
    url = text.strip()
    try:
        parts = urlsplit(url)
        _ = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError) as error:
        raise InvalidField(later("Cette adresse n’est pas lisible."), field="url") from error
    if parts.scheme not in (("https", "http") if private else ("https",)) or not host:
        raise InvalidField(later("Donnez une adresse complète qui commence par https://."), field="url")
    if parts.username is not None or parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidField(later("Une adresse n’a ni espace, ni accent, ni mot de passe, ni « # »."), field="url")
    if len(url) > URL_AT_MOST:
        raise InvalidField(
            later("Cette adresse est trop longue ({count} signes au plus).", count=URL_AT_MOST), field="url"
        )
    return url


def parse_kinds(chosen: Sequence[str]) -> tuple[Kind, ...]:
    """What is told, in the order of the page; raises `InvalidField` for nothing, or for what there is not."""
    kinds = tuple(kind for kind in KINDS if kind in chosen)
    if not kinds or set(chosen) - set(KINDS):
        raise InvalidField(later("Choisissez ce qui est annoncé."), field="kinds")
    return kinds


def secret_of(webhook: Webhook, signer: Signer) -> str:
    """The secret as Standard Webhooks writes it: `whsec_` and base64. Derived, never stored."""
    return "whsec_" + base64.b64encode(signer.webhook_secrets(webhook.id, webhook.version)[0]).decode()
