"""The icons of the installed app, drawn from the same mark as `portal/static/icon.svg`.

    PYTHONPATH=layers/certification/python:. .venv/bin/python -m local.artwork.icons

A maskable icon fills its square, because the phone cuts it to its own shape; the others have the rounded corners.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[2] / "layers/certification/python/certification/portal/static/icons"
BLUE, WHITE = "#0b3d5c", "#ffffff"
SIDE = 32
TICK = ((8, 17), (14, 23), (25, 10))
SHARPER = 8
ICONS = {
    "app-192.png": (192, True, 1.0),
    "app-512.png": (512, True, 1.0),
    "maskable-512.png": (512, False, 0.78),
    "touch-180.png": (180, False, 0.9),
}
"""Name, then width, whether the corners are rounded, and the share of the square that the mark takes."""


def icon(width: int, *, rounded: bool, share: float) -> Image.Image:
    """One icon, drawn larger and made smaller so that its edges are smooth."""
    size = width * SHARPER
    unit = size / SIDE
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, size - 1, size - 1), radius=6 * unit if rounded else 0, fill=BLUE)
    middle = SIDE / 2
    points = [(unit * (middle + (x - middle) * share), unit * (middle + (y - middle) * share)) for x, y in TICK]
    stroke = 4 * unit * share
    draw.line(points, fill=WHITE, width=round(stroke), joint="curve")
    for x, y in points:
        draw.ellipse((x - stroke / 2, y - stroke / 2, x + stroke / 2, y + stroke / 2), fill=WHITE)
    return image.resize((width, width), Image.Resampling.LANCZOS).quantize(64)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, (width, rounded, share) in ICONS.items():
        icon(width, rounded=rounded, share=share).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
