"""Static files: held in memory, named by their content, kept by browsers for a year."""

import gzip
import hashlib
from pathlib import Path
from typing import Any

import js_lib_htmx
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from msgspec import Struct

FOLDER = Path(__file__).parent / "static"
# scripts of others come from their package, as it is installed
HTMX = Path(js_lib_htmx.__file__).parent / "static" / "htmx" / "htmx.min.js"
MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}


class StaticFile(Struct, frozen=True):
    """A file's bytes, plain and compressed."""

    content: bytes
    compressed: bytes
    media_type: str


def address_of(name: str) -> str:
    """The address of a static file: `/static/style.0123456789ab.css`."""
    return f"/static/{_NAMES[name]}"


@get("/static/{name:str}", include_in_schema=False)
async def get_static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """The file whose content gave it this name."""
    file = _FILES.get(name)
    if file is None:
        raise NotFoundException
    small = "gzip" in request.headers.get("Accept-Encoding", "")
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if small:
        headers["Content-Encoding"] = "gzip"
    return Response(file.compressed if small else file.content, media_type=file.media_type, headers=headers)


def _read_files() -> tuple[dict[str, str], dict[str, StaticFile]]:
    names, files = {}, {}
    for path in [*sorted(FOLDER.iterdir()), HTMX]:
        content = path.read_bytes()
        name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:12]}{path.suffix}"
        names[path.name] = name
        files[name] = StaticFile(content, gzip.compress(content, mtime=0), MEDIA_TYPES[path.suffix])
    return names, files


_NAMES, _FILES = _read_files()

route_handlers = [get_static_file]
