"""The card provider's webhook: verified over the raw bytes, stored, answered. What it means is the machine's question."""

from typing import Any

from certification.acts import inbox_entries
from certification.cloud import clock
from certification.cloud.log import logger
from certification.cloud.secrets import secret
from certification.providers.card_webhook import is_live, verify
from certification.providers.signatures import Rejected


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    try:
        live = is_live(secret("card", "api")[0])
        verified = verify(event, secret("card", "webhook"), clock.now(), live=live)
    except Rejected as rejected:
        logger.warning("webhook refused", provider="card", code=rejected.code)
        return {"statusCode": 400, "body": rejected.code}
    stored = inbox_entries.receive("card", verified.id, verified.raw.decode())
    logger.info("webhook stored" if stored else "webhook known", provider="card", event=verified.id)
    return {"statusCode": 200, "body": ""}
