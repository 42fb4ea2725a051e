"""The print room: sheets and cards are set one at a time, each in a process of its own, and the newest are kept."""

import asyncio
import hashlib
import sys
from asyncio.subprocess import PIPE
from collections import OrderedDict
from contextlib import suppress
from typing import ClassVar

import structlog
from msgspec import Struct

from services.campaigns.posters.card import Card
from services.campaigns.posters.sheet import Sheet
from shared.languages import later
from shared.refusal import Refusal

log = structlog.get_logger()

SECONDS, KEPT_AT_MOST = 15, 48
TYPESETTER = "services.campaigns.posters.typesetter"


class PosterNotSet(Refusal):
    """The typesetter failed, or took too long."""

    reason: ClassVar[str] = "poster-not-set"
    status: ClassVar[int] = 503

    def __init__(self) -> None:
        super().__init__(later("L’affiche n’a pas pu être préparée. Réessayez dans un instant."))


class Print(Struct, frozen=True):
    """A PDF or a PNG, and the tag of what stands on it."""

    body: bytes
    etag: str


class PrintRoom:
    """One per process. The same sheet is set once; another waits its turn, so that a crowd costs one processor."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Print] = OrderedDict()
        self._press = asyncio.Semaphore(1)

    def tag_of(self, sheet: Sheet | Card) -> str:
        """The tag of a sheet: the same words, the same tag."""
        return f'"{hashlib.sha256(sheet.encoded()).hexdigest()[:24]}"'

    async def print_sheet(self, sheet: Sheet | Card) -> Print:
        """The poster of a sheet, the picture of a card; raises `PosterNotSet`."""
        tag = self.tag_of(sheet)
        async with self._press:
            if (kept := self._kept.get(tag)) is not None:
                self._kept.move_to_end(tag)
                return kept
            poster = self._kept[tag] = Print(await _set(sheet), tag)
            while len(self._kept) > KEPT_AT_MOST:
                self._kept.popitem(last=False)
            return poster


async def _set(sheet: Sheet | Card) -> bytes:
    card = isinstance(sheet, Card)
    typesetter = await asyncio.create_subprocess_exec(
        sys.executable, "-m", TYPESETTER, "card" if card else "poster", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    try:
        async with asyncio.timeout(SECONDS):
            pdf, said = await typesetter.communicate(sheet.encoded())
    except TimeoutError as error:
        raise PosterNotSet from error
    finally:
        # also where the one who asked has gone
        if typesetter.returncode is None:
            with suppress(ProcessLookupError):
                typesetter.kill()
            await typesetter.wait()
    if typesetter.returncode or not pdf.startswith(b"\x89PNG" if card else b"%PDF"):
        log.error("poster_not_set", said=said.decode(errors="replace")[-500:])
        raise PosterNotSet
    return pdf
