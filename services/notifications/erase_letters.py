"""Erase letters: what was written to people who are erased, and of them, goes; that it was sent stays counted."""

from collections.abc import Sequence
from uuid import UUID

from services.notifications.message import NAMING
from services.notifications.tags import NOTICES_OF_A_PUPIL
from shared.database import Connection
from shared.erasures import PupilErased

# what was sent to the person, about one of the registrations, or told others of the pupil
LETTERS_OF = """
    SELECT id FROM notifications.deliveries WHERE registration_id = ANY($1::uuid[])
    UNION SELECT id FROM notifications.deliveries WHERE registration_id IS NULL AND recipient_id = ANY($2::uuid[])
    UNION SELECT d.id FROM contract.events e JOIN notifications.deliveries d ON d.event_id = e.id
          WHERE e.tag = ANY($4::text[]) AND e.body ->> 'pupil_id' = $3::text
"""


async def erase_letters(connection: Connection, erased: Sequence[PupilErased]) -> set[UUID]:
    """Remove texts, addresses and the mail server's answers (which repeat addresses); returns the facts carried out.

    What is not sent yet never will be. A letter that a worker is just sending is left until its outcome is written:
    its fact is not among those returned, and comes again. Doing it twice is harmless.

    Calendars are locked first, like in a claim: who claims after that reads people without names.
    """
    under_way = bool(erased) and await _empty_lists(connection)
    done = set()
    for fact in erased:
        await connection.execute(
            """
            SELECT FROM notifications.calendars WHERE registration_id = ANY($1::uuid[])
            ORDER BY registration_id FOR NO KEY UPDATE
            """,
            list(fact.registration_ids),
        )
        await _erase_answers(connection, fact)
        about = (list(fact.registration_ids), list(fact.people), str(fact.pupil_id), NOTICES_OF_A_PUPIL)
        await connection.execute(
            f"""
            WITH mine AS (
                SELECT id FROM notifications.deliveries
                WHERE id IN ({LETTERS_OF}) AND state <> 'sending' ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE notifications.deliveries d
            SET mail = NULL, recipient_address = NULL, answer = '',
                state = CASE WHEN d.state = 'due' THEN 'suppressed' ELSE d.state END
            FROM mine WHERE d.id = mine.id AND d.state <> 'sending'
            """,  # noqa: S608  # a constant of this module
            *about,
        )
        left = await connection.fetchval(
            f"""
            SELECT EXISTS (SELECT FROM notifications.deliveries WHERE id IN ({LETTERS_OF})
                           AND (mail IS NOT NULL OR recipient_address IS NOT NULL OR answer <> ''))
            """,  # noqa: S608  # a constant of this module
            *about,
        )
        if not left and not under_way:
            done.add(fact.id)
    return done


async def _empty_lists(connection: Connection) -> bool:
    """Mails that list many pupils are written anew, without this one, when they are tried again.

    Whether one is just being sent: were it refused now, it would be tried again as it is.
    """
    await connection.execute(
        """
        UPDATE notifications.deliveries SET mail = NULL
        WHERE state = 'due' AND mail IS NOT NULL AND message = ANY($1::text[])
        """,
        list(NAMING),
    )
    under_way: bool = await connection.fetchval(
        """
        SELECT EXISTS (SELECT FROM notifications.deliveries
                       WHERE state = 'sending' AND mail IS NOT NULL AND message = ANY($1::text[]))
        """,
        list(NAMING),
    )
    return under_way


async def _erase_answers(connection: Connection, fact: PupilErased) -> None:
    """What was written back by them or about their registrations, and their addresses that were shut."""
    mine = (list(fact.registration_ids), list(fact.people))
    await connection.execute(
        """
        UPDATE notifications.answers a SET sender = '', subject = '', words = '', facts = '{}'
        WHERE a.facts <> '{}' AND (
            a.registration_id = ANY($1::uuid[])
            OR a.delivery_id IN (SELECT id FROM notifications.deliveries
                                 WHERE registration_id = ANY($1::uuid[]) OR recipient_id = ANY($2::uuid[])))
        """,
        *mine,
    )
    await connection.execute(
        """
        DELETE FROM notifications.suppressions s USING notifications.deliveries d
        WHERE d.id = s.delivery_id AND (d.registration_id = ANY($1::uuid[]) OR d.recipient_id = ANY($2::uuid[]))
        """,
        *mine,
    )
