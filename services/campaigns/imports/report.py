"""What an import did or found, and how it is said on a terminal, in plain words."""

from msgspec import Struct

from services.campaigns.imports.fault import Fault
from shared.languages import Glossary, _, later, n_


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
        lines.append(
            n_(
                "{file} : {count} erreur, rien n’a été enregistré.",
                "{file} : {count} erreurs, rien n’a été enregistré.",
                len(report.faults),
                file=report.file,
            )
        )
        lines += [f"  {fault}" for fault in report.faults]
    if report.warnings:
        lines.append(n_("{count} avertissement :", "{count} avertissements :", len(report.warnings)))
        lines += [f"  {warning}" for warning in report.warnings]
    return lines + [
        _("{title} ({slug}) : {said}.", title=offer.title, slug=offer.slug, said=_said(offer))
        for offer in report.offers
    ]


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
    if offer.added:
        said.append(n_("{count} séance ajoutée", "{count} séances ajoutées", offer.added))
    if offer.changed:
        said.append(n_("{count} séance modifiée", "{count} séances modifiées", offer.changed))
    if offer.cancelled:
        said.append(n_("{count} séance annulée", "{count} séances annulées", offer.cancelled))
    if offer.header:
        said.append(_("modifié : {fields}", fields=", ".join(FIELDS[field] for field in offer.header)))
    if offer.seats is not None:
        said.append(n_("{count} place", "{count} places", offer.seats))
    return ", ".join(said)
