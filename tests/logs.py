"""What every process that a test starts may log: never who anybody is. Asked at one place, of all of them.

Each log is read when its process has ended; once more when the database it stood on goes, for everybody named in it.
"""

from pathlib import Path

import asyncpg

# of the worlds that tests make: people of the pages, the stories and the demo campaign
NOBODY = ("Camille", "Dominique", "Dupré", "Dupr\\u00e9", "@eleve.example", "@famille.example", "@organisation.example")
# shorter ones stand in other words, too
LETTERS_AT_LEAST = 5

_logs: dict[str, set[Path]] = {}


def keep_log(log: Path, database_url: str) -> None:
    """Remember what a process on that database writes, and look at what it has written so far."""
    _logs.setdefault(database_url, set()).add(log)
    if log.exists():
        check_text(log.read_text(errors="replace"), NOBODY)


def check_text(text: str, words: tuple[str, ...]) -> None:
    """No word about who anybody is."""
    for word in words:
        place = text.find(word)
        assert place < 0, f"« {word} » is logged: {text[max(0, place - 300) : place + 300]}"


async def check_logs_of(database_url: str) -> None:
    """Of all processes that stood on a database which is about to go: none has named anybody it holds."""
    texts = [log.read_text(errors="replace") for log in _logs.pop(database_url, ()) if log.exists()]
    if not any(texts):
        return
    connection = await asyncpg.connect(database_url)
    try:
        people = await connection.fetch("SELECT first_name, last_name, email FROM contract.people")
    finally:
        await connection.close()
    words = {word for person in people for word in person if word and len(word) >= LETTERS_AT_LEAST}
    for text in texts:
        check_text(text, tuple(words))
