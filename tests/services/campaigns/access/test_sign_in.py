"""Signing in: a link by mail, a button, a cookie; nobody learns who has an account, no link works twice."""

import asyncio
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from services.campaigns.access.read import hash_of
from services.campaigns.access.routes import TAKES_SECONDS
from services.campaigns.access.sign_in import own_path, said_agent, say_agent
from services.campaigns.access.sign_in_person import sign_in_person
from shared.database import transaction
from shared.events import decode_event
from shared.languages import speaking
from shared.notices import SignInRequested
from shared.refusal import Refusal
from shared.signed_links import Signer
from tests.services.campaigns.look.page_reader import read
from tests.world import a_member

pytestmark = pytest.mark.anyio

ADDRESS = "planificatrice@federation.example"


@pytest.fixture
async def member(pool, small_week):
    async with transaction(pool) as connection:
        return await a_member(connection, small_week.organisation_id, email=ADDRESS)


async def asked(pool) -> list[SignInRequested]:
    rows = await pool.fetch("SELECT body FROM contract.events WHERE tag = 'sign_in.requested' ORDER BY id")
    return [decode_event(row["body"]) for row in rows]


async def ask_for_a_link(visitor, pool, settings, address: str = ADDRESS, goes_to: str = "") -> str:
    answer = await visitor.post("/connexion", data={"email": address, "vers": goes_to})
    assert answer.status_code == 200
    notice = (await asked(pool))[-1]
    return f"/connexion/{Signer(settings.secret_keys).token('sign_in', notice.sign_in_id)}"


async def test_a_link_leads_to_a_button_that_signs_in_once(visitor, pool, settings, member):
    link = await ask_for_a_link(visitor, pool, settings, " Planificatrice@Federation.example ")
    for _ in range(2):  # a mail scanner opens it, then the person
        assert "Se connecter" in read(await visitor.get(link)).text
    answer = await visitor.post(link, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/planification")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie
    assert "Maud Ferrand" in read(await visitor.get("/compte")).text
    again = await visitor.post(link, follow_redirects=False)
    assert again.status_code == 410
    assert "a déjà servi" in read(again).text
    assert member.email == ADDRESS


async def test_the_cookie_is_bound_to_the_host_where_the_site_is_served_over_https(settings):
    import msgspec

    from services.campaigns.access.guard import cookie_name

    assert cookie_name(msgspec.structs.replace(settings, base_url="https://quinzaine.example")) == "__Host-quinzaine"


@pytest.mark.usefixtures("member")
async def test_nobody_learns_who_has_an_account(visitor, pool):
    answers = [
        (await visitor.post("/connexion", data={"email": address})).text.replace(address, "…")
        for address in (ADDRESS, "personne@ailleurs.example")
    ]
    assert answers[0] == answers[1]
    assert len(await asked(pool)) == 1


async def test_the_time_it_takes_tells_nobody_who_has_an_account(visitor, pool, member):
    took: dict[str, list[float]] = {member.email: [], "personne@ailleurs.example": []}
    for _ in range(5):
        for email, seconds in took.items():
            began = monotonic()
            await visitor.post("/connexion", data={"email": email})
            seconds.append(monotonic() - began)
    assert await asked(pool), "of the two one is written down"
    assert all(min(seconds) >= TAKES_SECONDS for seconds in took.values())


@pytest.mark.usefixtures("member")
async def test_who_asks_again_and_again_is_sent_five_links_in_a_quarter_of_an_hour(visitor, pool):
    await asyncio.gather(*[visitor.post("/connexion", data={"email": ADDRESS}) for _ in range(12)])
    assert len(await asked(pool)) == 5


@pytest.mark.parametrize("address", ["", "x", "a@b@c", "a@b.example\r\nBcc: c@d.example", "é" * 400, "\x00@a.example"])
async def test_what_is_no_address_is_said_beside_the_field(visitor, pool, address):
    answer = await visitor.post("/connexion", data={"email": address})
    assert answer.status_code == 422
    assert "n’est pas valable" in read(answer).text
    assert await asked(pool) == []


async def test_a_link_ends_after_a_quarter_of_an_hour(visitor, pool, settings, member):
    link = await ask_for_a_link(visitor, pool, settings)
    await pool.execute("UPDATE campaigns.sign_ins SET expires_at = $1", datetime.now(UTC) - timedelta(seconds=1))
    assert (await visitor.get(link)).status_code == 410
    assert (await visitor.post(link)).status_code == 410
    assert await pool.fetchval("SELECT count(*) FROM campaigns.devices WHERE person_id = $1", member.person_id) == 1


@pytest.mark.parametrize("token", ["x", "A" * 46, "é", "a" * 3000])
async def test_a_link_that_was_never_given_signs_nobody_in(visitor, token):
    assert (await visitor.post(f"/connexion/{token}")).status_code in (404, 410)


async def test_a_token_of_another_use_signs_nobody_in(visitor, pool, settings, member):
    await ask_for_a_link(visitor, pool, settings)
    sign_in_id = (await asked(pool))[-1].sign_in_id
    token = Signer(settings.secret_keys).token("planner", sign_in_id)
    assert (await visitor.post(f"/connexion/{token}")).status_code == 410
    assert member.secret


async def test_two_browsers_that_use_one_link_at_once_are_one_signed_in_and_one_refused(
    visitor, pool, settings, member
):
    await ask_for_a_link(visitor, pool, settings)
    sign_in_id = (await asked(pool))[-1].sign_in_id

    async def use() -> bool:
        try:
            async with transaction(pool) as connection:
                await sign_in_person(connection, sign_in_id=sign_in_id, agent="", now=datetime.now(UTC))
        except Refusal:
            return False
        return True

    assert sorted(await asyncio.gather(use(), use(), use())) == [False, False, True]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.devices WHERE person_id = $1", member.person_id) == 2


async def test_the_cookie_a_browser_had_before_is_of_no_use_after_a_new_sign_in(visitor, pool, settings, member):
    visitor.cookies.set("quinzaine", member.secret)
    assert (await visitor.get("/compte")).status_code == 200
    link = await ask_for_a_link(visitor, pool, settings)
    await visitor.post(link, follow_redirects=False)
    assert await pool.fetchval(
        "SELECT revoked_at IS NOT NULL FROM campaigns.devices WHERE secret_hash = $1", hash_of(member.secret)
    )


@pytest.mark.usefixtures("member")
async def test_another_site_s_page_signs_nobody_in_with_a_link_of_its_own(visitor, pool, settings):
    link = await ask_for_a_link(visitor, pool, settings)
    foreign = await visitor.post(link, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert (foreign.status_code, "set-cookie" in foreign.headers) == (403, False)
    assert (await visitor.post(link, follow_redirects=False)).status_code == 303


@pytest.mark.usefixtures("member")
async def test_after_signing_in_one_is_where_one_wanted_to_be(visitor, pool, settings):
    link = await ask_for_a_link(visitor, pool, settings, goes_to="/planification/semaine-pont-audemer/places")
    answer = await visitor.post(link, follow_redirects=False)
    assert answer.headers["location"] == "/planification/semaine-pont-audemer/places"


@pytest.mark.parametrize(
    "path",
    [
        "https://ailleurs.example",
        "//ailleurs.example",
        "/\\ailleurs.example",
        "/planification/..//ailleurs.example",
        "/planification\r\nSet-Cookie: a=b",
        "/planification/campagnes\n",
        "javascript:alert(1)",
        "/connexion/x",
        "/planification/" + "a" * 400,
    ],
)
def test_nobody_is_led_elsewhere(path):
    assert own_path(path) == "/planification"


async def test_who_is_not_signed_in_is_led_to_the_sign_in_and_back(visitor):
    answer = await visitor.get("/planification/semaine-pont-audemer", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/connexion?vers=/planification/semaine-pont-audemer",
    )


async def test_a_device_is_signed_out_by_its_person_and_by_nobody_else(sign_in, pool, small_week):
    mine = await sign_in(small_week.organisation_id, email="a@organisation.example")
    others = await sign_in(small_week.organisation_id, email="b@organisation.example")
    device = await pool.fetchval(
        "SELECT id FROM campaigns.devices WHERE secret_hash = $1", hash_of(others.member.secret)
    )
    await mine.post(f"/compte/appareils/{device}/deconnexion")
    assert (await others.get("/compte")).status_code == 200
    await others.post(f"/compte/appareils/{device}/deconnexion")
    assert (await others.client.get("/compte", headers=others.cookies, follow_redirects=False)).status_code == 303


async def test_a_form_from_elsewhere_changes_nothing(sign_in, pool, small_week):
    mine = await sign_in(small_week.organisation_id)
    device = await pool.fetchval("SELECT id FROM campaigns.devices WHERE secret_hash = $1", hash_of(mine.member.secret))
    path = f"/compte/appareils/{device}/deconnexion"
    assert (await mine.client.post(path, headers=mine.cookies)).status_code == 403
    assert (await mine.client.post(path, data={"csrf": "x"}, headers=mine.cookies)).status_code == 403
    await mine.get("/compte")
    foreign = await mine.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert (await mine.get("/compte")).status_code == 200


async def test_one_acts_for_one_of_several_organisations_and_sees_for_which(sign_in, pool, small_week):
    mine = await sign_in(small_week.organisation_id)
    async with transaction(pool) as connection:
        await a_member(connection, small_week.hosts[0], role="host", email=mine.member.email)
    shown = read(await mine.get("/compte"))
    assert "Agir pour Chantiers de la Risle" in shown.text
    await mine.post("/compte/organisation", {"organisation": str(small_week.hosts[0])})
    assert "Agir pour Fédération des métiers" in read(await mine.get("/compte")).text
    answer = await mine.post("/compte/organisation", {"organisation": str(small_week.hosts[1])})
    assert answer.status_code == 404


async def test_a_form_that_was_opened_for_one_organisation_invites_nobody_to_another(sign_in, pool, small_week):
    mine = await sign_in(small_week.organisation_id, role="owner")
    async with transaction(pool) as connection:
        await a_member(connection, small_week.hosts[0], role="owner", email=mine.member.email)
    await mine.get("/planification/organisation")
    form = {"csrf": mine.csrf, "email": "stagiaire@federation.example", "role": "planner"}
    await mine.post("/compte/organisation", {"organisation": str(small_week.hosts[0])})  # in another tab
    assert (await mine.post("/planification/organisation/invitations", form)).status_code == 403
    assert await pool.fetchval("SELECT count(*) FROM campaigns.member_invitations") == 0


async def test_a_role_that_is_taken_away_is_gone_at_once(sign_in, pool, small_week):
    mine = await sign_in(small_week.organisation_id)
    await mine.get("/compte")
    await pool.execute("DELETE FROM campaigns.members WHERE person_id = $1", mine.member.person_id)
    answer = await mine.client.get("/compte", headers=mine.cookies, follow_redirects=False)
    assert answer.headers["location"] == "/connexion?vers=/compte"


def test_a_browser_is_named_as_its_owner_would():
    assert say_agent("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0") == "Firefox sur Linux"
    assert say_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1").startswith(
        "Safari"
    )
    assert say_agent("") == "Navigateur"
    with speaking("en"):
        assert [said_agent(kept) for kept in ("Firefox sur Linux", "Navigateur sur Mac", "Edge", "")] == [
            "Firefox on Linux", "Browser on Mac", "Edge", "Browser"
        ]  # fmt: skip
