"""What finding reads: the offers a search means, in their order, and what one can choose from."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date as Date
from datetime import datetime, time, timedelta
from typing import Any

import msgspec
from msgspec import Struct

from services.campaigns.catalogue.finding.answers import distances_from
from services.campaigns.catalogue.finding.places import Place, find_places
from services.campaigns.catalogue.finding.search import WORDS_AT_MOST, Search
from services.campaigns.catalogue.finding.spelling import nearest, plain_words
from services.campaigns.catalogue.listing import Listing
from services.campaigns.catalogue.read import LISTING
from shared.database import Connection
from shared.french_dates import PARIS
from shared.languages import _

# past and cancelled last; the nearest first, in steps of a kilometre; then what fits the words best; then kind and date
ORDER = "past, coalesce(round(kilometres), 99999), rank, for_schools, kind_place, begins_at, offer_id"


class Town(Struct, frozen=True):
    """A town with public offers that are still to come, and where it lies if its offers' sites say so."""

    name: str
    offers: int
    latitude: float | None = None
    longitude: float | None = None

    @property
    def key(self) -> str:
        """How it is sorted: « evreux »."""
        return plain_words(self.name)


class Found(Struct, frozen=True, kw_only=True):
    """A page of answers. `kilometres` by offer's position in `listings`; `count` counts all pages."""

    listings: list[Listing]
    kilometres: list[float | None]
    count: int
    more: bool


class Wording(Struct, frozen=True):
    """The words of a search as the index is asked: a tsquery (empty: no words), and what was read as what."""

    query: str = ""
    corrected: tuple[tuple[str, str], ...] = ()


class Answer(Struct, frozen=True, kw_only=True):
    """All that a search comes to. `near` is the place it was read as, `others` what else it may have meant."""

    found: Found
    wording: Wording
    near: Place | None
    others: tuple[Place, ...]


async def answer_search(
    connection: Connection,
    search: Search,
    *,
    placed: Sequence[tuple[str, int, float, float]],
    now: datetime,
    limit: int,
) -> Answer:
    """Answer a search: where it is, what its words mean, the offers. `placed`: the towns with their positions."""
    places = find_places(search.place) if search.place else ()
    near = places[0] if places else None
    wording = await read_wording(connection, search.words)
    if search.words and not wording.query:
        found = Found(listings=[], kilometres=[], count=0, more=False)
    else:
        distances = distances_from(near, placed) if near else []
        found = await find_offers(connection, search, wording, near=near, distances=distances, now=now, limit=limit)
    return Answer(found=found, wording=wording, near=near, others=places[1:])


async def find_offers(
    connection: Connection,
    search: Search,
    wording: Wording,
    *,
    near: Place | None,
    distances: Sequence[tuple[str, float]],
    now: datetime,
    limit: int,
) -> Found:
    """A page of the offers a search means. `distances`: km by the name of the town, for those that are known.

    What is past or cancelled comes last. Then the nearest first, in steps of a kilometre; then what fits the words
    best; then by kind and by date.
    """
    values: list[object] = [now, search.after, limit + 1]

    def given(value: object) -> str:
        """The value as the next `$n`."""
        values.append(value)
        return f"${len(values)}"

    joins, kilometres, rank = "", "NULL::float8", "0::float4"
    conditions = ["o.status <> 'draft'", *_conditions(search, given)]
    if near:
        joins = f"""LEFT JOIN unnest({given([city for city, _ in distances])}::text[],
                                     {given([far for _, far in distances])}::float8[]) AS near (city, far)
                        ON near.city = o.city"""
        kilometres = "near.far"
    if search.words:
        query = f"to_tsquery('pg_catalog.french', {given(wording.query)})"
        rank = f"-ts_rank(s.document, {query})"
        conditions.append(f"s.document @@ {query}")
    if search.words or search.without_car:
        joins = f"JOIN campaigns.offer_search s ON s.offer_id = o.id {joins}"
    rows = await connection.fetch(
        f"""
        WITH listed AS MATERIALIZED (
            SELECT o.id AS offer_id, {kilometres} AS kilometres, {rank} AS rank,
                   o.status IN ('cancelled', 'over') OR coalesce(upper(o.busy) <= $1, false) AS past,
                   o.audience = 'schools' AS for_schools,
                   CASE o.kind WHEN 'collective_week' THEN 1 WHEN 'hosting' THEN 2 WHEN 'workshop' THEN 3 ELSE 4 END
                       AS kind_place,
                   coalesce(lower(o.busy), 'infinity') AS begins_at
            FROM campaigns.offers o {joins}
            WHERE {" AND ".join(conditions)}
        ), chosen AS MATERIALIZED (
            SELECT *, (SELECT count(*) FROM listed) AS count FROM listed
            WHERE $2::uuid IS NULL OR ROW({ORDER}) > (SELECT {ORDER} FROM listed WHERE offer_id = $2)
            ORDER BY {ORDER} LIMIT $3
        ), shown AS ({LISTING} WHERE o.id IN (SELECT offer_id FROM chosen))
        SELECT shown.*, chosen.kilometres, chosen.count FROM shown JOIN chosen ON offer_id = shown.id
        ORDER BY {ORDER}
        """,  # noqa: S608  # the pieces are constants of this module and the catalogue's; what was typed is a `$n`
        *values,
    )
    shown = rows[:limit]
    return Found(
        listings=[_listing(row) for row in shown],
        kilometres=[row["kilometres"] for row in shown],
        count=rows[0]["count"] if rows else 0,
        more=len(rows) > limit,
    )


async def read_wording(connection: Connection, words: str) -> Wording:
    """The words as the index is asked: all of them, each as it begins; one that stands nowhere as the nearest known.

    Words that say nothing (« de », « la ») are left out. Where no offer has all of them, one of them is enough.
    """
    asked = list(dict.fromkeys(plain_words(words).split()))[:WORDS_AT_MOST]
    if not asked:
        return Wording()
    rows = await connection.fetch(
        """
        SELECT word, EXISTS (SELECT FROM campaigns.offer_search s
                             WHERE s.document @@ to_tsquery('pg_catalog.french', word || ':*')) AS known
        FROM unnest($1::text[]) WITH ORDINALITY AS asked (word, number)
        WHERE to_tsvector('pg_catalog.french', word) <> ''
        ORDER BY number
        """,
        asked,
    )
    parts, corrected = [], []
    for row in rows:
        meant = [row["word"]] if row["known"] else await _nearest(connection, row["word"])
        if meant != [row["word"]]:
            corrected.append((row["word"], _(" ou ").join(meant)))
        parts.append(" | ".join(f"{word}:*" for word in meant or [row["word"]]))
    query = " & ".join(f"({part})" for part in parts)
    if len(parts) > 1 and not await _has_answer(connection, query):
        query = " | ".join(parts)
    return Wording(query, tuple(pair for pair in corrected if pair[1]))


async def list_towns(connection: Connection, now: datetime) -> list[Town]:
    """The towns with a public offer, the busiest first; `offers` counts those still to come."""
    rows = await connection.fetch(
        """
        SELECT o.city AS name, avg(s.latitude) AS latitude, avg(s.longitude) AS longitude,
               count(*) FILTER (WHERE o.status IN ('published', 'closed') AND coalesce(upper(o.busy) > $1, true))
                   AS offers
        FROM campaigns.offers o LEFT JOIN campaigns.offer_search s ON s.offer_id = o.id
        WHERE o.status <> 'draft' AND o.city <> ''
        GROUP BY o.city ORDER BY count(*) DESC, o.city
        """,
        now,
    )
    return [Town(row["name"], row["offers"], row["latitude"], row["longitude"]) for row in rows]


async def list_weeks(connection: Connection, now: datetime) -> list[tuple[Date, Date]]:
    """The weeks in which something public begins, from now on: Monday and Friday."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT date_trunc('week', lower(busy) AT TIME ZONE 'Europe/Paris')::date AS monday
        FROM campaigns.offers WHERE status IN ('published', 'closed') AND upper(busy) > $1 ORDER BY monday LIMIT 20
        """,
        now,
    )
    return [(row["monday"], row["monday"] + timedelta(days=4)) for row in rows]


async def list_sectors(connection: Connection) -> list[tuple[str, str]]:
    """The sectors some public offer has a day of: code and label, by label."""
    rows = await connection.fetch(
        """
        SELECT s.code, s.label FROM campaigns.sectors s
        WHERE EXISTS (SELECT FROM campaigns.days d JOIN campaigns.offers o ON o.id = d.offer_id
                      WHERE d.sector = s.code AND o.status <> 'draft')
        ORDER BY campaigns.plain_words(s.label)
        """
    )
    return [(row["code"], row["label"]) for row in rows]


async def _nearest(connection: Connection, word: str) -> list[str]:
    rows = await connection.fetch(
        """
        (SELECT word FROM campaigns.search_words WHERE word % $1 ORDER BY similarity(word, $1) DESC LIMIT 60)
        UNION
        (SELECT word FROM campaigns.search_words
         WHERE word LIKE left($1, 1) || '%' AND abs(length(word) - length($1)) <= 2 LIMIT 400)
        """,
        word,
    )
    return nearest(word, [row["word"] for row in rows])


async def _has_answer(connection: Connection, query: str) -> bool:
    return bool(
        await connection.fetchval(
            """
            SELECT EXISTS (SELECT FROM campaigns.offer_search s
                           WHERE s.document @@ to_tsquery('pg_catalog.french', $1))
            """,
            query,
        )
    )


def _conditions(search: Search, given: Callable[[object], str]) -> Iterator[str]:
    if search.city:
        yield f"o.city = {given(search.city)}"
    if search.kind:
        yield f"o.kind = {given(search.kind)}"
    if search.sector:
        yield f"o.id IN (SELECT offer_id FROM campaigns.days WHERE sector = {given(search.sector)})"  # noqa: S608  # a `$n`
    if search.week:
        monday = datetime.combine(search.week, time.min, tzinfo=PARIS)
        after = datetime.combine(search.week + timedelta(days=7), time.min, tzinfo=PARIS)
        yield f"o.busy && tstzrange({given(monday)}, {given(after)})"
    if search.free:
        yield "o.status = 'published' AND o.waiting = 0 AND o.taken < o.seats AND coalesce(o.closes_at > $1, true)"
        yield "coalesce(lower(o.busy) > $1, true)"
    if search.without_car:
        yield "s.without_car"


def _listing(row: Any) -> Listing:
    values = {**row, "days": msgspec.json.decode(row["days"])}
    del values["kilometres"], values["count"]
    return msgspec.convert(values, Listing)
