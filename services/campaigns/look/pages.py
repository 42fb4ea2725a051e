"""Pages: templates turned into HTML, and the answer that carries them."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response
from markupsafe import Markup

from services.campaigns.access.actor import Actor
from services.campaigns.access.permissions import ROLE_NAMES
from services.campaigns.look import timetable, words
from services.campaigns.look.icons import icon, solid_icon
from services.campaigns.look.seat_meter import draw_seats
from services.campaigns.look.sectors import family_of, icon_of, short_label
from services.campaigns.look.signs import keep_signs
from services.campaigns.look.spoken import here_in, lead_on
from services.campaigns.look.static_files import address_of
from shared import french_dates
from shared.languages import OWN_NAMES, _, language, n_, translate, translate_number

CAMPAIGNS = Path(__file__).parent.parent


def render(template: str, **values: Any) -> str:
    """The HTML of a template, named by its path in `services/campaigns`; every value is escaped."""
    return keep_signs(lead_on(templates().get_template(template).render(**values)))


def page(template: str, *, status: int = 200, private: bool = False, **values: Any) -> Response[str]:
    """An HTML answer. `private`: it is about a person, so it is neither stored nor indexed."""
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"} if private else {}
    headers.setdefault("Cache-Control", "no-cache")
    html = render(template, private=private, **values)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


def colon() -> Markup:
    """The sign between a name and what it is: French has a space before it."""
    return Markup("&nbsp;:") if language() == "fr" else Markup(":")


def content_lang() -> Markup:
    """The attribute that says of what organisers wrote that it is French, on a page that is not (WCAG 3.1.2)."""
    return Markup("") if language() == "fr" else Markup(' lang="fr"')


def planner_page(template: str, actor: Actor, *, status: int = 200, **values: Any) -> Response[str]:
    """A page of somebody signed in; its template extends `look/templates/planner.html` and knows `actor`."""
    return page(template, status=status, private=True, actor=actor, **values)


@cache
def templates() -> Environment:
    """The templates of every capability, with the words and signatures they share."""
    environment = Environment(
        loader=FileSystemLoader(CAMPAIGNS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(translate, translate_number, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        _=_,
        n_=n_,
        address_of=address_of,
        blocks_of=timetable.blocks_of,
        colon=colon,
        content_lang=content_lang,
        draw_seats=draw_seats,
        family_of=family_of,
        here_in=here_in,
        hosts_of=timetable.hosts_of,
        icon=icon,
        icon_of=icon_of,
        language=language,
        places_of=timetable.places_of,
        private=False,
        OWN_NAMES=OWN_NAMES,
        ROLE_NAMES=ROLE_NAMES,
        say_sector=translate,
        short_label=short_label,
        solid_icon=solid_icon,
        words=words,
    )
    for say in ("say_date", "say_time", "say_times", "say_moment", "say_period"):
        environment.filters[say] = getattr(french_dates, say)
    environment.filters.update(
        capitalize_first=words.capitalize_first,
        group_name=words.group_name,
        safe_url=words.safe_url,
        sector_options=words.sector_options,
        times=lambda session: french_dates.say_times(session.starts_at, session.ends_at),
    )
    return environment
