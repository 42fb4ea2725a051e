"""`quinzaine restore-campaign`: bring one campaign back from a restored backup into the running system.

What is there is left as it is; what is missing is added, in one transaction, which is undone where a truth of
`quinzaine restore-check` would not hold. Whoever was erased meanwhile stays erased, and no letter is brought back.
"""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct

from infra.doctor.truths import TRUTHS
from infra.endings import CannotBeDone
from shared.database import Connection, rehearsal
from shared.settings import Settings

ROWS_AT_ONCE = 500
# what lasts hours, or is not of a campaign: keys of requests, answers by mail, calls of webhooks
LEFT_OUT = {
    "campaigns.idempotency_keys",
    "campaigns.offer_search",
    "notifications.answers",
    "notifications.calls",
    "notifications.unplanned_events",
    "contract.call_requests",
}
# of whom a row tells, wherever no foreign key says it
PEOPLE = ("recipient_id", "pupil_id", "guardian_id")
# whom or what a row is about, that may be gone
NAMING = ("id", "registration_id", "event_id", "other_id", "person_id", *PEOPLE)
_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Table(Struct, frozen=True):
    """A table of the product; `key` is its primary key, `parents` the columns that name another: → table, its key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    parents: dict[str, tuple[str, str]]


class Restored(Struct, frozen=True):
    """How many rows were missing, by table."""

    rows: dict[str, int]


async def restore(settings: Settings, slug: str, source_url: str, *, keep: bool) -> Restored:
    """Bring it back from the database at `source_url`; without `keep` all of it is tried, and nothing stays."""
    source = await asyncpg.connect(source_url, timeout=5)
    target = await asyncpg.connect(settings.database_url, timeout=5)
    try:
        async with (
            source.transaction(isolation="repeatable_read", readonly=True),
            target.transaction() if keep else rehearsal(target),
        ):
            return await restore_campaign(source, target, slug)
    except asyncpg.IntegrityConstraintViolationError as error:
        raise CannotBeDone(f"Rien n’a été restauré : {error}") from error
    finally:
        await source.close()
        await target.close()


async def restore_campaign(source: Connection, target: Connection, slug: str) -> Restored:
    """Add the campaign's missing rows in the caller's transaction; raises `CannotBeDone`, and then nothing may stay."""
    tables = await _tables(target)
    if await _migrations(source) != await _migrations(target):
        raise CannotBeDone("Les deux bases n’ont pas les mêmes migrations : « quinzaine migrate » sur la restaurée.")
    campaign_id = await source.fetchval("SELECT id FROM campaigns.campaigns WHERE slug = $1", slug)
    if campaign_id is None:
        raise CannotBeDone(f"La base restaurée ne connaît pas la campagne {slug!r}.")
    untrue_before = await _untrue(target)
    found = await _collect(source, tables, campaign_id)
    await _leave_out_erased(target, found)
    await _add_parents(source, target, tables, found)
    there = await _ids(target, "SELECT id FROM campaigns.offers WHERE campaign_id = $1", campaign_id)
    rows = {}
    for name in _in_order(tables):
        if found.get(name):
            rows[name] = await _insert(target, tables[name], list(found[name]))
    await _count_anew(target, campaign_id, there)
    await target.execute("SELECT campaigns.index_offer(id) FROM campaigns.offers WHERE campaign_id = $1", campaign_id)
    broken = sorted(await _untrue(target) - untrue_before)
    if broken:
        raise CannotBeDone(f"Rien n’a été restauré. Ce ne serait plus vrai : {' ; '.join(broken)}.")
    return Restored({name: number for name, number in rows.items() if number})


# table → rows as JSON, with what is in them: the same row is found in several ways
Found = dict[str, dict[str, dict[str, Any]]]


async def _collect(source: Connection, tables: dict[str, Table], campaign_id: UUID) -> Found:
    """The rows of the source that are the campaign's: by campaign, offer, session or registration."""
    offers = await _ids(source, "SELECT id FROM campaigns.offers WHERE campaign_id = $1", campaign_id)
    sessions = await _ids(source, "SELECT id FROM campaigns.sessions WHERE offer_id = ANY($1::uuid[])", offers)
    registrations = await _ids(
        source, "SELECT id FROM campaigns.registrations WHERE offer_id = ANY($1::uuid[])", offers
    )
    of = {
        "campaign_id": [campaign_id],
        "offer_id": offers,
        "session_id": sessions,
        "registration_id": registrations,
    }
    found: Found = {}
    await _fetch(source, tables["campaigns.campaigns"], "id", [campaign_id], found)
    for table in tables.values():
        for column, ids in of.items():
            if column in table.columns and table.name not in LEFT_OUT:
                await _fetch(source, table, column, ids, found)
    subjects = [str(each) for each in (campaign_id, *offers)]
    await _fetch(source, tables["campaigns.feeds"], "subject", subjects, found, kind="text")
    return found


async def _fetch(
    source: Connection, table: Table, column: str, keys: Sequence[object], found: Found, *, kind: str = "uuid"
) -> None:
    # whatever was on its way when the backup was taken has been sent since, or is of the past
    only = (
        " AND (state NOT IN ('due', 'sending') OR due_at > now())" if table.name == "notifications.deliveries" else ""
    )
    rows = await source.fetch(
        f"SELECT to_jsonb(t)::text AS row FROM {table.name} t WHERE {column} = ANY($1::{kind}[]){only}",  # noqa: S608  # names as the catalogue has them
        list(keys),
    )
    known = found.setdefault(table.name, {})
    for row in rows:
        known[row["row"]] = msgspec.json.decode(row["row"])


async def _leave_out_erased(target: Connection, found: Found) -> None:
    """Rows about somebody who was erased since, with all that hangs on their registrations."""
    rows = await target.fetch("SELECT id FROM contract.people WHERE erased_at IS NOT NULL")
    erased = {str(row["id"]) for row in rows}
    if not erased:
        return
    gone = set(erased)
    for registration in found.get("campaigns.registrations", {}).values():
        if registration["pupil_id"] in erased:
            gone.add(registration["id"])
    # a fact names people and registrations wherever it likes: it goes whole, and its letters with it
    for text, event in found.get("contract.events", {}).items():
        if not gone.isdisjoint(_IDS.findall(text)):
            gone.add(event["id"])
    for rows_of_table in found.values():
        for text, row in list(rows_of_table.items()):
            if any(row.get(column) in gone for column in NAMING):
                del rows_of_table[text]


async def _add_parents(source: Connection, target: Connection, tables: dict[str, Table], found: Found) -> None:
    """What the rows name and the running system does not have: organisations, people, sites; and what those name."""
    todo = {name: list(rows) for name, rows in found.items()}
    while todo:
        wanted: dict[tuple[str, str], set[str]] = {}
        for name, texts in todo.items():
            for row in (found[name][text] for text in texts):
                parents = tables[name].parents
                for column, parent in [*parents.items(), *((each, ("contract.people", "id")) for each in PEOPLE)]:
                    if row.get(column) is not None:
                        wanted.setdefault(parent, set()).add(str(row[column]))
        todo = {}
        for (name, key), keys in wanted.items():
            here = await target.fetch(
                f"SELECT {key}::text AS key FROM {name} WHERE {key}::text = ANY($1::text[])",  # noqa: S608  # as above
                list(keys),
            )
            missing = keys - {row["key"] for row in here} - {str(row[key]) for row in found.get(name, {}).values()}
            if missing:
                before = set(found.get(name, {}))
                await _fetch(source, tables[name], f"{key}::text", sorted(missing), found, kind="text")
                todo[name] = [text for text in found[name] if text not in before]
        todo = {name: texts for name, texts in todo.items() if texts}


async def _insert(target: Connection, table: Table, rows: Sequence[str]) -> int:
    """Rows that are not there; returns how many. Letters come without their bytes and addresses, and no fact is told
    again: one that the backup caught between its transaction and the relay was planned a moment later.
    """
    columns = ", ".join(f'"{column}"' for column in table.columns)
    values = columns
    if table.name == "notifications.deliveries":
        for column in ("mail", "recipient_address"):
            values = values.replace(f'"{column}"', "NULL")
    elif table.name == "contract.events":
        values = values.replace('"planned_at"', 'coalesce("planned_at", now())')
    added = 0
    for start in range(0, len(rows), ROWS_AT_ONCE):
        done = await target.execute(
            f"""
            INSERT INTO {table.name} ({columns}) OVERRIDING SYSTEM VALUE
            SELECT {values} FROM jsonb_populate_recordset(NULL::{table.name}, $1::jsonb)
            ON CONFLICT {f"({', '.join(table.key)})" if table.key else ""} DO NOTHING
            """,  # noqa: S608  # names as the catalogue has them
            f"[{','.join(rows[start : start + ROWS_AT_ONCE])}]",
        )
        added += int(done.split()[-1])
    return added


async def _count_anew(target: Connection, campaign_id: UUID, there: Sequence[UUID]) -> None:
    """Offers that came back without those who were erased since: a seat of theirs is free, and the clock offers it."""
    await target.execute(
        """
        UPDATE campaigns.offers o SET taken = its.taken, waiting = its.waiting
        FROM (SELECT o.id, count(r.id) FILTER (WHERE r.status IN ('held', 'confirmed')) AS taken,
                     count(r.id) FILTER (WHERE r.status = 'waiting') AS waiting
              FROM campaigns.offers o LEFT JOIN campaigns.registrations r ON r.offer_id = o.id
              WHERE o.campaign_id = $1 AND o.id <> ALL($2::uuid[]) GROUP BY o.id) its
        WHERE o.id = its.id AND (o.taken, o.waiting) <> (its.taken, its.waiting)
        """,
        campaign_id,
        list(there),
    )


async def _tables(connection: Connection) -> dict[str, Table]:
    rows = await connection.fetch(
        """
        SELECT c.oid, n.nspname || '.' || c.relname AS name,
               array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '') AS columns,
               array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE a.attnum = ANY(i.indkey)) AS key
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        WHERE c.relkind = 'r' AND n.nspname IN ('campaigns', 'contract', 'notifications')
          AND a.attnum > 0 AND NOT a.attisdropped
        GROUP BY c.oid, n.nspname, c.relname
        """
    )
    keys = await connection.fetch(
        """
        SELECT k.conrelid AS child, a.attname::text AS column, n.nspname || '.' || p.relname AS parent,
               b.attname::text AS key
        FROM pg_constraint k
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
        JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace
        WHERE k.contype = 'f'
        """
    )
    parents: dict[int, dict[str, tuple[str, str]]] = {}
    for key in keys:
        parents.setdefault(key["child"], {})[key["column"]] = (key["parent"], key["key"])
    return {
        row["name"]: Table(row["name"], tuple(row["columns"]), tuple(row["key"] or ()), parents.get(row["oid"], {}))
        for row in rows
    }


def _in_order(tables: dict[str, Table]) -> list[str]:
    """Parents before children."""
    ordered: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in ordered or name in above:
            return
        for parent, _ in tables[name].parents.values():
            visit(parent, (*above, name))
        ordered.append(name)

    for name in sorted(tables):
        visit(name, ())
    return ordered


async def _untrue(connection: Connection) -> set[str]:
    return {truth.sentence for truth in TRUTHS if await connection.fetch(truth.broken_by)}


async def _migrations(connection: Connection) -> list[str]:
    return [row["name"] for row in await connection.fetch("SELECT name FROM public.migrations ORDER BY name")]


async def _ids(connection: Connection, query: str, given: object) -> list[UUID]:
    return [row["id"] for row in await connection.fetch(query, given)]
