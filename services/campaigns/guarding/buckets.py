"""The buckets of one class of requests: each client has some at once, and more as time goes by."""

from collections import OrderedDict
from math import ceil

from msgspec import Struct

CLIENTS_AT_MOST = 20_000


class Rate(Struct, frozen=True):
    """How many requests a client may make at once, and how many more each minute."""

    at_once: int
    a_minute: float


class Buckets:
    """A token bucket a client; `seconds` are of a clock that never goes back.

    A bucket that has filled up again is as good as none: the memory is bounded by forgetting who came longest ago. Of
    `CLIENTS_AT_MOST` clients and one more, the one who gains by it has waited for as long as all the others came.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._a_second = rate.a_minute / 60
        # client → what is left, and at which second that was so; the last to come stands last
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._left)

    def take(self, client: str, seconds: float) -> int:
        """Take one; 0 where there was one, else the whole seconds until there will be."""
        left = self._now(client, seconds)
        wait = self._until_one(left)
        self._left[client] = (left if wait else left - 1, seconds)
        self._left.move_to_end(client)
        if len(self._left) > CLIENTS_AT_MOST:
            self._left.popitem(last=False)
        return wait

    def close(self, client: str, seconds: float, wait: int) -> None:
        """Let there be none until so many seconds have passed: another process has given away what there was."""
        self._left[client] = (1 - wait * self._a_second, seconds)
        self._left.move_to_end(client)

    def wait(self, client: str, seconds: float) -> int:
        """The whole seconds until there is one; 0 where there is."""
        return self._until_one(self._now(client, seconds))

    def _now(self, client: str, seconds: float) -> float:
        full = float(self._rate.at_once)
        left, at = self._left.get(client, (full, seconds))
        return min(full, left + max(0.0, seconds - at) * self._a_second)

    def _until_one(self, left: float) -> int:
        return 0 if left >= 1 else ceil((1 - left) / self._a_second)


class Handfuls:
    """Who takes much at once settles it by the handful; up to a handful a client is let have on credit."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._owed: OrderedDict[str, int] = OrderedDict()

    def owe(self, client: str) -> int:
        """One more; 0 while it is less than a handful, else the handful that whoever asks now settles.

        It is owed no more from now on: of thirty at once, who asks while it is being settled begins the next one.
        """
        owed = self._owed.pop(client, 0) + 1
        if owed >= self._size:
            return self._size
        self._keep(client, owed)
        return 0

    def owe_again(self, client: str) -> None:
        """It could not be settled: the next to ask settles it."""
        self._keep(client, self._size - 1)

    def _keep(self, client: str, owed: int) -> None:
        self._owed[client] = owed
        self._owed.move_to_end(client)
        if len(self._owed) > CLIENTS_AT_MOST:
            self._owed.popitem(last=False)
