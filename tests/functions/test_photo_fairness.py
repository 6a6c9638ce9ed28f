"""The photo check treats everybody alike: the same picture in ten skin tones gets the same verdict, whatever the light
and whatever is on the head.

A light measured on faces failed women with dark skin one and a half times as often as others (portal.md, section 0).
Here nothing may differ at all. The people are drawn; photographs of real ones must confirm it before a machine ever
says no by itself, which is why it never does.
"""

from collections.abc import Iterator

import pytest

from certification.imaging.photo import PhotoVerdict, check_photo
from certification.imaging.profile import PhotoProfile
from certification.policies import load_policy
from tests.samples.people import HEADS, LIGHTS, TONES, lit, taken
from tests.samples.phone_photo import as_jpeg

PROFILES = {scheme: PhotoProfile.of(load_policy(scheme)[0].photo) for scheme in ("cgptc", "guangdong")}
TOLD = {
    "daylight": set(),
    "bright": set(),
    "dim": set(),
    "warm": set(),
    "dark": {"too_dark"},
    "one side": {"background_dark", "uneven_light"},
}
"""What each light is told of by the profile that takes any plain light wall."""


def verdicts(scheme: str, head: str, light: str) -> Iterator[tuple[str, PhotoVerdict]]:
    for tone in TONES:
        yield tone, check_photo(as_jpeg(lit(taken(tone, head), light)), PROFILES[scheme])


@pytest.mark.rule("PHO-02")
@pytest.mark.parametrize("head", HEADS)
def test_ten_skin_tones_pass_alike_whatever_is_on_the_head(head: str) -> None:
    found = {
        tone: [problem.code for problem in verdict.problems] for tone, verdict in verdicts("cgptc", head, "daylight")
    }
    assert found == {tone: [] for tone in TONES}


@pytest.mark.parametrize(("head", "light"), list(zip((*HEADS[1:], HEADS[0]), LIGHTS[1:], strict=True)))
def test_ten_skin_tones_are_told_the_same_in_every_light(head: str, light: str) -> None:
    found = {tone: {problem.code for problem in verdict.problems} for tone, verdict in verdicts("cgptc", head, light)}
    assert found == dict.fromkeys(TONES, TOLD[light])


def test_where_a_white_wall_is_asked_for_it_is_the_wall_that_fails_and_not_the_skin() -> None:
    found = {
        tone: [problem.code for problem in verdict.problems] for tone, verdict in verdicts("guangdong", "turban", "dim")
    }
    assert found == {tone: ["background_dark"] for tone in TONES}


def test_the_figures_that_decide_hardly_depend_on_the_skin() -> None:
    """Of those with a limit: the light that is measured is not the face's."""
    light = [verdict.measures["brightest"] for _, verdict in verdicts("cgptc", "short hair", "daylight")]
    assert max(light) - min(light) <= 3
