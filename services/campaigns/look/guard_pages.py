"""What every answer says to browsers: run and load what is ours only, show in no frame, tell no one where from."""

from litestar.types import Message, Scope

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

# what is no page runs nothing, whatever a browser takes it for; a PDF is left to the browser's own viewer
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'"
PDF = b"application/pdf"
# what none of our pages asks a browser for, so that nothing that creeps into one can
PERMISSIONS = ", ".join(
    f"{name}=()" for name in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)

NOSNIFF, NO_REFERRER = (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")
# a shared cache may guess how long it keeps what says nothing of it (RFC 9111 §4.2.2): the state of a pupil, a refusal
# said in the language of who asked
NOT_KEPT = (b"cache-control", b"no-store")
OURS_ALONE = (b"cross-origin-resource-policy", b"same-origin")
FOR_EVERY_SITE = (b"cross-origin-resource-policy", b"cross-origin")
ON_EVERYTHING = (NOSNIFF, NO_REFERRER, NOT_KEPT)
ON_PAGES = (
    (b"content-security-policy", POLICY.encode()),
    (b"permissions-policy", PERMISSIONS.encode()),
)
ON_FILES = ((b"content-security-policy", FILE_POLICY.encode()),)
# a year, of this host alone: whoever runs the domain speaks for the others. Without TLS a browser obeys no opener
# policy, and complains of each
OVER_TLS = (
    (b"strict-transport-security", b"max-age=31536000"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


async def guard_pages(message: Message, scope: Scope) -> None:
    """Add the headers to an answer as it is sent, error pages included; on raw headers, since every answer passes.

    An application whose address is `https` says so with `over_tls`: browsers are told never to ask without.
    """
    if message["type"] != "http.response.start":
        return
    headers = list(message["headers"])
    given = {name.lower(): value for name, value in headers}
    media_type = given.get(b"content-type", b"")
    wanted = [
        *ON_EVERYTHING,
        FOR_EVERY_SITE if b"access-control-allow-origin" in given else OURS_ALONE,
        *(ON_PAGES if media_type.startswith(b"text/html") else () if media_type == PDF else ON_FILES),
        *(OVER_TLS if getattr(scope["litestar_app"], "over_tls", False) else ()),
    ]
    message["headers"] = headers + [header for header in wanted if header[0] not in given]
