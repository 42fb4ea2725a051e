"""Icons of the package heroicons, drawn once, hidden from screen readers: a word always stands beside."""

from functools import cache

from heroicons.jinja import heroicon_outline, heroicon_solid


@cache
def icon(name: str, size: int = 20) -> str:
    """An outlined icon as inline SVG (Markup), `size` in px."""
    return heroicon_outline(name, size=size, aria_hidden="true", **{"class": "icon"})


@cache
def solid_icon(name: str, size: int = 20) -> str:
    """A filled icon as inline SVG (Markup), `size` in px."""
    return heroicon_solid(name, size=size, aria_hidden="true", **{"class": "icon"})
