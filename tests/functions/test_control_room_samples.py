"""What the README sends people to: sample files that the portal takes, and the instants to move the clock to."""

import io

import pytest
from PIL import Image

from certification.cloud.tables.applications import Application, applications
from certification.cloud.tables.sittings import sittings
from certification.cloud.transaction import commit
from certification.rules.status import Status
from tests.functions.stand import SITTING, Stand


def get(stand: Stand, path: str) -> tuple[int, bytes]:
    answer = stand.cloud.request("GET", f"/_local/samples{path}", {}, b"")
    return answer.status, answer.body


def test_the_page_names_every_file_and_the_clock_can_be_moved_to_every_instant(stand: Stand) -> None:
    status, body = get(stand, "")
    assert status == 200
    for name in ("photo.jpg", "id-document.jpg", f"marks-{SITTING}.csv"):
        assert f'href="/_local/samples/{name}"' in body.decode()
    dates = sittings.read(SITTING).dates
    assert dates.tickets_open is not None
    for begins in (dates.tickets_open, dates.exam_over):
        assert f'value="{begins.isoformat()[:10]}' in body.decode()


@pytest.mark.parametrize("name", ["photo.jpg", "id-document.jpg"])
def test_a_sample_picture_is_one(stand: Stand, name: str) -> None:
    status, body = get(stand, f"/{name}")
    assert status == 200
    assert Image.open(io.BytesIO(body)).format == "JPEG"


@pytest.mark.parametrize("status", [Status.REGISTERED, Status.SEATED, Status.AWAITING_RESULT])
def test_the_sample_marks_pass_everybody_who_has_a_seat(stand: Stand, status: Status) -> None:
    registered = Application(
        reference="APP-2026-00017Q",
        candidate="CAN-1",
        sitting=SITTING,
        scheme="cgptc",
        policy_hash="hash",
        status=status,
        occupation="data_analyst",
        level="3",
        form="onsite",
        candidate_number="26010000013",
    )
    commit([applications.insert(registered)])
    answered, body = get(stand, f"/marks-{SITTING}.csv")
    assert answered == 200
    assert body.decode().splitlines() == [
        "sitting,candidate_number,subject,mark",
        f"{SITTING},26010000013,theory,80",
        f"{SITTING},26010000013,practical,80",
    ]


@pytest.mark.parametrize(
    "path", ["/nothing.jpg", "/marks-nowhere.csv", "/../seed.py", "/marks-.csv", "/folder/photo.jpg"]
)
def test_nothing_else_is_given_out(stand: Stand, path: str) -> None:
    assert get(stand, path)[0] == 404
