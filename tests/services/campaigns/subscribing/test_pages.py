"""« Ajouter à mon agenda »: every way on one page, the one of this device first, and no third party asked."""

import pytest

from tests.services.campaigns.look.page_reader import read

pytestmark = pytest.mark.anyio

IPHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Mobile/15E148"}
ANDROID = {"User-Agent": "Mozilla/5.0 (Linux; Android 10; K) Chrome/140 Mobile", "Sec-CH-UA-Platform": '"Android"'}


def first_of(answer) -> str:
    """The way the page puts first."""
    (button,) = [each for each in read(answer).all("a") if each.get("class") == "button"]
    return button["href"]


@pytest.mark.parametrize(
    "slug",
    ["semaine-pont-audemer", "deux-semaines", "federation-des-metiers", "chantiers-de-la-risle", "secteur-s10",
     "departement-27", "toutes-les-seances"],
)  # fmt: skip
@pytest.mark.usefixtures("small_week")
async def test_each_public_calendar_has_its_page_with_all_ways(visitor, slug):
    answer = await visitor.get(f"/agenda/{slug}")
    assert answer.status_code == 200
    links = read(answer).links()
    feed = f"quinzaine.example/calendars/{slug}.ics"
    assert f"webcal://{feed}" in links
    assert f"/calendars/{slug}.ics" in links
    for place in ("calendar.google.com", "outlook.live.com", "outlook.office.com"):
        assert any(link.startswith(f"https://{place}/") for link in links), place
    assert f'value="http://{feed}"' in answer.text
    assert (await visitor.get(f"/calendars/{slug}.ics")).status_code == 200
    for outside in [each for each in read(answer).all("a") if each["href"].startswith("https://")]:
        assert outside["rel"] == "noreferrer"
    assert "secrète" not in answer.text
    assert answer.headers["Vary"] == "User-Agent, Sec-CH-UA-Platform"
    assert len(answer.content) < 40_000


async def test_the_way_of_the_device_comes_first_and_the_others_stay(visitor, small_week):
    path = f"/agenda/{small_week.slug}"
    assert first_of(await visitor.get(path, headers=IPHONE)).startswith("webcal://")
    assert first_of(await visitor.get(path, headers=ANDROID)).startswith("https://calendar.google.com/")
    plain = await visitor.get(path, headers={"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    assert not [each for each in read(plain).all("a") if each.get("class") == "button"]
    counts = {
        len([link for link in read(await visitor.get(path, headers=headers)).links() if "://" in link])
        for headers in (IPHONE, ANDROID, {})
    }
    assert counts == {4}


async def test_filters_go_along_and_unknown_ones_lead_nowhere(visitor, small_week):
    answer = await visitor.get("/agenda/toutes-les-seances?departement=27&sector=s10")
    assert "Eure (27)" in read(answer).text
    assert any(
        link == "webcal://quinzaine.example/calendars/toutes-les-seances.ics?departement=27&sector=s10"
        for link in read(answer).links()
    )
    for path in ("toutes-les-seances?sector=rien", f"{small_week.slug}?autre=1", "rien", "a" * 3000):
        assert (await visitor.get(f"/agenda/{path}")).status_code == 404, path


async def test_a_secret_page_warns_once_is_kept_nowhere_and_says_that_the_invitation_shows_the_same(
    visitor, signer, family
):
    token = signer.token("feed", family[0]["pupil_id"])
    answer = await visitor.get(f"/agenda/personal/{token}")
    text = read(answer).text
    assert "Google et Microsoft la reçoivent si vous choisissez leur agenda" in text
    assert "gardez l’invitation, ou l’abonnement" in text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert f"/agenda/personal/{token}/adresse" in answer.text
    assert not [name for name in ("Camille", "Dupré", "Léo") if name in answer.text]


async def test_the_page_is_in_english_below_en_and_leads_to_english_calendars(visitor, signer, family):
    answer = await visitor.get(f"/en/agenda/famille/{signer.token('family_feed', family[0]['guardian_id'])}")
    assert "Add to my calendar" in read(answer).text
    assert any(link.startswith("webcal://quinzaine.example/en/calendars/famille/") for link in read(answer).links())


async def test_wrong_secrets_have_no_page(visitor, signer, family):
    good = signer.token("feed", family[0]["pupil_id"])
    for path in (
        f"personal/{good[:-1]}",
        f"famille/{good}",
        f"personal/{signer.token('feed', family[0]['pupil_id'], 7)}",
        f"personal/{signer.token('feed', family[0]['id'])}",
        f"inconnu/{good}",
        "personal/é",
        f"accueils/{signer.token('host_space', family[0]['id'], 4)}",
    ):
        assert (await visitor.get(f"/agenda/{path}")).status_code == 404, path


async def test_a_speaker_finds_the_calendar_on_the_page_of_the_promise(pool, visitor, signer, promised_request):
    request_id, person_id = promised_request
    answer = await visitor.get(f"/temoignage/{signer.token('speaker', request_id)}")
    assert f"/agenda/temoignages/{signer.token('speaker_feed', person_id)}" in read(answer).links()
    await pool.execute("UPDATE campaigns.speaker_requests SET status = 'declined' WHERE id = $1", request_id)
    answer = await visitor.get(f"/temoignage/{signer.token('speaker', request_id)}")
    assert "/agenda/" not in answer.text
