"""The address of the broker: one URL, or those of the nodes of one RabbitMQ with `;` between them."""

from collections.abc import Callable, Mapping

NAME = "QUINZAINE_BROKER_URL"
NODES = ("amqp", "amqps")
SCHEMES = ("postgresql", "postgres", *NODES, "redis", "rediss")

# values, name of the variable, default, schemes → the URL, or a refusal
CheckUrl = Callable[[Mapping[str, str], str, str, tuple[str, ...]], str]


def split_nodes(broker_url: str) -> list[str]:
    """The URLs of the nodes; any broker but RabbitMQ has one."""
    return broker_url.split(";") if broker_url.startswith(("amqp://", "amqps://")) else [broker_url]


def read_broker_url(values: Mapping[str, str], default: str, check: CheckUrl) -> str:
    """What the variable says, each node checked."""
    nodes = split_nodes(values.get(NAME, default))
    return ";".join(check({NAME: node}, NAME, "", SCHEMES if len(nodes) == 1 else NODES) for node in nodes)
