"""An offer as a schema.org Event, for who reads pages by machine (https://schema.org/Event)."""

from datetime import datetime
from typing import Any

import msgspec

from services.campaigns.catalogue.listing import Listing
from services.campaigns.look.words import OFFER_KINDS
from shared.languages import translate
from shared.programme import Programme, ProgrammeDay


def describe_event(listing: Listing, programme: Programme, *, address: str, page: str, now: datetime) -> str:
    """The JSON-LD of an offer: `address` is the offer's in every language, `page` the one being read.

    It may stand inside a `script` element as it is: no `<`, `>` or `&` is left in it."""
    planned = [s for day in programme.days for s in day.sessions if s.status == "planned"]
    online = [session for session in planned if session.online_url and not session.place]
    event: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "@id": address,
        "url": page,
        "name": listing.title,
        "description": listing.summary or OFFER_KINDS[listing.kind],
        # the language of what happens there (https://schema.org/inLanguage), whatever page tells of it
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "eventStatus": f"https://schema.org/{'EventCancelled' if listing.status == 'cancelled' else 'EventScheduled'}",
        "eventAttendanceMode": f"https://schema.org/{_mode(len(online), len(planned))}EventAttendanceMode",
        "organizer": {"@type": "Organization", "name": listing.organisation},
        "maximumAttendeeCapacity": listing.seats,
        "remainingAttendeeCapacity": listing.free,
        "location": _location(listing, page, all_online=bool(planned) and len(online) == len(planned)),
        "offers": {
            "@type": "Offer",
            "url": page,
            "price": 0,
            "priceCurrency": "EUR",
            "availability": f"https://schema.org/{'InStock' if listing.state(now) == 'open' else 'SoldOut'}",
        },
    }
    if listing.starts_at and listing.ends_at:
        event |= {"startDate": listing.starts_at.isoformat(), "endDate": listing.ends_at.isoformat()}
    if listing.opens_at:
        event["offers"]["validFrom"] = listing.opens_at.isoformat()
    if len(programme.days) > 1:
        event["subEvent"] = [sub for day in programme.days if (sub := _day(day, listing))]
    text = msgspec.json.encode(event).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _mode(online: int, planned: int) -> str:
    if not online:
        return "Offline"
    return "Online" if online == planned else "Mixed"


def _location(listing: Listing, address: str, *, all_online: bool) -> dict[str, Any]:
    if all_online:
        return {"@type": "VirtualLocation", "url": address}
    locality = {"@type": "PostalAddress", "addressLocality": listing.city, "addressCountry": "FR"}
    return {"@type": "Place", "name": listing.city or listing.organisation, "address": locality}


def _day(day: ProgrammeDay, listing: Listing) -> dict[str, Any] | None:
    planned = [session for session in day.sessions if session.status == "planned"]
    if not planned:
        return None
    return {
        "@type": "Event",
        "name": translate(day.sector_label) if day.sector_label else listing.title,
        "startDate": min(session.starts_at for session in planned).isoformat(),
        "endDate": max(session.ends_at for session in planned).isoformat(),
        "location": _location(listing, "", all_online=False),
    }
