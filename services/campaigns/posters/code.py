"""The code: an address as a QR code (ISO/IEC 18004), drawn as SVG."""

from io import BytesIO

import segno

# three of ten modules may be torn or dirty: a poster hangs in a corridor
TOLERANCE = "q"


def draw_code(address: str, *, scale: int = 8, border: int = 4) -> str:
    """The QR code of an address as an SVG document, dark on white whatever the theme; `border` in modules."""
    out = BytesIO()
    segno.make(address, error=TOLERANCE, micro=False).save(
        out,
        kind="svg",
        scale=scale,
        border=border,
        dark="#000",
        light="#fff",
        xmldecl=False,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode()
