"""What addresses, forms and headers bring: keys of pages and versions, read with care."""

from uuid import UUID

from services.campaigns.agreements.campaign import InvalidCampaign
from shared.languages import later


def key_of(after: str) -> UUID | None:
    """The key of the next page; what is no key begins at the beginning."""
    try:
        return UUID(after)
    except ValueError:
        return None


def version_of(value: object) -> int:
    """The version a form was shown with; what is none fits no campaign."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 6 else -1


def version_of_header(if_match: str | None) -> int | None:
    """The version in `If-Match`, None for none or `*`; raises `InvalidCampaign`."""
    if if_match is None or if_match.strip() == "*":
        return None
    version = version_of(if_match.strip().removeprefix("W/").strip('"'))
    if version < 0:
        raise InvalidCampaign(later("L’en-tête If-Match attend la version de la campagne."), field="If-Match")
    return version
