"""Files made to harm or to mislead: pictures that are none, bombs, two formats in one, documents that run programs."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String
from PIL import Image, ImageCms

from certification.imaging.intake import MOST_SCANS
from tests.samples.phone_photo import as_jpeg, good


@cache
def _small() -> bytes:
    return as_jpeg(good().resize((600, 800)))


def _with_size(jpeg: bytes, marker: bytes, width: int, height: int) -> bytes:
    """The same JPEG claiming another size in its frame header."""
    at = jpeg.index(marker)
    return jpeg[: at + 5] + struct.pack(">HH", height, width) + jpeg[at + 9 :]


def claiming(width: int, height: int) -> bytes:
    """A small JPEG whose header claims this size; there are not nearly enough data behind it."""
    return _with_size(_small(), b"\xff\xc0", width, height)


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of a few hundred kilobytes that unpacks to 900 MB."""
    packer, row = zlib.compressobj(9), b"\0" * (side + 1)
    packed = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@cache
def refused_pictures() -> dict[str, tuple[bytes, str]]:
    """What must not be opened, with the code of the refusal."""
    whole = _small()
    return {
        "zero bytes": (b"", "empty"),
        "HTML named jpg": (b"<html><script>alert(1)</script></html>", "not_jpeg"),
        "SVG with a script": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "not_jpeg"),
        "GIF": (b"GIF89a" + bytes(100), "not_jpeg"),
        "PNG bomb": (png_bomb(3_000), "not_jpeg"),
        "PNG of 16 bits": (_saved("PNG", Image.new("I;16", (600, 800), 40_000)), "not_jpeg"),
        "PNG that moves": (_saved("PNG", good().resize((60, 80)), save_all=True, append_images=[_grey()]), "not_jpeg"),
        "GIF that moves": (_saved("GIF", good().resize((60, 80)), save_all=True, append_images=[_grey()]), "not_jpeg"),
        "WebP that moves": (
            _saved("WEBP", good().resize((60, 80)), save_all=True, append_images=[_grey()]),
            "not_jpeg",
        ),
        "TIFF": (_saved("TIFF", good().resize((60, 80))), "not_jpeg"),
        "BMP": (_saved("BMP", good().resize((60, 80))), "not_jpeg"),
        "HEIC from an iPhone": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200), "not_jpeg"),
        "AVIF": (b"\0\0\0\x18ftypavif\0\0\0\0" + bytes(200), "not_jpeg"),
        "a film": (b"\0\0\0\x18ftypisom\0\0\0\0" + bytes(200), "not_jpeg"),
        "ZIP named jpg": (b"PK\x03\x04" + bytes(200), "not_jpeg"),
        "PDF named jpg": (b"%PDF-1.7\n" + bytes(200), "not_jpeg"),
        "program named jpg": (b"MZ" + bytes(200), "not_jpeg"),
        "JPEG marker, then PHP": (b"\xff\xd8\xff<?php phpinfo(); ?>", "not_jpeg"),
        "JPEG marker, then noise": (b"\xff\xd8\xff" + bytes(range(256)) * 20, "not_jpeg"),
        "65,000 x 65,000 in the header": (claiming(65_000, 65_000), "too_many_pixels"),
        "50 million pixels and a few": (claiming(10_000, 5_001), "too_many_pixels"),
        "cut at a tenth": (whole[: len(whole) // 10], "truncated"),
        "cut in the middle": (whole[: len(whole) // 2], "truncated"),
        "the last hundredth missing": (whole[: len(whole) * 99 // 100], "truncated"),
        "larger than 10 MB": (whole + bytes(10 * 1024 * 1024), "too_many_bytes"),
        "a hundred empty passes too many": (with_scans(MOST_SCANS + 1), "too_complex"),
    }


def with_scans(number: int) -> bytes:
    """A progressive JPEG whose last pass is repeated until there are so many; each costs the decoder a whole picture."""
    whole = as_jpeg(Image.new("RGB", (600, 800), "#dddddd"), progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * (number - whole.count(b"\xff\xda")) + whole[-2:]


def _saved(kind: str, image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _grey() -> Image.Image:
    return Image.new("RGB", (60, 80), "#808080")


def _with_exif() -> Image.Exif:
    """Metadata with a script, a position and a long maker's note."""
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    exif[0x927C] = b"evil" * 4000
    exif.get_ifd(0x8825).update({1: "N", 2: (22.0, 18.0, 0.0)})
    return exif


@cache
def accepted_pictures() -> dict[str, bytes]:
    """Odd, but photos: to be taken and written anew. Their ends and comments hold what must not survive."""
    whole, image = _small(), good().resize((600, 800))
    several = io.BytesIO()
    image.save(several, "MPO", save_all=True, append_images=[image.resize((300, 400))])
    remark = b"<script>alert(1)</script>"
    return {
        "JPEG and ZIP in one": whole + _archive(),
        "JPEG and PDF in one": whole + b"%PDF-1.4\n1 0 obj<</JS(evil)>>endobj",
        "script in the comment": whole[:2] + b"\xff\xfe" + struct.pack(">H", len(remark) + 2) + remark + whole[2:],
        "CMYK": as_jpeg(image.convert("CMYK")),
        "EXIF with a script and 16 KB of rubbish": as_jpeg(image, exif=_with_exif()),
        "a page in the application data": whole[:2]
        + b"\xff\xe9"
        + struct.pack(">H", len(remark) + 2)
        + remark
        + whole[2:],
        "JPEG and HTML in one": whole + b"<html><script>alert(1)</script></html>",
        "grey": as_jpeg(image.convert("L")),
        "MPO with two pictures": several.getvalue(),
        "progressive": as_jpeg(image, progressive=True),
        "with a colour profile that is rubbish": as_jpeg(image, icc_profile=b"rubbish" * 100),
    }


def colours_changed_places() -> bytes:
    """A colour profile that says red where others say green."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")


@cache
def progressive_49_megapixels() -> bytes:
    """A real progressive JPEG of 7000 x 7000 pixels in about 400 KB: the costliest file that is still taken."""
    return as_jpeg(Image.new("RGB", (7000, 7000), "#dddddd"), progressive=True)


def _pdf(change: Callable[[Pdf], None] | None = None, pages: int = 1, **options: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
        if change:
            change(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def clean_pdf(pages: int = 1) -> bytes:
    return _pdf(pages=pages)


def pdf_with_page_bomb() -> bytes:
    """A page whose content unpacks to 100 MB. Harmless as long as nobody draws it; we never do."""

    def change(pdf: Pdf) -> None:
        pdf.pages[0].Contents = pdf.make_indirect(Stream(pdf, bytes(100_000_000)))

    return _pdf(change, compress_streams=True)


def _object_stream_bomb(megabytes: int) -> bytes:
    """Objects packed in a stream that unpacks to far more than the file: a reader must unpack it to read anything."""
    packed = zlib.compress(b"5 0 " + b" " * (megabytes << 20) + b"<</A 1>>", 9)
    out, at = io.BytesIO(), {}
    out.write(b"%PDF-1.5\n")
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R/X 5 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        4: b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed),
    }
    for number, body in bodies.items():
        at[number] = out.tell()
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    table = out.tell()
    rows = [b"\0" + bytes(4) + b"\xff", *(b"\1" + at[n].to_bytes(4) + b"\0" for n in (1, 2, 3, 4))]
    rows += [b"\2" + (4).to_bytes(4) + b"\0", b"\1" + table.to_bytes(4) + b"\0"]
    listing = b"".join(rows)
    out.write(b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(listing))
    out.write(listing + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % table)
    return out.getvalue()


def _archive(comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("evil.txt", "<script>alert(1)</script>")
        packed.comment = comment
    return out.getvalue()


@cache
def refused_pdfs() -> dict[str, tuple[bytes, str]]:
    """Documents that must not be taken, with the code of the refusal."""
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))

    def root(name: str, value: Any) -> Callable[[Pdf], None]:
        def change(pdf: Pdf) -> None:
            pdf.Root[name] = value

        return change

    def annotation(**values: Any) -> Callable[[Pdf], None]:
        def change(pdf: Pdf) -> None:
            pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Rect=[0, 0, 9, 9], **values))])

        return change

    def attach(pdf: Pdf) -> None:
        pdf.attachments["program.exe"] = b"MZ"

    names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), script])))
    packed = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    link = {"Subtype": Name.Link}
    clean = clean_pdf()
    return {
        "a program when opened": (_pdf(root("/OpenAction", script)), "active_content"),
        "a program among the names, packed": (_pdf(root("/Names", names), **packed), "active_content"),
        "additional actions": (_pdf(root("/AA", Dictionary(WC=script))), "active_content"),
        "starts a program": (_pdf(annotation(**link, A=Dictionary(S=Name.Launch, F=String("c")))), "active_content"),
        "sends a form": (_pdf(annotation(**link, A=Dictionary(S=Name.SubmitForm))), "active_content"),
        "opens another file": (_pdf(annotation(**link, A=Dictionary(S=Name.GoToR))), "active_content"),
        "plays media": (_pdf(annotation(Subtype=Name.RichMedia)), "active_content"),
        "carries a file": (_pdf(attach), "active_content"),
        "an XFA form": (_pdf(root("/AcroForm", Dictionary(Fields=[], XFA=String("<xdp/>")))), "active_content"),
        "needs a password": (_pdf(encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted"),
        "owner's password only": (_pdf(encryption=pikepdf.Encryption(owner="o", user="")), "encrypted"),
        "21 pages": (clean_pdf(21), "too_many_pages"),
        "cut in the middle": (clean_pdf(20)[:2000], "broken_pdf"),
        "PDF and ZIP in one": (clean + b"PK\x03\x04evil", "broken_pdf"),
        "PDF and ZIP in one, with a false end": (clean + _archive(b"\n%%EOF\n"), "active_content"),
        "a bomb of objects": (_object_stream_bomb(40), "too_complex"),
        "HTML named pdf": (b"<html>%PDF-1.7</html>", "not_jpeg_or_pdf"),
        "zero bytes": (b"", "empty"),
        "larger than 10 MB": (clean + b" " * (10 << 20), "too_many_bytes"),
    }


def unmergeable() -> bytes:
    """A document fit to be looked at, whose annotations are no annotations: no copy of its page can be made."""

    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj.Annots = Array([1, 2])
        pdf.Root.AcroForm = Dictionary(Fields=Array([]))

    return _pdf(change)


def signed_visibly() -> bytes:
    """A document with a field whose look says "Seal", as a visible signature or a filled form has it."""

    def change(pdf: Pdf) -> None:
        look = pdf.make_stream(b"BT (Seal) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 9, 9])
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("seal"), Rect=[0, 0, 9, 9], F=4)
        field.AP = Dictionary(N=look)
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(field)])
        pdf.Root.AcroForm = Dictionary(Fields=pdf.pages[0].obj.Annots, SigFlags=3)

    return _pdf(change)
