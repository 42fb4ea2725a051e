"""What must hold between the rows of a programme: nobody in two places, the law of time, the campaign's period."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations

from services.campaigns.imports.fault import Findings
from services.campaigns.imports.programme_file import KnownCampaign, OfferHeader, PlannedSession
from services.campaigns.imports.reference_data import internship_period, school_holiday
from services.campaigns.imports.words_of_files import plain
from services.campaigns.offers.time_law import Breach, Presence, find_breaches, refuse_day
from shared.french_dates import say_date, say_period, say_times
from shared.languages import _

SESSIONS_AT_MOST = 500


def check_programme(
    header: OfferHeader | None, sessions: Sequence[PlannedSession], campaign: KnownCampaign | None, findings: Findings
) -> None:
    """Note every fault and warning between the rows; `campaign` is None where the file names none we know."""
    if len(sessions) > SESSIONS_AT_MOST:
        findings.fault(
            0, "", _("ce programme a {count} séances : {most} au plus.", count=len(sessions), most=SESSIONS_AT_MOST)
        )
        return
    for_schools = header is not None and header.audience == "schools"
    _check_days(sessions, campaign, findings, for_schools=for_schools)
    _check_clashes(sessions, findings)
    _check_siret_names(sessions, findings)
    if header is not None and header.kind == "collective_week":
        _check_sectors(sessions, findings)
    if not for_schools:
        _check_time_law(sessions, findings)


def _check_days(
    sessions: Sequence[PlannedSession], campaign: KnownCampaign | None, findings: Findings, *, for_schools: bool
) -> None:
    """Weekends, public holidays, the campaign's period; what is for schools comes before it (a webinar in May)."""
    for session in sessions:
        row, column = session.place.row, session.column("date")
        refused = refuse_day(session.date)
        if refused:
            findings.fault(row, column, refused[1])
            continue
        if campaign and (session.date > campaign.last_day or (not for_schools and session.date < campaign.first_day)):
            period = say_period(campaign.first_day, campaign.last_day)
            said = _("{day} est hors de la campagne, {period}.", day=say_date(session.date), period=period)
            findings.fault(row, column, said)
        elif not for_schools:
            _warn_of_day(session.date, row, column, findings)


def _warn_of_day(day: date, row: int, column: str, findings: Findings) -> None:
    holiday, period = school_holiday(day), internship_period(day.year)
    if holiday:
        said = _("{day} tombe pendant les vacances scolaires ({holiday}).", day=say_date(day), holiday=holiday)
        findings.warn(row, column, said)
    elif period and not period[0] <= day <= period[1]:
        said = _(
            "{day} est hors de la séquence d’observation, {period}.", day=say_date(day), period=say_period(*period)
        )
        findings.warn(row, column, said)


def _check_clashes(sessions: Sequence[PlannedSession], findings: Findings) -> None:
    """One speaker, one room or one group in two places at a time: faults. One company twice at a time: a warning."""
    for first, second in _overlapping(sessions):
        row, other = second.place.row, first.place.row
        when = _("déjà ligne {row}, {times}", row=other, times=say_times(first.starts_at, first.ends_at))
        for name in sorted({plain(s.name) for s in first.speakers} & {plain(s.name) for s in second.speakers}):
            said = next(speaker.name for speaker in second.speakers if plain(speaker.name) == name)
            findings.fault(
                row,
                second.column("speakers"),
                _("{said} serait à deux endroits à la fois : {when}.", said=said, when=when),
            )
        rooms = bool(first.room and second.room and _same_place(first, second))
        if rooms and plain(first.room) == plain(second.room):
            findings.fault(
                row,
                second.column("room"),
                _("la salle « {room} » est prise deux fois : {when}.", room=second.room, when=when),
            )
        planned_rotation = rooms and first.group != second.group and plain(first.room) != plain(second.room)
        if first.host and second.host and _same_host(first, second) and not planned_rotation:
            findings.warn(
                row,
                second.column("host"),
                _("{name} accueille deux fois à la fois : {when}.", name=second.host.name, when=when),
            )
        if first.group == second.group or not (first.group and second.group):
            group = second.group or first.group
            said = (
                _("le groupe {group} a deux séances à la fois : {when}.", group=group, when=when)
                if group
                else _("tout le groupe a deux séances à la fois : {when}.", when=when)
            )
            findings.fault(row, second.column("start"), said)


def _overlapping(sessions: Sequence[PlannedSession]) -> Iterable[tuple[PlannedSession, PlannedSession]]:
    """The pairs that overlap, the one further down the file second; a session that repeats another is one of them."""
    for date_sessions in _by_date(sessions).values():
        for one, other in combinations(sorted(date_sessions, key=lambda session: session.place.row), 2):
            if one.starts_at < other.ends_at and other.starts_at < one.ends_at:
                yield one, other


def _same_host(one: PlannedSession, other: PlannedSession) -> bool:
    if one.host is None or other.host is None:
        return False
    if one.host.siret and other.host.siret:
        return one.host.siret == other.host.siret
    return plain(one.host.name) == plain(other.host.name)


def _same_place(one: PlannedSession, other: PlannedSession) -> bool:
    if one.address and other.address:
        return plain(one.address) == plain(other.address)
    return _same_host(one, other) or (one.host is None and other.host is None)


def _check_siret_names(sessions: Sequence[PlannedSession], findings: Findings) -> None:
    """One SIRET is one company, and one company of a file has one SIRET."""
    named: dict[str, PlannedSession] = {}
    numbered: dict[str, PlannedSession] = {}
    for session in sorted(sessions, key=lambda session: session.place.row):
        if session.host is None or not session.host.siret:
            continue
        first = named.setdefault(session.host.siret, session)
        if first.host and plain(first.host.name) != plain(session.host.name):
            said = _(
                "un SIRET pour deux entreprises : « {first} » ligne {row}, « {second} » ici.",
                first=first.host.name,
                row=first.place.row,
                second=session.host.name,
            )
            findings.fault(session.place.row, session.column("siret"), said)
            continue
        same = numbered.setdefault(plain(session.host.name), session)
        if same.host and same.host.siret != session.host.siret:
            said = _(
                "« {name} » a un autre SIRET ligne {row} ({siret}).",
                name=session.host.name,
                row=same.place.row,
                siret=same.host.siret,
            )
            findings.fault(session.place.row, session.column("siret"), said)


def _check_sectors(sessions: Sequence[PlannedSession], findings: Findings) -> None:
    """Each day of a collective week has one sector."""
    for day, of_day in _by_date(sessions).items():
        first = next((session for session in of_day if session.sector), None)
        if first is None:
            row, column = of_day[0].place.row, of_day[0].column("sector")
            findings.fault(row, column, _("le secteur de la journée du {day} manque.", day=say_date(day)))
            continue
        for session in of_day:
            if session.sector and session.sector != first.sector:
                said = _("une journée a un seul secteur : celui de la ligne {row} est gardé.", row=first.place.row)
                findings.warn(session.place.row, session.column("sector"), said)


def _check_time_law(sessions: Sequence[PlannedSession], findings: Findings) -> None:
    """What each group attends; a breach that every group shares is told once, without a name."""
    groups = sorted({session.group for session in sessions if session.group}) or [""]
    told: dict[Breach, list[str]] = defaultdict(list)
    by_row = {session.place.row: session for session in sessions}
    for group in groups:
        for breach in find_breaches(
            [
                Presence(
                    mark=session.place.row,
                    starts_at=session.starts_at,
                    ends_at=session.ends_at,
                    meal=session.kind == "meal",
                )
                for session in sessions
                if session.group in ("", group)
            ]
        ):
            told[breach].append(group)
    for breach, concerned in told.items():
        session = by_row[breach.mark]
        at_start = breach.rule in ("too_early", "rest_too_short")
        column = session.column("start" if at_start else "end")
        sentence = breach.sentence
        if len(concerned) < len(groups):
            sentence = _("groupe {groups} : {sentence}", groups=", ".join(concerned), sentence=sentence)
        note = findings.warn if breach.warning else findings.fault
        note(breach.mark, column, sentence)


def _by_date(sessions: Sequence[PlannedSession]) -> dict[date, list[PlannedSession]]:
    days: dict[date, list[PlannedSession]] = defaultdict(list)
    for session in sessions:
        days[session.date].append(session)
    return days
