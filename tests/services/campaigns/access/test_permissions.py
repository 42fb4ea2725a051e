"""Every route of signed-in people, as every role: the answer is what the table says; another's thing is not there."""

from uuid import UUID

import pytest
from litestar.handlers import HTTPRouteHandler

from services.campaigns.access.permissions import ACTIONS, MAY, ROLE_NAMES, ROLE_PROMISES, ROLES, Action, Role
from shared.identifiers import new_id
from tests.application import routes
from tests.world import Week

pytestmark = pytest.mark.anyio

# neither a person nor a role stands behind these: they are public, or opened by the secret in their address
OPEN = (
    "/health",
    "/static/",
    "/schema",
    "/offres/",
    "/inscriptions/",
    # what is kept in plain words, and one's own behind a fresh link
    "/donnees",
    "/consentement/",
    "/calendars/",
    "/agenda/",
    "/connexion",
    "/invitations/",
    "/accords/",
    "/accueil/",
    "/temoignage/",
    # the button behind the mail that sends a question
    "/questions/",
    "/suivi/",
    # the personal links of an address, by mail alone; the schools' names; who is a pupil's teacher
    "/lien",
    "/etablissements",
    "/professeur/",
    "/api/v1/offers",
    "/api/v1/registrations/",
    "/api/v1/host-requests/",
    "/api/v1/speaker-requests/",
    "/api/v1/invitations/",
    "/api/v1/agreements/",
    # for our own services, which show a pass of the installation
    "/api/v1/answers",
    # for machines that look for what is new, and for pages of others
    "/nouveautes.atom",
    "/sitemap.xml",
    "/robots.txt",
    # one press in a mail program
    "/desabonnement/",
    # shows a token of the installation
    "/metrics",
    "/integrer",
    "/oembed",
)


def handlers() -> list[tuple[str, str, HTTPRouteHandler]]:
    """(method, path, handler) of every route, but the framework's own OPTIONS and the mounted feeds."""
    found = []
    for route in routes():
        for handler in getattr(route, "route_handlers", []):
            if isinstance(handler, HTTPRouteHandler):
                found += [(method, route.path, handler) for method in handler.http_methods if method != "OPTIONS"]
    return found


def action_of(handler: HTTPRouteHandler) -> Action | None:
    return handler.opt.get("action")


def test_every_role_and_every_action_is_in_the_table():
    assert set(MAY) == set(ROLES) == set(ROLE_NAMES) == set(ROLE_PROMISES)
    assert frozenset().union(*MAY.values()) == set(ACTIONS)
    assert MAY["viewer"] < MAY["planner"] < MAY["owner"] == set(ACTIONS)


def test_every_route_names_an_action_or_is_known_to_be_open():
    for method, path, handler in handlers():
        action = action_of(handler)
        if action is None:
            assert path == "/" or path.startswith(OPEN), f"{method} {path} is open to everybody, and nobody said so"
            assert not path.startswith(("/planification", "/compte")), path
        else:
            assert action in ACTIONS, (method, path, action)
            assert "actor" in handler.parsed_fn_signature.parameters, f"{path} names an action that nobody asks for"


def test_what_an_open_route_of_the_api_writes_is_opened_by_a_secret():
    """No write of `/api/v1/offers` is open but a pupil's own registration."""
    writes = {
        (method, path)
        for method, path, handler in handlers()
        if action_of(handler) is None and method != "GET" and path.startswith("/api/v1/offers")
    }
    assert writes == {("POST", "/api/v1/offers/{offer_id:uuid}/registrations")}


async def ask(client, method: str, path: str, values: dict[str, str], headers: dict[str, str]):
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    body = {"json": {}} if method in ("POST", "PATCH", "PUT") and path.startswith("/api/") else {}
    return await client.request(method, path, headers=headers, follow_redirects=False, **body)


def values_of(path: str, week: Week, other: str) -> dict[str, str]:
    """Real ids where they are known, so that a refusal by role is not hidden by a 404 of the address."""
    known = {
        "offer_id": str(week.offer_id),
        "session_id": str(week.sessions[0]),
        "slug": week.slug,
        "date": "2027-06-14",
        "day": "2027-06-14",
        "organisation_id": str(week.organisation_id),
        "campaign_id": str(week.campaign_id),
    }
    found = {}
    for part in path.split("/"):
        if part.startswith("{"):
            name, _, kind = part.strip("{}").partition(":")
            default = {"uuid": other, "int": "1", "date": "2027-06-14"}.get(kind, "rien")
            found[part.strip("{}")] = known.get(name, default)
    return found


@pytest.mark.parametrize("role", ROLES)
async def test_every_route_lets_pass_whom_the_table_lets_pass(sign_in, visitor, small_week, role: Role):
    """403 exactly where the role lacks the action; what happens behind the guard is each route's own affair."""
    someone = await sign_in(small_week.organisation_id, role=role)
    await someone.get("/compte")
    headers = someone.cookies | {"X-CSRF-Token": someone.csrf}
    wrong = []
    for method, path, handler in handlers():
        action = action_of(handler)
        # whoever signs out or leaves the organisation is let in nowhere after
        if action is None or path.startswith("/compte/appareils") or path.endswith(("/depart", "/membership")):
            continue
        answer = await ask(visitor, method, path, values_of(path, small_week, str(new_id())), headers)
        if (answer.status_code == 403) == (action in MAY[role]) or answer.status_code >= 500:
            wrong.append((role, method, path, action, answer.status_code))
    assert wrong == []


async def test_nobody_without_a_sign_in_passes_any_of_them(visitor, small_week):
    for method, path, handler in handlers():
        if action_of(handler) is None:
            continue
        answer = await ask(visitor, method, path, values_of(path, small_week, str(new_id())), {})
        expected = 401 if path.startswith("/api/") else 303
        assert answer.status_code == expected, (method, path)
        if expected == 303:
            assert answer.headers["location"].startswith("/connexion?vers=")


async def test_the_offers_of_another_organisation_are_not_there(sign_in, visitor, small_week):
    """Every route that names an offer or a session answers the owner of another organisation with 404, or with a form's
    422 or 400 that says nothing about it."""
    foreign: UUID = small_week.hosts[0]
    someone = await sign_in(foreign, role="owner")
    await someone.get("/compte")
    headers = someone.cookies | {"X-CSRF-Token": someone.csrf}
    wrong = []
    for method, path, handler in handlers():
        if action_of(handler) is None or not any(
            mark in path for mark in ("{slug:str}", "{offer_id:uuid}", "{session_id:uuid}", "{organisation_id:uuid}")
        ):
            continue
        # a class joins other organisations' public offers, and sees its own pupils alone (offers/seats/classes)
        if action_of(handler) == "enrol_class":
            continue
        answer = await ask(visitor, method, path, values_of(path, small_week, str(new_id())), headers)
        allowed = {404} if method == "GET" else {404, 400, 422}
        if answer.status_code not in allowed or "Pont-Audemer" in answer.text:
            wrong.append((method, path, answer.status_code))
    assert wrong == []
