"""docs/openapi.json is what the code says, is OpenAPI 3.1, and says enough to be used."""

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from certification.rules.policy_applying import Education
from local import openapi
from tests.functions.stand import Stand, document


def test_the_document_in_the_repository_is_the_one_the_code_makes() -> None:
    kept = openapi.DOCUMENT.read_text(encoding="utf-8")
    assert kept == openapi.as_text(openapi.made()), "run: python -m local.openapi"


def test_the_document_is_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_every_operation_has_words_a_name_of_its_own_and_answers() -> None:
    operations = [operation for path in document()["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    tags = {tag["name"] for tag in document()["tags"]}
    for operation in operations:
        assert operation["summary"].endswith("."), operation["operationId"]
        assert set(operation["tags"]) <= tags
        assert {"200", "4XX", "5XX"} <= operation["responses"].keys()
        assert operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert ("401" in operation["responses"]) is bool(operation.get("security"))


def test_every_body_refuses_what_it_does_not_know() -> None:
    schemas = document()["components"]["schemas"]
    for path in document()["paths"].values():
        for operation in path.values():
            if "requestBody" in operation:
                assert operation["requestBody"]["required"]
                reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
                assert schemas[reference.rpartition("/")[2]]["additionalProperties"] is False


def test_no_answer_of_powertools_that_our_doors_never_give_is_described() -> None:
    text = json.dumps(document())
    assert "HTTPValidationError" not in text
    assert "ResponseValidationError" not in text


def test_no_key_of_a_store_and_no_index_is_among_the_answers() -> None:
    names = {name for schema in document()["components"]["schemas"].values() for name in schema.get("properties", {})}
    assert not {name for name in names if name.startswith("sealed_") or name.endswith("_index")}
    assert not names & {"policy_hash", "answers_confirmed", "uploads_confirmed", "sealed_seed", "version", "pk"}


def test_the_public_look_up_answers_as_described(stand: Stand) -> None:
    for number in ("26-000042-8ZC0M3T4Q6KY-8", "nonsense", "26-000042-8ZC0M3T4Q6KY-9"):
        answer = stand.call("GET", f"/api/certificates/{number}")
        assert (answer.status, answer.body["found"], answer.body["state"]) == (200, False, "unknown")


def test_the_levels_of_education_are_those_of_the_rules() -> None:
    assert document()["components"]["schemas"]["Education"]["enum"] == [level.value for level in Education]
