"""The states of an offer as a list is filtered by them; the same as `Listing.state` says, drafts besides."""

from typing import Literal

from services.campaigns.catalogue.listing import ListingState
from shared.languages import Glossary, later

State = Literal["draft"] | ListingState

STATE_NAMES = Glossary(
    {
        "draft": later("Brouillons"),
        "not_yet": later("Bientôt ouvertes"),
        "open": later("Avec des places"),
        "full": later("Complètes"),
        "closed": later("Inscriptions closes"),
        "past": later("Passées"),
        "cancelled": later("Annulées"),
    }
)
STATES = frozenset(STATE_NAMES)

# `Listing.state` in SQL, of a row of campaigns.offers; $1 is now
STATE_OF_ROW = """
    CASE WHEN status IN ('draft', 'cancelled') THEN status
         WHEN status = 'over' OR upper(busy) <= $1 THEN 'past'
         WHEN status <> 'published' OR lower(busy) <= $1 OR closes_at <= $1 THEN 'closed'
         WHEN opens_at > $1 THEN 'not_yet'
         WHEN waiting = 0 AND taken < seats THEN 'open'
         ELSE 'full' END
"""
