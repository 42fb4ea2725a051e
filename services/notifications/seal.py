"""The seal: DKIM-Signature (RFC 6376) on every mail, where the installation has a key."""

from pathlib import Path

from shared.settings import Settings, SettingsError

# what a reader goes by, and what says how to be told nothing more (RFC 8058 §3.1 asks that it be signed)
_SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip


class Seal:
    """Signs for the mail domain with the key of the settings; what is signed is stored, and sent again as it is."""

    def __init__(self, settings: Settings) -> None:
        self._domain = settings.mail_domain.encode()
        self._selector = settings.dkim_selector.encode()
        self._key = _read_key(settings.dkim_key) if settings.dkim_key else b""

    @property
    def signs(self) -> bool:
        """Whether there is a key."""
        return bool(self._key)

    def seal(self, mail: bytes) -> bytes:
        """The mail with its signature above it; as it is where there is no key."""
        if not self._key:
            return mail
        import dkim  # only who has a key loads it

        signer = dkim.DKIM(mail)
        signature: bytes = signer.sign(
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[name for name in _SIGNED if _has(mail, name)],
        )
        return signature + mail


def _has(mail: bytes, name: bytes) -> bool:
    return b"\r\n" + name + b":" in b"\r\n" + mail.partition(b"\r\n\r\n")[0].lower()


def _read_key(file: Path) -> bytes:
    try:
        key = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"QUINZAINE_DKIM_KEY: {file} cannot be read.") from error
    if b"PRIVATE KEY-----" not in key:
        raise SettingsError(f"QUINZAINE_DKIM_KEY: {file} is not a private key in PEM.")
    return key
