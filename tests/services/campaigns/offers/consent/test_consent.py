"""Under 15 a seat is held until the guardian consents; refused, taken back, too late, twice, and at the same time."""

import asyncio
import hashlib
from datetime import timedelta

import asyncpg
import pytest

from services.campaigns.offers.accept_seat import accept_seat
from services.campaigns.offers.consent.consent import (
    TEXT_VERSION,
    TEXTS,
    ConsentAlreadyGiven,
    ConsentTextChanged,
    ConsentTooLate,
    NothingToConsent,
    UnknownConsent,
)
from services.campaigns.offers.consent.give_consent import give_consent
from services.campaigns.offers.consent.refuse_consent import refuse_consent
from services.campaigns.offers.consent.remind_guardians import find_guardians_to_remind, remind_guardians
from services.campaigns.offers.consent.withdraw_consent import withdraw_consent
from services.campaigns.offers.expire_holds import expire_holds
from services.campaigns.offers.hold import consent_deadline, remind_at
from services.campaigns.offers.refuse_seat import refuse_seat
from services.campaigns.offers.withdraw_registration import withdraw_registration
from services.notifications.reactions import reactions_to
from shared.database import transaction
from shared.events import (
    RegistrationConfirmed,
    RegistrationConsentReminded,
    RegistrationExpired,
    RegistrationHeld,
    RegistrationRefused,
    RegistrationWaiting,
    RegistrationWithdrawn,
)
from shared.refusal import Refusal
from tests.services.campaigns.offers.consent.conftest import a_child, answers, do, facts, standing
from tests.world import NOW, a_pupil

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(hours=1)


async def give(pool, registration, *, now=LATER, text_version=TEXT_VERSION):
    await do(pool, give_consent, registration_id=registration.id, text_version=text_version, now=now)


async def test_the_seat_is_held_and_taken_until_the_guardian_consents(pool, register):
    child, other = await register(a_child(1), a_pupil(2))
    deadline = consent_deadline(NOW, await pool.fetchval("SELECT lower(busy) FROM campaigns.offers"))
    assert (child.status, child.held_for, child.deadline) == ("held", "consent", deadline)
    assert deadline >= NOW + timedelta(hours=72)
    assert (other.status, other.held_for) == ("confirmed", None)
    assert await pool.fetchval("SELECT taken FROM campaigns.offers") == 2
    (held,) = await facts(pool, RegistrationHeld)
    assert {(reaction.message, reaction.to) for reaction in reactions_to(held)} == {
        ("consent_asked", "guardian"),
        ("consent_awaited", "pupil"),
    }
    await give(pool, child)
    assert await standing(pool, child.id) == ("confirmed", None)
    *_, confirmed = await facts(pool, RegistrationConfirmed)
    assert (confirmed.registration_id, confirmed.consented) == (child.id, True)
    assert confirmed.revision > held.revision
    row = await pool.fetchrow("SELECT * FROM campaigns.consents")
    assert (row["answer"], row["text_version"], row["answered_at"]) == ("given", TEXT_VERSION, LATER)
    assert row["guardian_id"] == held.guardian_id


async def test_consent_given_twice_is_given_once(pool, register):
    (child,) = await register(a_child(1))
    await give(pool, child)
    await give(pool, child)
    assert await answers(pool, child.id) == ["given"]
    assert len(await facts(pool, RegistrationConfirmed)) == 1


async def test_what_was_answered_is_never_changed(pool, register):
    (child,) = await register(a_child(1))
    await give(pool, child)
    with pytest.raises(asyncpg.RestrictViolationError):
        await pool.execute("UPDATE campaigns.consents SET answer = 'refused'")


async def test_no_statement_confirms_a_seat_under_15_without_consent(pool, register):
    (child,) = await register(a_child(1))
    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute(
            "UPDATE campaigns.registrations SET status = 'confirmed', held_for = NULL, deadline = NULL WHERE id = $1",
            child.id,
        )


def test_the_words_consented_to_are_those_of_their_version():
    # other words are another version: add it to TEXTS, and its sum here
    sums = {1: "05c73d5f"}
    assert {version: hashlib.sha256(str(text).encode()).hexdigest()[:8] for version, text in TEXTS.items()} == sums


async def test_words_that_were_not_read_are_not_consented_to(pool, register):
    (child,) = await register(a_child(1))
    with pytest.raises(ConsentTextChanged):
        await give(pool, child, text_version=TEXT_VERSION - 1)
    assert await answers(pool, child.id) == []
    assert await standing(pool, child.id) == ("held", "consent")


async def test_the_pupil_cannot_consent_by_accepting(pool, register):
    (child,) = await register(a_child(1))
    await do(pool, accept_seat, registration_id=child.id, now=LATER)
    assert await standing(pool, child.id) == ("held", "consent")


async def test_a_refusal_ends_the_registration_and_the_next_has_the_seat(pool, register):
    child, _, waiting = await register(a_child(1), a_pupil(2), a_pupil(3))
    await do(pool, refuse_consent, registration_id=child.id, now=LATER)
    assert await standing(pool, child.id) == ("refused", None)
    assert await standing(pool, waiting.id) == ("held", "promotion")
    (refused,) = await facts(pool, RegistrationRefused)
    assert (refused.by_guardian, refused.had_seat) == (True, True)
    ((message, entry),) = [(one.message, one.entry) for one in reactions_to(refused)]
    assert (message, entry) == ("consent_refused", "CANCEL")
    await do(pool, refuse_consent, registration_id=child.id, now=LATER)
    assert await answers(pool, child.id) == ["refused"]
    with pytest.raises(NothingToConsent, match="Vous avez refusé"):
        await give(pool, child)


async def test_consent_can_be_taken_back_and_the_registration_ends(pool, register):
    child, _, waiting = await register(a_child(1), a_pupil(2), a_pupil(3))
    with pytest.raises(NothingToConsent, match="rien à retirer"):
        await do(pool, withdraw_consent, registration_id=child.id, now=LATER)
    await give(pool, child)
    with pytest.raises(ConsentAlreadyGiven):
        await do(pool, refuse_consent, registration_id=child.id, now=LATER)
    for _time in range(2):
        await do(pool, withdraw_consent, registration_id=child.id, now=LATER)
    assert await standing(pool, child.id) == ("withdrawn", None)
    assert await standing(pool, waiting.id) == ("held", "promotion")
    assert await answers(pool, child.id) == ["given", "withdrawn"]
    (withdrawn,) = await facts(pool, RegistrationWithdrawn)
    assert (withdrawn.by_guardian, withdrawn.had_seat) == (True, True)
    with pytest.raises(NothingToConsent, match="retiré votre accord"):
        await give(pool, child)


async def test_after_what_was_consented_to_there_is_nothing_to_take_back(pool, register):
    (child,) = await register(a_child(1))
    await give(pool, child)
    await pool.execute("UPDATE campaigns.offers SET status = 'over'")
    with pytest.raises(NothingToConsent, match="a eu lieu"):
        await do(pool, withdraw_consent, registration_id=child.id, now=LATER)
    assert await standing(pool, child.id) == ("confirmed", None)


async def test_after_the_deadline_it_is_too_late_whether_the_clock_came_by_or_not(pool, week, register):
    child, _, waiting = await register(a_child(1), a_pupil(2), a_pupil(3))
    late = child.deadline + timedelta(seconds=1)
    with pytest.raises(ConsentTooLate, match="il fallait répondre avant"):
        await give(pool, child, now=late)
    assert await do(pool, expire_holds, offer_id=week.offer_id, now=late) == 1
    assert await standing(pool, waiting.id) == ("held", "promotion")
    (expired,) = await facts(pool, RegistrationExpired)
    assert [one.message for one in reactions_to(expired)] == ["consent_expired"]
    for verb, given in ((give_consent, {"text_version": TEXT_VERSION}), (refuse_consent, {}), (withdraw_consent, {})):
        with pytest.raises(ConsentTooLate):
            await do(pool, verb, registration_id=child.id, now=late, **given)
    assert await answers(pool, child.id) == []


async def test_no_consent_is_asked_of_a_pupil_of_15(pool, register):
    (pupil,) = await register(a_pupil(1, guardian_name="Dominique Dupré", guardian_email="d@famille.example"))
    with pytest.raises(UnknownConsent):
        await give(pool, pupil)


async def test_who_waits_may_be_consented_to_and_then_accepts_alone(pool, register):
    first, _, child = await register(a_pupil(1), a_pupil(2), a_child(3))
    (waiting,) = await facts(pool, RegistrationWaiting)
    assert waiting.consent_needed
    await give(pool, child)
    assert await standing(pool, child.id) == ("waiting", None)
    await do(pool, withdraw_registration, registration_id=first.id, now=LATER)
    (held,) = await facts(pool, RegistrationHeld)
    assert (held.held_for, held.consent_needed) == ("promotion", False)
    await do(pool, accept_seat, registration_id=child.id, now=LATER)
    assert await standing(pool, child.id) == ("confirmed", None)


async def test_who_is_promoted_accepts_first_then_the_guardian_is_asked(pool, register):
    first, _, child = await register(a_pupil(1), a_pupil(2), a_child(3))
    await do(pool, withdraw_registration, registration_id=first.id, now=LATER)
    await do(pool, accept_seat, registration_id=child.id, now=LATER)
    await do(pool, accept_seat, registration_id=child.id, now=LATER)
    promotion, consent = await facts(pool, RegistrationHeld)
    assert (promotion.held_for, promotion.consent_needed) == ("promotion", True)
    assert (consent.held_for, consent.consent_needed) == ("consent", True)
    assert consent.deadline > promotion.deadline
    assert await standing(pool, child.id) == ("held", "consent")
    await give(pool, child)
    assert await standing(pool, child.id) == ("confirmed", None)


async def test_a_refusal_while_waiting_leaves_the_queue_and_no_calendar_to_mend(pool, register):
    _, _, child = await register(a_pupil(1), a_pupil(2), a_child(3))
    await do(pool, refuse_consent, registration_id=child.id, now=LATER)
    (refused,) = await facts(pool, RegistrationRefused)
    assert [(one.message, one.entry) for one in reactions_to(refused)] == [("consent_refused", None)]
    assert await pool.fetchval("SELECT waiting FROM campaigns.offers") == 0


async def test_the_address_is_proved_first_then_the_guardian_is_asked(pool, register):
    await pool.execute("UPDATE campaigns.offers SET proof_of_address = true")
    (child,) = await register(a_child(1))
    assert (child.held_for, child.by_mail) == ("address", True)
    await do(pool, accept_seat, registration_id=child.id, now=LATER)
    assert await standing(pool, child.id) == ("held", "consent")
    await give(pool, child)
    assert await standing(pool, child.id) == ("confirmed", None)


async def test_the_guardian_is_reminded_once_half_way(pool, week, register):
    child, _ = await register(a_child(1), a_pupil(2))
    half = remind_at(NOW, child.deadline)
    async with transaction(pool) as connection:
        assert await find_guardians_to_remind(connection, now=half - timedelta(seconds=1)) == []
        assert await find_guardians_to_remind(connection, now=half) == [week.offer_id]
    counts = [await do(pool, remind_guardians, offer_id=week.offer_id, now=half) for _ in range(2)]
    assert counts == [1, 0]
    (reminded,) = await facts(pool, RegistrationConsentReminded)
    assert (reminded.registration_id, reminded.deadline) == (child.id, child.deadline)
    assert [(one.message, one.to) for one in reactions_to(reminded)] == [("consent_reminded", "guardian")]


async def test_who_has_consented_is_not_reminded(pool, week, register):
    (child,) = await register(a_child(1))
    await give(pool, child)
    assert await do(pool, remind_guardians, offer_id=week.offer_id, now=child.deadline) == 0


async def settle(*attempts):
    """What each came to: None, or its refusal."""
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(outcome is None or isinstance(outcome, int | Refusal) for outcome in outcomes), outcomes
    return outcomes


async def test_two_consents_at_once_are_one(pool, register):
    (child,) = await register(a_child(1))
    assert await settle(*(give(pool, child) for _ in range(6))) == [None] * 6
    assert await answers(pool, child.id) == ["given"]
    assert len(await facts(pool, RegistrationConfirmed)) == 1


@pytest.mark.parametrize("turn", range(4))
async def test_consent_and_expiry_at_once_leave_one_seat_and_one_truth(pool, week, register, turn):
    child, _, waiting = await register(a_child(1), a_pupil(2), a_pupil(3))
    given = give(pool, child, now=child.deadline - timedelta(seconds=1))
    ended = do(pool, expire_holds, offer_id=week.offer_id, now=child.deadline)
    await settle(*((given, ended) if turn % 2 else (ended, given)))
    status = await standing(pool, child.id)
    if status == ("confirmed", None):
        assert await standing(pool, waiting.id) == ("waiting", None)
        assert await answers(pool, child.id) == ["given"]
    else:
        assert status == ("expired", None)
        assert await standing(pool, waiting.id) == ("held", "promotion")
        assert await answers(pool, child.id) == []
    assert await pool.fetchval("SELECT taken FROM campaigns.offers") == 2


@pytest.mark.parametrize("other", [withdraw_registration, refuse_seat, refuse_consent])
async def test_consent_and_an_end_at_once_leave_nothing_half_written(pool, register, other):
    child, _, waiting = await register(a_child(1), a_pupil(2), a_pupil(3))
    await settle(give(pool, child), do(pool, other, registration_id=child.id, now=LATER))
    status, _ = await standing(pool, child.id)
    if status == "confirmed":
        assert await standing(pool, waiting.id) == ("waiting", None)
    else:
        assert status in ("withdrawn", "refused")
        assert await standing(pool, waiting.id) == ("held", "promotion")
    assert await pool.fetchval("SELECT taken FROM campaigns.offers") == 2
    seated = await pool.fetchval("SELECT count(*) FROM campaigns.registrations WHERE status IN ('held', 'confirmed')")
    assert seated == 2
