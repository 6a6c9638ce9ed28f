"""Templates: compiled ahead in a build, from source in the working tree.

A build writes `compiled/` beside this file (`compile_to`); where it exists it is used, and neither the sources nor the
govuk-frontend-jinja package are read. From source the first page takes half a second, compiled a few milliseconds.
"""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, ModuleLoader, PackageLoader, PrefixLoader

from certification.letters import formats
from certification.letters.formats import Language
from certification.portal import static_files
from certification.portal.careful import Careful
from certification.portal.texts import Translator
from certification.rules.words import Words

FOLDER = Path(__file__).parent
ZONE = "Asia/Hong_Kong"
"""The zone of pages that are about no scheme; a page about one passes the scheme's own."""


def sources() -> BaseLoader:
    """The templates as written."""
    macros = PackageLoader("govuk_frontend_jinja")
    return ChoiceLoader(
        [FileSystemLoader(FOLDER / "templates"), PrefixLoader({"govuk_frontend_jinja": macros})],
    )


def environment(language: Language, loader: BaseLoader) -> Environment:
    """An environment that says things in one language."""
    made = Environment(loader=loader, autoescape=True, undefined=Careful, trim_blocks=True, lstrip_blocks=True)
    made.globals |= {"t": Translator(language), "language": language, "static": static_files.address}
    for name in ("day", "moment", "deadline"):
        made.filters[name] = partial(_in_zone, getattr(formats, name), language)
    made.filters |= {"amount": formats.amount, "said": partial(_said, language)}
    return made


def _in_zone(say: Callable[..., str], language: Language, value: Any, zone: str = ZONE) -> str:
    return say(value, language, zone)


def _said(language: Language, words: Words) -> str:
    return formats.said(words, language)


@cache
def _environment(language: Language) -> Environment:
    compiled = FOLDER / "compiled"
    return environment(language, ModuleLoader(compiled) if compiled.is_dir() else sources())


def render(template: str, language: Language, values: dict[str, Any]) -> str:
    """The text of a template."""
    return _environment(language).get_template(template).render(values)


def compile_to(folder: Path) -> int:
    """Compile every template into `folder` (a build's copy of this package plus `compiled`); give their number."""
    made = environment("en", sources())
    made.compile_templates(folder, zip=None, ignore_errors=False)
    return len(list(folder.glob("*.py")))
