"""Signs that a space stands before in French: in a title, none of them begins a line."""

import re

_TITLE = re.compile(r"<h1\b[^>]*>.*?</h1>", re.DOTALL)
_SPACE = re.compile(r" (?=[:;?!\u00bb])|(?<=\u00ab) ")


def keep_signs(html: str) -> str:
    """The page, where a title's « : » and « ? » stay on the line of the word before (U+00A0)."""
    return _TITLE.sub(lambda title: _SPACE.sub("\u00a0", title[0]), html)
