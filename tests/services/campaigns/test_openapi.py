"""The OpenAPI document: every call told in words, with its refusals, its token and an example of each body."""

from typing import Any

import pytest

from services.campaigns.openapi import JSON, REFUSALS

pytestmark = pytest.mark.anyio
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


@pytest.fixture
async def document(visitor) -> dict[str, Any]:
    answer = await visitor.get("/schema/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def operations(document) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/")
    ]


async def test_every_call_is_told_in_words_and_refuses_in_problems(document):
    for method, path, operation in operations(document):
        assert operation["summary"], (method, path)
        assert operation["description"], (method, path)
        refused = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
        assert set(refused) >= {"400", "503"}
        for status, answer in refused.items():
            assert answer == {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}, (method, path, status)


async def test_what_needs_a_token_says_so_and_what_is_public_does_not(document):
    guarded = {(method, path) for method, path, operation in operations(document) if "security" in operation}
    assert ("patch", "/api/v1/offers/{offer_id}") in guarded
    assert ("get", "/api/v1/offers") not in guarded
    assert ("post", "/api/v1/offers/{offer_id}/registrations") not in guarded
    for method, path, operation in operations(document):
        assert ("401" in operation["responses"]) == ((method, path) in guarded)


def faults(value: Any, schema: dict[str, Any], schemas: dict[str, Any], where: str) -> list[str]:
    """What of an example does not fit its schema: types, required names, enums."""
    if "$ref" in schema:
        return faults(value, schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, where)
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            found = [faults(value, one, schemas, where) for one in schema[choice]]
            return [] if [] in found else found[0]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r} is none of {schema['enum']}"]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if value is None or not kinds:
        return [] if "null" in kinds or not kinds else [f"{where}: null"]
    if not any(isinstance(value, TYPES[kind]) for kind in kinds if kind != "null"):
        return [f"{where}: {value!r} is no {kinds}"]
    if isinstance(value, list):
        return [fault for one in value for fault in faults(one, schema.get("items", {}), schemas, where + "[]")]
    if isinstance(value, dict):
        missing = [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
        known = schema.get("properties", {})
        return missing + [
            fault
            for name, one in value.items()
            for fault in faults(one, known.get(name, {}), schemas, f"{where}.{name}")
        ]
    return []


async def test_every_body_has_an_example_that_fits_it(document):
    wrong, seen = [], 0
    for method, path, operation in operations(document):
        bodies = [operation.get("requestBody", {})]
        bodies += [answer for status, answer in operation["responses"].items() if status < "300"]
        for body in bodies:
            content = body.get("content", {}).get(JSON)
            if not content or "schema" not in content:
                continue
            seen += 1
            example = content["examples"]["example"]["value"]
            wrong += faults(example, content["schema"], document["components"]["schemas"], f"{method} {path}")
    assert wrong == []
    assert seen > 60
