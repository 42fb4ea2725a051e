"""Webhooks: the JSON bodies."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from services.campaigns.organisations.webhooks.webhook import Kind

Url = Annotated[str, Meta(description="https, at most 500 characters", examples=["https://logiciel.example/quinzaine"])]


class WebhookRequestBody(Struct, frozen=True):
    """A webhook as it is asked for."""

    url: Url
    kinds: Annotated[list[Kind], Meta(min_length=1, max_length=3)]


class WebhookBody(Struct, frozen=True, kw_only=True):
    """A webhook; `secret` is what its calls are signed with (Standard Webhooks)."""

    id: UUID
    url: Url
    kinds: list[Kind]
    secret: str
    created_at: datetime
    paused_at: datetime | None


class WebhooksBody(Struct, frozen=True):
    """All of an organisation."""

    items: list[WebhookBody]


class CallBody(Struct, frozen=True, kw_only=True):
    """One call as it went: `status` is HTTP's, null where no answer came."""

    id: UUID
    tag: str
    planned_at: datetime
    due_at: datetime
    state: Literal["due", "answered", "failed"]
    attempts: int
    status: int | None
    answer: str
    called_at: datetime | None


class CallsBody(Struct, frozen=True):
    """Calls, newest first; `next` is the `before` of the page after, null on the last one."""

    items: list[CallBody]
    next: UUID | None
