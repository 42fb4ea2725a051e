"""Notices on their way: planned for whoever is named, sent once, superseded, suppressed, kept while needed."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.identifiers import new_id
from shared.notices import SignInRequested
from shared.signed_links import Signer

pytestmark = pytest.mark.anyio


async def a_person(pool, email="camille.martin@agence.example", first_name="Camille", last_name="Martin"):
    person_id = new_id()
    await pool.execute(
        "INSERT INTO contract.people (id, first_name, last_name, email) VALUES ($1, $2, $3, $4)",
        person_id,
        first_name,
        last_name,
        email,
    )
    return person_id


def sign_in(*recipients, minutes=15):
    now = datetime.now(UTC)
    return SignInRequested(
        occurred_at=now, recipients=recipients, sign_in_id=new_id(), expires_at=now + timedelta(minutes=minutes)
    )


async def test_who_asks_for_a_link_reads_it_in_the_mailbox(pool, post, sink):
    person = await a_person(pool)
    asked = sign_in(person)
    await post.tell(asked)
    (mail,) = sink.messages("camille.martin@agence.example")
    token = Signer(post.settings.secret_keys).token("sign_in", asked.sign_in_id)
    link = f"http://quinzaine.example/connexion/{token}"
    assert link in mail.get_body(("plain",)).get_content()
    assert f'href="{link}"' in mail.get_body(("html",)).get_content()
    assert mail["From"] == "Quinzaine <ne-pas-repondre@quinzaine.example>"
    assert mail["To"] == "Camille Martin <camille.martin@agence.example>"
    row = await pool.fetchrow("SELECT * FROM notifications.deliveries")
    assert (row["state"], row["priority"], row["registration_id"], row["calendar_method"]) == ("sent", 0, None, None)
