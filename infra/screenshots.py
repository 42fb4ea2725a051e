"""Screenshots: each page of a running system with the demo, on a phone and a desktop, light and dark, into a folder.

    python -m infra.screenshots FOLDER

beside `quinzaine up`, in the folder it was started in. Names are `<page>-<device>-<scheme>.png`; `index.html` shows all
of them side by side, `sheet-phone.png` and `sheet-desktop.png` are the same as two pictures.
"""

import argparse
import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from playwright.sync_api import Browser, sync_playwright

from infra.contact_sheet import CHROMIUM, QUIET, SCHEMES, WIDTHS, lay_out, take_picture, write_index
from services.campaigns.access.sign_in_person import open_device
from shared.settings import Settings, SettingsError, read_settings
from shared.signed_links import Scope, Signer

PLANNER, TEACHER = "coline.berthaud@risle.example", "aurele.castaing@trois-ponts.example"
PUBLIC = {
    "catalogue": "/",
    "catalogue-english": "/en",
    "search": "/?lieu=Caen&mots=batimant&secteur=s10",
    "nothing-found": "/?mots=zzzzzz&libres=oui",
    "embedding": "/integrer?departement=27",
    "frame": "/integrer/liste?departement=27",
    "sign-in": "/connexion",
    "links-again": "/lien",
    "data": "/donnees",
    "error": "/nulle-part",
}
OF_PLANNER = {
    "planning": "/planification",
    "offers": "/planification/offres",
    "campaigns": "/planification/campagnes",
    "all-hosts": "/planification/accueils",
    "speakers": "/planification/intervenants",
    "organisation": "/planification/organisation",
    "account": "/compte",
    "messages": "/compte/messages",
    "all-messages": "/planification/organisation/messages",
    "shown-message": "/planification/organisation/messages/seat_offered",
    "queue": "/planification/organisation/envois",
    "announcements": "/planification/annonces",
    "announcement-form": "/planification/annonces/nouvelle",
    "webinars": "/planification/annonces/webinaires",
    "webinar-form": "/planification/annonces/webinaires/nouveau",
    "correspondents": "/planification/annonces/correspondants",
    "correspondents-list": "/planification/annonces/correspondants/liste",
    "webhooks": "/planification/organisation/webhooks",
}
ROOMS = ("", "semaine", "accueils", "questions", "places", "presences", "conventions", "envois", "reglages", "fichier",
         "journal")  # fmt: skip
OF_TEACHER = {
    "pupils": "/planification/eleves",
    "pupils-of-a-day": "/planification/eleves/jour",
    "list": "/planification/eleves/liste",
    "visits": "/planification/eleves/visites",
    "classes": "/planification/classes",
}


def main() -> None:
    """Take the pictures; the settings are those that `quinzaine up` has left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    folder: Path = parser.parse_args().folder
    try:
        settings = read_settings()
    except SettingsError as error:
        raise SystemExit(f"Nothing runs here: {error}") from error
    folder.mkdir(parents=True, exist_ok=True)
    public, planner, teacher = asyncio.run(find_pages(settings))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for secret, pages in (("", public), planner, teacher):
            take_pictures(browser, settings.base_url, pages, folder, secret=secret)
        names = [*public, *planner[1], *teacher[1]]
        for device in WIDTHS:
            lay_out(browser, folder, names, device)
        browser.close()
    write_index(folder, names)
    print(f"{len(names)} pages in {folder}, side by side in {folder / 'index.html'}")


def take_pictures(browser: Browser, base_url: str, pages: Mapping[str, str], folder: Path, *, secret: str) -> None:
    """Each page in each scheme and width, as who holds the device's cookie `secret`, or as a visitor."""
    for scheme in SCHEMES:
        for device, width in WIDTHS.items():
            context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
            if secret:
                context.add_cookies([{"name": "quinzaine", "value": secret, "url": base_url}])
            for name, path in pages.items():
                take_picture(context, base_url + path, folder / f"{name}-{device}-{scheme}.png")
            context.close()


async def find_pages(
    settings: Settings,
) -> tuple[dict[str, str], tuple[str, dict[str, str]], tuple[str, dict[str, str]]]:
    """Name → path: the public pages with an offer of each kind and a place in each state; the planner's, the teacher's
    (with their cookies).
    """
    signer = Signer(settings.secret_keys)
    connection = await asyncpg.connect(settings.database_url)
    try:
        offers = await connection.fetch(
            """
            SELECT DISTINCT ON (kind) slug, kind FROM campaigns.offers WHERE status = 'published'
            ORDER BY kind, taken DESC
            """
        )
        places = await connection.fetch(
            """
            SELECT DISTINCT ON (status, held_for) id, status, held_for, token_version FROM campaigns.registrations
            ORDER BY status, held_for, rank
            """
        )
        requests = {
            "host": await connection.fetchrow("SELECT id, token_version FROM campaigns.host_requests LIMIT 1"),
            "speaker": await connection.fetchrow("SELECT id, token_version FROM campaigns.speaker_requests LIMIT 1"),
        }
        planner, teacher = await _sign_in(connection, PLANNER), await _sign_in(connection, TEACHER)
        campaign = await connection.fetchval("SELECT slug FROM campaigns.campaigns ORDER BY id LIMIT 1")
    finally:
        await connection.close()
    public = dict(PUBLIC)
    for offer in offers:
        public[f"offer-{offer['kind']}"] = f"/offres/{offer['slug']}"
    for offer in offers[:1]:
        public |= {"form": f"/offres/{offer['slug']}/inscription", "question": f"/offres/{offer['slug']}/question"}
    for place in places:
        public |= _places(signer, place)
    scopes: dict[str, tuple[Scope, str]] = {"host": ("host", "accueil"), "speaker": ("speaker", "temoignage")}
    for name, row in requests.items():
        if row is not None:
            scope, path = scopes[name]
            public[name] = f"/{path}/{signer.token(scope, row['id'], row['token_version'])}"
    own = dict(OF_PLANNER)
    week = next((offer["slug"] for offer in offers if offer["kind"] == "collective_week"), None)
    if week is not None:
        own |= {f"offer-room-{room or 'overview'}": f"/planification/{week}/{room}".rstrip("/") for room in ROOMS}
    if campaign is not None:
        own["campaign"] = f"/planification/campagnes/{campaign}"
        own["sentences"] = f"/planification/campagnes/{campaign}/messages"
        own["sentences-of-a-message"] = f"/planification/campagnes/{campaign}/messages/reminder_eve"
    return public, (planner, own if planner else {}), (teacher, dict(OF_TEACHER) if teacher else {})


def _places(signer: Signer, place: asyncpg.Record) -> dict[str, str]:
    """The personal page of one registration, and the questions it asks."""
    address = f"/inscriptions/{signer.token('registration', place['id'], place['token_version'])}"
    state = place["status"] if place["status"] != "held" else f"held-{place['held_for']}"
    pages = {f"place-{state}": address}
    if state == "held-promotion":
        pages["acceptance"] = f"{address}/acceptation"
    if state == "held-consent":
        pages["consent"] = f"/consentement/{signer.token('consent', place['id'])}"
    if state == "confirmed":
        pages["withdrawal"] = f"{address}/retrait"
    return pages


async def _sign_in(connection: asyncpg.Connection, email: str) -> str:
    """The cookie of a new device of somebody of the demo; empty where they are not there."""
    person_id = await connection.fetchval("SELECT person_id FROM campaigns.accounts WHERE email = $1", email)
    if person_id is None:
        return ""
    return await open_device(connection, person_id=person_id, agent="", now=datetime.now(UTC))


if __name__ == "__main__":
    main()
