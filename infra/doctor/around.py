"""What stands around: the broker, the mail server, the site as visitors reach it, and the names of the mail domain."""

import asyncio
from contextlib import suppress
from urllib.parse import unquote, urlsplit

import aiosmtplib
import dns.asyncresolver
import dns.exception
import dns.resolver
import httpx
import psycopg

from infra.doctor.finding import Finding, bad, doubtful, good
from services.notifications.broker import open_broker
from services.notifications.smtp import server_of
from shared.settings import Settings

SECONDS = 5.0
# reserved by RFC 2606 and RFC 6761: nobody answers for them
NOT_REAL = ("example", "test", "invalid", "localhost", "local")


async def look_at_broker(settings: Settings) -> Finding:
    """Whether an id could be handed over. PostgreSQL as broker is the database itself."""
    scheme = urlsplit(settings.broker_url).scheme
    kind = {"amqp": "RabbitMQ", "amqps": "RabbitMQ", "redis": "Redis", "rediss": "Redis"}.get(scheme, "PostgreSQL")

    def ask() -> None:
        if kind == "PostgreSQL":
            with psycopg.connect(settings.broker_url, connect_timeout=int(SECONDS)) as connection:
                connection.execute("SELECT FROM dramatiq.queue LIMIT 1")
            return
        broker = open_broker(settings.broker_url)
        try:
            _ = broker.channel if kind == "RabbitMQ" else broker.client.ping()  # type: ignore[attr-defined]  # of each kind its own
        finally:
            broker.close()

    try:
        await asyncio.wait_for(asyncio.to_thread(ask), 3 * SECONDS)
    except Exception as error:  # noqa: BLE001  # each broker's client has errors of its own, and the report wants its words
        advice = "Rien n’est perdu : les messages partiront quand elle répondra. Vérifiez QUINZAINE_BROKER_URL."
        return bad("File de messages", f"{kind} : {_words(error)}", advice)
    return good("File de messages", kind)


async def look_at_mail_server(settings: Settings) -> Finding:
    """Whether the server greets and lets us in. Nothing is sent."""
    url = urlsplit(settings.smtp_url)
    where = server_of(settings.smtp_url)
    client = aiosmtplib.SMTP(
        hostname=url.hostname,
        port=url.port,
        timeout=SECONDS,
        use_tls=url.scheme == "smtps",
        start_tls=url.scheme == "smtp+starttls",
        username=unquote(url.username) if url.username else None,
        password=unquote(url.password) if url.password else None,
    )
    try:
        await client.connect()
        await client.noop()
    except (OSError, aiosmtplib.SMTPException) as error:
        advice = "Les messages attendent, aucun n’est perdu. Vérifiez QUINZAINE_SMTP_URL."
        return bad("Serveur de courrier", f"{where} : {_words(error)}", advice)
    finally:
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()
    if url.scheme == "smtp" and url.hostname not in ("127.0.0.1", "::1", "localhost"):
        advice = "Les adresses des élèves passent en clair : préférez smtps:// ou smtp+starttls://."
        return doubtful("Serveur de courrier", f"{where}, sans chiffrement", advice)
    return good("Serveur de courrier", where)


async def look_at_site(settings: Settings) -> Finding:
    """Whether the address written into every mail leads to this product."""
    address = f"{settings.base_url}/health"
    try:
        async with httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) as client:
            answer = await client.get(address)
    except httpx.HTTPError as error:
        advice = "C’est l’adresse des liens dans chaque message. Vérifiez QUINZAINE_BASE_URL et que le site tourne."
        return bad("Site", f"{settings.base_url} : {_words(error)}", advice)
    if answer.status_code != 200:
        advice = "Cette adresse ne mène pas à Quinzaine, ou sa base ne répond pas."
        return bad("Site", f"{settings.base_url} : réponse {answer.status_code}", advice)
    if urlsplit(settings.base_url).scheme == "http" and not _is_here(settings.base_url):
        return doubtful("Site", settings.base_url, "Les liens personnels passent en clair : servez le site en https.")
    return good("Site", settings.base_url)


async def look_at_names(settings: Settings, *, resolver: dns.asyncresolver.Resolver | None = None) -> list[Finding]:
    """MX, SPF (RFC 7208) and DMARC (RFC 7489) of the domain that mails are sent from and answered to."""
    domain = settings.mail_domain
    if domain.rpartition(".")[2] in NOT_REAL:
        return [doubtful("Domaine du courrier", domain, "Ce domaine n’existe pas : réglez QUINZAINE_MAIL_DOMAIN.")]
    try:
        resolver = resolver or dns.asyncresolver.Resolver()
        exchangers, texts, policy = [
            await _records(resolver, name, kind)
            for name, kind in ((domain, "MX"), (domain, "TXT"), (f"_dmarc.{domain}", "TXT"))
        ]
    except dns.exception.DNSException as error:
        advice = "Le service de noms de cette machine ne répond pas."
        return [doubtful("Domaine du courrier", f"{domain} : {_words(error)}", advice)]
    wanted = (
        ("Réponses (MX)", bool(exchangers), "Sans MX, ni réponse d’agenda ni retour d’erreur n’arrive."),
        ("SPF", any(text.startswith("v=spf1") for text in texts), "Nommez votre serveur dans un TXT « v=spf1 … »."),
        ("DMARC", any(text.startswith("v=DMARC1") for text in policy), "Ajoutez un TXT à _dmarc : « v=DMARC1; … »."),
    )
    return [
        good(what, domain) if there else doubtful(what, f"{domain} : rien", advice) for what, there, advice in wanted
    ]


async def _records(resolver: dns.asyncresolver.Resolver, name: str, kind: str) -> list[str]:
    try:
        answer = await resolver.resolve(name, kind, lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    if kind == "TXT":
        return [b"".join(record.strings).decode("ascii", "replace") for record in answer]
    return [str(record) for record in answer]


def _is_here(address: str) -> bool:
    return urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")


def _words(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
