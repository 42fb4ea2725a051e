"""Send a reply to where the product takes mails, and hear what it came to."""

import aiosmtplib

from infra.mailbox.reply import ReplyMail, outcome_in

SECONDS = 15.0


async def send_reply(reply: ReplyMail, *, host: str, port: int) -> str:
    """What it came to: a key of `OUTCOMES`."""
    client = aiosmtplib.SMTP(hostname=host, port=port, use_tls=False, start_tls=False, timeout=SECONDS)
    try:
        await client.connect()
        await client.mail(reply.sender)
        await client.rcpt(reply.recipient)
        answer = await client.data(reply.mail)
        return outcome_in(answer.code, answer.message)
    except aiosmtplib.SMTPResponseException as refusal:
        return outcome_in(refusal.code, refusal.message)
    except (aiosmtplib.SMTPException, OSError):
        return "away"
    finally:
        client.close()
