"""oEmbed: which of our pages an address is, and how large its frame may be (https://oembed.com)."""

from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from services.campaigns.embedding.choice import Choice, UnknownChoice, read_choice
from services.campaigns.look.spoken import in_english
from shared.languages import Language, later
from shared.refusal import Refusal

WIDTH, HEIGHT_OF_OFFER, HEIGHT_OF_LIST, LEAST = 480, 240, 480, 120


class NoAddress(Refusal):
    """The question names no address, or a size that is no number."""

    reason: ClassVar[str] = "no-address"
    status: ClassVar[int] = 400

    def __init__(self) -> None:
        super().__init__(later("Indiquez l’adresse d’une page de Quinzaine : /oembed?url=…&format=json."))


class NotEmbeddable(Refusal):
    """The address is none of ours, or of a page that has no frame."""

    reason: ClassVar[str] = "not-embeddable"
    status: ClassVar[int] = 404

    def __init__(self) -> None:
        super().__init__(later("Cette adresse n’est pas celle d’une offre ni d’une liste de Quinzaine."))


class UnknownFormat(Refusal):
    """JSON is the only format."""

    reason: ClassVar[str] = "unknown-format"
    status: ClassVar[int] = 501

    def __init__(self) -> None:
        super().__init__(later("Seul le format json est proposé."))


class Embeddable(Struct, frozen=True):
    """An offer by its slug, or a list by its choice, in the language its address says."""

    slug: str = ""
    choice: Choice | None = None
    language: Language = "fr"

    @property
    def frame(self) -> str:
        """The path of the page that may stand in a frame."""
        path = f"/integrer/offres/{self.slug}" if self.slug else f"/integrer/liste{(self.choice or Choice()).query}"
        return path if self.language == "fr" else in_english(path)


def read_address(address: str, *, base_url: str) -> Embeddable:
    """What an address of ours means; raises `NotEmbeddable`."""
    if not address.startswith(f"{base_url}/") and address != base_url:
        raise NotEmbeddable
    parts = urlsplit(address.removeprefix(base_url))
    path = parts.path.strip("/").split("/")
    language: Language = "fr"
    if path[0] == "en":
        language, path = "en", path[1:] or [""]
    match path:
        case ["offres", slug] if slug:
            return Embeddable(slug, language=language)
        case [""]:
            return Embeddable(choice=Choice(), language=language)
        case ["integrer", "liste"]:
            try:
                return Embeddable(choice=read_choice(dict(parse_qsl(parts.query))), language=language)
            except UnknownChoice as error:
                raise NotEmbeddable from error
    raise NotEmbeddable


def frame_size(embeddable: Embeddable, *, most_wide: str, most_high: str) -> tuple[int, int]:
    """Width and height in px, at most what was asked for; raises `NoAddress` where that is no number."""
    height = HEIGHT_OF_OFFER if embeddable.slug else HEIGHT_OF_LIST
    return _within(WIDTH, most_wide), _within(height, most_high)


def _within(size: int, most: str) -> int:
    if not most:
        return size
    if not most.isascii() or not most.isdigit() or len(most) > 6:
        raise NoAddress
    return max(LEAST, min(size, int(most)))
