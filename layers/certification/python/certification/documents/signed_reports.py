"""Is a PDF report signed, by whom we trust, and unchanged since? Asked of each part as it came, never of a merged file.

Loads pyHanko, which takes a second: only the function that checks reports imports this. Nothing is fetched.
"""

import io
from datetime import datetime
from typing import Literal

from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

Finding = Literal["unsigned", "genuine", "untrusted", "changed"]


def judge(pdf: bytes, trusted: bytes | None, now: datetime) -> Finding:
    """`genuine`: every signature is intact, covers the whole file and leads to a certificate of the trust list (PEM).

    `changed`: a signature is broken or something was added after it. Never raises for bad input.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        signatures = list(reader.embedded_signatures)
        if not signatures:
            return "unsigned"
        roots = list(load_certs_from_pemder_data(trusted)) if trusted else []
        found = [
            validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False, moment=now))
            for signature in signatures
        ]
    except Exception:
        # A report that pyHanko cannot read to its end is one whose signature proves nothing.
        return "changed"
    last = found[-1]
    if not all(one.intact and one.valid for one in found) or last.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        return "changed"
    return "genuine" if all(one.trusted for one in found) else "untrusted"
