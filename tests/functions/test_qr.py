"""QR codes drawn by the portal, read back by a decoder of others."""

import re

import pytest
import zxingcpp
from PIL import Image

from certification.portal.qr import BLOCKS, QUIET, matrix, svg


def read(text: str) -> str:
    """What somebody else's eyes see."""
    rows = matrix(text)
    size = len(rows) + 2 * QUIET
    image = Image.new("L", (size, size), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + QUIET, y + QUIET), 0 if dark else 255)
    image = image.resize((size * 4, size * 4), Image.Resampling.NEAREST)
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert len(found) == 1
    assert found[0].ec_level == "M"
    return str(found[0].text)


@pytest.mark.parametrize("version", BLOCKS)
def test_every_version_is_read_back_when_it_is_full(version: int) -> None:
    length = sum(BLOCKS[version][1]) - 2 - (version > 9)
    text = ("weixin://wxpay/bizpayurl?pr=" + "aZ9_" * 60)[:length]
    assert len(matrix(text)) == 17 + 4 * version
    assert read(text) == text


@pytest.mark.parametrize("text", ["x", "weixin://wxpay/bizpayurl?pr=Q4cUb5Szz", "缴费 https://example.org/?a=1&b=2"])
def test_codes_as_they_come_are_read_back(text: str) -> None:
    assert read(text) == text


def test_a_text_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        matrix("x" * 214)


def test_the_picture_has_a_quiet_zone_and_words_for_who_cannot_see_it() -> None:
    picture = svg("x", 'Scan & pay "now"')
    assert 'viewBox="0 0 29 29"' in picture
    assert 'aria-label="Scan &amp; pay &quot;now&quot;"' in picture
    assert min(int(x) for x in re.findall(r"M(\d+) \d+h1v1", picture)) == QUIET
