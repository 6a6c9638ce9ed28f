"""From an announcement's data to an e-mail and an SMS in one language."""

import re
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound
from markupsafe import Markup, escape

from certification.letters import blocks, formats
from certification.letters.base import LetterData
from certification.letters.data import LETTERS
from certification.letters.formats import Language
from certification.rules.model import Frozen

TEMPLATES = Path(__file__).parent / "templates"
COLON = {"en": ": ", "zh": "："}


class Letter(Frozen):
    """A letter ready to send. `subject` and `text` are empty for a letter that goes by SMS alone."""

    subject: str
    text: str
    html: str | None
    sms: str | None


def render(name: str, language: Language, data: LetterData | Mapping[str, Any]) -> Letter:
    """The letter of an announcement. Data that its model refuses is a `ValidationError`, an unknown name a KeyError."""
    model = LETTERS[name]
    known = data if isinstance(data, model) else model.model_validate(dict(data))
    environment = _environment(language)
    values = {key: getattr(known, key) for key in model.model_fields}
    values |= {"page": partial(_page, known.site, language), "host": urlsplit(known.site).hostname, "zone": known.zone}
    sms = _part(environment, f"{name}/sms.{language}.txt", values)
    email = _part(environment, f"{name}/email.{language}.txt", values)
    if email is None:
        return Letter(subject="", text="", html=None, sms=sms and _one_sms(sms))
    heading, _, body = email.partition("\n")
    subject = heading.removeprefix("Subject: ").strip()
    whole = environment.get_template(f"layout.{language}.txt").render(values | {"body": _Ours(body.strip("\n"))})
    parts = blocks.parse(whole)
    html = environment.get_template("layout.html").render(
        blocks=parts, subject=subject, language=language, linked=partial(_linked, known.site)
    )
    return Letter(
        subject=subject, text=blocks.as_text(parts, COLON[language]) + "\n", html=html, sms=sms and _one_sms(sms)
    )


def _part(environment: Environment, path: str, values: dict[str, Any]) -> str | None:
    try:
        return environment.get_template(path).render(values)
    except TemplateNotFound as missing:
        if missing.name != path:
            raise
        return None


def _one_sms(text: str) -> str:
    return text.strip().replace("\N{NO-BREAK SPACE}", " ")


def _linked(site: str, text: str) -> Markup:
    """Text with our own addresses as links; an address that somebody typed stays text."""
    pieces = re.split(rf"({re.escape(site)}/[\w/.-]*)", text)
    link = '<a href="{0}">{0}</a>'
    return Markup("").join(Markup(link).format(piece) if odd % 2 else escape(piece) for odd, piece in enumerate(pieces))


def _page(site: str, language: Language, path: str) -> str:
    return f"{site}/{language}{path}"


@cache
def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"item": _ours(blocks.item), "row": _ours(blocks.row), "button": _ours(blocks.button)}
    environment.filters |= {
        "said": lambda words: formats.said(words, language),
        "day": lambda value, zone: formats.day(value, language, zone),
        "moment": lambda value, zone: formats.moment(value, language, zone),
        "deadline": lambda value, zone: formats.deadline(value, language, zone),
        "short_moment": lambda value, zone: formats.short_moment(value, language, zone),
        "short": lambda value, zone: formats.short_deadline(value, language, zone),
        "amount": formats.amount,
    }
    return environment


class _Ours(str):
    """Text that our own helpers made: the only values that may hold structure."""

    __slots__ = ()


def _ours(function: Any) -> Any:
    return lambda *parts: _Ours(function(*parts))


def _finalize(value: Any) -> Any:
    """Every value printed by a template passes here; HTML escaping follows where a template asks for it."""
    if isinstance(value, _Ours) or hasattr(value, "__html__"):
        return value
    return blocks.clean(value) if isinstance(value, str) else value
