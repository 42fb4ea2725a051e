"""Secrets in links: derived, never stored; revoking is raising a version, rotating is adding a key.

A token is base64url of id (16 bytes), version (2) and the first 16 bytes of HMAC-SHA256 over scope, id and version.
One that lasts until a moment holds that, too: seconds since 1970 (5 bytes), after the version. The first key signs,
every key verifies.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

Scope = Literal[
    "registration",
    # the personal page as the guardian reads it
    "guardian",
    "consent",
    # calendars: of a pupil, a guardian, a teacher, a speaker, a planner, a member's one-to-one slots
    "feed",
    "family_feed",
    "teacher_feed",
    "speaker_feed",
    "planner_feed",
    "slots_feed",
    "planner",
    "reply",
    # answers to the entry of a host's or a speaker's promise (the request's id), of a one-to-one slot
    "reply_host",
    "reply_speaker",
    "reply_slot",
    "bounce",
    # a message its reader wants no more of, by the delivery
    "unwanted",
    "sign_in",
    "invitation",
    "agreement",
    "host",
    "host_space",
    "speaker",
    "teacher",
    "teacher_link",
    # for a quarter of an hour: the pupil reads their mail now, or the guardian does
    "fresh",
    "fresh_guardian",
    "question",
    "form",
    # what one of our own services shows another (no id: `NOBODY`)
    "service",
]

ReplyScope = Literal["reply", "reply_host", "reply_speaker", "reply_slot"]

_ID, _VERSION, _TIME, _MAC = 16, 2, 5, 16


class SignedId(Struct, frozen=True):
    """What a verified token says: whose it is, at which version it was given."""

    id: UUID
    version: int


# whom a token that is nobody's stands for: looked up like anybody, found nowhere
NOBODY = SignedId(UUID(int=0), 0)


class Signer:
    """Derives and verifies the tokens of one installation. `keys`: newest first, one or more."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._keys = tuple(key.encode() for key in keys)

    def token(self, scope: Scope, id: UUID, version: int = 1) -> str:
        """The token for an id: 46 characters of the URL-safe alphabet."""
        body = id.bytes + version.to_bytes(_VERSION, "big")
        return base64.urlsafe_b64encode(body + self._mac(self._keys[0], scope, body)).decode().rstrip("=")

    def verify(self, scope: Scope, token: str) -> SignedId | None:
        """What the token says, or None when it is cut, forged, or of another scope."""
        return self._open(scope, _decode(token))

    def timed_token(self, scope: Scope, id: UUID, version: int, until: datetime) -> str:
        """The token for an id that opens something until a moment: 52 characters of the URL-safe alphabet."""
        seconds = int(until.timestamp())
        body = id.bytes + version.to_bytes(_VERSION, "big") + seconds.to_bytes(_TIME, "big")
        return base64.urlsafe_b64encode(body + self._mac(self._keys[0], scope, body)).decode().rstrip("=")

    def verify_timed(self, scope: Scope, token: str, now: datetime) -> SignedId | None:
        """What the token says, or None when it is cut, forged, of another scope, or its moment has passed."""
        raw = _decode(token)
        body, mac = raw[:-_MAC], raw[-_MAC:]
        if len(body) != _ID + _VERSION + _TIME or not self._is_ours(scope, body, mac):
            return None
        if int.from_bytes(body[_ID + _VERSION :], "big") <= now.timestamp():
            return None
        return SignedId(UUID(bytes=body[:_ID]), int.from_bytes(body[_ID : _ID + _VERSION], "big"))

    def read(self, scope: Scope, token: str) -> SignedId:
        """What the token says, or `NOBODY`: for who looks up what was never given just like what was, and refuses it
        with the same words after the same work.
        """
        return self.verify(scope, token) or NOBODY

    def reply_local_part(self, id: UUID, scope: ReplyScope = "reply") -> str:
        """The local part that answers to an invitation come to: lower-case base32, 55 octets (RFC 5321: at most 64)."""
        return self._local_part(scope, id)

    def verify_reply_local_part(self, local_part: str, scope: ReplyScope = "reply") -> UUID | None:
        """The registration whose invitation an address answers to, or what else the scope names; or None."""
        return self._open_local_part(scope, local_part)

    def bounce_local_part(self, id: UUID) -> str:
        """The local part that bounces of a delivery come back to: `retour-` and base32, 62 octets."""
        return "retour-" + self._local_part("bounce", id)

    def verify_bounce_local_part(self, local_part: str) -> UUID | None:
        """The delivery that a bounce is about, or None."""
        prefix, _, rest = local_part.partition("-")
        return self._open_local_part("bounce", rest) if prefix.lower() == "retour" else None

    def _local_part(self, scope: Scope, id: UUID) -> str:
        body = id.bytes + (1).to_bytes(_VERSION, "big")
        return base64.b32encode(body + self._mac(self._keys[0], scope, body)).decode().rstrip("=").lower()

    def _open_local_part(self, scope: Scope, local_part: str) -> UUID | None:
        try:
            raw = base64.b32decode(local_part.upper() + "=" * (-len(local_part) % 8))
        except (binascii.Error, ValueError):
            return None
        signed = self._open(scope, raw)
        return signed.id if signed else None

    def webhook_secrets(self, id: UUID, version: int) -> list[bytes]:
        """The secrets a webhook's calls are signed with, 32 bytes each: by the newest key first, then the others."""
        body = id.bytes + version.to_bytes(_VERSION, "big")
        return [hashlib.blake2b(body, key=key[:64], digest_size=32, person=b"webhook").digest() for key in self._keys]

    def service_token(self) -> str:
        """What one of our services shows another as its pass."""
        return self.token("service", NOBODY.id)

    def is_service_token(self, token: str) -> bool:
        """Whether who shows this is one of our services."""
        return self.verify("service", token) is not None

    def identity(self, *parts: str) -> bytes:
        """A keyed hash (RFC 7693) of who somebody is, equal for equal parts; made with the oldest key: it stays."""
        message = b"\x00".join(part.encode() for part in parts)
        return hashlib.blake2b(message, digest_size=32, key=self._keys[-1][:64], person=b"identity").digest()

    def _open(self, scope: Scope, raw: bytes) -> SignedId | None:
        if len(raw) != _ID + _VERSION + _MAC:
            return None
        body, mac = raw[: _ID + _VERSION], raw[_ID + _VERSION :]
        if not self._is_ours(scope, body, mac):
            return None
        return SignedId(UUID(bytes=body[:_ID]), int.from_bytes(body[_ID:], "big"))

    def _is_ours(self, scope: Scope, body: bytes, mac: bytes) -> bool:
        return any(hmac.compare_digest(mac, self._mac(key, scope, body)) for key in self._keys)

    @staticmethod
    def _mac(key: bytes, scope: Scope, body: bytes) -> bytes:
        return hmac.digest(key, scope.encode() + b"\x00" + body, hashlib.sha256)[:_MAC]


def _decode(token: str) -> bytes:
    """The bytes of a token; none where it is not of the alphabet."""
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
