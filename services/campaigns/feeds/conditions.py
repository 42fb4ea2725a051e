"""Conditions: what a request has already, and which encoding it takes (RFC 9110 §12.5.3, §13)."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

_TAG = re.compile(rb'(?:W/)?("[^"]*")')


def is_known(etag: bytes, last_modified: bytes, if_none_match: bytes | None, if_modified_since: bytes | None) -> bool:
    """Whether a GET or HEAD is answered with 304. If-None-Match wins, compared weakly; an unreadable date is none."""
    if if_none_match is not None:
        return if_none_match == etag or if_none_match.strip() == b"*" or etag in _TAG.findall(if_none_match)
    if if_modified_since is None or not last_modified:
        return False
    if if_modified_since == last_modified:
        return True
    since, modified = _read_date(if_modified_since), _read_date(last_modified)
    return since is not None and modified is not None and modified <= since


@lru_cache(maxsize=256)
def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether gzip may be sent: named, or meant by `*`, and not refused with q=0."""
    weights: dict[str, float] = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, parameters = part.partition(";")
        weights[coding.strip()] = _read_weight(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _read_weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


@lru_cache(maxsize=256)
def _read_date(text: bytes) -> datetime | None:
    try:
        date = parsedate_to_datetime(text.decode("ascii"))
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
