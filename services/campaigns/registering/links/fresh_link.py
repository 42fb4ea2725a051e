"""A fresh link: it came by mail a moment ago, so whoever brings it reads the mail of the registration now.

What is sensitive (seeing all that is kept, having it erased, changing the address) is done behind such a link, not
behind the personal one, which lives for months. How another room uses it:

    await ask_fresh_link(connection, registration_id=place.id, to_guardian=…, now=now)     # links/ask_fresh_link.py
    …the mail leads to /donnees/{token}, for a quarter of an hour…
    fresh = await read_fresh_link(connection, edge.signer, token, now=now)       # links/read.py
    …fresh.registration_id, fresh.pupil_id, fresh.guardian_id, fresh.reader_id…

The token's scope is `fresh`, or `fresh_guardian` of a guardian told besides the pupil; its id is the
registration's, its version that of the pupil's or the guardian's own link: renewing that one ends these.
`FreshLinkRequested.leads_to` of the contract names the first part of the page's address.
"""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct

# how long the link opens anything
FRESH_LIFE = timedelta(minutes=15)
# a button pressed again and again sends one mail a minute
FRESH_AGAIN_AFTER = timedelta(minutes=1)


class FreshLink(Struct, frozen=True, kw_only=True):
    """Who stands behind a fresh link: the pupil, or the guardian where the pupil has no address."""

    registration_id: UUID
    offer_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None
    # the person whose mail it came by
    reader_id: UUID
