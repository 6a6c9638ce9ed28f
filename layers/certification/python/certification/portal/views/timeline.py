"""The timeline of an application as its page shows it: dated lines, each with whose turn it is and the rule behind it."""

from certification.acts import timeline
from certification.letters.formats import Language
from certification.portal.views.speech import Speech
from certification.rules.course import Line
from certification.rules.model import Frozen


class Row(Frozen):
    """One line in words. `when` is the date, `turn` whose turn it is (empty when it is nobody's), `rule` the reason."""

    state: str
    said: str
    when: str
    turn: str
    rule: str
    provisional: bool


class Page(Frozen):
    """All lines by what they are: done, now, to come, called off."""

    reference: str
    rows: tuple[Row, ...]


def of(candidate_id: str, reference: str, language: Language) -> Page:
    """The candidate's own application; another person's is not found."""
    found = timeline.of(candidate_id, reference)
    say = Speech(language, found.time_zone)
    return Page(reference=reference, rows=tuple(_row(line, say) for line in found.lines))


def _row(line: Line, say: Speech) -> Row:
    because = line.because.zh if say.language == "zh" else line.because.en
    said = say.said(line.words)
    rules = say("timeline.by_rule", rules=say("notices.comma").join(line.because.rules)) if line.because.rules else ""
    return Row(
        state=line.state,
        said=said,
        when=_when(line, say),
        turn=say(f"timeline.turn_{line.turn}") if line.state == "now" else "",
        rule=" ".join(part for part in (because if because != said else "", rules) if part),
        provisional=line.provisional,
    )


def _when(line: Line, say: Speech) -> str:
    if line.state == "done" and line.until is None:
        return say.moment(line.at)
    if line.until is not None:
        return say("timeline.from_to", opens=say.moment(line.at), closes=say.moment(line.until))
    return say("timeline.by", by=say.deadline(line.at)) if line.is_deadline else say.moment(line.at)
