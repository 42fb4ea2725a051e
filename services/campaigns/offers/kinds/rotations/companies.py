"""Companies: groups that move together, so many at most, each no larger than the smallest service (bin packing)."""

from collections.abc import Sequence

# what a search may look at before it gives up; sizes of a real house need a few hundred
STEPS_AT_MOST = 20_000


def split_into_companies(sizes: Sequence[int], companies: int, capacity: int) -> list[int] | None:
    """The company of each group, so that no company exceeds `capacity`; None where none was found.

    Groups spread: an emptier company is tried first, so equal groups that need not share do not. Exact unless the
    search is longer than `STEPS_AT_MOST`, which takes more than ten different sizes.
    """
    if sum(sizes) > companies * capacity or max(sizes) > capacity:
        return None
    order = sorted(range(len(sizes)), key=lambda group: (-sizes[group], group))
    loads = [0] * companies
    chosen = [0] * len(sizes)
    dead: set[tuple[int, tuple[int, ...]]] = set()

    def place(depth: int) -> bool:
        if depth == len(order):
            return True
        state = (depth, tuple(sorted(loads)))
        if state in dead or len(dead) > STEPS_AT_MOST:
            return False
        size = sizes[order[depth]]
        tried: set[int] = set()
        for company in sorted(range(companies), key=lambda company: (loads[company], company)):
            if loads[company] + size > capacity or loads[company] in tried:
                continue
            tried.add(loads[company])
            loads[company] += size
            chosen[order[depth]] = company
            if place(depth + 1):
                return True
            loads[company] -= size
        dead.add(state)
        return False

    return chosen if place(0) else None


def smallest_capacity(sizes: Sequence[int], companies: int) -> int:
    """The smallest capacity with which the groups fit into so many companies."""
    low, high = max(max(sizes), -(-sum(sizes) // companies)), sum(sizes)
    while low < high:
        middle = (low + high) // 2
        if split_into_companies(sizes, companies, middle) is None:
            low = middle + 1
        else:
            high = middle
    return low
