"""DKIM, read by dkimpy's verifier; the header that ends a message with one press: where it may stand, what it does."""

import subprocess
from email import message_from_bytes

import dkim
import msgspec
import pytest

from services.notifications.compose_mail import Sheet, compose_mail
from services.notifications.render import Printer
from services.notifications.samples.letters import NOW, a_letter, a_programme
from services.notifications.seal import Seal
from services.notifications.send_deliveries import Sender
from shared.events import RegistrationConfirmed
from shared.settings import SettingsError
from shared.signed_links import Signer
from tests.application import visiting
from tests.services.notifications.facts_of_tests import enrol, write_programme

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    file = tmp_path_factory.mktemp("dkim") / "key.pem"
    made = subprocess.run(  # a key of this test
        ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(file)],
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return file


@pytest.fixture(scope="module")
def public_key(key):
    shown = subprocess.run(
        ["openssl", "pkey", "-in", str(key), "-pubout"],
        capture_output=True,
        check=True,
    )
    return b"".join(line for line in shown.stdout.splitlines() if b"-----" not in line)


@pytest.fixture
def signing(settings, key):
    return msgspec.structs.replace(settings, mail_domain="quinzaine.example", dkim_key=key)


def is_signed(mail, public_key):
    def record(name, **_):
        assert name == b"quinzaine._domainkey.quinzaine.example."
        return b"v=DKIM1; k=rsa; p=" + public_key

    return dkim.verify(mail, dnsfunc=record)


def a_mail(**changes):
    given = {
        "message_id": "<0192-ab@quinzaine.example>",
        "date": NOW,
        "sender": ("Fédération des métiers", "repondre@quinzaine.example"),
        "recipient": ("Camille", "camille@eleve.example"),
        "subject": "Été",
        "text": "Été.\n\n.\n",
        "html": "<p>Été</p>",
    }
    return compose_mail(Sheet(**{**given, **changes}))


def test_a_mail_is_signed_so_that_a_verifier_believes_it_and_a_change_is_seen(signing, public_key):
    mail = Seal(signing).seal(a_mail(unwanted_url="https://quinzaine.example/desabonnement/x"))
    assert is_signed(mail, public_key)
    for before, after in ((b"camille@", b"mallory@"), (b"/desabonnement/x", b"/desabonnement/y"), (b"<p>", b"<b>")):
        assert before in mail
        assert not is_signed(mail.replace(before, after), public_key)
    assert Seal(msgspec.structs.replace(signing, dkim_key=None)).seal(b"as it is") == b"as it is"


def test_a_key_that_is_none_is_said_at_the_start(signing, tmp_path):
    for file in (tmp_path / "nowhere", tmp_path / "empty"):
        (tmp_path / "empty").write_text("")
        with pytest.raises(SettingsError, match="QUINZAINE_DKIM_KEY"):
            Seal(msgspec.structs.replace(signing, dkim_key=file))


def test_an_invitation_never_offers_to_end_it_nor_does_an_unsigned_mail(signing, settings, monkeypatch):
    optional = frozenset({"registered_confirmed", "registered_waiting"})
    monkeypatch.setattr("services.notifications.render.OPTIONAL", optional)
    waiting, invited = (a_letter(message) for message in ("registered_waiting", "registered_confirmed"))
    signed = message_from_bytes(Printer(signing).render(waiting, a_programme()).mail)
    assert signed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert signed["List-Unsubscribe"].startswith(f"<{signing.base_url}/desabonnement/")
    assert "list-unsubscribe-post" in signed["DKIM-Signature"]
    for settings_, letter in ((settings, waiting), (signing, invited)):
        assert message_from_bytes(Printer(settings_).render(letter, a_programme()).mail)["List-Unsubscribe"] is None


async def test_one_press_ends_this_kind_of_message_and_nothing_else(pool, post, signing, sink):
    await write_programme(pool)
    pupil = await enrol(pool)
    sender = Sender(msgspec.structs.replace(post.settings, dkim_key=signing.dkim_key), pool, post.server)
    await post.plan(RegistrationConfirmed(**pupil.fact(1), how="registered"))
    first = await pool.fetchval("SELECT id FROM notifications.deliveries")
    await sender.send([first])
    assert sink.mails[0][2].startswith(b"DKIM-Signature: ")
    token = Signer(post.settings.secret_keys).token("unwanted", first)
    async with visiting(post.settings) as client:
        assert (await client.get(f"/desabonnement/{token}")).status_code == 200
        assert await pool.fetchval("SELECT count(*) FROM contract.unwanted") == 0
        for _ in range(2):
            answer = await client.post(f"/desabonnement/{token}", data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
        assert "C’est noté" in answer.text
        assert (await client.post(f"/desabonnement/{token[:-2]}xx")).status_code == 404
    (row,) = await pool.fetch("SELECT person_id, message FROM contract.unwanted")
    assert tuple(row) == (pupil.pupil_id, "registered_confirmed")
    await post.tell(
        RegistrationConfirmed(**pupil.fact(2), how="registered"), RegistrationConfirmed(**pupil.fact(3), how="accepted")
    )
    assert await post.states() == {"sent": 2, "suppressed": 1}
