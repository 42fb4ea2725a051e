"""A migration runs beside the product of the release before: squawk reads each for what would stop or break that.

A line that is meant all the same is marked in the file: `-- squawk-ignore ban-drop-column`, with the reason.
"""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from infra.migrate import FOLDER

SQUAWK = Path(sys.executable).parent / "squawk"
# those before were written for tables that were empty, and may not be edited any more
FIRST = "0051"
# the runner says how long a migration waits for a table, and applies a file whole or not at all
NOT_ASKED = (
    "require-lock-timeout,require-statement-timeout,prefer-robust-stmts,prefer-bigint-over-int,"
    "prefer-bigint-over-smallint"
)


class Found(msgspec.Struct, frozen=True):
    """What squawk says of one line."""

    file: str
    line: int
    rule_name: str


def read_with_squawk(text: str, *, name: str = "migration.sql") -> list[Found]:
    """What it finds in a migration; a file that says CONCURRENTLY is applied outside a transaction (infra.migrate)."""
    inside = [] if "CONCURRENTLY" in text else ["--assume-in-transaction"]
    done = subprocess.run(
        [SQUAWK, "--reporter", "json", "--pg-version", "15.0", "--exclude", NOT_ASKED, *inside,
         "--stdin-filepath", name],
        input=text, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return msgspec.json.decode(done.stdout, type=list[Found])


def test_every_new_migration_is_gentle():
    found = {file.name: read_with_squawk(file.read_text(), name=file.name) for file in FOLDER.glob("*.sql")}
    assert found
    assert [each for name, all_of in found.items() if name >= FIRST for each in all_of] == []


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE campaigns.offers ADD COLUMN wide text NOT NULL", "adding-required-field"),
        ("ALTER TABLE campaigns.offers ADD at timestamptz DEFAULT clock_timestamp()", "adding-field-with-default"),
        ("ALTER TABLE campaigns.offers ALTER COLUMN seats TYPE numeric", "changing-column-type"),
        ("ALTER TABLE campaigns.offers ALTER COLUMN summary SET NOT NULL", "adding-not-nullable-field"),
        ("ALTER TABLE campaigns.offers ADD CONSTRAINT few CHECK (seats < 99)", "constraint-missing-not-valid"),
        ("ALTER TABLE campaigns.offers ADD COLUMN person_id uuid REFERENCES contract.people",
         "adding-foreign-key-constraint"),
        ("ALTER TABLE campaigns.offers DROP COLUMN summary", "ban-drop-column"),
        ("ALTER TABLE campaigns.offers RENAME COLUMN summary TO abstract", "renaming-column"),
        ("DROP TABLE campaigns.offers", "ban-drop-table"),
        ("CREATE INDEX offers_title ON campaigns.offers (title)", "require-concurrent-index-creation"),
    ],
)  # fmt: skip
def test_what_would_stop_or_break_the_release_before_is_found(statement, rule):
    assert rule in {each.rule_name for each in read_with_squawk(f"{statement};")}


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE campaigns.offers ADD COLUMN wide text;",
        "ALTER TABLE campaigns.offers ADD COLUMN wide text NOT NULL DEFAULT '';",
        "CREATE TABLE campaigns.new (id uuid PRIMARY KEY, n int NOT NULL);\nCREATE INDEX new_n ON campaigns.new (n);",
        "DROP INDEX CONCURRENTLY IF EXISTS campaigns.wide;\nCREATE INDEX CONCURRENTLY wide ON campaigns.days (id);",
        "-- squawk-ignore ban-drop-column\nALTER TABLE campaigns.offers DROP COLUMN wide;",
    ],
)
def test_what_holds_nobody_up_passes(text):
    assert read_with_squawk(text) == []
