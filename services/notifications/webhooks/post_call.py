"""Post a call: to an address that was looked up and judged first, and to no other; what it answers is read in part."""

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

import httpx

from services.notifications.webhooks.call import CallAnswer

# all of it: looking the name up, connecting, waiting for the answer
SECONDS = 15.0
READ_AT_MOST = 2048
WORDS_AT_MOST = 300


class NotCalled(Exception):
    """Why an address is not called, in words for who set it up."""


class NamesAway(Exception):
    """Names cannot be looked up from here now: nothing was tried, and nobody's address is at fault."""


async def post_call(url: str, body: bytes, headers: dict[str, str], *, private: bool) -> CallAnswer:
    """What the address answered. Redirections are not followed. `private`: this machine and its network may be called.

    The name is looked up once; the connection goes to the address that was judged (no second look-up to lie in).
    """
    try:
        async with asyncio.timeout(SECONDS):
            address = await find_address(url, private=private)
            return await _post(url, address, body, headers)
    except NamesAway:
        return CallAnswer(None, "names cannot be looked up now", tried=False)
    except NotCalled as refusal:
        return CallAnswer(None, str(refusal))
    except TimeoutError:
        return CallAnswer(None, f"no answer within {SECONDS:.0f} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return CallAnswer(None, f"{type(error).__name__} {error}".strip()[:WORDS_AT_MOST])


async def find_address(url: str, *, private: bool) -> str:
    """The IP address behind a URL; raises `NotCalled` where one of those it names is not public."""
    parts = urlsplit(url)
    if parts.scheme not in (("https", "http") if private else ("https",)) or not parts.hostname:
        raise NotCalled("only https is called")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise NamesAway from error
        raise NotCalled("this name leads nowhere") from error
    except (OSError, UnicodeError) as error:
        raise NotCalled("this name leads nowhere") from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not private and not all(is_public(address) for address in addresses):
        raise NotCalled("private addresses are not called")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether an address is somebody's on the internet: not this machine, its network, or what stands for either."""
    ip = ipaddress.ip_address(address)
    inside = [ip]
    if isinstance(ip, ipaddress.IPv6Address):
        inside += [each for each in (ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())) if each is not None]
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            inside.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return all(each.is_global and not each.is_multicast for each in inside)


async def _post(url: str, address: str, body: bytes, headers: dict[str, str]) -> CallAnswer:
    target = httpx.URL(url)
    async with (
        httpx.AsyncClient(follow_redirects=False, timeout=SECONDS, trust_env=False) as client,
        client.stream(
            "POST",
            target.copy_with(host=address),
            content=body,
            headers={**headers, "host": target.netloc.decode("ascii"), "accept-encoding": "identity"},
            # TLS greets and checks the name that was asked for
            extensions={"sni_hostname": target.host},
        ) as answer,
    ):
        read = b""
        async for part in answer.aiter_raw():
            read += part
            if len(read) >= READ_AT_MOST:
                break
        words = "".join(each if each.isprintable() else " " for each in read[:READ_AT_MOST].decode("utf-8", "replace"))
        if answer.is_redirect:
            words = "redirections are not followed"
        return CallAnswer(answer.status_code, " ".join(words.split())[:WORDS_AT_MOST])
