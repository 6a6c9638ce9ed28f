"""Write the templates' pictures: `python -m local.artwork`. The output is committed; a test compares it."""

from collections.abc import Callable
from pathlib import Path

from local.artwork import guilloche, seal

ASSETS = Path("layers/certification/python/certification/documents/templates/assets")

PICTURES: dict[str, Callable[[], str]] = {
    "certificate_paper.svg": guilloche.certificate_paper,
    "ribbon.svg": guilloche.ribbon,
    "seal.svg": seal.seal,
    "emblem.svg": seal.emblem,
}

if __name__ == "__main__":
    for name, draw in PICTURES.items():
        (ASSETS / name).write_text(draw(), encoding="utf-8")
        print(f"drew {ASSETS / name}")
