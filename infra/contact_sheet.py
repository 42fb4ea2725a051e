"""The contact sheet: pictures of pages, on a phone and a desktop, light and dark, side by side."""

from html import escape
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext

CHROMIUM = "/usr/bin/chromium"
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
# a row of the sheet; a picture of a hundred pages in one row is wider than a browser draws
A_ROW = {"phone": 16, "desktop": 8}
HIGH_AT_MOST = 1400


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
    """One picture of all pages of a device: rows of light ones, each above the same in dark."""
    width = 200 if device == "phone" else 380
    rows = ""
    for start in range(0, len(names), A_ROW[device]):
        for scheme in SCHEMES:
            rows += f"<div>{_figures(names[start : start + A_ROW[device]], device, scheme, width)}</div>"
    sheet = folder / f"sheet-{device}.html"
    sheet.write_text(_STYLE + rows)
    page = browser.new_page(viewport={"width": (width + 16) * A_ROW[device] + 16, "height": 800})
    page.goto(sheet.resolve().as_uri(), wait_until="load")
    page.screenshot(path=folder / f"sheet-{device}.png", full_page=True)
    page.close()
    sheet.unlink()


def write_index(folder: Path, names: list[str]) -> None:
    """A page a browser opens: each page's four pictures in a row."""
    rows = "".join(
        f"<h2>{escape(name)}</h2><div>"
        + "".join(_figures([name], device, scheme, 320) for device in WIDTHS for scheme in SCHEMES)
        + "</div>"
        for name in names
    )
    (folder / "index.html").write_text(f"<!doctype html><meta charset=utf-8><title>Quinzaine</title>{_STYLE}{rows}")


def _figures(names: list[str], device: str, scheme: str, width: int) -> str:
    return "".join(
        f'<figure><a href="{name}-{device}-{scheme}.png"><img src="{name}-{device}-{scheme}.png" width="{width}"></a>'
        f"<figcaption>{escape(name)}</figcaption></figure>"
        for name in names
    )


_STYLE = (
    "<style>body{margin:16px;background:#888;font:12px sans-serif}div{display:flex;gap:16px;margin-bottom:16px;"
    "align-items:start}figure{margin:0;overflow:hidden;max-height:" + str(HIGH_AT_MOST) + "px}</style>"
)
