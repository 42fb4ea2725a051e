"""Reads a page as a person or a browser would: its words, its elements."""

from html.parser import HTMLParser

Attributes = dict[str, str]


class Page(HTMLParser):
    """The words of a page, one space between them, and its elements in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self._words: list[str] = []
        self.feed(html)

    @property
    def text(self) -> str:
        """What can be read, without the marks."""
        return " ".join(" ".join(self._words).split())

    def all(self, tag: str) -> list[Attributes]:
        """The attributes of every element of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    def by_id(self, id: str) -> Attributes:
        """The attributes of the one element with an id."""
        (found,) = [attributes for _, attributes in self.elements if attributes.get("id") == id]
        return found

    def links(self) -> list[str]:
        """Where the page leads."""
        return [attributes["href"] for attributes in self.all("a") if "href" in attributes]

    def value(self, name: str) -> str:
        """What stands in a field."""
        (found,) = [attributes for attributes in self.all("input") if attributes.get("name") == name]
        return found["value"]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self._words.append(data)


def read(response) -> Page:
    """The page in an answer, which must be HTML."""
    assert response.headers["content-type"].startswith("text/html"), response.text
    return Page(response.text)
