"""A yes that is kept: what has changed since a host or a speaker said yes, and whether it is all undone."""

from collections.abc import Sequence

import msgspec

from shared.changes import FieldChange


def changed_since_yes(
    status: str, changed_since: str | None, changes: Sequence[FieldChange]
) -> tuple[FieldChange, ...] | None:
    """All that has changed since the yes, field by field; none: it is again what the yes was said to.

    None where there is no yes to keep. `changed_since` is what was noted with the change before this one (JSON).
    """
    if status == "confirmed":
        before: tuple[FieldChange, ...] = ()
    elif status == "awaited" and changed_since is not None:
        before = msgspec.json.decode(changed_since, type=tuple[FieldChange, ...])
    else:
        return None
    merged: dict[str, FieldChange] = {}
    for change in (*before, *changes):
        first = merged.get(change.field, change)
        merged[change.field] = FieldChange(field=change.field, before=first.before, after=change.after)
    return tuple(change for change in merged.values() if change.before != change.after)


def noted(changes: Sequence[FieldChange] | None) -> str | None:
    """As it is kept in the row."""
    return None if changes is None else msgspec.json.encode(changes).decode()
