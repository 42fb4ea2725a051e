"""The hosts of an offer as its planner sees them: what is settled, what is awaited, where the gaps are."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from msgspec import Struct

from services.campaigns.offers.hosts.host_request import Contact, RequestStatus, replace_deadline
from services.campaigns.offers.session import HOSTED
from shared.french_dates import PARIS, say_date, say_moment, say_times
from shared.languages import _, n_
from shared.programme import SessionKind


class HostedSession(Struct, frozen=True, kw_only=True):
    """One session of an offer with its host, as its planner sees them. Without a request nobody was asked."""

    session_id: UUID
    title: str
    kind: SessionKind
    starts_at: datetime
    ends_at: datetime
    place: str
    group: str
    host_id: UUID | None
    host: str
    request_id: UUID | None
    status: RequestStatus | None
    word: str
    answer_by: datetime | None
    answered_at: datetime | None
    proposed_starts_at: datetime | None
    proposed_ends_at: datetime | None
    contact: Contact | None
    # the organisation of the offer receives at its own place: nobody is to be asked
    at_home: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether the company said no and nobody stands in for it."""
        return self.status in ("declined", "withdrawn")

    @property
    def replace_by(self) -> datetime:
        """Until when the gap is to be filled."""
        return replace_deadline(self.starts_at)

    def state(self, now: datetime) -> str:
        """The state as the style knows it."""
        if self.host_id is None:
            return "nobody" if self.kind in HOSTED else "free"
        if self.starts_at <= now:
            return "past"
        if self.at_home and self.status is None:
            return "home"
        if self.is_gap:
            return "gap"
        if self.status == "awaited" and self.answer_by is not None and self.answer_by <= now:
            return "late"
        return self.status or "unasked"

    def say_proposed_times(self) -> str:
        """« 10 h–13 h », of the time the company proposes."""
        if self.proposed_starts_at is None or self.proposed_ends_at is None:
            return ""
        return say_times(self.proposed_starts_at, self.proposed_ends_at)

    def say_state(self, now: datetime) -> str:
        """The state in words, with the date that matters."""
        state = self.state(now)
        if state == "gap":
            return self._say_gap(now)
        if state == "confirmed" and self.answered_at is not None:
            return _("Confirmé le {moment}", moment=say_moment(self.answered_at))
        if state == "awaited" and self.answer_by is not None:
            return _("Réponse attendue avant le {moment}", moment=say_moment(self.answer_by))
        if state == "late" and self.answer_by is not None:
            return _("Sans réponse ; elle était attendue le {moment}", moment=say_moment(self.answer_by))
        if state == "proposed" and self.proposed_starts_at is not None:
            day = say_date(self.proposed_starts_at)
            return _("Propose un autre horaire : {day}, {times}", day=day, times=self.say_proposed_times())
        return {
            "nobody": _("Pas d’entreprise d’accueil"),
            "free": _("Sans entreprise"),
            "past": _("Passé"),
            "home": _("Vous accueillez vous-même"),
            "unasked": _("Pas encore demandé"),
        }.get(state, _("Confirmé"))

    def say_until(self, now: datetime) -> str:
        """« avant le mardi 15 juin à 9 h »: until when a gap is to be filled."""
        if self.replace_by <= now:
            return _("au plus vite")
        return _("avant le {moment}", moment=say_moment(self.replace_by))

    def _say_gap(self, now: datetime) -> str:
        until = say_moment(self.replace_by) if self.replace_by > now else ""
        if self.status == "withdrawn":
            if until:
                return _("Retiré par l’entreprise. Accueil à remplacer avant le {moment}", moment=until)
            return _("Retiré par l’entreprise. Accueil à remplacer au plus vite")
        if until:
            return _("Décliné. Accueil à remplacer avant le {moment}", moment=until)
        return _("Décliné. Accueil à remplacer au plus vite")


class HostOverview(Struct, frozen=True, kw_only=True):
    """All sessions of an offer, and how many stand where."""

    sessions: tuple[HostedSession, ...]
    now: datetime

    def count(self, *states: str) -> int:
        """How many sessions are in one of these states."""
        return sum(session.state(self.now) in states for session in self.sessions)

    @property
    def days(self) -> list[tuple[date, Sequence[HostedSession]]]:
        """The sessions by day."""
        return [
            (day, tuple(sessions))
            for day, sessions in groupby(self.sessions, lambda s: s.starts_at.astimezone(PARIS).date())
        ]

    @property
    def gaps(self) -> list[HostedSession]:
        """Where a company said no, the most urgent first."""
        return [session for session in self.sessions if session.state(self.now) == "gap"]

    @property
    def to_ask(self) -> int:
        """How many sessions can be asked for with one button."""
        return sum(session.state(self.now) == "unasked" and session.contact is not None for session in self.sessions)

    def say_counts(self) -> str:
        """« 3 séances sur 10 confirmées, 2 réponses attendues, 1 accueil à remplacer »."""
        confirmed, awaited = self.count("confirmed", "home"), self.count("awaited", "late")
        proposed, gaps, unasked = self.count("proposed"), self.count("gap", "nobody"), self.count("unasked")
        total = len(self.sessions) - self.count("free")
        said = [
            n_("{count} séance sur {total} confirmée", "{count} séances sur {total} confirmées", confirmed, total=total)
        ]
        if awaited:
            said.append(n_("{count} réponse attendue", "{count} réponses attendues", awaited))
        if proposed:
            said.append(n_("{count} horaire proposé", "{count} horaires proposés", proposed))
        if gaps:
            said.append(n_("{count} accueil à trouver", "{count} accueils à trouver", gaps))
        if unasked:
            said.append(_("{unasked} à demander", unasked=unasked))
        return ", ".join(said)
