"""Claim notices: take some deliveries without registration that are due, with a lease."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct

from services.notifications.claim_deliveries import ITS_TURN, LEASE, end_deliveries, lock_people, supersede
from services.notifications.facts import Facts
from services.notifications.hold_back import NONE, Brakes, hold_back
from services.notifications.inbound.read import read_letters
from services.notifications.keep_till_morning import keep_till_morning
from services.notifications.leave_unread import leave_unread
from services.notifications.merge_days import merge_days
from services.notifications.merge_promises import merge_promises
from services.notifications.notice_letter import ClaimedNotice, NoticeLetter, is_overtaken, is_too_late
from services.notifications.read import read_cancelled_campaigns, read_later_facts
from shared.advance_notices import CampaignPublished, PromiseDrewNear, PupilsSummed
from shared.announcements import OffersAnnounced
from shared.answer_notices import AbsenceForeseen, AddressRefused, LetterReceived
from shared.database import Connection
from shared.events import AnyEvent
from shared.notices import AbsenceAnnounced, AbsenceLifted, FollowUpBooked, FollowUpCancelled, Notice
from shared.people import Person, read_people

NAMES_PUPILS = (PromiseDrewNear, PupilsSummed)
# a mail that goes at once asks no questions; one that could not looks whether it is still true
LATE = timedelta(minutes=1)


class NoticeClaim(Struct, frozen=True):
    """What one claim came to: letters to send, and the ids of those that needed no sending after all."""

    letters: list[ClaimedNotice]
    settled: list[UUID]


async def claim_notices(
    connection: Connection, ids: Sequence[UUID], *, most: int, facts: Facts, now: datetime, brakes: Brakes = NONE
) -> NoticeClaim:
    """Up to `most` of these deliveries, those still due, the most urgent first, at most one for each person.

    A link that has expired, offers of a cancelled campaign, and what a later fact has overtaken, become `superseded`,
    a letter without address, or to one that takes no mail, `suppressed`, and their bytes go; what its domain does not
    take now is due later.
    """
    taken = await _take(connection, ids, most, now)
    by_day, kept = await keep_till_morning(connection, taken, facts=facts, quiet=brakes.quiet, now=now)
    letters, put_off = await hold_back(connection, by_day, brakes, now)
    put_off += kept
    events = await facts.events(connection, [letter.event_id for letter in letters])
    letters, left = await leave_unread(connection, letters, events, now)
    put_off += left
    pupil_ids = {event_id: pupil_id for event_id, event in events.items() if (pupil_id := _pupil_of(event))}
    named = {event_id: event.pupil_ids for event_id, event in events.items() if isinstance(event, NAMES_PUPILS)}
    wanted = {*pupil_ids.values(), *(pupil_id for ids in named.values() for pupil_id in ids)}
    pupils = await read_people(connection, wanted) if wanted else {}
    answer_ids = [event.answer_id for event in events.values() if isinstance(event, LetterReceived)]
    received = await read_letters(connection, answer_ids) if answer_ids else {}
    late = [
        event_id
        for event_id, event in events.items()
        if isinstance(event, Notice) and (event.occurred_at < now - LATE or bool(getattr(event, "changes", None)))
    ]
    later = await read_later_facts(connection, late) if late else {}
    campaigns = {event_id: campaign_id for event_id, event in events.items() if (campaign_id := _campaign_of(event))}
    cancelled = await read_cancelled_campaigns(connection, {*campaigns.values()}) if campaigns else set()
    claimed: list[ClaimedNotice] = []
    ended: list[tuple[UUID, str]] = []
    for letter in letters:
        event = events.get(letter.event_id)
        if letter.address is None or letter.barred or not isinstance(event, Notice):
            ended.append((letter.id, "suppressed"))
        elif isinstance(event, LetterReceived) and event.answer_id not in received:
            # erased meanwhile, with who wrote it
            ended.append((letter.id, "suppressed"))
        elif campaigns.get(event.id) in cancelled:
            # it waited for the morning, and the campaign is none any more
            ended.append((letter.id, "superseded"))
        elif is_too_late(event, now) or any(is_overtaken(event, each) for each in later.get(event.id, ())):
            ended.append((letter.id, "superseded"))
        else:
            pupil_id = pupil_ids.get(letter.event_id)
            claimed.append(
                ClaimedNotice(
                    letter=letter,
                    event=event,
                    pupil=pupils.get(pupil_id) if pupil_id else None,
                    pupils={each: pupils[each] for each in named.get(letter.event_id, ()) if each in pupils},
                    received=received.get(event.answer_id) if isinstance(event, LetterReceived) else None,
                )
            )
    await end_deliveries(connection, ended)
    merged = await merge_promises(connection, claimed)
    of_days = await merge_days(connection, merged.told, now=now)
    absorbed = merged.absorbed + of_days.absorbed
    await end_deliveries(connection, [(delivery_id, "superseded") for delivery_id in merged.needless])
    await supersede(connection, absorbed)
    settled = [*(ended_id for ended_id, _ in ended), *merged.needless, *(absorbed_id for absorbed_id, _ in absorbed)]
    return NoticeClaim(of_days.told, put_off + settled)


async def _take(connection: Connection, ids: Sequence[UUID], most: int, now: datetime) -> list[NoticeLetter]:
    await lock_people(connection, ids)
    rows = await connection.fetch(
        f"""
        WITH first AS (
            SELECT DISTINCT ON (recipient_id) id FROM notifications.deliveries due
            WHERE id = ANY($1::uuid[]) AND registration_id IS NULL AND state = 'due' AND due_at <= $2 AND {ITS_TURN}
            ORDER BY recipient_id, priority, event_id
        ), chosen AS (
            SELECT id FROM notifications.deliveries WHERE id IN (SELECT id FROM first) AND state = 'due'
            ORDER BY priority, due_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE notifications.deliveries d SET state = 'sending', attempts = d.attempts + 1, lease_until = $4
            FROM chosen WHERE d.id = chosen.id
            RETURNING d.*
        )
        SELECT t.id, t.event_id, t.message, t.attempts, t.message_id, t.planned_at, t.recipient_address, t.mail,
               t.priority, t.losses, t.turn_at,
               EXISTS (SELECT FROM notifications.suppressions s
                       WHERE s.address = lower(coalesce(t.recipient_address, r.email)))
               OR EXISTS (SELECT FROM contract.unwanted u WHERE u.person_id = t.recipient_id AND u.message = t.message)
               AS barred,
               t.recipient_id, coalesce(r.first_name, '') AS first_name, coalesce(r.last_name, '') AS last_name,
               r.email, coalesce(r.language, 'fr') AS language
        FROM taken t LEFT JOIN contract.people r ON r.id = t.recipient_id
        ORDER BY t.priority, t.due_at, t.id
        """,  # noqa: S608  # a constant of claim_deliveries.py
        list(ids),
        now,
        most,
        now + LEASE,
    )
    return [
        NoticeLetter(
            id=row["id"],
            event_id=row["event_id"],
            message=row["message"],
            attempts=row["attempts"],
            message_id=row["message_id"],
            planned_at=row["planned_at"],
            recipient_address=row["recipient_address"],
            mail=row["mail"],
            priority=row["priority"],
            losses=row["losses"],
            turn_at=row["turn_at"],
            barred=row["barred"],
            recipient=Person(
                id=row["recipient_id"],
                first_name=row["first_name"],
                last_name=row["last_name"],
                email=row["email"],
                language=row["language"],
            ),
        )
        for row in rows
    ]


def _campaign_of(event: AnyEvent) -> UUID | None:
    """The campaign whose offers a notice tells of, which would be untrue once it is cancelled."""
    return event.campaign_id if isinstance(event, OffersAnnounced | CampaignPublished) else None


def _pupil_of(event: AnyEvent) -> UUID | None:
    if isinstance(event, AddressRefused):
        return event.person_id
    if isinstance(
        event,
        AbsenceAnnounced | AbsenceLifted | AbsenceForeseen | FollowUpBooked | FollowUpCancelled | LetterReceived,
    ):
        return event.pupil_id
    return None
