"""Writes docs/openapi.json from the code: every JSON route that anybody can call. A test compares the two.

python -m local.openapi
"""

import json
import os
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"
TITLE = "Assay"
DESCRIPTION = (
    "From sign-up to a verifiable certificate. Every refusal has a stable code, what happened and what to do in English "
    "and Chinese, and the requirements behind it. Times are ISO 8601 in UTC; money is in minor units of its currency."
)
TAGS = {
    "Account": "Signing up and in. No session is needed.",
    "Own account": "Sessions, ways back, changes of address and number, requests to a desk, texts to accept.",
    "Profile": "What candidates declare about themselves, their phone and their files.",
    "Education": "Formal qualifications with the result of their online check. None is ever deleted.",
    "Applications": "From the first choice to the certificate.",
    "On-site checks": "What a province's notice says, and the candidate's appointment.",
    "Commitment": "Committing instead of handing in proofs: notice, signature, taking it back; proofs and checks.",
    "Reports": "What the public knows about a commitment. No session is needed.",
    "Checks": "Checks of commitments that a desk asks for.",
    "Cases": "The staff's queue and decisions.",
    "Payments": "What candidates paid, what came back, and the receipts.",
    "Refunds": "Refunds of the money desk: sent again, paid by hand, asked for.",
    "Books": "Providers' days, months for accounting, and money without a home.",
    "Sittings and files": "Sittings, file drops with their reports, and the release of results.",
    "Verification": "Whether a certificate is genuine. No session is needed.",
}
ENVIRONMENT = (
    "STACK",
    "PUBLIC_URL",
    "MAIL_FROM",
    "CARD_API",
    "REGISTRY_API",
    "EDUCATION_API",
    "BEACON_API",
    "PLATFORM_API",
    "RECEIPTS_API",
    "ALIPAY_API",
    "ALIPAY_GLOBAL_API",
    "WECHAT_PAY_API",
    "WECHAT_PAY_GLOBAL_API",
    "RATES_API",
)
CHOSEN = {"WALLETS_VIA": "direct", "RATES": "static", "TIME_ZONE": "UTC"}


def made() -> dict[str, Any]:
    """The document as the code would have it now."""
    for name in ENVIRONMENT:  # tables take their names from it; the document holds none of them
        os.environ.setdefault(name, "assay")
    for name, value in CHOSEN.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("AWS_DEFAULT_REGION", "ap-east-1")
    from certification.api import candidates_door, staff_door
    from certification.cloud.api_document import document
    from certification.cloud.doors import door

    parts = (*candidates_door.PARTS, *staff_door.PARTS, _verification())
    return document(door(*parts, title=TITLE, description=DESCRIPTION), TAGS)


def _verification() -> Any:
    """The public look-up has a small function of its own, without Powertools; here it is described like the others."""
    from certification.acts import certificates
    from certification.acts.certificates import Verification
    from certification.cloud.doors import Routes

    routes = Routes("Verification", "/api/certificates")

    def verify_certificate(number: str) -> Verification:
        """Look a certificate up by its number, read leniently.

        The answer has one shape, whatever is behind it: a slip of the hand and an unknown number look alike.
        """
        return certificates.verify(number)

    routes.get("/<number>")(verify_certificate)
    return routes


def as_text(document: dict[str, Any]) -> str:
    """The document as it is kept in the repository."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    """Write the file."""
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(as_text(made()), encoding="utf-8")
    print(f"wrote {DOCUMENT.relative_to(Path.cwd())}" if DOCUMENT.is_relative_to(Path.cwd()) else f"wrote {DOCUMENT}")


if __name__ == "__main__":
    main()
