"""The contact sheet: every page, on a phone and a desktop, light and dark, side by side in one picture."""

import argparse
import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import asyncpg
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from services.campaigns.access.sign_in_person import open_device
from shared.settings import SettingsError, read_settings
from shared.signed_links import Signer

FOLDER = Path(".quinzaine/contact-sheet")
CHROMIUM = "/usr/bin/chromium"
PLANNER = "coline.berthaud@risle.example"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = {"phone": 390, "desktop": 1280}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> None:
    """Take the pictures of a running system; its settings are those that `quinzaine up` has left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base_url", help="address of the running server, http://127.0.0.1:8000")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    pages = asyncio.run(find_pages())
    secret = asyncio.run(sign_in())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        for scheme in SCHEMES:
            for device, width in WIDTHS.items():
                context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
                if secret:
                    context.add_cookies([{"name": "quinzaine", "value": secret, "url": arguments.base_url}])
                for name, path in pages.items():
                    file = arguments.folder / f"{name}-{device}-{scheme}.png"
                    take_picture(context, arguments.base_url.rstrip("/") + path, file)
                context.close()
        for device in WIDTHS:
            lay_out(browser, arguments.folder, list(pages), device)
        browser.close()
    print(f"{len(pages)} pages in {arguments.folder}")


async def find_pages() -> dict[str, str]:
    """Name → path of each page: the catalogue, some offers, their forms, a place in each state, the planner's."""
    pages = {
        "catalogue": "/",
        "search": "/?lieu=Caen&mots=batimant&secteur=s10",
        "nothing-found": "/?mots=zzzzzz&libres=oui",
        "embedding": "/integrer?departement=27",
        "frame": "/integrer/liste?departement=27",
        "error": "/nulle-part",
    }
    try:
        settings = read_settings()
    except SettingsError as error:
        print(f"Only the pages without a secret: {error}")
        return pages
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
            "SELECT DISTINCT ON (status) id, status, token_version FROM campaigns.registrations ORDER BY status, rank"
        )
    finally:
        await connection.close()
    for offer in offers:
        pages[f"offer-{offer['kind']}"] = f"/offres/{offer['slug']}"
        pages.setdefault("form", f"/offres/{offer['slug']}/inscription")
    for place in places:
        token = signer.token("registration", place["id"], place["token_version"])
        pages[f"place-{place['status']}"] = f"/inscriptions/{token}"
        if place["status"] == "held":
            pages["acceptance"] = f"/inscriptions/{token}/acceptation"
        if place["status"] == "confirmed":
            pages["withdrawal"] = f"/inscriptions/{token}/retrait"
    pages["planning"] = "/planification"
    if offers:
        pages["planned-offer"] = f"/planification/{offers[0]['slug']}"
    return pages


async def sign_in() -> str:
    """The cookie of a device of the demo's first owner; empty where there is no demo."""
    try:
        settings = read_settings()
    except SettingsError:
        return ""
    connection = await asyncpg.connect(settings.database_url)
    try:
        person_id = await connection.fetchval("SELECT person_id FROM campaigns.accounts WHERE email = $1", PLANNER)
        if person_id is None:
            return ""
        return await open_device(connection, person_id=person_id, agent="", now=datetime.now(UTC))
    finally:
        await connection.close()


def take_picture(context: BrowserContext, url: str, file: Path) -> None:
    """One page, whole, as a PNG."""
    page = context.new_page()
    page.goto(url, wait_until="load")
    # as tall as the page, so that what is fixed to the bottom of a phone stands at the bottom of the picture
    height = page.evaluate("document.documentElement.scrollHeight")
    size = page.viewport_size
    if size is not None:
        page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    page.screenshot(path=file, full_page=True)
    page.close()


def lay_out(browser: Browser, folder: Path, names: list[str], device: str) -> None:
    """One picture of all pages of a device, light above dark."""
    width = 240 if device == "phone" else 420
    rows = "".join(
        "<div>"
        + "".join(f'<figure><img src="{name}-{device}-{scheme}.png" width="{width}"></figure>' for name in names)
        + "</div>"
        for scheme in SCHEMES
    )
    sheet = folder / f"sheet-{device}.html"
    sheet.write_text(
        "<style>body{margin:16px;background:#888}div{display:flex;gap:16px;margin-bottom:16px;align-items:start}"
        f"figure{{margin:0}}</style>{rows}"
    )
    page = browser.new_page(viewport={"width": (width + 16) * len(names) + 16, "height": 800})
    page.goto(sheet.resolve().as_uri(), wait_until="load")
    page.screenshot(path=folder / f"sheet-{device}.png", full_page=True)
    page.close()
    sheet.unlink()


if __name__ == "__main__":
    main()
