"""What a desk needs to know to help with an account or a name: what was asked, and what agrees. Never the holder's data."""

from certification.acts import account_help, names
from certification.cloud.tables.candidates import candidates
from certification.cloud.tables.cases import Case
from certification.portal.views.speech import Speech
from certification.rules.cases import CaseKind

Facts = tuple[tuple[str, str], ...]


def facts(case: Case, say: Speech) -> Facts:
    """Rows for the case's page; nothing for any other kind of case."""
    if case.kind is CaseKind.RARE_CHARACTER:
        wanted, row = names.wanted_in(case), candidates.read(case.about)
        return (
            (say("own.name_kept"), row.native_name or row.latin_name or ""),
            (say("own.description"), wanted.description),
            (say("own.spelling"), wanted.spelling),
        )
    if case.kind is not CaseKind.ACCOUNT_HELP:
        return ()
    asked, likeness = account_help.wanted_in(case), account_help.compared(case)
    rows = [(say("own.note"), asked.note)]
    if likeness is not None:
        agrees = {True: say("own.agrees"), False: say("own.differs")}
        rows += [
            (say("own.help_name"), agrees[likeness.name]),
            (say("profile.birth"), agrees[likeness.born]),
            (say("profile.id_number"), agrees[likeness.document]),
        ]
    return tuple(rows)
