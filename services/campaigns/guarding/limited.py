"""What is limited: what is written for strangers or sends a mail, addresses that are a secret, what a person writes."""

import re
from typing import Literal, get_args

from services.campaigns.subscribing.read import CALENDARS
from shared.signed_links import Scope

Class = Literal["registering", "sending_mail", "guessing", "acting"]
CLASSES: tuple[Class, ...] = get_args(Class)
# what may come in hundreds a second is settled between the processes by handfuls, a tenth of what is had at once; what
# sends a mail or tries a secret one by one
BY_HANDFULS: tuple[Class, ...] = ("registering", "acting")

# path of a route that is posted to without an account → its class; guesses are what `SECRETS` lists
POSTED: dict[str, Class] = {
    "/offres/{slug:str}/inscription": "registering",
    "/api/v1/offers/{offer_id:uuid}/registrations": "registering",
    "/connexion": "sending_mail",
    "/offres/{slug:str}/question": "sending_mail",
    "/lien": "sending_mail",
}

# how a path begins → the scopes of which the secret after it may be; where two begin alike, the longer one is first
SECRETS: dict[str, tuple[Scope, ...]] = {
    "/inscriptions/": ("registration", "guardian"),
    "/suivi/agenda/": ("feed",),
    "/suivi/": ("registration",),
    "/connexion/": ("sign_in",),
    "/accords/": ("agreement",),
    "/accueil/": ("host", "host_space"),
    "/temoignage/": ("speaker",),
    "/questions/": ("question",),
    "/desabonnement/": ("unwanted",),
    "/invitations/": ("invitation",),
    "/professeur/": ("teacher_link",),
    "/consentement/": ("consent",),
    "/donnees/": ("fresh", "fresh_guardian"),
    "/api/v1/registrations/": ("registration",),
    "/api/v1/agreements/": ("agreement",),
    "/api/v1/host-requests/links/": ("host",),
    "/api/v1/speaker-requests/links/": ("speaker",),
    "/api/v1/invitations/": ("invitation",),
    **{
        f"{place}{whose}/": (calendar.scope,)
        for whose, calendar in CALENDARS.items()
        for place in ("/calendars/", "/agenda/")
    },
}
# what begins like a secret address and is none
NO_SECRETS = ("/connexion/oidc", "/connexion/oidc/retour")

_BEGINNINGS = tuple(SECRETS)
_CLASS_OF = tuple(POSTED.values())
# one pattern for all: which group of it matched says which path
_POSTED = re.compile("|".join(f"({re.sub(r'{[a-z_]+:[a-z]+}', '[^/]+', path)})/?" for path in POSTED))


def class_of_post(path: str) -> Class | None:
    """The class of what is posted to a path; None where as much may be posted as one likes."""
    found = _POSTED.fullmatch(path)
    return None if found is None or found.lastindex is None else _CLASS_OF[found.lastindex - 1]


def secret_in(path: str) -> tuple[tuple[Scope, ...], str] | None:
    """The secret that a path holds, and of which scopes it may be; None for an address that is none."""
    if not path.startswith(_BEGINNINGS) or path in NO_SECRETS:
        return None
    beginning = next(beginning for beginning in SECRETS if path.startswith(beginning))
    return SECRETS[beginning], path[len(beginning) :].partition("/")[0].removesuffix(".ics")
