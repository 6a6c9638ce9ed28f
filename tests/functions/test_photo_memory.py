"""What a photo check costs: memory far below what its function has, measured in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.samples import hostile
from tests.samples.phone_photo import as_jpeg, from_phone, good

HAS = 1769
"""Megabytes of the function that checks (template.yaml); a Lambda of this size has one processor."""
MARGIN = 3
MEASURE = r"""
import json, re, sys, time
from certification.imaging.photo import check_photo
from certification.imaging.profile import PhotoProfile
from certification.policies import load_policy
data = open(sys.argv[1], "rb").read()
began = time.process_time()
verdict = check_photo(data, PhotoProfile.of(load_policy("guangdong")[0].photo))
seconds = time.process_time() - began
# not getrusage: that remembers the process we were forked from
peak = int(re.search(r"VmHWM:\s+(\d+)", open("/proc/self/status").read())[1]) / 1024
print(json.dumps({"peak": peak, "seconds": seconds, "refused": verdict.refused is not None, "width": verdict.measures.get("width")}))
"""


def ten_megapixels() -> bytes:
    return from_phone(good().resize((2736, 3648), Image.Resampling.BICUBIC))


def worst() -> bytes:
    """49 megapixels that cannot be decoded at a part of their size."""
    return hostile.progressive_49_megapixels()


def landscape() -> bytes:
    """Wider than high, so that little is saved by decoding it smaller."""
    return as_jpeg(good().resize((2400, 3200)).rotate(90, expand=True), progressive=True)


@pytest.mark.parametrize(
    ("name", "make"), [("10 megapixels", ten_megapixels), ("49, progressive", worst), ("landscape", landscape)]
)
def test_a_photo_is_checked_within_a_third_of_the_memory_of_its_function(
    name: str, make: Callable[[], bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(make())
    ran = subprocess.run([sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, check=True)
    found = json.loads(ran.stdout)
    with capsys.disabled():
        print(f" {name}: {found['peak']:.0f} MB, {found['seconds']:.2f} s of processor", end="")
    assert not found["refused"]
    assert found["peak"] < HAS / MARGIN
