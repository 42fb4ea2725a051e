"""What a log says of a failure: its kind and place, never its words, which may hold names and addresses."""

import traceback


def describe(error: BaseException) -> dict[str, str]:
    """The exception's type, and the file, line and function it was raised in."""
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames[:-6:-1])
    return {"error": type(error).__name__, "place": place}
