"""Metrics: how sending goes, in the text format that Prometheus reads (exposition format 0.0.4)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from services.campaigns.sending.queue import Domain, Queue


def write_metrics(queue: Queue, counts: Mapping[str, int], *, now: datetime) -> str:
    """`counts` are how many attempts came to each outcome since ever."""
    lines = [
        *_metric("quinzaine_sending_paused", "gauge", "Whether all sending is paused.",
                 [("", int(queue.paused_at is not None))]),
        *_metric("quinzaine_queue_waiting", "gauge", "Deliveries that are due.",
                 [(f'lane="{lane.name}"', lane.waiting) for lane in queue.lanes]),
        *_metric("quinzaine_queue_age_seconds", "gauge", "How long the oldest of them has been due.",
                 [(f'lane="{lane.name}"', _seconds(lane.oldest, now)) for lane in queue.lanes]),
        *_metric("quinzaine_mail_server_away_seconds", "gauge", "How long a server has not answered (circuit open).",
                 [(f'server="{_escaped(each.server)}"', _seconds(each.away_since, now)) for each in queue.away]),
        *_metric("quinzaine_domain_held_seconds", "gauge", "How long a domain is still left alone (4xx).",
                 [(f'domain="{_escaped(each.name)}"', max(0, -_seconds(each.held_until, now)))
                  for each in queue.domains if each.held_until]),
        *_metric("quinzaine_mails_total", "counter", "Attempts by outcome.",
                 [(f'outcome="{outcome}"', number) for outcome, number in counts.items()]),
        *_metric("quinzaine_domain_mails", "gauge", "Attempts of the last 24 hours, of the domains with most trouble.",
                 _by_domain(queue.domains)),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def write_fact_metrics(waiting: int, oldest: datetime | None, *, now: datetime) -> str:
    """What has happened and is not planned yet: seconds, unless relay or worker are away."""
    lines = [
        *_metric("quinzaine_facts_waiting", "gauge", "Facts nobody has planned yet.", [("", waiting)]),
        *_metric("quinzaine_facts_age_seconds", "gauge", "How old the oldest is.", [("", _seconds(oldest, now))]),
    ]
    return "\n".join(lines) + "\n"


def write_answer_metrics(waiting: int, oldest: datetime | None, *, now: datetime) -> str:
    """What came back by mail and has had no effect yet."""
    lines = [
        *_metric("quinzaine_answers_waiting", "gauge", "Answers by mail not acted on yet.", [("", waiting)]),
        *_metric("quinzaine_answers_age_seconds", "gauge", "How old the oldest is.", [("", _seconds(oldest, now))]),
    ]
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, words: str, values: Iterable[tuple[str, float]]) -> list[str]:
    samples = [f"{name}{{{labels}}} {value:g}" if labels else f"{name} {value:g}" for labels, value in values]
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *samples]


def _by_domain(domains: Iterable[Domain]) -> list[tuple[str, float]]:
    return [
        (f'domain="{_escaped(each.name)}",outcome="{outcome}"', number)
        for each in domains
        for outcome, number in (
            ("sent", each.sent),
            ("later", each.later),
            ("lost", each.lost),
            ("refused", each.refused),
        )
    ]


def _seconds(since: datetime | None, now: datetime) -> float:
    return (now - since).total_seconds() if since else 0


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
