"""What nobody types by accident: refused in every field and every address, never a 500, nothing of it kept."""

from typing import Any
from uuid import uuid4

import pytest

from tests.services.campaigns.organisations.test_json import Machine

pytestmark = pytest.mark.anyio
PATH = "/planification/organisation"
HOSTILE = [
    "\x00",
    "a\x00b",
    "\u202e",
    "x" * 20_000,
    "=HYPERLINK(1)",
    "'; DROP TABLE campaigns.members; --",
    "\ufeff",
    "{{7*7}}",
]
FORMS = {
    f"{PATH}/modifier": ("name", "kind", "siret", "uai", "edition"),
    f"{PATH}/contacts": ("first_name", "last_name", "email", "phone"),
    f"{PATH}/ajouter": ("name", "kind", "siret", "uai", "first_name", "last_name", "email", "phone", "vers"),
    f"{PATH}/invitations": ("email", "role"),
    f"{PATH}/jetons": ("name", "role", "until"),
}
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/organisations": {
        "name": "a",
        "kind": "company",
        "siret": None,
        "contact": {"first_name": "a", "last_name": "b", "email": "a@b.example"},
    },
    "/contacts": {"first_name": "a", "last_name": "b", "email": "a@b.example", "phone": ""},
    "/invitations": {"email": "a@b.example", "role": "viewer"},
    "/tokens": {"name": "a", "role": "viewer", "until": "2027-01-01"},
}


async def test_no_field_of_a_page_breaks(owner, pool):
    await owner.get(PATH)
    for path, fields in FORMS.items():
        for hostile in HOSTILE:
            answer = await owner.post(path, dict.fromkeys(fields, hostile))
            assert answer.status_code in (409, 412, 413, 422), (path, hostile[:20], answer.status_code)
    for table in ("contacts", "member_invitations", "api_tokens"):
        assert await pool.fetchval(f"SELECT count(*) FROM campaigns.{table}") == 0  # noqa: S608


async def test_no_bytes_break_a_page(owner, visitor):
    await owner.get(PATH)
    for content, kind in (
        (b"csrf=\xff\xfe", "application/x-www-form-urlencoded"),
        (b"%ff%fe=%00", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"--x\r\n\r\n", "multipart/form-data"),
        (
            b"--x\r\nContent-Disposition: form-data; name=csrf; filename=a\r\n\r\nx\r\n--x--",
            "multipart/form-data; boundary=x",
        ),
        (b"{", "application/json"),
        (b"", ""),
    ):
        for path in (*FORMS, f"{PATH}/depart", f"/invitations/{'A' * 46}"):
            headers = {**owner.cookies, "Content-Type": kind}
            answer = await visitor.post(path, content=content, headers=headers, follow_redirects=False)
            assert 400 <= answer.status_code < 500, (path, content, kind, answer.status_code)


async def test_no_value_of_a_body_breaks_the_api(owner):
    machine = Machine(owner)
    strange = [None, 7, [], {}, True, 1e308, *HOSTILE]
    for path, body in BODIES.items():
        for name in body:
            for value in strange:
                answer = await machine.ask("POST", path, {**body, name: value})
                assert answer.status_code < 500, (path, name, value)
        for bad in ([], "x", 7, None, {**body, "unknown": 1}):
            answer = await machine.ask("POST", path, bad)
            assert answer.status_code in (400, 422), (path, bad)


async def test_no_address_breaks(owner):
    for path in (
        "membres/x/role",
        "membres/%00/retrait",
        f"membres/{uuid4()}/role/x",
        "jetons/-/revocation",
        "invitations/../jetons",
    ):
        answer = await owner.post(f"{PATH}/{path}", {"role": "viewer"})
        assert 400 <= answer.status_code < 500, path
    for query in ("apres=%00", "apres=x", "avant=%ff", f"apres={'9' * 5000}", "apres=&apres=x"):
        for page in (PATH, f"{PATH}/journal"):
            assert (await owner.get(f"{page}?{query}")).status_code < 500, query
