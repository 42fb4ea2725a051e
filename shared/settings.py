"""Settings: every environment variable the product reads, validated in one place."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from msgspec import Struct

from shared.broker_url import read_broker_url

# what a whole lycée behind one address needs in the minute an offer opens; `acting` is of a person
LIMITS = {"registering": (400, 200), "sending_mail": (60, 20), "guessing": (40, 20), "acting": (600, 300)}
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


class SettingsError(Exception):
    """One line that names the variable and what is wrong with it."""


class Settings(Struct, frozen=True, kw_only=True):
    """How one process is set up. The variable of `database_url` is `QUINZAINE_DATABASE_URL`, and so on."""

    database_url: str
    broker_url: str
    smtp_url: str
    base_url: str
    mail_domain: str
    secret_keys: tuple[str, ...]
    host: str
    port: int
    coalescing_seconds: float
    # hours of the wall clock, in Paris, between which what nobody waits for is not sent; None: at any hour
    quiet_hours: tuple[int, int] | None
    database_pool: int
    smtp_connections: int
    log_level: str
    # the feeds' version may be remembered in the process this long; never above 1 s
    feed_memory_seconds: float
    # signing in through an OpenID Connect provider; none where the issuer is empty
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    # domain → mails a second, `*` for any other domain; none: as fast as the server takes them
    mail_rates: Mapping[str, float] = {}
    # the private key (PEM) that mails are signed with, and the name its public half has in the DNS; none: not signed
    dkim_key: Path | None = None
    dkim_selector: str = "quinzaine"
    # what Prometheus shows to read the figures (16 characters or more); none: there are no figures
    metrics_token: str = ""
    # class of requests → how many one client may make at once, and how many more each minute; none: no limits
    limits: Mapping[str, tuple[int, float]] = {}
    # proxies of our own in front of the web process, each of which adds to X-Forwarded-For whom it was asked by
    trusted_hops: int = 0
    # where the process that mails come in at listens, and where it asks the web process; empty: at `base_url`
    inbound_port: int = 2526
    api_url: str = ""
    # whether webhooks may lead to this machine and its network: for trying them, never where strangers may set them up
    private_webhooks: bool = False


class MailboxSettings(Struct, frozen=True, kw_only=True):
    """How the local mailbox is set up; it needs no secret. With a database beside it, it forgets who is erased."""

    folder: Path
    host: str
    port: int
    smtp_port: int
    database_url: str = ""
    # where its readers' answers to invitations go
    inbound_host: str = "127.0.0.1"
    inbound_port: int = 2526


def environment_file(folder: Path = Path(".quinzaine")) -> Path:
    """Where `quinzaine up` leaves the variables of the running system, for commands started by hand beside it."""
    return folder / "environment"


def read_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The variables in force: those of the process over those that `quinzaine up` has left in this folder."""
    values: dict[str, str] = {}
    file = environment_file()
    if file.is_file():
        for line in file.read_text(errors="surrogateescape").splitlines():
            name, separator, value = line.partition("=")
            if separator:
                values[name] = value
    values.update(environ)
    return values


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and validate; raises `SettingsError` with one line for the first variable that is wrong."""
    values = read_environment() if environ is None else environ
    _check_texts(values)
    database_url = _url(
        values, "QUINZAINE_DATABASE_URL", "postgresql://localhost/quinzaine", ("postgresql", "postgres")
    )
    return Settings(
        database_url=database_url,
        broker_url=read_broker_url(values, database_url, _url),
        smtp_url=_url(values, "QUINZAINE_SMTP_URL", "smtp://127.0.0.1:2525", ("smtp", "smtps", "smtp+starttls")),
        base_url=_url(values, "QUINZAINE_BASE_URL", "http://127.0.0.1:8000", ("http", "https")).rstrip("/"),
        mail_domain=_domain(values, "QUINZAINE_MAIL_DOMAIN", "quinzaine.example"),
        secret_keys=_keys(values, "QUINZAINE_SECRET_KEYS"),
        host=_host(values, "QUINZAINE_HOST", "127.0.0.1"),
        port=int(_number(values, "QUINZAINE_PORT", "8000", 0, 65535)),
        coalescing_seconds=_number(values, "QUINZAINE_COALESCING_SECONDS", "120", 0, 3600),
        quiet_hours=_hours(values, "QUINZAINE_QUIET_HOURS", "20-7"),
        database_pool=int(_number(values, "QUINZAINE_DATABASE_POOL", "8", 1, 200)),
        smtp_connections=int(_number(values, "QUINZAINE_SMTP_CONNECTIONS", "4", 1, 100)),
        log_level=_one_of(values, "QUINZAINE_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        feed_memory_seconds=_number(values, "QUINZAINE_FEED_MEMORY_SECONDS", "1", 0, 1),
        **_openid(values),
        mail_rates=_mail_rates(values),
        dkim_key=Path(values["QUINZAINE_DKIM_KEY"]) if values.get("QUINZAINE_DKIM_KEY") else None,
        dkim_selector=_domain(values, "QUINZAINE_DKIM_SELECTOR", "quinzaine"),
        metrics_token=_token(values, "QUINZAINE_METRICS_TOKEN"),
        limits=_limits(values),
        trusted_hops=int(_number(values, "QUINZAINE_TRUSTED_HOPS", "0", 0, 8)),
        inbound_port=int(_number(values, "QUINZAINE_INBOUND_PORT", "2526", 0, 65535)),
        private_webhooks=_one_of(values, "QUINZAINE_PRIVATE_WEBHOOKS", "off", ("on", "off")) == "on",
        api_url=_url(values, "QUINZAINE_API_URL", "", ("http", "https")) if values.get("QUINZAINE_API_URL") else "",
    )


def read_mailbox_settings(environ: Mapping[str, str] | None = None) -> MailboxSettings:
    """Read and validate what the mailbox needs; raises `SettingsError`."""
    values = read_environment() if environ is None else environ
    _check_texts(values)
    return MailboxSettings(
        folder=Path(values.get("QUINZAINE_MAILBOX", ".quinzaine/mailbox")),
        host=_host(values, "QUINZAINE_HOST", "127.0.0.1"),
        port=int(_number(values, "QUINZAINE_MAILBOX_PORT", "8025", 0, 65535)),
        smtp_port=int(_number(values, "QUINZAINE_MAILBOX_SMTP_PORT", "2525", 0, 65535)),
        database_url=values.get("QUINZAINE_DATABASE_URL", ""),
        inbound_host=_host(values, "QUINZAINE_INBOUND_HOST", "127.0.0.1"),
        inbound_port=int(_number(values, "QUINZAINE_INBOUND_PORT", "2526", 0, 65535)),
    )


def _openid(values: Mapping[str, str]) -> dict[str, str]:
    """Issuer, client and secret: all three or none. Plain http is for a provider on this machine."""
    names = {
        "oidc_issuer": "QUINZAINE_OIDC_ISSUER",
        "oidc_client_id": "QUINZAINE_OIDC_CLIENT_ID",
        "oidc_client_secret": "QUINZAINE_OIDC_CLIENT_SECRET",
    }
    given = {field: values.get(name, "") for field, name in names.items()}
    if not any(given.values()):
        return given
    for field, name in names.items():
        if not given[field]:
            raise SettingsError(f"{name}: not set. Signing in through a provider needs issuer, client and secret.")
    issuer = urlsplit(_url(values, names["oidc_issuer"], "", ("https", "http")))
    if issuer.scheme == "http" and issuer.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SettingsError(f"{names['oidc_issuer']}: needs https.")
    if issuer.query or issuer.fragment or issuer.username is not None:
        raise SettingsError(f"{names['oidc_issuer']}: an issuer has neither query, fragment nor user.")
    return given


def _token(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    if value and (len(value) < 16 or not value.isascii()):
        raise SettingsError(f"{name}: needs 16 characters or more, none beyond ASCII.")
    return value


def _mail_rates(values: Mapping[str, str]) -> dict[str, float]:
    """`orange.example=2, *=20`: mails a second to a domain, and to any other; nothing: no limit."""
    name = "QUINZAINE_MAIL_RATES"
    rates = {}
    for part in filter(None, (part.strip() for part in values.get(name, "").split(","))):
        domain, separator, rate = part.partition("=")
        if not separator or not domain.strip():
            raise SettingsError(f"{name}: {part!r} does not say a domain and how many mails a second, such as *=20.")
        rates[domain.strip().lower()] = _number({name: rate.strip()}, name, "", 0.01, 10_000)
    return rates


def _limits(values: Mapping[str, str]) -> dict[str, tuple[int, float]]:
    """`registering=120/60, guessing=40/20`: at once, and a minute; what is not named stays as it is; `off`: none."""
    name = "QUINZAINE_LIMITS"
    given = values.get(name, "").strip()
    if given == "off":
        return {}
    limits: dict[str, tuple[int, float]] = dict(LIMITS)
    for part in filter(None, (part.strip() for part in given.split(","))):
        limited, _, rate = part.partition("=")
        at_once, _, a_minute = rate.partition("/")
        if limited.strip() not in LIMITS:
            raise SettingsError(f"{name}: {limited.strip()!r} is not one of {', '.join(LIMITS)}.")
        both = {"at once": at_once.strip(), "a minute": a_minute.strip()}
        for what, number in both.items():
            if not (number.isascii() and number.isdigit() and 1 <= int(number) <= 1_000_000):
                raise SettingsError(f"{name}: {part!r} does not say how many {what}, such as {limited.strip()}=120/60.")
        limits[limited.strip()] = (int(both["at once"]), float(both["a minute"]))
    return limits


def _url(values: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...]) -> str:
    value = values.get(name, default)
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError as error:
        raise SettingsError(f"{name}: {value!r} is not a URL ({error}).") from error
    if parts.scheme not in schemes:
        raise SettingsError(f"{name}: {value!r} does not start with one of {', '.join(s + '://' for s in schemes)}.")
    if parts.scheme in ("postgresql", "postgres"):
        _check_options(name, parse_qs(parts.query))
    if parts.scheme in ("redis", "rediss") and find_spec("redis") is None:
        raise SettingsError(f"{name}: Redis needs its client, which is not installed (dramatiq[redis]).")
    if parts.scheme in ("http", "https", "smtp", "smtps", "smtp+starttls") and not parts.hostname:
        raise SettingsError(f"{name}: {value!r} names no host.")
    _check_host(name, unquote(parts.hostname or ""))
    return value


def _check_options(name: str, options: dict[str, list[str]]) -> None:
    """What the driver would refuse at each connection, for ever, is refused here, once."""
    for port in ",".join(options.get("port", [])).split(","):
        if port and not (port.isascii() and port.isdigit() and int(port) <= 65535):
            raise SettingsError(f"{name}: port={port} is not a port.")
    for mode in options.get("sslmode", []):
        if mode not in SSL_MODES:
            raise SettingsError(f"{name}: sslmode={mode} is not one of {', '.join(SSL_MODES)}.")


def _check_texts(values: Mapping[str, str]) -> None:
    """Bytes that are no text, line breaks and control characters: the value may be a secret, it is not repeated."""
    for name, value in values.items():
        if name.startswith("QUINZAINE_") and not value.isprintable():
            raise SettingsError(f"{name}: holds a character that cannot be read.")


def _host(values: Mapping[str, str], name: str, default: str) -> str:
    value = values.get(name, default)
    if not value:
        raise SettingsError(f"{name}: names no host.")
    _check_host(name, value)
    return value


def _check_host(name: str, host: str) -> None:
    try:
        host.partition("/")[0].encode("idna")  # with a stroke it is the folder of PostgreSQL's socket
    except UnicodeError as error:
        raise SettingsError(f"{name}: {host!r} is not the name of a host.") from error


def _number(values: Mapping[str, str], name: str, default: str, least: float, most: float) -> float:
    value = values.get(name, default)
    try:
        number = float(value)
    except ValueError as error:
        raise SettingsError(f"{name}: {value!r} is not a number.") from error
    if not least <= number <= most:
        raise SettingsError(f"{name}: {value} is not between {least:g} and {most:g}.")
    return number


def _hours(values: Mapping[str, str], name: str, default: str) -> tuple[int, int] | None:
    """`20-7`: from eight in the evening to seven in the morning; `off`: none."""
    value = values.get(name, default).strip()
    if value == "off":
        return None
    first, _, last = value.partition("-")
    if not all(hour.isascii() and hour.isdigit() and int(hour) <= 23 for hour in (first, last)) or first == last:
        raise SettingsError(f"{name}: {value!r} is neither two different hours, such as 20-7, nor off.")
    return int(first), int(last)


def _one_of(values: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = values.get(name, default)
    if value not in allowed:
        raise SettingsError(f"{name}: {value!r} is not one of {', '.join(allowed)}.")
    return value


def _domain(values: Mapping[str, str], name: str, default: str) -> str:
    value = values.get(name, default)
    if not value.isascii() or not 0 < len(value) < 254 or any(c.isspace() or c in "@<>,;:/" for c in value):
        raise SettingsError(f"{name}: {value!r} is not a domain name.")
    _check_host(name, value)
    return value


def _keys(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in values.get(name, "").split(",") if key.strip())
    if not keys:
        raise SettingsError(
            f"{name}: not set. Give one or more secrets of 16 characters or more, newest first, comma between."
        )
    if any(len(key) < 16 for key in keys):
        raise SettingsError(f"{name}: each secret needs 16 characters or more.")
    return keys
