"""Why a mail is not taken: the SMTP code and the words its sender's server is told."""


class NotTaken(Exception):
    """A mail, or an address, that is refused for good: nothing of it is kept."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class Unreadable(NotTaken):
    """A mail that cannot be read, or is not worth the work of reading it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"550 5.6.0 {why}")
