"""Late answers of the registries of identity and education, each signed with its own secret, each at its own address."""

from typing import Any

from certification.acts import verification
from certification.cloud.log import logger
from certification.providers.signatures import Rejected, raw_body
from certification.rules.errors import NotFound


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    matter = verification.matter_at(event["rawPath"])
    try:
        state = verification.receive(matter, event.get("headers") or {}, raw_body(event))
    except Rejected as rejected:
        logger.warning("answer refused", provider=matter, code=rejected.code)
        return {"statusCode": 400, "body": rejected.code}
    except NotFound:
        return {"statusCode": 404, "body": "unknown question"}
    logger.info("answer stored", provider=matter, state=state)
    return {"statusCode": 200, "body": ""}
