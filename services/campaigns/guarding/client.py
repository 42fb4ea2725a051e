"""The client: the address a request comes from, as far as it can be believed."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any, TypeAlias

# the head of a request: an ASGI scope, of which `method`, `path`, `client` and `headers` are read
Asked: TypeAlias = Mapping[str, Any]
NOWHERE = ""


def client_of(scope: Asked, trusted_hops: int) -> str:
    """The address of who asks; of IPv6 the network of 64 bits, which one household or one server has to itself.

    Each of our own `trusted_hops` proxies has added to `X-Forwarded-For` whom it was asked by, at the right. What
    stands further left was written by the client and says what it likes. No proxy, no header: the peer is the client.
    """
    peer = scope["client"][0] if scope["client"] else NOWHERE
    if not trusted_hops:
        return _named(peer)
    forwarded = [
        part.strip()
        for name, value in scope["headers"]
        if name == b"x-forwarded-for"
        for part in value.decode("latin-1").split(",")
    ]
    if len(forwarded) < trusted_hops:
        return _named(peer)
    return _named(forwarded[-trusted_hops]) or _named(peer)


def _named(address: str) -> str:
    if address.count(".") == 3 and address.isascii() and len(address) <= 15 and address.replace(".", "").isdigit():
        return address
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return NOWHERE
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False).network_address)
