"""Structured logs: one JSON object a line on standard error, ids only, secrets in addresses masked."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

_SECRET_IN_PATH = re.compile(r"(/(?:inscriptions|registrations|personal)/)[A-Za-z0-9_-]{12,}|((?:token|jeton)=)[^&\s]+")


def mask_secrets(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Replace the secret part of addresses in every text value."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = _SECRET_IN_PATH.sub(lambda match: (match[1] or match[2]) + "***", value)
    return event


def configure_logs(process: str, level: str) -> None:
    """Set up logging for a process called `process` (web, relay, worker …); library warnings go the same way."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(stream=sys.stderr, level=max(number, logging.WARNING), format="%(name)s: %(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            mask_secrets,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
