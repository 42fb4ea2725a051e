"""The edge: where a request becomes one transaction, and the doorbell rings after it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.campaigns.catalogue.finding.shelf import ChoiceShelf
from services.campaigns.catalogue.seats.shelf import SeatsShelf
from services.campaigns.feeds.public.shelf import PublicShelf
from services.campaigns.feeds.public.writing import Place
from services.campaigns.feeds.shelf import Shelf
from services.campaigns.offers.turnstile import Turnstile
from services.campaigns.posters.print_room import PrintRoom
from services.campaigns.preview import EmptyGallery, Gallery, Preview, no_mail
from shared.database import Connection, Pool, rehearsal, transaction
from shared.outbox import Doorbell
from shared.settings import Settings
from shared.signed_links import Signer
from shared.traces import span


class Edge:
    """What routes stand on, one per process."""

    def __init__(
        self, settings: Settings, pool: Pool, *, preview: Preview = no_mail, gallery: Gallery | None = None
    ) -> None:
        self.settings = settings
        self.pool = pool
        self.preview = preview
        self.gallery: Gallery = gallery or EmptyGallery()
        self.signer = Signer(settings.secret_keys)
        self.doorbell = Doorbell(settings.database_url)
        self.turnstile = Turnstile(pool, self.signer, self.doorbell)
        self.feeds = Shelf(memory_seconds=settings.feed_memory_seconds, domain=settings.mail_domain)
        self.public_feeds = PublicShelf(
            pool,
            memory_seconds=settings.feed_memory_seconds,
            place=Place(settings.mail_domain, settings.base_url),
        )
        self.choices = ChoiceShelf(memory_seconds=settings.feed_memory_seconds)
        self.seats = SeatsShelf(memory_seconds=settings.feed_memory_seconds)
        self.print_room = PrintRoom()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One connection, one transaction; when it has committed, the relay is told."""
        with span("transaction"):
            async with transaction(self.pool) as connection:
                yield connection
        self.doorbell.ring()

    @asynccontextmanager
    async def rehearsal(self) -> AsyncIterator[Connection]:
        """One connection, one transaction that is undone: what a verb would do can be read in it, and never was."""
        async with self.pool.acquire() as connection, rehearsal(connection):
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """One connection to read from, without a transaction."""
        async with self.pool.acquire() as connection:
            yield connection

    def personal_url(self, token: str) -> str:
        """The address of a personal page."""
        return f"{self.settings.base_url}/inscriptions/{token}"
