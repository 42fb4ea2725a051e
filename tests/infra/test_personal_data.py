"""The register of personal data and the schema say the same; what erasing finds is in it."""

import re

import pytest

from tests.processes import ROOT
from tests.services.campaigns.privacy.conftest import find_marks, life, post

__all__ = ["life", "post"]

pytestmark = pytest.mark.anyio

TEXT = (ROOT / "docs" / "personal-data.md").read_text()
# a line of a table: its columns, what they are, how it ends
ROWS = re.findall(r"^\| (`[a-z]+\.[a-z_]+\.[a-z_`. 0-9]+) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
REGISTERED = {column: ends for columns, _, ends in ROWS for column in re.findall(r"`([^`]+)`", columns)}

# columns of text that hold no word about a person: codes, states, digests of content, words about offers and companies
OF_NOBODY = {
    "campaigns.announcements": "departement roles stopped_why",
    "campaigns.api_tokens": "secret_hash name role",
    "campaigns.asked_lately": "class",
    "campaigns.audit": "action",
    "campaigns.calendar_states": "whose version",
    "campaigns.campaign_proposals": "title presentation departements sectors changes",
    "campaigns.campaign_sectors": "sector label",
    "campaigns.campaigns": "slug title presentation departements",
    "campaigns.days": "sector",
    "campaigns.digest_choices": "what rhythm",
    "campaigns.digests": "what",
    "campaigns.entry_answers": "answer",
    "campaigns.erasures": "why",
    "campaigns.feeds": "slug scope subject",
    "campaigns.follow_up_slots": "place online_url status",
    "campaigns.former_standings": "sector departements",
    "campaigns.groups": "name",
    "campaigns.host_requests": "status changed_since",
    "campaigns.idempotency_keys": "route",
    "campaigns.member_invitations": "role",
    "campaigns.members": "role",
    "campaigns.offer_search": "document",
    "campaigns.offers": "slug kind audience title summary city status grades departements school_uais",
    "campaigns.organisations": "slug kind name siret uai",
    "campaigns.programmes_seen": "reader",
    "campaigns.quotas": "school_uai",
    "campaigns.referent_teachers": "status",
    "campaigns.registrations": "status held_for",
    "campaigns.search_words": "word",
    "campaigns.sectors": "code label family tension_source tension_territory",
    "campaigns.sessions": "title kind place room meeting_point access bring online_url status expected",
    "campaigns.sign_ins": "goes_to",
    "campaigns.sites": "address",
    "campaigns.speaker_requests": "status changed_since",
    "campaigns.speakers": "sector",
    "campaigns.standings": "sector departements digest",
    "campaigns.wordings": "message sentences",
    "campaigns.webinars": "title link departement roles status",
    "contract.events": "tag traceparent",
    "contract.unwanted": "message",
    "contract.webhooks": "url kinds",
    "notifications.answers": "kind message_key answer_key state outcome entry_scope",
    "notifications.calendars": "status",
    "notifications.calls": "tag state answer",
    "notifications.deliveries": "message state message_id calendar_uid calendar_method",
    "notifications.domains": "domain answer",
    "notifications.mail_servers": "server error",
    "notifications.suppressions": "reason",
    "notifications.tallies": "domain outcome",
    "notifications.unplanned_events": "error",
    "public.migrations": "name mark",
}
NOBODY_S = {f"{table}.{column}" for table, columns in OF_NOBODY.items() for column in columns.split()}


async def columns(pool, only: str = "true") -> set[str]:
    rows = await pool.fetch(
        f"""
        SELECT c.table_schema || '.' || c.table_name || '.' || c.column_name AS column
        FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE t.table_type = 'BASE TABLE' AND c.table_schema IN ('campaigns', 'contract', 'notifications', 'public')
          AND {only}
        """  # noqa: S608  # a constant of this module
    )
    return {row["column"] for row in rows}


async def test_every_column_that_could_hold_a_word_about_somebody_is_in_the_register_or_said_to_hold_none(pool):
    text = await columns(pool, "c.data_type IN ('text', 'jsonb', 'json', 'bytea', 'ARRAY', 'tsvector', 'inet', 'name')")
    text = {each for each in text if not each.endswith((".recipients",))}
    new = text - set(REGISTERED) - NOBODY_S
    assert not new, f"docs/personal-data.md says nothing of {sorted(new)}"


async def test_every_column_of_the_register_is_in_the_schema_and_in_one_place(pool):
    assert len(REGISTERED) > 60
    assert set(REGISTERED) | NOBODY_S <= await columns(pool)
    assert set(REGISTERED) & NOBODY_S == set()
    assert sum(len(re.findall("`", columns)) // 2 for columns, _, _ in ROWS) == len(REGISTERED), "each stands once"


@pytest.mark.usefixtures("life")
async def test_all_that_erasing_finds_of_a_pupil_is_in_the_register_as_erased(pool):
    found = await find_marks(pool)
    assert len(found) > 10
    assert {each for each in found if "erasing" not in REGISTERED.get(each, "")} == set()


def test_each_way_to_end_is_one_of_those_the_page_explains():
    for column, ends in REGISTERED.items():
        assert re.search(r"erasing|time:|by hand|stays|with the|with its", ends), column
