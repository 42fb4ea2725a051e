"""What answers about one session: its sheet, the choice between two planners, the question before it goes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from services.campaigns.access.actor import Actor
from services.campaigns.look.pages import planner_page
from services.campaigns.look.words import SESSION_KINDS
from services.campaigns.offers.builder.screen import base_of
from services.campaigns.offers.builder.sessions.read import Site
from services.campaigns.offers.builder.sessions.session_form import (
    FIELD_NAMES,
    KINDS,
    LABELS,
    Form,
    choices_of,
    form_of,
    write_base,
)
from services.campaigns.offers.builder.week import BuiltSession, Week
from services.campaigns.offers.session import SessionChange
from shared.french_dates import say_date, say_times
from shared.languages import _
from shared.refusal import Refusal


def sheet(
    actor: Actor,
    week: Week,
    form: Form,
    sites: Sequence[Site],
    *,
    fragment: bool,
    session: BuiltSession | None = None,
    base: Form | None = None,
    faults: Mapping[str, str] = MappingProxyType({}),
    refusal: Refusal | None = None,
) -> Any:
    """The sheet as a page, or alone for the drawer; each fault beside its field, what was typed kept."""
    faults = dict(faults)
    trouble = ""
    if refusal is not None:
        field = FIELD_NAMES.get(refusal.field or "", refusal.field or "")
        if field in LABELS:
            faults[field] = refusal.sentence
        else:
            trouble = refusal.sentence
    answer = planner_page(
        f"offers/builder/templates/{'sheet_form' if fragment else 'sheet'}.html",
        actor,
        status=refusal.status if refusal else 422 if faults else 200,
        here="offers",
        week=week,
        base=base_of(week.slug),
        session=session,
        form=form,
        shown=write_base(base if base is not None else form),
        faults=faults,
        trouble=trouble,
        labels=LABELS,
        kinds=[(kind, SESSION_KINDS[kind]) for kind in KINDS],
        dates=[(day.date.isoformat(), say_date(day.date)) for day in week.days],
        groups=[(str(group.id), group.name) for group in week.groups],
        sites=sites,
        told=week.taken,
    )
    return _in_drawer(answer, fragment)


def choice(actor: Actor, week: Week, session: BuiltSession, base: Form, mine: Form, *, who: str, fragment: bool) -> Any:
    """Two planners met: 412, and what each has said, field by field."""
    theirs = form_of(session)
    choices = choices_of(base, theirs, mine, week)
    chosen = {choice.name for choice in choices}
    answer = planner_page(
        f"offers/builder/templates/{'choice_form' if fragment else 'choice'}.html",
        actor,
        status=412,
        here="offers",
        week=week,
        base=base_of(week.slug),
        session=session,
        choices=choices,
        same={name: value for name, value in theirs.items() if name not in chosen},
        shown=write_base(theirs),
        who=who or _("Quelqu’un"),
    )
    return _in_drawer(answer, fragment)


def _in_drawer(answer: Any, fragment: bool) -> Any:
    if fragment:
        answer.headers.update({"HX-Retarget": "#fiche", "HX-Reswap": "innerHTML"})
    return answer


def removal(actor: Actor, week: Week, session: BuiltSession, refusal: Refusal | None = None) -> Any:
    """The question before a draft's session goes."""
    return planner_page(
        "offers/builder/templates/removal.html",
        actor,
        status=refusal.status if refusal else 200,
        here="offers",
        week=week,
        heading=_("Retirer cette séance ?"),
        what=_(
            "« {title} », {date}, {times}",
            title=session.title,
            date=say_date(session.starts_at),
            times=say_times(session.starts_at, session.ends_at),
        ),
        trouble=refusal.sentence if refusal else "",
        action=f"{base_of(week.slug)}/seances/{session.id}/retrait",
        back=f"{base_of(week.slug)}#s-{session.id}",
        version=session.version,
        words_of_button=_("Retirer la séance"),
    )


def say_change(session: BuiltSession, change: SessionChange) -> str:
    """What is said of a session that was changed: where it is now, or that it was saved."""
    if isinstance(change.starts_at, datetime) and isinstance(change.ends_at, datetime):
        return _(
            "« {title} », {date}, {times}.",
            title=session.title,
            date=say_date(change.starts_at),
            times=say_times(change.starts_at, change.ends_at),
        )
    return _("« {title} » enregistrée.", title=session.title)
