"""Sample uploads for the demonstration and the tests: a phone's photo and a scan of an ID document, both of nobody."""

import io
import random
from functools import cache

import pylopdf_fonts_zh_cn as fonts
import typst
from PIL import Image, ImageChops, ImageFilter

from local.artwork import portrait

LONG, SHORT = 4032, 3024
"""A phone's 12 megapixels."""
_SENSOR_ON_ITS_SIDE = 6
_MAKE, _MODEL, _ORIENTATION, _TAKEN, _GPS = 0x010F, 0x0110, 0x0112, 0x0132, 0x8825


@cache
def phone_photo() -> bytes:
    """A portrait as a phone stores it: 4032 x 3024, on its side with EXIF orientation 6, with noise and a position."""
    return as_from_phone(drawn(portrait.portrait(), 1512).resize((SHORT, LONG), Image.Resampling.BICUBIC))


@cache
def id_document() -> bytes:
    """A scan of an identity document that says on its face that it is a sample (JPEG, about 300 dpi)."""
    card = f'#image(bytes("{_escaped(portrait.portrait())}"), format: "svg", width: 24mm)'
    image = _rasterised(_CARD.replace("PORTRAIT", card), ppi=300)
    return _jpeg(_grainy(image, 2), quality=88)


def drawn(svg: str, width: int) -> Image.Image:
    """An SVG of the portrait's shape as pixels, `width` across."""
    page = f"#set page(width: {portrait.WIDTH}pt, height: {portrait.HEIGHT}pt, margin: 0pt)\n"
    source = f'{page}#image(bytes("{_escaped(svg)}"), format: "svg", width: 100%)'
    return _rasterised(source, ppi=72 * width / portrait.WIDTH)


def as_from_phone(upright: Image.Image, *, noise: int = 5, quality: int = 93) -> bytes:
    """The picture with a lens's softness and a sensor's noise, stored on its side, with what a phone notes about it."""
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = "Assay samples", "Drawn, not taken"
    exif[_ORIENTATION], exif[_TAKEN] = _SENSOR_ON_ITS_SIDE, "2026:03:02 09:30:00"
    exif.get_ifd(_GPS).update({1: "N", 2: (22.0, 18.0, 0.0), 3: "E", 4: (114.0, 10.0, 0.0)})
    soft = upright.filter(ImageFilter.GaussianBlur(upright.width / 1500))
    return _jpeg(_grainy(soft, noise).transpose(Image.Transpose.ROTATE_90), quality=quality, exif=exif)


def _grainy(image: Image.Image, strength: int) -> Image.Image:
    """The picture with even noise of +- 2 x `strength`; the same picture gets the same noise."""
    dice = random.Random(20260302)
    bands = []
    for band in image.split():
        raw = Image.frombytes("L", image.size, dice.randbytes(image.width * image.height))
        bands.append(
            ImageChops.add(band, raw.point([round(value * strength / 64) for value in range(256)]), 1, -2 * strength)
        )
    return Image.merge("RGB", bands)


def _jpeg(image: Image.Image, *, quality: int, exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=exif or Image.Exif())
    return out.getvalue()


def _rasterised(source: str, ppi: float) -> Image.Image:
    compiler = typst.Compiler(source.encode(), font_paths=_fonts())
    png = compiler.compile(format="png", ppi=ppi)
    if not isinstance(png, bytes):
        raise TypeError("a sample is one page")
    return Image.open(io.BytesIO(png)).convert("RGB")


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[fonts.serif_path().parent])


def _escaped(svg: str) -> str:
    return svg.replace("\\", "\\\\").replace('"', '\\"')


_CARD = """
#set page(width: 105mm, height: 66mm, margin: 6mm, fill: rgb("#d9d4c9"))
#set text(font: ("Libertinus Serif", "Noto Sans SC"), size: 8pt, fill: rgb("#26324a"))
#block(width: 100%, height: 100%, radius: 3mm, inset: 5mm, fill: rgb("#eef3f6"), stroke: 0.6pt + rgb("#8fa3b5"))[
  #text(size: 11pt, weight: 700)[SAMPLE IDENTITY DOCUMENT] #h(1fr) #text(size: 10pt)[样本证件]
  #v(2mm)
  #grid(columns: (26mm, 1fr), column-gutter: 4mm,
    [PORTRAIT],
    [
      #grid(columns: (18mm, 1fr), row-gutter: 2.6mm,
        [Name], [*SAMPLE CANDIDATE* \\ 陈样本],
        [Number], [Z000000(0)],
        [Born], [1990-01-01],
        [Issued], [2020-01-01],
      )
      #v(3mm)
      #text(size: 7pt, fill: rgb("#a3241f"))[Drawn for demonstration. This person and this document do not exist.
      仅供演示，人物与证件均不存在。]
    ])
]
"""
