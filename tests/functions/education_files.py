"""Files of education, sent and used by a candidate of Guangdong whose entry no registry confirmed."""

import io
from typing import Any
from urllib.parse import urlsplit

import pikepdf

from local.candidate import ApiCandidate
from local.visitor import BOUNDARY, multipart
from tests.functions.committing import SITTING, People
from tests.functions.stand import Stand

PROOF = "education_proof"


def unverified(people: People, certificate: str = "77001", **sample: Any) -> ApiCandidate:
    """A candidate of Guangdong with a draft, whose one education entry the registry did not confirm."""
    candidate = people.complete(certificate=certificate, **sample)
    candidate.apply(SITTING)
    candidate.choose_lane(commits=True)
    return candidate


def a_pdf(pages: int = 1) -> bytes:
    pdf = pikepdf.new()
    for _ in range(pages):
        pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def send(candidate: ApiCandidate, stand: Stand, data: bytes, *, add: bool = False, code: str = PROOF) -> Any:
    form = candidate.call("POST", f"/api/candidate/uploads/{code}" + ("?add=yes" if add else ""))
    body = multipart({**form["fields"], "Content-Type": "application/octet-stream"}, data, "application/octet-stream")
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    stand.cloud.store_request("POST", urlsplit(form["url"]).path, headers, body)
    stand.cloud.settle()
    return candidate.profile()["files"].get(code)


def accept(candidate: ApiCandidate, code: str = PROOF) -> None:
    candidate.call("POST", f"/api/candidate/uploads/{code}/accept", {})


def gaps(candidate: ApiCandidate) -> list[str]:
    return [gap["field"] for gap in candidate.now()["gaps"]]


def page_of(stand: Stand, candidate: ApiCandidate, path: str = "") -> str:
    headers = {"cookie": f"__Host-session={candidate.session}"}
    answer = stand.cloud.request("GET", f"/zh/apply/{candidate.reference}{path}", headers, b"")
    assert answer.status == 200, stand.cloud.invoker.failures
    return answer.body.decode()
