"""RabbitMQ with quorum queues: a ring that was confirmed survives the loss of a node."""

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dramatiq.brokers.rabbitmq import RabbitmqBroker

# a node that is silent, or takes nothing, is left for another: after a minute, by default
IMPATIENT = {"heartbeat": "10", "blocked_connection_timeout": "10", "socket_timeout": "5", "stack_timeout": "8"}


def impatient(url: str) -> str:
    """The URL of a node with the time-outs it does not name itself."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode({**IMPATIENT, **dict(parse_qsl(parts.query))})))


class QuorumBroker(RabbitmqBroker):
    """dramatiq's broker whose queues are quorum queues; of several nodes it takes the first that answers."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        arguments: dict[str, Any] = super()._build_queue_arguments(queue_name)  # type: ignore[no-untyped-call]
        return {**arguments, "x-queue-type": "quorum"}

    # Nobody asks this broker to wait, and what was rejected is rung again: there is no queue of either kind. The
    # package keeps the rejected in a classic queue, which lives on one node: with that lost, nobody could start.
    def _declare_dq_queue(self, queue_name: str) -> Any:
        return self._declare_queue(queue_name)  # type: ignore[no-untyped-call]

    def _declare_xq_queue(self, queue_name: str) -> Any:
        return self._declare_queue(queue_name)  # type: ignore[no-untyped-call]

    def delete_queues(self) -> None:
        """Remove the queues of an installation that is no more."""
        for queue in self.get_declared_queues():
            self.channel.queue_delete(queue)
