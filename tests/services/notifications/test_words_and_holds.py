"""What a planner adds to a change: a sentence that is read with it, an hour in which it may be taken back."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from services.notifications.preview import preview_mail
from services.notifications.render import Printer
from services.notifications.samples.letters import SAMPLES, a_letter, programme_of, session_id
from shared.events import FieldChange, OfferCancelled, RegistrationConfirmed, SessionCancelled, SessionChanged
from tests.services.notifications.facts_of_tests import Enrolled, enrol, offer_fact, write_programme
from tests.services.notifications.sink import parse
from tests.services.notifications.test_render import SETTINGS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def programme(pool):
    """The week that the mails are about."""
    await write_programme(pool)


NOTE = "Prenez le car de 8 h : il vous attend <devant> le lycée."


@pytest.mark.parametrize("message", ["changed", "session_cancelled", "offer_cancelled"])
async def test_a_sentence_of_the_planner_is_in_both_parts_of_the_mail(message):
    claimed = msgspec.structs.replace(a_letter(message), notes=(NOTE,))
    mail = parse(Printer(SETTINGS).render(claimed, programme_of(message)).mail)
    assert f"Fédération des métiers ajoute :\n{NOTE}\n" in mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "il vous attend &lt;devant&gt; le lycée." in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("message", ["changed", "session_cancelled", "offer_cancelled"])
async def test_what_is_shown_before_is_what_is_sent_but_for_its_links(message):
    event = msgspec.structs.replace(SAMPLES[message], note=NOTE)
    shown = preview_mail(Printer(SETTINGS), [event], programme_of(message))
    sent = parse(
        Printer(SETTINGS).render(msgspec.structs.replace(a_letter(message), notes=(NOTE,)), programme_of(message)).mail
    )
    assert shown.subject == sent["Subject"]
    assert without_links(shown.text) == without_links(sent.get_body(("plain",)).get_content().replace("\r\n", "\n"))
    assert NOTE in shown.text
    assert "<html" in shown.html


async def test_nothing_is_shown_of_what_tells_pupils_nothing():
    assert preview_mail(Printer(SETTINGS), [SAMPLES["withdrawn"]], programme_of("withdrawn")) is None


def without_links(text: str) -> list[str]:
    return [line for line in text.splitlines() if "://" not in line]


def confirmed(one: Enrolled) -> RegistrationConfirmed:
    return RegistrationConfirmed(**one.fact(1), how="registered")


def moved(revision: int, before: str, after: str, *concerned, **fields) -> SessionChanged:
    return SessionChanged(
        **offer_fact(revision),
        session_id=session_id(1, 0),
        changes=(FieldChange(field="place", before=before, after=after),),
        audience=concerned,
        **fields,
    )


@pytest.mark.usefixtures("programme")
async def test_a_change_held_back_is_due_when_the_hour_is_over(pool, post):
    one = await enrol(pool)
    await post.tell(confirmed(one))
    until = datetime.now(UTC) + timedelta(hours=1)
    await post.plan(moved(3, "ici", "là", one.concerned(), tell_after=until))
    assert await pool.fetchval("SELECT due_at FROM notifications.deliveries WHERE message = 'changed'") == until


@pytest.mark.usefixtures("programme")
async def test_a_change_undone_while_it_is_held_back_sends_nothing(pool, post, sink):
    one = await enrol(pool)
    await post.tell(confirmed(one))
    told = len(sink.mails)
    until = datetime.now(UTC) + timedelta(hours=1)
    await post.plan(moved(3, "ici", "là", one.concerned(), tell_after=until, note="Le car change."))
    await post.plan(moved(4, "là", "ici", one.concerned()))
    # the undoing is not held back: its own few minutes are over first, and it takes the other along
    await pool.execute("UPDATE notifications.deliveries SET due_at = now() WHERE sequence = 4")
    await post.send()
    assert len(sink.mails) == told
    await post.make_due()
    await post.send()
    assert len(sink.mails) == told
    assert await post.states() == {"sent": 1, "superseded": 2}


@pytest.mark.usefixtures("programme")
async def test_sentences_of_changes_told_together_are_all_there_but_not_one_of_a_change_that_is_gone(pool, post, sink):
    one = await enrol(pool)
    await post.tell(confirmed(one))
    await post.plan(
        moved(3, "ici", "là", one.concerned(), note="Première phrase."),
        moved(4, "là", "plus loin", one.concerned(), note="Deuxième phrase."),
    )
    gone = moved(5, "a", "b", one.concerned(), note="Jamais dite.")
    await post.plan(
        msgspec.structs.replace(gone, session_id=session_id(2, 0)),
        SessionCancelled(**offer_fact(6), session_id=session_id(2, 0), audience=(one.concerned(),), note="Grève."),
    )
    await post.make_due()
    await post.send()
    text = parse(sink.mails[-1][2]).get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "ajoute :\nPremière phrase.\nDeuxième phrase.\nGrève.\n" in text
    assert "Jamais dite." not in text


@pytest.mark.usefixtures("programme")
async def test_who_is_in_a_cancelled_offer_reads_why(pool, post, sink):
    one = await enrol(pool)
    await post.tell(confirmed(one))
    await post.tell(OfferCancelled(**offer_fact(3), audience=(one.concerned(),), note="Le site est fermé."))
    assert "Le site est fermé." in parse(sink.mails[-1][2]).get_body(("plain",)).get_content()
