"""The same address however it is written: quoted, percent-encoded, with its domain in letters or as IDNA has it."""

import re
from urllib.parse import unquote

LONGEST = 320
_ATOM = re.compile(r"[^\s\"(),:;<>@\[\]\\]+")


def same_address(written: str) -> str:
    """One spelling for all of an address (RFC 6068, RFC 5890, RFC 5321 §4.1.2), in lower case; empty for none."""
    text = unquote(written.strip().strip("<>"))[:LONGEST].lower()
    local, at, domain = text.rpartition("@")
    if not at:
        return ""
    if len(local) > 1 and local.startswith('"') and local.endswith('"'):
        bare = re.sub(r"\\(.)", r"\1", local[1:-1])
        # what needs no quotation marks is the same without
        local = bare if _ATOM.fullmatch(bare) else f'"{bare}"'
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        # no domain there could be; it is compared as it stands
        domain = domain.strip()
    return f"{local}@{domain}"
