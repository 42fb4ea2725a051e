"""RabbitMQ with quorum queues: a ring that was confirmed survives the loss of a node."""

from typing import Any

from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.common import dq_name, xq_name


class QuorumBroker(RabbitmqBroker):
    """dramatiq's broker whose queues are quorum queues."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, Any]:
        arguments: dict[str, Any] = super()._build_queue_arguments(queue_name)  # type: ignore[no-untyped-call]
        return {**arguments, "x-queue-type": "quorum"}

    def delete_queues(self) -> None:
        """Remove the queues of an installation that is no more."""
        for queue in self.get_declared_queues():
            for name in (queue, dq_name(queue), xq_name(queue)):
                self.channel.queue_delete(name)
