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


NOSNIFF, NO_REFERRER = (b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer")
# a shared cache may guess how long it keeps what says nothing of it (RFC 9111 §4.2.2): the state of a pupil, a refusal
# said in the language of who asked
NOT_KEPT = (b"cache-control", b"no-store")
PAGE_POLICY = (b"content-security-policy", POLICY.encode())


async def guard_pages(message: Message, scope: Scope) -> None:  # noqa: ARG001  # the signature of `before_send`
    """Add the headers to an answer as it is sent, error pages included; on raw headers, since every answer passes."""
    if message["type"] != "http.response.start":
        return
    headers = list(message["headers"])
    given = {name.lower(): value for name, value in headers}
    wanted = [NOSNIFF, NO_REFERRER, NOT_KEPT]
    if given.get(b"content-type", b"").startswith(b"text/html"):
        wanted.append(PAGE_POLICY)
    message["headers"] = headers + [header for header in wanted if header[0] not in given]
