"""What stands in the fields of a form, or the faults of them: a field nobody named is empty."""

from collections.abc import Iterable, Mapping


class Fields(dict[str, str]):
    """Field → text."""

    def __missing__(self, _: str) -> str:
        return ""


def take_fields(form: Mapping[str, object], names: Iterable[str], *, at_most: int = 400) -> Fields:
    """The named fields of a form as text, cut where nobody would have typed that much; a file is no text."""
    given = ((name, form.get(name, "")) for name in names)
    return Fields({name: text[:at_most] for name, text in given if isinstance(text, str)})
