"""Remarks on a week: what is missing, what is doubtful, what the law or a host does not allow, each with its place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date as Date
from datetime import timedelta
from itertools import pairwise
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Struct

from services.campaigns.offers.builder.distances import kilometres, travel_time
from services.campaigns.offers.builder.read import Clash
from services.campaigns.offers.builder.week import BuiltDay, BuiltSession, Week, presences_of
from services.campaigns.offers.session import HOSTED
from services.campaigns.offers.time_law import Breach, find_breaches, refuse_day, say_duration
from shared.french_dates import format_day, say_date, say_times
from shared.languages import _

Grade = Literal["conflict", "warning", "gap"]
GRADES: tuple[Grade, ...] = ("conflict", "warning", "gap")
WHOLE_DAY = timedelta(hours=5)
SHORTEST_MEAL = timedelta(minutes=30)
NEXT_DOOR_KM = 0.3


class Remark(Struct, frozen=True, kw_only=True):
    """One remark; `room` is where it is mended: a session's sheet, a day's, the offer's hosts, or the week itself.

    `others` are sessions that it is as much about as `session_id`.
    """

    grade: Grade
    sentence: str
    date: Date | None = None
    session_id: UUID | None = None
    others: tuple[UUID, ...] = ()
    room: Literal["session", "day", "hosts", "week"] = "week"

    @property
    def sessions(self) -> tuple[UUID, ...]:
        """The sessions at whose blocks it is shown."""
        return ((self.session_id,) if self.session_id else ()) + self.others


def find_remarks(week: Week, clashes: Sequence[Clash]) -> list[Remark]:
    """Every remark, the gravest first, then by day. Costs no query."""
    found = [
        *_of_days(week),
        *_of_phones(week),
        *_never_asked(week),
        *(remark for day in week.days for session in day.planned for remark in _of_session(week, day, session)),
        *_of_clashes(week, clashes),
        *_of_law(week),
        *_of_travel(week),
    ]
    if not week.days:
        found.append(
            Remark(grade="gap", sentence=_("Aucune journée : ajoutez-en une, ou partez de la semaine modèle."))
        )
    return sorted(found, key=lambda one: (GRADES.index(one.grade), one.date or Date.max))


def _of_days(week: Week) -> Iterator[Remark]:
    for day in week.days:
        yield from (
            msgspec.structs.replace(remark, date=day.date, room="day" if remark.room == "week" else remark.room)
            for remark in _of_day(week, day)
        )


def _of_day(week: Week, day: BuiltDay) -> Iterator[Remark]:
    said = say_date(day.date)
    refused = refuse_day(day.date)
    if refused:
        yield Remark(grade="conflict", sentence=about(said, refused[1]))
    if not day.planned:
        yield Remark(grade="gap", sentence=_("{said} : aucune séance.", said=said))
        return
    if week.kind == "collective_week" and day.sector is None:
        yield Remark(grade="gap", sentence=_("{said} : le secteur manque.", said=said))
    if week.kind not in ("collective_week", "hosting"):
        return
    kinds = {session.kind for session in day.planned}
    if "welcome" not in kinds and day == week.days[0]:
        yield Remark(
            grade="gap", sentence=_("{said} : personne n’accueille le groupe, il n’y a pas d’accueil.", said=said)
        )
    long = max(s.ends_at for s in day.planned) - min(s.starts_at for s in day.planned) > WHOLE_DAY
    if long and "meal" not in kinds:
        yield Remark(grade="gap", sentence=_("{said} : le repas manque.", said=said))


def _of_phones(week: Week) -> Iterator[Remark]:
    """One remark for all days that have nobody to call: they are mended at once."""
    days = [day for day in week.days if day.planned and not day.emergency_phone]
    if not days:
        return
    said = _("chaque journée") if len(days) == len(week.days) > 1 else ", ".join(say_date(day.date) for day in days)
    yield Remark(
        grade="gap", sentence=_("{said} : le numéro d’urgence manque.", said=said), date=days[0].date, room="day"
    )


def _never_asked(week: Week) -> Iterator[Remark]:
    """One remark for all companies that nobody has asked yet: they are asked from one page."""
    names = dict.fromkeys(
        session.host
        for session in week.sessions
        if session.planned and session.host_id not in (None, week.organisation_id) and session.request is None
    )
    if not names:
        return
    first, *others = names
    if not others:
        sentence = _("{first} n’a pas encore été sollicité.", first=first)
    else:
        sentence = _(
            "{count} entreprises n’ont pas encore été sollicitées : {names}",
            count=len(names),
            names=f"{first}, {others[0]}" + ("…" if len(others) > 1 else "."),
        )
    yield Remark(grade="gap", sentence=sentence, room="hosts")


def _of_session(week: Week, day: BuiltDay, session: BuiltSession) -> Iterator[Remark]:
    name = named(session)

    def remark(grade: Grade, sentence: str, *, hosts: bool = False) -> Remark:
        room: Literal["hosts", "session"] = "hosts" if hosts else "session"
        return Remark(grade=grade, sentence=sentence, date=day.date, session_id=session.id, room=room)

    if session.pupils_at_most is not None and session.pupils > session.pupils_at_most:
        sentence = _(
            "{name} : {host} reçoit {pupils_at_most} élèves au plus, {pupils} viendraient.",
            name=name,
            host=session.host,
            pupils_at_most=session.pupils_at_most,
            pupils=session.pupils,
        )
        yield remark("conflict", sentence)
    if session.kind == "meal":
        if session.ends_at - session.starts_at < SHORTEST_MEAL:
            yield remark("gap", _("{name} : un repas dure au moins 30 minutes.", name=name))
        return
    if session.kind in HOSTED and session.host_id is None and not session.speakers:
        if week.kind in ("collective_week", "hosting"):
            yield remark("gap", _("{name} : personne n’accueille.", name=name))
    elif session.host_id is not None and session.host_id != week.organisation_id:
        yield from (remark("gap", about(name, sentence), hosts=True) for sentence in _of_request(session))
    online = session.place.casefold().startswith(("en ligne", "visio"))
    nowhere = not (session.place or session.room or session.site_id)
    if not session.online_url and (online or (nowhere and session.host_id is None and session.kind not in HOSTED)):
        yield remark("gap", about(name, _("le lien manque.") if online else _("ni lieu, ni lien.")))


def _of_request(session: BuiltSession) -> Iterator[str]:
    match session.request:
        case "awaited" if session.answer_by is not None:
            yield _(
                "{host} n’a pas encore répondu (attendu avant le {date}).",
                host=session.host,
                date=say_date(session.answer_by),
            )
        case "proposed":
            yield _("{host} propose un autre horaire.", host=session.host)
        case "declined" | "withdrawn":
            yield _("{host} ne peut pas accueillir : trouvez qui le remplace.", host=session.host)
        case _:
            return


def _of_clashes(week: Week, clashes: Iterable[Clash]) -> Iterator[Remark]:
    days = {session.id: (day, session) for day in week.days for session in day.sessions}
    told: set[tuple[frozenset[UUID], str]] = set()
    for clash in clashes:
        pair = (frozenset((clash.session_id, clash.other_id)), clash.needs)
        if clash.session_id not in days or pair in told:
            continue
        told.add(pair)
        day, session = days[clash.session_id]
        times = say_times(clash.starts_at, clash.ends_at)
        if clash.offer:
            where = _("« {title} », {times}, dans « {offer} »", title=clash.other, times=times, offer=clash.offer)
        else:
            where = _("« {title} », {times}", title=clash.other, times=times)
        sentence = {
            "host": _("{name} accueille aussi {where}.", name=clash.name, where=where),
            "room": _("la salle {name} est prise aussi par {where}.", name=clash.name, where=where),
            "speaker": _("{name} intervient aussi dans {where}.", name=clash.name, where=where),
        }[clash.needs]
        yield Remark(
            grade="warning" if clash.needs == "host" else "conflict",
            sentence=about(named(session), sentence),
            date=day.date,
            session_id=session.id,
            others=(clash.other_id,) if clash.other_id in days else (),
            room="session",
        )


def _of_law(week: Week) -> Iterator[Remark]:
    """What each group attends, against the time law; a breach that every group shares is told once, without a name."""
    sessions = tuple(session for day in week.days for session in day.planned)
    told: dict[tuple[str, str, Date], list[tuple[str, Breach]]] = defaultdict(list)
    names = {group.id: group.name for group in week.groups}
    for group_id in week.group_ids:
        presences = [
            presence
            for presence, session in zip(presences_of(sessions), sessions, strict=True)
            if session.group_id in (None, group_id)
        ]
        for breach in find_breaches(presences):
            day = sessions[breach.mark].starts_at.date()
            told[breach.rule, breach.sentence, day].append((names[group_id] if group_id else "", breach))
    for (_rule, sentence, day), concerned in told.items():
        first, *others = dict.fromkeys(sessions[breach.mark].id for _, breach in concerned)
        groups = ", ".join(name for name, _ in concerned)
        if len(concerned) < len(week.group_ids):
            sentence = about(_("groupe {groups}", groups=groups), sentence)
        yield Remark(
            grade="warning" if concerned[0][1].warning else "conflict",
            sentence=about(say_date(day), sentence),
            date=day,
            session_id=first,
            others=tuple(others),
            room="session",
        )


def _of_travel(week: Week) -> Iterator[Remark]:
    """Two sites one after the other for one group, with less time between than the straight line takes at 40 km/h."""
    told: set[tuple[UUID, UUID]] = set()
    for day in week.days:
        for group_id in week.group_ids:
            placed: list[tuple[BuiltSession, timedelta]] = []
            elsewhere = timedelta()
            for session in week.attended(group_id, day):
                if session.latitude is None or session.longitude is None:
                    elsewhere += session.ends_at - session.starts_at
                else:
                    placed.append((session, elsewhere))
                    elsewhere = timedelta()
            for (before, _after), (after, between) in pairwise(placed):
                sentence = _too_far(before, after, after.starts_at - before.ends_at - between)
                if sentence and (before.id, after.id) not in told:
                    told.add((before.id, after.id))
                    yield Remark(grade="warning", sentence=sentence, date=day.date, session_id=after.id, room="session")


def _too_far(before: BuiltSession, after: BuiltSession, free: timedelta) -> str:
    if before.latitude is None or before.longitude is None or after.latitude is None or after.longitude is None:
        return ""
    distance = kilometres((before.latitude, before.longitude), (after.latitude, after.longitude))
    needed = travel_time(distance)
    if distance < NEXT_DOOR_KM or needed <= free:
        return ""
    said = {
        "distance": f"{distance:.0f} km" if round(distance) else _("moins d’un km"),
        "before": before.title,
        "needed": say_duration(needed),
    }
    if free > timedelta():
        sentence = _(
            "{distance} depuis « {before} », il faut {needed} à 40 km/h et il y a {free}.",
            free=say_duration(free),
            **said,
        )
    else:
        sentence = _(
            "{distance} depuis « {before} », il faut {needed} à 40 km/h et il n’y a rien entre les deux.", **said
        )
    return about(named(after), sentence)


def named(session: BuiltSession) -> str:
    """« lundi 14, « Visite » »: a session as its planner finds it."""
    return _("{day}, « {title} »", day=format_day(session.starts_at.date(), "EEEE d"), title=session.title)


def about(what: str, sentence: str) -> str:
    """« lundi 14 juin : aucune séance. »"""
    return _("{what} : {sentence}", what=what, sentence=sentence)
