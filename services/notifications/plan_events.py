"""Plan events: from facts to deliveries, one pass over however many people they concern."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from services.notifications.erase_letters import erase_letters
from services.notifications.facts import Facts
from services.notifications.failure import describe
from services.notifications.free_addresses import free_addresses
from services.notifications.moment import Moment, moment_of
from services.notifications.note_failed_plans import note_failed_plans
from services.notifications.plan_notices import plan_notices
from services.notifications.plan_reminders import plan_reminders
from services.notifications.reactions import STATUS_AFTER, Reaction, reactions_to
from services.notifications.tags import KNOWN_TAGS
from services.notifications.webhooks.plan_calls import plan_calls
from shared.database import Connection
from shared.erasures import PupilErased
from shared.events import (
    AnyEvent,
    Concerned,
    OfferCancelled,
    OfferChanged,
    RegistrationAnswerNoted,
    RegistrationConsentReminded,
    RegistrationDeclined,
    RegistrationEvent,
    RegistrationHeld,
    RegistrationLinkRequested,
    RegistrationSeatReminded,
    SessionEvent,
    decode_event,
)
from shared.identifiers import new_id
from shared.notices import Notice
from shared.settings import Settings
from shared.signed_links import Signer
from shared.suppressions import AddressFreed

# the facts about registrations: each raises the calendars of those it concerns
ProgrammeFact = RegistrationEvent | SessionEvent | OfferChanged | OfferCancelled

# what leaves the registration as it was
TELLS_NO_STATE = (
    RegistrationLinkRequested,
    RegistrationConsentReminded,
    RegistrationDeclined,
    RegistrationAnswerNoted,
    RegistrationSeatReminded,
)

log = structlog.get_logger()


class _Touched(Struct, frozen=True):
    """One registration that an event concerns, and how the event leaves it."""

    event: ProgrammeFact
    registration_id: UUID
    pupil_id: UUID
    guardian_id: UUID | None
    group_id: UUID | None
    status: str
    had_seat: bool


async def plan_events(
    connection: Connection, event_ids: Sequence[UUID], *, settings: Settings, now: datetime
) -> list[UUID]:
    """Plan those of the events that nobody has planned or is planning; returns the new deliveries.

    Nothing is rendered here and nothing sent. Doing it twice changes nothing. An event that no tag of this version
    describes is left unplanned, for a version that knows it; one of a known tag that cannot be read is counted. That
    somebody is erased is carried out here; it comes again while a letter to them is just being sent.
    """
    events, unreadable = await _claim(connection, event_ids)
    await note_failed_plans(connection, unreadable, now=now)
    erased = [event for event in events if isinstance(event, PupilErased)]
    carried_out = await erase_letters(connection, erased)
    events = [event for event in events if not isinstance(event, PupilErased) or event.id in carried_out]
    await free_addresses(connection, [event for event in events if isinstance(event, AddressFreed)])
    touched = [each for event in events for each in _touched_by(event)]
    await _raise_calendars(connection, touched, settings)
    deliveries = await _insert_deliveries(connection, touched, settings, now)
    await plan_reminders(
        connection,
        {each.registration_id: each.event.id for each in touched if not isinstance(each.event, TELLS_NO_STATE)},
        mail_domain=settings.mail_domain,
        now=now,
    )
    notices = [event for event in events if isinstance(event, Notice)]
    deliveries += await plan_notices(connection, notices, settings=settings, now=now)
    await plan_calls(connection, [event.id for event in events if isinstance(event, ProgrammeFact)], now=now)
    await connection.execute(
        """
        WITH mended AS (DELETE FROM notifications.unplanned_events WHERE event_id = ANY($1::uuid[]))
        UPDATE contract.events SET planned_at = $2 WHERE id = ANY($1::uuid[])
        """,
        [event.id for event in events],
        now,
    )
    return deliveries


async def _claim(
    connection: Connection, event_ids: Sequence[UUID]
) -> tuple[list[AnyEvent], dict[UUID, dict[str, str]]]:
    """The events that are to be planned, and what was wrong with those that cannot be read."""
    rows = await connection.fetch(
        """
        SELECT id, tag, body FROM contract.events WHERE id = ANY($1::uuid[]) AND planned_at IS NULL
        ORDER BY id FOR UPDATE SKIP LOCKED
        """,
        list(event_ids),
    )
    events: list[AnyEvent] = []
    unreadable: dict[UUID, dict[str, str]] = {}
    for row in rows:
        try:
            events.append(decode_event(row["body"]))
        except msgspec.ValidationError as error:
            if row["tag"] in KNOWN_TAGS:
                unreadable[row["id"]] = describe(error)
            else:
                log.warning("event.unknown", event_id=str(row["id"]))
    return events, unreadable


def _touched_by(event: AnyEvent) -> Iterator[_Touched]:
    if isinstance(event, RegistrationEvent):
        status = STATUS_AFTER.get(type(event), "")
        yield _Touched(
            event, event.registration_id, event.pupil_id, event.guardian_id, event.group_id, status, had_seat=True
        )
    elif isinstance(event, SessionEvent | OfferChanged | OfferCancelled):
        for person in event.audience:
            yield _touched_person(event, person)


def _touched_person(event: SessionEvent | OfferChanged | OfferCancelled, person: Concerned) -> _Touched:
    return _Touched(
        event,
        person.registration_id,
        person.pupil_id,
        person.guardian_id,
        person.group_id,
        STATUS_AFTER.get(type(event), person.status),
        had_seat=person.status != "waiting",
    )


async def _raise_calendars(connection: Connection, touched: list[_Touched], settings: Settings) -> None:
    """Keep the newest state of each registration. Rows in order of id: two planners never lock each other out."""
    newest: dict[UUID, _Touched] = {}
    for each in touched:
        known = newest.get(each.registration_id)
        if not isinstance(each.event, TELLS_NO_STATE) and (
            known is None or each.event.revision >= known.event.revision
        ):
            newest[each.registration_id] = each
    if not newest:
        return
    signer = Signer(settings.secret_keys)
    rows = [newest[registration_id] for registration_id in sorted(newest)]
    await connection.execute(
        """
        INSERT INTO notifications.calendars AS known
            (registration_id, offer_id, pupil_id, guardian_id, group_id, status, deadline, sequence,
             programme_version, occurred_at, reply_address)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[],
                             $7::timestamptz[], $8::int[], $9::int[], $10::timestamptz[], $11::text[])
        ON CONFLICT (registration_id) DO UPDATE
        SET guardian_id = excluded.guardian_id, group_id = excluded.group_id, status = excluded.status,
            deadline = CASE WHEN excluded.status = 'held' THEN coalesce(excluded.deadline, known.deadline) END,
            sequence = excluded.sequence, programme_version = excluded.programme_version,
            occurred_at = excluded.occurred_at
        WHERE excluded.sequence >= known.sequence
        """,
        [each.registration_id for each in rows],
        [each.event.offer_id for each in rows],
        [each.pupil_id for each in rows],
        [each.guardian_id for each in rows],
        [each.group_id for each in rows],
        [each.status for each in rows],
        [each.event.deadline if isinstance(each.event, RegistrationHeld) else None for each in rows],
        [each.event.revision for each in rows],
        [each.event.programme for each in rows],
        [each.event.occurred_at for each in rows],
        [f"{signer.reply_local_part(each.registration_id)}@{settings.mail_domain}" for each in rows],
    )


async def _insert_deliveries(
    connection: Connection, touched: list[_Touched], settings: Settings, now: datetime
) -> list[UUID]:
    """One row for the reader (the pupil, or the guardian where the pupil has no address), one for the guardian besides.

    A guardian who reads the same address as the pupil is told once, and gets no file of what has ended.
    """
    wanted = [(each, reaction) for each in touched for reaction in reactions_to(each.event)]
    if not wanted:
        return []
    moments = await _moments(connection, wanted, settings, now)
    rows = await connection.fetch(
        """
        WITH wanted AS (
            SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[],
                                 $8::uuid[], $9::int[], $10::int[], $11::timestamptz[], $12::text[], $13::text[],
                                 $16::timestamptz[])
                AS wanted (pupil_delivery, guardian_delivery, event_id, registration_id, message, pupil_id,
                           guardian_id, offer_id, sequence, priority, due_at, entry, told, quiet_until)
        ), addressed AS (
            SELECT wanted.*, guardian.email IS NOT NULL AND pupil.email IS NULL AND pupil.erased_at IS NULL AS instead,
                   guardian.email IS NOT NULL AND pupil.email IS NOT NULL
                       AND (told = 'guardian' OR lower(guardian.email) <> lower(pupil.email)) AS besides
            FROM wanted
            LEFT JOIN contract.people pupil ON pupil.id = wanted.pupil_id
            LEFT JOIN contract.people guardian ON guardian.id = wanted.guardian_id
        ), letters AS (
            SELECT pupil_delivery AS id, CASE WHEN instead THEN guardian_id ELSE pupil_id END AS recipient_id,
                   entry AS method, addressed.* FROM addressed
            WHERE told LIKE 'reader%' OR (told = 'guardian') = instead
            UNION ALL
            SELECT guardian_delivery, guardian_id, CASE WHEN entry = 'REQUEST' THEN 'PUBLISH' END, addressed.*
            FROM addressed WHERE besides AND told IN ('reader_and_guardian', 'guardian')
        )
        INSERT INTO notifications.deliveries
            (id, event_id, message, recipient_id, registration_id, offer_id, sequence, priority, due_at, message_id,
             calendar_method, planned_at, quiet_until, state)
        SELECT id, event_id, message, recipient_id, registration_id, offer_id, sequence, priority,
               coalesce(quiet_until, due_at), '<' || id || '@' || $14 || '>', method, $15, quiet_until,
               CASE WHEN recipient_id IN (SELECT p.id FROM contract.people p
                                          JOIN notifications.suppressions s ON s.address = lower(p.email)
                                          WHERE p.id = ANY($6::uuid[] || $7::uuid[]))
                    THEN 'suppressed' ELSE 'due' END
        FROM letters
        ON CONFLICT (event_id, message, recipient_id) DO NOTHING
        RETURNING id, state
        """,
        [new_id() for _ in wanted],
        [new_id() for _ in wanted],
        [each.event.id for each, _ in wanted],
        [each.registration_id for each, _ in wanted],
        [reaction.message for _, reaction in wanted],
        [each.pupil_id for each, _ in wanted],
        [each.guardian_id for each, _ in wanted],
        [each.event.offer_id for each, _ in wanted],
        [each.event.revision for each, _ in wanted],
        [moment.priority for moment in moments],
        [moment.due_at for moment in moments],
        [reaction.entry if each.had_seat else None for each, reaction in wanted],
        [reaction.to for _, reaction in wanted],
        settings.mail_domain,
        now,
        [moment.quiet_until for moment in moments],
    )
    return [row["id"] for row in rows if row["state"] == "due"]


async def _moments(
    connection: Connection, wanted: Sequence[tuple[_Touched, Reaction]], settings: Settings, now: datetime
) -> list[Moment]:
    """Of each message when it goes; programmes are read for what may have to wait, or to hurry."""
    waiting = [each.event for each, reaction in wanted if reaction.waits(each.event)]
    programmes = await Facts().programmes(connection, {(event.offer_id, event.programme) for event in waiting})
    return [
        moment_of(
            each.event,
            reaction,
            programmes.get((each.event.offer_id, each.event.programme)),
            settings=settings,
            now=now,
        )
        for each, reaction in wanted
    ]
