"""What an import did or found, and how it is said on a terminal, in plain French."""

from msgspec import Struct

from services.campaigns.imports.fault import Fault
from shared.languages import Glossary, _, later


class ImportedOffer(Struct, frozen=True, kw_only=True):
    """What became of one offer; the numbers count sessions."""

    slug: str
    title: str
    new: bool
    published: bool
    added: int = 0
    changed: int = 0
    cancelled: int = 0
    unchanged: int = 0
    header: tuple[str, ...] = ()
    seats: int | None = None

    @property
    def untouched(self) -> bool:
        """Whether the file brought nothing new."""
        return not (self.new or self.published or self.added or self.changed or self.cancelled or self.header) and (
            self.seats is None
        )


class ImportReport(Struct, frozen=True, kw_only=True):
    """The outcome of one file. With `faults`, nothing was written and `offers` is empty."""

    file: str
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()
    offers: tuple[ImportedOffer, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the file was refused: the command ends with 1."""
        return bool(self.faults)

    @property
    def added(self) -> int:
        """Sessions added, in all offers."""
        return sum(offer.added for offer in self.offers)

    @property
    def changed(self) -> int:
        """Sessions changed, in all offers."""
        return sum(offer.changed for offer in self.offers)

    @property
    def cancelled(self) -> int:
        """Sessions cancelled, in all offers."""
        return sum(offer.cancelled for offer in self.offers)

    @property
    def unchanged(self) -> int:
        """Sessions left as they were, in all offers."""
        return sum(offer.unchanged for offer in self.offers)


FIELDS = Glossary(
    {
        "title": later("titre"),
        "summary": later("résumé"),
        "city": later("ville"),
        "contact": later("contact"),
        "registration": later("dates d’inscription"),
    }
)


def say_report(report: ImportReport) -> list[str]:
    """The lines a person reads: faults first, then warnings, then what was done."""
    lines = []
    if report.faults:
        lines.append(f"{report.file} : {_count(len(report.faults), 'erreur')}, rien n’a été enregistré.")
        lines += [f"  {fault}" for fault in report.faults]
    if report.warnings:
        lines.append(f"{_count(len(report.warnings), 'avertissement')} :")
        lines += [f"  {warning}" for warning in report.warnings]
    return lines + [f"{offer.title} ({offer.slug}) : {_said(offer)}." for offer in report.offers]


def _said(offer: ImportedOffer) -> str:
    if offer.untouched:
        return _("rien n’a changé")
    said = []
    if offer.new:
        said.append(
            _("nouvelle offre, publiée") if offer.published else _("nouvelle offre, en brouillon (il manque un accord)")
        )
    elif offer.published:
        said.append(_("offre publiée"))
    for number, word in ((offer.added, _("ajoutée")), (offer.changed, _("modifiée")), (offer.cancelled, _("annulée"))):
        if number:
            said.append(f"{_count(number, 'séance')} {word}{'s' if number > 1 else ''}")
    if offer.header:
        said.append(f"modifié : {', '.join(FIELDS[field] for field in offer.header)}")
    if offer.seats is not None:
        said.append(_count(offer.seats, "place"))
    return ", ".join(said)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number < 2 else f"{number} {word}s"
