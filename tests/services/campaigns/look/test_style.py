"""The style: its size, its colours, its independence."""

import csv
import re
from pathlib import Path

import pytest

from services.campaigns.look.icons import icon
from services.campaigns.look.sectors import ICONS, NO_FAMILY_ICON, short_label
from services.campaigns.look.static_files import FOLDER

CSS = (FOLDER / "style.css").read_text()
TEMPLATES = sorted(Path("services/campaigns").glob("*/templates/*.html"))
COLOURS = {name: (light, dark) for name, light, dark in re.findall(r"--([a-z_]+): light-dark\((#\w+), (#\w+)\)", CSS)}
READABLE, VISIBLE = 4.5, 3.0
GROUNDS = ("paper", "leaf")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of `#rrggbb`."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_style_fits_its_budget():
    assert len(CSS.encode()) <= 25 * 1024


def test_the_style_asks_nothing_of_other_servers():
    assert "url(" not in CSS
    assert "@import" not in CSS


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("name", [*ICONS, "none", "ink", "soft", "accent", "danger", "good"])
def test_every_colour_of_words_is_readable_on_both_grounds(name, theme):
    for ground in GROUNDS:
        assert contrast(COLOURS[name][theme], COLOURS[ground][theme]) >= READABLE, ground


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_the_edges_of_fields_are_visible(theme):
    assert contrast(COLOURS["edge"][theme], COLOURS["paper"][theme]) >= VISIBLE


def test_browsers_without_light_dark_see_the_light_page():
    plain = dict(re.findall(r"--([a-z_]+): (#\w+);", CSS))
    assert plain == {name: light for name, (light, _) in COLOURS.items()}


def test_the_ten_families_of_the_reference_data_have_a_colour_and_an_icon():
    with Path("data/sectors.csv").open(encoding="utf-8", newline="") as file:
        families = {row["family"] for row in csv.DictReader(file)}
    assert families == set(ICONS)
    assert len(set(ICONS.values())) == len({COLOURS[family] for family in families}) == 10
    assert all(f".f-{family} " in CSS for family in families)
    assert all("<svg" in icon(name) for name in (*ICONS.values(), NO_FAMILY_ICON))


def test_templates_hold_no_inline_style_and_no_script():
    assert TEMPLATES
    for template in TEMPLATES:
        text = template.read_text()
        # a script is a file of ours; what stands in the page for machines is data, which no browser runs
        text = re.sub(r'<script (src="\{\{ address_of|type="application/ld\+json")', "", text)
        assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=|javascript:|https?://", text), template


def test_a_long_sector_is_called_by_its_abbreviation():
    assert short_label("Bâtiment et travaux publics (BTP)") == "BTP"
    assert short_label("Énergie (nucléaire)") == "Énergie (nucléaire)"
