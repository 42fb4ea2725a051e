"""Invitations: a mail, a page with a button, an account; once, for seven days, one open per address."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from shared.database import transaction
from shared.events import decode_event
from shared.identifiers import new_id
from shared.notices import MemberInvited
from shared.signed_links import Signer
from tests.world import a_member

pytestmark = pytest.mark.anyio
PATH = "/planification/organisation"
NAMES = {"first_name": "Mina", "last_name": "Laurent"}


async def invite(owner, pool, email: str = "mina@federation.example", role: str = "planner") -> UUID:
    answer = await owner.post(f"{PATH}/invitations", {"email": email, "role": role})
    assert answer.status_code == 303, answer.text
    return await pool.fetchval("SELECT id FROM campaigns.member_invitations ORDER BY id DESC LIMIT 1")


@pytest.fixture
def link(settings):
    """The page an invitation's mail leads to."""
    signer = Signer(settings.secret_keys)
    return lambda invitation_id: f"/invitations/{signer.token('invitation', invitation_id)}"


async def test_an_invitation_is_told_to_the_address_and_names_who_invites(owner, pool):
    invitation_id = await invite(owner, pool, "Mina@Federation.example")
    [body] = [row["body"] for row in await pool.fetch("SELECT body FROM contract.events")]
    notice = decode_event(body)
    assert isinstance(notice, MemberInvited)
    assert (notice.invitation_id, notice.organisation, notice.role) == (invitation_id, "La Fédération", "planner")
    assert notice.invited_by == "Maud Ferrand"
    person = await pool.fetchrow("SELECT email, first_name FROM contract.people WHERE id = $1", notice.recipients[0])
    assert person["email"] == "mina@federation.example"
    assert "mina@" not in body
    assert "mina@federation.example" in (await owner.get(PATH)).text


async def test_opening_the_link_changes_nothing_and_the_button_makes_the_account(owner, visitor, pool, link):
    path = link(await invite(owner, pool))
    for _ in range(2):
        page = await visitor.get(path)
        assert page.status_code == 200
        assert "La Fédération" in page.text
        assert page.headers["cache-control"] == "no-store"
    assert await pool.fetchval("SELECT count(*) FROM campaigns.accounts") == 1
    answer = await visitor.post(path, data=NAMES, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/planification")
    cookie = answer.cookies["quinzaine"]
    mine = await visitor.get(PATH, headers={"cookie": f"quinzaine={cookie}"})
    assert "Mina Laurent" in mine.text
    assert "Envoyer l’invitation" not in mine.text
    role = await pool.fetchval(
        "SELECT m.role FROM campaigns.members m JOIN campaigns.accounts a ON a.person_id = m.person_id "
        "WHERE a.email = 'mina@federation.example'"
    )
    assert role == "planner"


async def test_a_link_is_used_once(owner, visitor, pool, link):
    path = link(await invite(owner, pool))
    await visitor.post(path, data=NAMES, follow_redirects=False)
    for answer in (await visitor.get(path), await visitor.post(path, data=NAMES, follow_redirects=False)):
        assert answer.status_code == 410
        assert "a déjà servi" in answer.text
        assert "quinzaine" not in answer.cookies


async def test_two_who_use_one_link_at_once_are_one(owner, visitor, pool, link):
    path = link(await invite(owner, pool))
    answers = await asyncio.gather(*(visitor.post(path, data=NAMES, follow_redirects=False) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 410, 410, 410]
    assert await pool.fetchval("SELECT count(*) FROM campaigns.members") == 2


async def test_names_are_asked_and_each_fault_is_said(owner, visitor, pool, link):
    path = link(await invite(owner, pool))
    answer = await visitor.post(path, data={"first_name": "", "last_name": "=cmd()"}, follow_redirects=False)
    assert answer.status_code == 422
    assert "Votre prénom manque" in answer.text
    assert 'value="=cmd()"' in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.members") == 1


async def test_after_seven_days_the_link_has_ended_and_another_may_be_sent(owner, visitor, pool, link):
    first = await invite(owner, pool)
    await pool.execute("UPDATE campaigns.member_invitations SET expires_at = now() - interval '1 second'")
    assert (await visitor.get(link(first))).status_code == 410
    assert "mina@federation.example" not in (await owner.get(PATH)).text
    second = await invite(owner, pool)
    assert (await visitor.get(link(second))).status_code == 200
    assert (await visitor.get(link(first))).status_code == 410


async def test_an_invitation_lasts_seven_days(owner, pool):
    await invite(owner, pool)
    row = await pool.fetchrow("SELECT invited_at, expires_at FROM campaigns.member_invitations")
    assert row["expires_at"] - row["invited_at"] == timedelta(days=7)


async def test_one_address_has_one_open_invitation(owner, pool, visitor, link):
    first = await invite(owner, pool)
    again = await owner.post(f"{PATH}/invitations", {"email": "MINA@federation.example", "role": "viewer"})
    assert again.status_code == 409
    assert "déjà une invitation" in again.text
    assert 'value="MINA@federation.example"' in again.text
    await owner.post(f"{PATH}/invitations/{first}/retrait")
    assert (await visitor.get(link(first))).status_code == 410
    assert (await visitor.post(link(first), data=NAMES, follow_redirects=False)).status_code == 410
    await invite(owner, pool)


async def test_two_invitations_of_one_address_at_once_are_one(owner):
    await owner.get(PATH)
    form = {"email": "mina@federation.example", "role": "viewer"}
    answers = await asyncio.gather(*(owner.post(f"{PATH}/invitations", form) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]


async def test_a_member_is_not_invited_again(owner, sign_in, federation):
    await sign_in(federation, role="viewer", email="ines@federation.example")
    answer = await owner.post(f"{PATH}/invitations", {"email": "ines@federation.example", "role": "owner"})
    assert (answer.status_code, "changez plutôt son rôle" in answer.text) == (409, True)


async def test_who_has_an_account_keeps_name_and_person_and_gains_an_organisation(
    owner, stranger, visitor, pool, link, federation
):
    path = link(await invite(owner, pool, stranger.member.email, "viewer"))
    assert "Votre prénom" not in (await visitor.get(path)).text
    answer = await visitor.post(path, follow_redirects=False)
    assert answer.status_code == 303
    roles = await pool.fetch(
        "SELECT organisation_id, role FROM campaigns.members WHERE person_id = $1", stranger.member.person_id
    )
    assert {row["organisation_id"]: row["role"] for row in roles} == {
        federation: "viewer",
        stranger.member.organisation_id: "owner",
    }
    # the new device acts for who invited, the old one goes on as before
    device = await visitor.get(PATH, headers={"cookie": f"quinzaine={answer.cookies['quinzaine']}"})
    assert "La Fédération" in device.text
    assert "La Voisine" in (await stranger.get(PATH)).text


async def test_who_became_a_member_meanwhile_keeps_the_role(owner, visitor, pool, link, federation):
    path = link(await invite(owner, pool, role="viewer"))
    async with transaction(pool) as connection:
        await a_member(connection, federation, role="owner", email="mina@federation.example")
    assert (await visitor.post(path, follow_redirects=False)).status_code == 303
    roles = await pool.fetch("SELECT role FROM campaigns.members")
    assert [row["role"] for row in roles] == ["owner", "owner"]


async def test_two_organisations_may_invite_one_address_and_it_becomes_one_account(
    owner, stranger, visitor, pool, link
):
    paths = [link(await invite(who, pool)) for who in (owner, stranger)]
    answers = await asyncio.gather(*(visitor.post(path, data=NAMES, follow_redirects=False) for path in paths))
    assert [answer.status_code for answer in answers] == [303, 303]
    people = await pool.fetch("SELECT person_id FROM campaigns.accounts WHERE email = 'mina@federation.example'")
    assert len(people) == 1
    assert await pool.fetchval("SELECT count(*) FROM campaigns.members WHERE person_id = $1", people[0][0]) == 2


@pytest.mark.parametrize("token", ["x", "A" * 46, "é" * 46, "..%2f", "0" * 4000])
async def test_a_cut_or_forged_link_leads_nowhere(visitor, token):
    assert (await visitor.get(f"/invitations/{token}")).status_code == 404
    assert (await visitor.post(f"/invitations/{token}", data=NAMES, follow_redirects=False)).status_code == 404


async def test_a_link_of_another_kind_opens_no_invitation(owner, visitor, pool, settings):
    invitation_id = await invite(owner, pool)
    for scope in ("sign_in", "registration", "host"):
        token = Signer(settings.secret_keys).token(scope, invitation_id)
        assert (await visitor.get(f"/invitations/{token}")).status_code == 404
    unknown = Signer(settings.secret_keys).token("invitation", new_id())
    assert (await visitor.get(f"/invitations/{unknown}")).status_code == 404


async def test_another_site_cannot_press_the_button(owner, visitor, pool, link):
    path = link(await invite(owner, pool))
    answer = await visitor.post(path, data=NAMES, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert answer.status_code == 403
    assert await pool.fetchval("SELECT count(*) FROM campaigns.members") == 1


async def test_another_organisation_s_invitation_does_not_exist(owner, stranger, pool):
    theirs = await invite(stranger, pool)
    assert (await owner.post(f"{PATH}/invitations/{theirs}/retrait")).status_code == 404
    assert await pool.fetchval("SELECT revoked_at FROM campaigns.member_invitations") is None


@pytest.mark.parametrize(
    "email", ["", "mina", "mina@", "a\nb@x.example", "mina@x.example,autre@x.example", "x" * 300 + "@x.example", "=1@x"]
)
async def test_what_is_no_address_is_refused_and_kept_in_the_field(owner, pool, email):
    answer = await owner.post(f"{PATH}/invitations", {"email": email, "role": "planner"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert await pool.fetchval("SELECT count(*) FROM campaigns.member_invitations") == 0


async def test_a_name_that_is_markup_is_shown_as_text(owner, visitor, pool, link):
    await owner.post(f"{PATH}/modifier", {"name": "<b>Fédé</b>", "kind": "federation", "siret": "", "uai": ""})
    page = (await visitor.get(link(await invite(owner, pool)))).text
    assert "<b>Fédé</b>" not in page
    assert "&lt;b&gt;Fédé" in page


async def test_one_address_is_written_to_three_times_a_day(owner, pool):
    for _ in range(3):
        invitation_id = await invite(owner, pool)
        await owner.post(f"{PATH}/invitations/{invitation_id}/retrait")
    form = {"email": "mina@federation.example", "role": "viewer"}
    answer = await owner.post(f"{PATH}/invitations", form)
    assert (answer.status_code, "attendez demain" in answer.text) == (429, True)
    await pool.execute("UPDATE campaigns.member_invitations SET invited_at = invited_at - interval '1 day'")
    assert (await owner.post(f"{PATH}/invitations", form)).status_code == 303


async def test_an_invitation_is_accepted_or_taken_back_never_both(owner, visitor, pool, link):
    for number in range(6):
        invitation_id = await invite(owner, pool, f"n{number}@federation.example")
        accepted, revoked = await asyncio.gather(
            visitor.post(link(invitation_id), data=NAMES, follow_redirects=False),
            owner.post(f"{PATH}/invitations/{invitation_id}/retrait"),
        )
        assert (accepted.status_code, revoked.status_code) in ((303, 404), (410, 303))
    both = "SELECT count(*) FROM campaigns.member_invitations WHERE accepted_at IS NOT NULL AND revoked_at IS NOT NULL"
    assert await pool.fetchval(both) == 0


async def test_a_hundred_open_invitations_are_enough(owner, pool, federation):
    person = owner.member.person_id
    await pool.executemany(
        """
        INSERT INTO campaigns.member_invitations
            (id, organisation_id, person_id, email, role, invited_at, expires_at)
        VALUES ($1, $2, $3, $4, 'viewer', now(), now() + interval '1 day')
        """,
        [(new_id(), federation, person, f"n{number}@federation.example") for number in range(100)],
    )
    answer = await owner.post(f"{PATH}/invitations", {"email": "mina@federation.example", "role": "viewer"})
    assert (answer.status_code, "100 invitations" in answer.text) == (409, True)
