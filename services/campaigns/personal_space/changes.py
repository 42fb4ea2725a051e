"""Changes: what of a pupil's own programme is not as it was when this reader last saw it."""

from collections.abc import Iterator
from uuid import UUID

from msgspec import Struct

from shared.french_dates import say_date, say_times
from shared.languages import Glossary, _, later
from shared.programme import Programme, ProgrammeSession

# the fields a reader is told of, in the order of how much they matter; times are told apart
FIELDS = Glossary(
    {
        "place": later("Lieu"),
        "room": later("Salle"),
        "meeting_point": later("Rendez-vous"),
        "access": later("Venir"),
        "bring": later("Apporter"),
        "contact": later("Contact"),
        "host": later("Entreprise"),
        "title": later("Titre"),
    }
)


class Changes(Struct, frozen=True, kw_only=True):
    """`told`: sentences by session; `gone`: what will not take place any more, in words. Empty: nothing changed."""

    told: dict[UUID, tuple[str, ...]]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.told or self.gone)

    @property
    def count(self) -> int:
        """How many sessions."""
        return len(self.told) + len(self.gone)


NOTHING = Changes(told={}, gone=())


def changes_between(before: Programme, after: Programme, group_id: UUID | None) -> Changes:
    """What is new, otherwise or gone among the sessions of one group and of all."""
    known = dict(_sessions(before, group_id))
    now = dict(_sessions(after, group_id))
    told = {}
    for session_id, session in now.items():
        was = known.get(session_id)
        sentences = (_("Nouveau"),) if was is None else tuple(_differences(was, session))
        if sentences:
            told[session_id] = sentences
    gone = tuple(
        _(
            "{title}, {when}",
            title=was.title,
            when=f"{say_date(was.starts_at)}, {say_times(was.starts_at, was.ends_at)}",
        )
        for session_id, was in known.items()
        if session_id not in now
    )
    return Changes(told=told, gone=gone)


def _sessions(programme: Programme, group_id: UUID | None) -> Iterator[tuple[UUID, ProgrammeSession]]:
    for day in programme.of_group(group_id):
        for session in day.sessions:
            yield session.id, session


def _differences(was: ProgrammeSession, now: ProgrammeSession) -> Iterator[str]:
    if (was.starts_at, was.ends_at) != (now.starts_at, now.ends_at):
        before = say_times(was.starts_at, was.ends_at)
        if say_date(was.starts_at) != say_date(now.starts_at):
            before = f"{say_date(was.starts_at)}, {before}"
        yield _("Horaire : avant, {before}", before=before)
    for field, word in FIELDS.items():
        before, after = getattr(was, field), getattr(now, field)
        if before != after:
            yield (
                _("{field} : avant, {before}", field=word, before=before)
                if before
                else _("{field} : précisé", field=word)
            )
    if (was.online_url or "") != (now.online_url or ""):
        yield _("Le lien pour se connecter a changé")
