"""The OpenAPI document as machines need it: which calls need a token, how each may be refused, an example of each body.

The framework writes paths, parameters and schemas from the code; this adds what it cannot know.
"""

from typing import Any

from litestar import Litestar, Request
from litestar.openapi.plugins import JsonRenderPlugin

JSON, PROBLEM = "application/json", "application/problem+json"
ID = "01932d5e-7a10-7c1e-9b1f-3d6f0a2b4c5d"

# what stands in a field of this name; what is not here is told by its type
EXAMPLES: dict[str, Any] = {
    "address": "12 quai des Péniches, 27500 Pont-Audemer",
    "bring": "Un pantalon long, des chaussures fermées",
    "city": "Pont-Audemer",
    "class_name": "2nde 4",
    "code": "s10",
    "contact_email": "nadege.corbel@chantiers-risle.example",
    "contact_phone": "02 00 00 12 01",
    "departements": ["27", "76"],
    "email": "camille.dupre@eleve.example",
    "emergency_phone": "02 00 00 11 01",
    "employer": "Énergies du Marais",
    "expected": "Montrer l’atelier, laisser les élèves poser leurs questions.",
    "first_name": "Camille",
    "group": "A",
    "guardian_email": "dominique.dupre@famille.example",
    "guardian_name": "Dominique Dupré",
    "host": "Chantiers de la Risle",
    "label": "Nucléaire",
    "last_name": "Dupré",
    "lead": "Fédération des métiers de la Risle",
    "meeting_point": "À la grille, côté quai",
    "online_url": "https://visio.example/juin",
    "organisation": "Fédération des métiers de la Risle",
    "page_url": "https://quinzaine.example/offres/semaine-pont-audemer",
    "phone": "02 00 00 12 01",
    "place": "12 quai des Péniches, 27500 Pont-Audemer",
    "presentation": "Deux semaines de juin pour voir le travail de près.",
    "room": "Salle du conseil",
    "school": "Lycée des Trois Ponts",
    "seats": 15,
    "sector": "s10",
    "siret": "73282932000074",
    "slug": "semaine-pont-audemer",
    "summary": "Un groupe de quinze, un secteur par jour.",
    "title": "Cinq jours, cinq métiers à Pont-Audemer",
    "trade": "Conductrice de travaux",
    "uai": "0270016W",
    "under_15": False,
    "word": "Avec plaisir.",
}
BY_FORMAT = {
    "uuid": ID,
    "date": "2027-06-14",
    "date-time": "2027-06-14T09:00:00+02:00",
    "duration": "PT9H",
    "time": "09:00:00",
}
BY_TYPE: dict[str, Any] = {"string": "Texte", "integer": 1, "number": 1.0, "boolean": True, "object": {}, "null": None}

REFUSALS = {
    "400": ("Malformed", "invalid-body", "Cette demande est mal formée."),
    "401": ("NoToken", "token-needed", "Connectez-vous, ou donnez un jeton valable."),
    "403": ("NotAllowed", "not-allowed", "Votre rôle dans cette organisation ne permet pas de faire cela."),
    "404": ("NotThere", "unknown-offer", "Cette offre n’existe pas ou n’est plus publiée."),
    "409": ("Conflict", "offer-closed", "Les inscriptions à cette offre sont closes."),
    "412": ("ChangedMeanwhile", "session-changed-meanwhile", "Cette séance a été modifiée entre-temps."),
    "422": ("Refused", "invalid-field", "Le titre manque."),
    "503": ("Unavailable", "unavailable", "Le service est momentanément indisponible."),
}


class ContractPlugin(JsonRenderPlugin):
    """Serves the document, completed."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as JSON; completed once."""
        if "securitySchemes" not in openapi_schema.get("components", {}):
            complete(openapi_schema, request.app)
        return self.render_json(request, openapi_schema)


def complete(document: dict[str, Any], app: Litestar) -> None:
    """Add the token, the refusals and the examples to the document, in place."""
    components = document.setdefault("components", {})
    components["securitySchemes"] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of an organisation (`qz_…`), made on its page, or one of `quinzaine token`.",
        }
    }
    components.setdefault("schemas", {})["Problem"] = {
        "type": "object",
        "description": "RFC 9457. `title` is the reason, stable; `detail` is French for people; `field` where one is.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "field": {"type": "string"},
        },
    }
    components["responses"] = {name: _refusal(int(status), *rest) for status, (name, *rest) in REFUSALS.items()}
    guarded = _guarded(app)
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            _complete_operation(operation, (method.upper(), path) in guarded, "{" in path, method, components)


def _guarded(app: Litestar) -> set[tuple[str, str]]:
    """(method, path) of every call that names an action of the table of permissions."""
    return {
        (str(method), route.path_format)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if handler.opt.get("action")
        for method in getattr(handler, "http_methods", ())
    }


def _complete_operation(
    operation: dict[str, Any], guarded: bool, names_a_thing: bool, method: str, components: dict[str, Any]
) -> None:
    statuses = {"400", "503"}
    if guarded:
        operation["security"] = [{"token": []}]
        statuses |= {"401", "403"}
    if names_a_thing:
        statuses.add("404")
    if method != "get":
        statuses |= {"409", "422"}
    if any(parameter.get("name") == "If-Match" for parameter in operation.get("parameters", [])):
        statuses.add("412")
    responses = operation.setdefault("responses", {})
    for status in sorted(statuses):
        responses[status] = {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}
    bodies = [operation.get("requestBody", {}), *(answer for status, answer in responses.items() if status < "300")]
    for body in bodies:
        content = body.get("content", {}).get(JSON)
        if content and "schema" in content:
            content["examples"] = {"example": {"value": example_of(content["schema"], components["schemas"])}}


def example_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that fits the schema, with our field's own words where the name is known."""
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, name, depth + 1)
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("enum"):
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    for choice in ("oneOf", "anyOf"):
        options = [one for one in schema.get(choice, []) if one.get("type") != "null"]
        if options:
            return example_of(options[0], schemas, name, depth)
    kind = schema.get("type", "string")
    kind = next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind
    known = EXAMPLES.get(name)
    if kind == "object" and schema.get("properties") and depth < 14:
        return {key: example_of(value, schemas, key, depth + 1) for key, value in schema["properties"].items()}
    if kind == "array":
        fits = isinstance(known, list) and schema.get("items", {}).get("type") == "string"
        return known if fits else [example_of(schema.get("items", {}), schemas, name, depth + 1)] if depth < 14 else []
    if known is not None and isinstance(known, str) == (kind == "string") and "format" not in schema:
        return known
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE.get(kind))


def _refusal(status: int, reason: str, sentence: str) -> dict[str, Any]:
    example = {"type": f"urn:quinzaine:problem:{reason}", "title": reason, "status": status, "detail": sentence}
    return {
        "description": sentence,
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }
