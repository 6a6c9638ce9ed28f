"""Reading studies from the calculator's form: as much of each as the conditions look at."""

from certification.portal.forms import Form
from certification.rules.conditions import DEGREE_RANK
from certification.rules.education import HOME, Degree, EducationEntry
from certification.rules.policy_applying import Education

LEVELS = tuple(level.value for level in Education if level is not Education.NONE)
DEGREES = tuple(DEGREE_RANK)
MOST = 3
UNNAMED = "–"
"""What nobody is asked for here, or left empty."""


def studies(form: Form) -> tuple[tuple[EducationEntry, ...], dict[str, str]]:
    """Every block that is not empty, and where each stands on the page (`education.0.began` to `education_1_began`)."""
    found: list[EducationEntry] = []
    names: dict[str, str] = {}
    for number in range(MOST):
        name = f"education_{number}"
        entry = _one(form, name)
        if entry is not None:
            for field in ("level", "degree", "major", "began", "graduated"):
                names[f"education.{len(found)}.{field}"] = f"{name}_{field}"
            found.append(entry)
    return tuple(found), names


def _one(form: Form, name: str) -> EducationEntry | None:
    level, major = form.chosen(f"{name}_level", LEVELS), form.text(f"{name}_major")
    began, graduated = form.day(f"{name}_began"), form.day(f"{name}_graduated")
    touched = level or major or began or graduated
    if not (touched or {f"{name}_began", f"{name}_graduated"} & set(form.errors)):
        return None
    if not level:
        form.wrong(f"{name}_level", "eligibility.level_missing")
    for field, day in (("began", began), ("graduated", graduated)):
        if day is None:
            form.wrong(f"{name}_{field}", f"eligibility.{field}_missing")
    if not (level and began and graduated):
        return None
    degree: Degree = next((one for one in DEGREE_RANK if one == form.request.field(f"{name}_degree")), "none")
    return EducationEntry(
        institution=UNNAMED,
        country="XX" if form.request.field(f"{name}_foreign") == "yes" else HOME,
        level=Education(level),
        degree=degree,
        full_time=form.chosen(f"{name}_time", ("full", "part")) != "part",
        major=major or UNNAMED,
        began=began,
        graduated=graduated,
    )
