"""Programs the tests look through: poppler and openssl, which know nothing of our code."""

import io
import os
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image


def run(program: str, *arguments: str | Path, check: bool = True) -> str:
    """What the program prints. Where it is missing the test is left out, except in CI, which leaves nothing out."""
    if shutil.which(program) is None and not os.environ.get("CI"):
        pytest.skip(f"{program} is not installed (Debian: poppler-utils, openssl)")
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"{program} says: {done.stderr.decode()}")
    return (done.stdout + done.stderr).decode() if not check else done.stdout.decode()


def text_of(pdf: bytes, folder: Path) -> str:
    """The text of a PDF as pdftotext takes it out."""
    return run("pdftotext", "-raw", _kept(pdf, folder), "-")


def picture_of(pdf: bytes, folder: Path, dpi: int = 150) -> Image.Image:
    """The first page as a printer would put it on paper."""
    run("pdftoppm", "-r", str(dpi), "-png", "-singlefile", _kept(pdf, folder), folder / "page")
    return Image.open(folder / "page.png").convert("RGB")


def pictures_in(pdf: bytes) -> list[bytes]:
    """The JPEG pictures of a PDF, as their bytes lie in it."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        streams = [thing for thing in opened.objects if isinstance(thing, pikepdf.Stream)]
        jpegs = [one for one in streams if one.get("/Filter") == pikepdf.Name.DCTDecode]
        return [bytes(one.read_raw_bytes()) for one in jpegs]


def _kept(pdf: bytes, folder: Path) -> Path:
    path = folder / "document.pdf"
    path.write_bytes(pdf)
    return path
