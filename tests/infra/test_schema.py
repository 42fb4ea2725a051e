"""The committed schema is what the migrations come to."""

from infra.embedded_database import binaries
from infra.write_schema import SCHEMA, sum_of_migrations


def test_the_committed_schema_is_the_sum_of_the_migrations():
    assert SCHEMA.read_text() == sum_of_migrations(), "run `make schema` and commit what it writes"


def test_the_wheel_brings_what_dumps_and_restores():
    for program in ("pg_dump", "pg_restore", "psql"):
        assert (binaries() / program).is_file()
