"""A fault of a file: where it is and what is wrong, in plain words; every fault is found before any is told."""

from typing import NoReturn

from msgspec import Struct

from shared.languages import _


class Fault(Struct, frozen=True):
    """What is wrong (or, as a warning, what is odd) at one place of a file.

    `row` counts from 1 as the file shows its lines, 0 is the file as a whole. `column` is the letter of a
    spreadsheet's column or the key of a YAML mapping, empty where the whole row is meant. `file` is set when the
    place is in another file that the one given names.
    """

    row: int
    column: str
    sentence: str
    file: str = ""

    def __str__(self) -> str:
        """« ligne 12, colonne C : cette date n’existe pas. »"""
        place = [self.file] if self.file else []
        if self.row:
            place.append(_("ligne {row}", row=self.row))
        if self.column:
            said = (
                _("colonne {column}", column=self.column)
                if self.column.isupper()
                else _("« {word} »", word=self.column)
            )
            place.append(said)
        if not place:
            return self.sentence
        return _("{place} : {sentence}", place=", ".join(place), sentence=self.sentence)


class FileRefused(Exception):
    """A file that cannot be brought in; `faults` says why, all of it at once."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class Findings:
    """What a reading has found so far: faults, which refuse the file, and warnings, which do not."""

    def __init__(self) -> None:
        self._faults: set[Fault] = set()
        self._warnings: set[Fault] = set()

    def fault(self, row: int, column: str, sentence: str) -> None:
        """Note a fault; the same one twice is one."""
        self._faults.add(Fault(row, column, sentence))

    def warn(self, row: int, column: str, sentence: str) -> None:
        """Note a warning; the same one twice is one."""
        self._warnings.add(Fault(row, column, sentence))

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults in the order of the file."""
        return tuple(sorted(self._faults, key=_place))

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """The warnings in the order of the file."""
        return tuple(sorted(self._warnings, key=_place))


def refuse(row: int, column: str, sentence: str) -> NoReturn:
    """Refuse the file for one fault after which nothing more can be read."""
    raise FileRefused(Fault(row, column, sentence))


def _place(fault: Fault) -> tuple[int, int, str, str]:
    return fault.row, len(fault.column), fault.column, fault.sentence
