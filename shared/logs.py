"""Structured logs on standard error: a JSON object a line, words at a terminal; ids only, secrets masked."""

import logging
import re
import sys
import traceback

import structlog
from structlog.typing import EventDict, WrappedLogger

from shared.traces import traceparent

# what follows certain words, whatever it is, and whatever is as long as a signed link's token (signed_links.py), or as
# one's that lasts until a moment
_SECRET_IN_PATH = re.compile(
    r"(/(?:inscriptions|registrations|personal)/)[A-Za-z0-9_-]{12,}|((?:token|jeton)=)[^&\s]+"
    r"|(/)[A-Za-z0-9_-]{46}(?:[A-Za-z0-9_-]{6})?(?![A-Za-z0-9_-])"
)


def mask_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace the secret part of addresses in every text value."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRET_IN_PATH.sub(lambda match: (match[1] or match[2] or match[3]) + "***", value)
    return event


def name_exception(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What was raised, and where; never its words: PostgreSQL's quote the row, with the names and addresses in it."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    chain = []
    while error is not None:
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        chain.append({"error": type(error).__name__, "places": places})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if chain:
        event["exception"] = chain
    return event


def write_places(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """What was raised, as a reader at a terminal takes it in: the kind, and the last place."""
    chain = event.pop("exception", None)
    if chain:
        event["raised"] = " < ".join(f"{each['error']} ({(each['places'] or ['?'])[-1]})" for each in chain)
    return event


def name_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The trace that a line belongs to, where a collector is named."""
    here = traceparent()
    if here is not None:
        event["trace_id"] = here.split("-")[1]
    return event


def configure_logs(process: str, level: str) -> None:
    """Set up logging for a process called `process` (web, relay, worker …); library warnings go the same way."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(stream=sys.stderr, level=max(number, logging.WARNING), format="%(name)s: %(message)s")
    # it tells each attempt to connect in eight lines and a traceback; who asked for the connection tells it in one
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            name_exception,
            mask_secrets,
            name_trace,
            # a terminal has a reader, everything else a machine
            *(
                (write_places, structlog.dev.ConsoleRenderer(colors=False))
                if sys.stderr.isatty()
                else (structlog.processors.JSONRenderer(),)
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
