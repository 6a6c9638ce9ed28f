"""The public answer to a certificate number."""

import re
from urllib.parse import quote

from certification.acts import certificates
from certification.cloud import clock
from certification.letters.formats import Language
from certification.portal.views.speech import Speech
from certification.rules.model import Frozen


class Verdict(Frozen):
    """`state` is valid, void or unknown; the name is masked."""

    number: str
    found: bool
    state: str
    title: str
    advice: str
    checked: str
    facts: tuple[tuple[str, str], ...]


def in_address(number: str) -> str:
    """A typed number as the last part of an address: without spaces, which people type between groups."""
    return quote(re.sub(r"[\s/]", "", number)[:100], safe="")


def verify(number: str, language: Language) -> Verdict:
    """What anybody learns from a number (VFY-01)."""
    say = Speech(language)
    answer = certificates.verify(number)
    facts = [(say("check.number"), answer.number)]
    if answer.found:
        facts.append((say("check.name"), answer.masked_name or ""))
        facts += [
            (say(f"check.{key}"), say.said(words))
            for key, words in (
                ("occupation", answer.occupation),
                ("level", answer.level),
                ("issuer", answer.issuer),
                ("force", answer.force),
            )
            if words
        ]
        if answer.issued_on:
            facts.insert(2, (say("check.issued"), say.day(answer.issued_on)))
    return Verdict(
        number=answer.number,
        found=answer.found,
        state=answer.state,
        title=say(f"check.{answer.state}"),
        advice=say.said(answer.advice),
        checked=say("check.checked", at=say.moment(clock.now())),
        facts=tuple(facts),
    )
