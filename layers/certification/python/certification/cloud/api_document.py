"""The API described by itself: what Powertools says about the routes, with the answers that our doors really give."""

import json
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

from certification.cloud.problems import Problem

Document = dict[str, Any]

# Powertools describes answers of its own that our doors never give.
NEVER_GIVEN = ("HTTPValidationError", "ValidationError", "ResponseValidationError")
_SCHEMAS = "#/components/schemas/"


def document(app: APIGatewayHttpResolver, tags: dict[str, str]) -> Document:
    """The OpenAPI 3.1 document of a door's routes. `tags` are the parts of the API with what each is for."""
    made: Document = json.loads(app.get_openapi_json_schema())
    schemas = made["components"]["schemas"]
    for name in NEVER_GIVEN:
        schemas.pop(name, None)
    schemas |= _refusal_schemas()
    made["components"]["schemas"] = dict(sorted(schemas.items()))
    made["components"]["responses"] = RESPONSES
    made["paths"] = dict(sorted(made["paths"].items()))
    made["tags"] = [{"name": name, "description": text} for name, text in tags.items()]
    for operations in made["paths"].values():
        for operation in operations.values():
            _describe_answers(operation)
    return made


def _refusal_schemas() -> dict[str, Any]:
    refusal = Problem.model_json_schema(ref_template=_SCHEMAS + "{model}")
    message = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
    return {
        **refusal.pop("$defs"),
        "Refusal": {**refusal, "title": "Refusal"},
        "GatewayMessage": {**message, "description": "What API Gateway says before a request reaches us."},
    }


def _describe_answers(operation: dict[str, Any]) -> None:
    given = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    for answer in given.values():
        answer["description"] = "Done."
    if operation.get("security"):
        given |= {status: _reference("NotLetIn") for status in ("401", "403")}
    operation["responses"] = given | {"4XX": _reference("Refused"), "5XX": _reference("Failed")}


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{name}"}


def _json(*schemas: str) -> dict[str, Any]:
    references = [{"$ref": _SCHEMAS + name} for name in schemas]
    return {"application/json": {"schema": references[0] if len(references) == 1 else {"anyOf": references}}}


RESPONSES: dict[str, Any] = {
    "Refused": {
        "description": "Refused; nothing was changed. 400, 413, 415: the body cannot be read; 404: there is no such thing "
        "for the caller; 409: somebody else changed it at the same moment; 422: a field or a rule says no; 429: too often.",
        "content": _json("Refusal", "GatewayMessage"),
    },
    "NotLetIn": {
        "description": "401: nobody is signed in; 403: the session is over, or its owner may not do this.",
        "content": _json("Refusal", "GatewayMessage"),
    },
    "Failed": {
        "description": "Something failed on our side. 503 carries Retry-After.",
        "content": _json("Refusal", "GatewayMessage"),
    },
}
