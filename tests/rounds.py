"""How often chance is asked: few times in every run of the tests, as many as one likes by hand.

`QUINZAINE_ROUNDS=10 pytest tests/stories/test_random_*.py` plays ten times as many.
"""

import os


def rounds(few: int) -> int:
    """So many, times `QUINZAINE_ROUNDS`."""
    return few * int(os.environ.get("QUINZAINE_ROUNDS", "1"))
