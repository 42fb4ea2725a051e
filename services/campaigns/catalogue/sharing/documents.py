"""The documents for machines: an Atom feed of new offers (RFC 4287), a sitemap, robots.txt (RFC 9309)."""

import hashlib
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from msgspec import Struct

from shared.languages import _, language

ATOM, SITEMAP = "http://www.w3.org/2005/Atom", "http://www.sitemaps.org/schemas/sitemap/0.9"
# what is somebody's own, or a planner's; the pages themselves say noindex too
NOT_FOR_ROBOTS = ("/planification", "/connexion", "/compte", "/inscriptions/", "/places/", "/api/")
register_namespace("", ATOM)


class Entry(Struct, frozen=True, kw_only=True):
    """An offer as it appeared: `listed_at` for the first time, `changed_at` in its newest programme."""

    id: UUID
    slug: str
    title: str
    summary: str
    city: str
    organisation: str
    sectors: tuple[str, ...]
    listed_at: datetime
    changed_at: datetime
    starts_at: datetime | None
    when: str = ""


class Document(Struct, frozen=True):
    """A document's bytes and the tag that is theirs alone."""

    body: bytes
    media_type: str
    etag: str


def atom_feed(entries: Sequence[Entry], *, base_url: str, now: datetime) -> Document:
    """The newest offers as an Atom feed; `now` dates an empty one only."""
    feed = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language()})
    address = f"{base_url}/nouveautes.atom"
    changed = max((max(entry.listed_at, entry.changed_at) for entry in entries), default=_day_of(now))
    _add(feed, "id", address)
    _add(feed, "title", _("Quinzaine : les nouvelles offres"))
    _add(feed, "updated", changed.isoformat())
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "type": "application/atom+xml", "href": address})
    SubElement(feed, f"{{{ATOM}}}link", {"rel": "alternate", "type": "text/html", "href": f"{base_url}/"})
    _add(SubElement(feed, f"{{{ATOM}}}author"), "name", "Quinzaine")
    for entry in entries:
        item = SubElement(feed, f"{{{ATOM}}}entry")
        _add(item, "id", f"urn:uuid:{entry.id}")
        _add(item, "title", entry.title)
        _add(item, "published", entry.listed_at.isoformat())
        _add(item, "updated", max(entry.listed_at, entry.changed_at).isoformat())
        SubElement(
            item,
            f"{{{ATOM}}}link",
            {"rel": "alternate", "type": "text/html", "href": f"{base_url}/offres/{entry.slug}"},
        )
        _add(SubElement(item, f"{{{ATOM}}}author"), "name", entry.organisation)
        for sector in entry.sectors:
            SubElement(item, f"{{{ATOM}}}category", {"term": _text(sector)})
        said = ". ".join(part for part in (entry.when, entry.city, entry.summary) if part)
        _add(item, "summary", said or entry.title)
    return _document(feed, "application/atom+xml")


def sitemap(offers: Sequence[tuple[str, datetime]], *, base_url: str) -> Document:
    """Every page that may be found: the catalogue, and each offer (slug, changed at); 50,000 at most, as the format."""
    root = Element("urlset", {"xmlns": SITEMAP})
    SubElement(SubElement(root, "url"), "loc").text = f"{base_url}/"
    for slug, changed_at in offers[:49_999]:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = f"{base_url}/offres/{slug}"
        SubElement(url, "lastmod").text = changed_at.isoformat()
    return _document(root, "application/xml")


def robots(*, base_url: str) -> str:
    """What robots may read: everything public."""
    refused = "\n".join(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)
    return f"User-agent: *\n{refused}\n\nSitemap: {base_url}/sitemap.xml\n"


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}").text = _text(text)


def _text(text: str) -> str:
    """Without the characters XML 1.0 cannot hold."""
    return "".join(" " if unicodedata.category(character) in ("Cc", "Cs") else character for character in text).strip()


def _day_of(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _document(root: Element, media_type: str) -> Document:
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="utf-8")
    return Document(body, media_type, f'"{hashlib.sha256(body).hexdigest()[:24]}"')
