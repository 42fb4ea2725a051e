"""The ten families of sectors: the colour, the icon and the short word each is shown with."""

import re

from shared.languages import translate

# family → icon of the heroicons package; the colours have the same names in style.css
ICONS = {
    "construction": "home-modern",
    "energy": "bolt",
    "health": "heart",
    "industry": "cog-6-tooth",
    "transport": "truck",
    "nature": "sun",
    "digital": "computer-desktop",
    "commerce": "building-storefront",
    "culture": "paint-brush",
    "public_service": "building-library",
}
NO_FAMILY, NO_FAMILY_ICON = "none", "calendar-days"

_ABBREVIATION = re.compile(r"\(([A-Z]{2,6})\)\s*$")


def family_of(family: str) -> str:
    """The family as the style knows it; `none` for no sector or an unknown family."""
    return family if family in ICONS else NO_FAMILY


def icon_of(family: str) -> str:
    """The icon of a family."""
    return ICONS.get(family, NO_FAMILY_ICON)


def short_label(label: str) -> str:
    """« BTP » for « Bâtiment et travaux publics (BTP) »; any other label as it is, in the language spoken."""
    found = _ABBREVIATION.search(label)
    return found[1] if found else translate(label)
