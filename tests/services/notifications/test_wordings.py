"""Sentences of a campaign in the mails of its offers: in their places, in their language, never nonsense."""

import msgspec
import pytest

from services.notifications.samples.letters import OFFER
from services.notifications.show_messages import show_message
from services.notifications.wordings import read_wordings
from shared.events import RegistrationConfirmed
from shared.wording import EDITABLE
from tests.services.notifications.facts_of_tests import enrol, write_programme
from tests.services.notifications.sink import parse
from tests.services.notifications.test_render import SETTINGS

pytestmark = pytest.mark.anyio

WORDING = {
    "fr": {
        "opening": "Bonjour {{ prenom }} <b>!</b>",
        "practical": "Le car vous attend\nà {{ lieu }}.",
        "closing": "À bientôt, {{ organisation }}",
    },
    "en": {"closing": "See you at {{ offre }}"},
}


@pytest.fixture
async def campaign(pool):
    """A campaign with the offer that the facts of the tests are about."""
    await write_programme(pool)
    await pool.execute(
        """
        WITH organisation AS (
            INSERT INTO campaigns.organisations (id, slug, kind, name)
            VALUES (gen_random_uuid(), 'federation', 'federation', 'Fédération') RETURNING id
        ), campaign AS (
            INSERT INTO campaigns.campaigns (id, slug, title, period, departements)
            VALUES (gen_random_uuid(), 'deux', 'Deux semaines', '[2027-06-14,2027-06-26)', '{27}') RETURNING id
        )
        INSERT INTO campaigns.offers (id, slug, campaign_id, organisation_id, kind, title, city, seats)
        SELECT $1, 'semaine', campaign.id, organisation.id, 'collective_week', 'Semaine', 'Pont-Audemer', 15
        FROM organisation, campaign
        """,
        OFFER,
    )


async def say(pool, message: str, sentences: object) -> None:
    await pool.execute(
        """
        INSERT INTO campaigns.wordings (campaign_id, message, version, sentences)
        SELECT campaign_id, $1, 1, $2::jsonb FROM campaigns.offers
        ON CONFLICT (campaign_id, message) DO UPDATE SET sentences = excluded.sentences
        """,
        message,
        msgspec.json.encode(sentences).decode(),
    )


@pytest.mark.parametrize("message", EDITABLE)
def test_every_message_that_takes_sentences_has_their_places(message):
    wording = {"fr": {"opening": "Un mot.", "practical": "Un détail.", "closing": "Une fin."}}
    for shown in show_message(SETTINGS, message, language="fr", wording=wording):
        mail = shown.parsed
        for kind in ("plain", "html"):
            body = mail.get_body((kind,)).get_content()
            assert body.index("Un mot.") < body.index("À savoir") < body.index("Un détail.") < body.index("Une fin.")
    for shown in show_message(SETTINGS, message, language="en", wording=wording):
        assert "Un mot." not in shown.parsed.get_body(("plain",)).get_content()


@pytest.mark.parametrize("message", EDITABLE)
def test_every_placeholder_of_a_message_stands_for_something(message):
    for name in EDITABLE[message]:
        wording = {"fr": {"opening": f"Repère [{{{{ {name} }}}}]."}}
        said = [
            shown.parsed.get_body(("plain",)).get_content()
            for shown in show_message(SETTINGS, message, language="fr", wording=wording)
        ]
        # nobody is named for a week that names none
        assert all("Repère [" in text and "Repère []" not in text for text in said) or name == "contact", name


def test_a_sentence_of_a_planner_is_text_in_the_page():
    (shown, *_) = show_message(SETTINGS, "registered_confirmed", language="fr", wording=WORDING)
    html = shown.parsed.get_body(("html",)).get_content()
    assert "Bonjour Camille &lt;b&gt;!&lt;/b&gt;" in html
    assert "Le car vous attend<br" in html


@pytest.mark.usefixtures("campaign")
async def test_a_mail_has_the_sentences_of_its_campaign_and_keeps_them(pool, post, sink):
    await say(pool, "registered_confirmed", WORDING)
    one = await enrol(pool)
    await post.tell(RegistrationConfirmed(**one.fact(1), how="registered"))
    text = parse(sink.mails[-1][2]).get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Bonjour Élève 1 <b>!</b>" in text
    assert "À savoir :\nLe car vous attend\nà Pont-Audemer.\n" in text


@pytest.mark.usefixtures("campaign")
async def test_bytes_that_are_stored_do_not_change_with_the_sentences(pool, post, sink):
    await say(pool, "registered_confirmed", WORDING)
    sink.answer = lambda _recipient, _mail: "451 later"
    one = await enrol(pool)
    await post.tell(RegistrationConfirmed(**one.fact(1), how="registered"))
    await say(pool, "registered_confirmed", {"fr": {"opening": "Tout autre chose."}})
    sink.answer = lambda _recipient, _mail: "250 accepted"
    await post.make_due()
    await post.send()
    assert {mail for _, mail in sink.offered} == {sink.mails[-1][2]}
    assert "Bonjour Élève 1" in parse(sink.mails[-1][2]).get_body(("plain",)).get_content()


@pytest.mark.usefixtures("campaign")
@pytest.mark.parametrize("broken", ["{{ contact }}", "{{ prenom.__class__ }}", "{% for x in y %}", "{{ rien }}", "{{"])
async def test_a_sentence_that_went_wrong_since_it_was_saved_is_left_out_and_the_mail_goes(pool, post, sink, broken):
    await say(pool, "registered_confirmed", {"fr": {"opening": f"Avant {broken}", "closing": "Une fin."}})
    one = await enrol(pool)
    await post.tell(RegistrationConfirmed(**one.fact(1), how="registered"))
    text = parse(sink.mails[-1][2]).get_body(("plain",)).get_content()
    assert "Avant" not in text
    assert "Une fin." in text


@pytest.mark.usefixtures("campaign")
async def test_sentences_are_of_one_campaign_and_one_message(pool):
    await say(pool, "registered_confirmed", WORDING)
    async with pool.acquire() as connection:
        found = await read_wordings(connection, [(OFFER, "registered_confirmed"), (OFFER, "seat_offered"), (None, "x")])
        assert set(found) == {(OFFER, "registered_confirmed")}
        await say(pool, "registered_confirmed", {})
        assert await read_wordings(connection, [(OFFER, "registered_confirmed")]) == {}
