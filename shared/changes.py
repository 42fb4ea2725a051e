"""A change of one shown field, as events carry it and mails tell it."""

from msgspec import Struct


class FieldChange(Struct, frozen=True, kw_only=True):
    """One shown field before and after; times are ISO 8601 with offset, absent values are empty."""

    field: str
    before: str
    after: str
