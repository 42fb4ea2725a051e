"""Erase a pupil: names, addresses, school and class go from every place that holds them; rows and counts stay.

The places: `contract.people` (the pupil, the guardians, a teacher whom nobody else names), `campaigns.pupils`, the keys
and consents of registrations, teachers' own lists, kept answers, addresses that asked for links. What was written in
mails is the other service's to erase: it is told by a fact.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from services.campaigns.offers.registration import letters_of
from services.campaigns.privacy.erasure import Erasure
from services.campaigns.privacy.read import letters_are_under_way, read_living
from services.campaigns.teaching.matching import class_key, name_key
from shared.database import Connection
from shared.erasures import PupilErased
from shared.outbox import append_events

NOTHING_KEPT = '{"headers":{},"body":null}'


async def erase_pupil(connection: Connection, *, erasure: Erasure, now: datetime) -> bool:
    """Whether it is done: not while a registration lives in what is to come, or a mail about one is on its way.

    Doing it twice is harmless. Who registers the same pupil at this moment waits for it.
    """
    pupil = await connection.fetchrow(
        """
        SELECT p.id, p.guardian_id, p.school_name, p.school_uai, p.class_name, person.first_name, person.last_name,
               person.email
        FROM campaigns.pupils p JOIN contract.people person ON person.id = p.id
        WHERE p.id = $1 FOR UPDATE OF p
        """,
        erasure.pupil_id,
    )
    if pupil is None or await read_living(connection, erasure.pupil_id, now=now):
        return False
    rows = await connection.fetch(
        "SELECT id, guardian_id FROM campaigns.registrations WHERE pupil_id = $1 ORDER BY id", pupil["id"]
    )
    registration_ids = [row["id"] for row in rows]
    if erasure.waits_for_letters(now) and await letters_are_under_way(connection, registration_ids, now=now):
        return False
    guardians = {pupil["guardian_id"], *(row["guardian_id"] for row in rows)} - {None}
    people = [pupil["id"], *await _of_no_other_pupil(connection, pupil["id"], sorted(guardians))]
    await _forget_addresses(connection, people)
    listed = await _leave_lists(connection, pupil)
    await _forget_answers(connection, [pupil["id"], *registration_ids, *listed], pupil["email"])
    people += listed
    people += await _forget_teachers(connection, pupil["id"])
    await _erase_people(connection, people, now)
    await _erase_school(connection, pupil["id"])
    await _erase_registrations(connection, registration_ids)
    await connection.execute("UPDATE campaigns.erasures SET erased_at = $2 WHERE pupil_id = $1", pupil["id"], now)
    fact = PupilErased(
        occurred_at=now, pupil_id=pupil["id"], people=tuple(people), registration_ids=tuple(registration_ids)
    )
    await append_events(connection, [fact])
    return True


async def _of_no_other_pupil(connection: Connection, pupil_id: UUID, guardians: Sequence[UUID]) -> list[UUID]:
    """The guardians who are named for this pupil alone."""
    rows = await connection.fetch(
        """
        SELECT id FROM unnest($2::uuid[]) AS guardian (id)
        WHERE NOT EXISTS (SELECT FROM campaigns.registrations r
                          WHERE r.guardian_id = guardian.id AND r.pupil_id <> $1)
          AND NOT EXISTS (SELECT FROM campaigns.pupils p WHERE p.guardian_id = guardian.id AND p.id <> $1)
        """,
        pupil_id,
        list(guardians),
    )
    return [row["id"] for row in rows]


async def _erase_people(connection: Connection, people: Sequence[UUID], now: datetime) -> None:
    """The one UPDATE; secret calendar addresses of who is erased lead nowhere any more."""
    await connection.execute(
        """
        UPDATE contract.people p
        SET first_name = '', last_name = '', email = NULL, erased_at = coalesce(p.erased_at, $2),
            calendar_version = least(p.calendar_version + 1, 65535), calendar_sent_at = NULL
        FROM (SELECT id FROM contract.people WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE) erased
        WHERE p.id = erased.id
        """,
        list(people),
        now,
    )


async def _erase_school(connection: Connection, pupil_id: UUID) -> None:
    """School and class go, and what the pupil would be recognised by: who registers again is somebody new."""
    await connection.execute(
        """
        UPDATE campaigns.pupils
        SET identity = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), school_name = '',
            school_uai = NULL, class_name = ''
        WHERE id = $1
        """,
        pupil_id,
    )


async def _erase_registrations(connection: Connection, registration_ids: Sequence[UUID]) -> None:
    """What somebody sent with them; that they were, where and how they ended stays, for the counts."""
    await connection.execute(
        """
        WITH consents AS (DELETE FROM campaigns.consents WHERE registration_id = ANY($1::uuid[])),
             links AS (DELETE FROM contract.link_versions WHERE registration_id = ANY($1::uuid[]))
        UPDATE campaigns.registrations r
        SET idempotency_key = r.id::text, body_hash = '', under_15 = false, consented_at = NULL,
            convention_signed_on = NULL, token_version = least(r.token_version + 1, 32767),
            guardian_version = least(r.guardian_version + 1, 32767)
        FROM (SELECT id FROM campaigns.registrations WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE) mine
        WHERE r.id = mine.id
        """,
        list(registration_ids),
    )


async def _forget_answers(connection: Connection, ids: Sequence[UUID], email: str | None) -> None:
    """Answers that are kept for a day in case a client asks again: those that hold the pupil lose their body.

    Each that names a pupil says which by number; an address is looked for besides, not as a part of a longer one. A
    name is not looked for: half the answers about a town hold a short one.
    """
    address = rf"(?<![\w.%+-]){re.escape(email)}(?![\w-]|\.\w)" if email else None
    await connection.execute(
        """
        UPDATE campaigns.idempotency_keys SET answer = $3
        WHERE answer ~* $2 OR EXISTS (SELECT FROM unnest($1::text[]) AS one (id) WHERE position(one.id IN answer) > 0)
        """,
        [str(each) for each in ids],
        address,
        NOTHING_KEPT,
    )


async def _forget_addresses(connection: Connection, people: Sequence[UUID]) -> None:
    """Somebody may just be asking for the links of these addresses."""
    await connection.execute(
        """
        UPDATE campaigns.link_requests l SET email = NULL
        FROM contract.people p WHERE p.id = ANY($1::uuid[]) AND lower(l.email) = lower(p.email)
        """,
        list(people),
    )


async def _leave_lists(connection: Connection, pupil: Record) -> list[UUID]:
    """Take the pupil off teachers' own lists of the same school; whose names are to go with it."""
    if not pupil["last_name"]:
        return []
    rows = await connection.fetch(
        """
        SELECT l.id, l.class_name, person.first_name, person.last_name, school.name AS school_name
        FROM campaigns.organisations school
        JOIN campaigns.listed_pupils l ON l.organisation_id = school.id
        JOIN contract.people person ON person.id = l.id
        WHERE school.uai = $1 OR $1 IS NULL AND lower(school.name) = lower($2)
        """,
        pupil["school_uai"],
        pupil["school_name"],
    )
    name = name_key(pupil["last_name"], pupil["first_name"])
    mine = [
        row["id"]
        for row in rows
        if name_key(row["last_name"], row["first_name"]) == name
        and (
            not letters_of(row["class_name"])
            or not letters_of(pupil["class_name"])
            or class_key(row["class_name"]) == class_key(pupil["class_name"])
        )
    ]
    await connection.execute("DELETE FROM campaigns.listed_pupils WHERE id = ANY($1::uuid[])", mine)
    return mine


async def _forget_teachers(connection: Connection, pupil_id: UUID) -> list[UUID]:
    """Which teachers the pupil named goes; of whom nobody else names and who has no account, the name as well.

    The teachers are locked first: who asks them, or registers somebody who names them, comes before or after.
    """
    await connection.execute(
        """
        SELECT FROM campaigns.referents
        WHERE person_id IN (SELECT teacher_id FROM campaigns.referent_teachers WHERE pupil_id = $1)
        ORDER BY person_id FOR UPDATE
        """,
        pupil_id,
    )
    named = await connection.fetch(
        "DELETE FROM campaigns.referent_teachers WHERE pupil_id = $1 RETURNING teacher_id", pupil_id
    )
    rows = await connection.fetch(
        """
        DELETE FROM campaigns.referents t
        WHERE t.person_id = ANY($1::uuid[])
          AND NOT EXISTS (SELECT FROM campaigns.referent_teachers other WHERE other.teacher_id = t.person_id)
          AND NOT EXISTS (SELECT FROM campaigns.accounts a WHERE a.person_id = t.person_id)
          AND NOT EXISTS (SELECT FROM campaigns.members m WHERE m.person_id = t.person_id)
        RETURNING t.person_id
        """,
        [row["teacher_id"] for row in named],
    )
    return [row["person_id"] for row in rows]
