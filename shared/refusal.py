"""Refusals: what the product says no to, with a reason for machines and a sentence for people."""

from typing import ClassVar

from shared.languages import Message


class Refusal(Exception):
    """A request that is understood and not granted.

    `reason` is the last segment of the problem's type (RFC 9457), `status` the HTTP status it is answered with,
    `field` the input it is about, where there is one; the message is the sentence a person reads, said in their
    language when it is read: `later(…)`.
    """

    reason: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, sentence: str | Message, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self._sentence = sentence
        self.field = field

    @property
    def sentence(self) -> str:
        """What a person reads."""
        return str(self._sentence)
