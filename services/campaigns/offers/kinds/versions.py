"""The version a machine has seen, as its If-Match header gives it."""

from services.campaigns.offers.registration import InvalidField
from shared.languages import later


def version_of(if_match: str | None) -> int | None:
    """The number of the header, quoted or bare; None for none and for `*`. Raises `InvalidField`."""
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidField(later("L’en-tête If-Match attend le numéro de version."), field="If-Match")
    return int(text)
