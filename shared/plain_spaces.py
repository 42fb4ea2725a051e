"""Plain spaces: those that French typography and word processors put before « ! » and « : », as people mean them."""

import re

# no-break, narrow and wide ones (Unicode's Zs), none of which Python takes for printable
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")


def plain_spaces(text: str) -> str:
    """The text with a space for each kind of space; line breaks and all else stay."""
    return text if text.isascii() else _SPACES.sub(" ", text)
