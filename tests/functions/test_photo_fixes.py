"""Fixing a photo with one click: what each step does, when a white wall is safe, and the finished photo that is known."""

import io
from functools import cache

import pytest
from PIL import Image, ImageChops, ImageStat

from certification.imaging import measures, whitening
from certification.imaging.advice import background_problems
from certification.imaging.faces import find_faces
from certification.imaging.finished import is_finished
from certification.imaging.photo import PhotoVerdict, change_photo, check_photo
from certification.imaging.profile import PhotoProfile
from certification.policies import load_policy
from certification.rules.photo_fixes import STEPS, PhotoFix, Step
from local.artwork.portrait import Colours, Person, figure, scene
from local.samples import drawn
from tests.samples.people import person, taken
from tests.samples.phone_photo import PEOPLE, as_jpeg, faulty, good, phone_photo, tilted

CGPTC, ONE_INCH = (PhotoProfile.of(load_policy(scheme)[0].photo) for scheme in ("cgptc", "guangdong"))
GREY: Colours = ("#c9ccd0", "#b4b8bd")
WALLS: dict[str, Colours] = {
    "grey": GREY,
    "blue": ("#7fa6d6", "#5f88bb"),
    "beige": ("#e6d6b8", "#d4c09a"),
    "orange": ("#f08030", "#f08030"),
}


def before(wall: Colours, somebody: Person) -> Image.Image:
    return drawn(scene(figure(somebody, 300, 350, 300), people=(somebody,), wall=wall), 900)


def cut(wall: Colours, who: str) -> Image.Image:
    """A photo cut at the same place whatever is behind the person."""
    return before(wall, PEOPLE[who]).resize((295, 413), Image.Resampling.LANCZOS, box=(120, 150, 780, 1074))


def pixels(verdict: PhotoVerdict) -> Image.Image:
    return Image.open(io.BytesIO(verdict.image or b"")).convert("RGB")


def codes(verdict: PhotoVerdict) -> list[str]:
    return sorted(problem.code for problem in verdict.problems)


def after(verdict: PhotoVerdict, profile: PhotoProfile, *steps: Step) -> PhotoVerdict:
    fix = PhotoFix()
    for step in steps:
        fix = fix.after(step)
    return change_photo(verdict.source or b"", profile, fix)


@cache
def whitened(wall: str, who: str) -> tuple[PhotoVerdict, PhotoVerdict]:
    found = check_photo(as_jpeg(before(WALLS[wall], PEOPLE[who])), ONE_INCH)
    return found, after(found, ONE_INCH, "white")


SAFE = [(wall, who) for wall in WALLS for who in PEOPLE if (wall, who) != ("beige", "pale")]


@pytest.mark.rule("PHO-03")
@pytest.mark.parametrize(("wall", "who"), SAFE)
def test_a_plain_wall_is_made_white_and_the_person_stays_as_they_are(wall: str, who: str) -> None:
    found, white = whitened(wall, who)
    assert [offer.step for offer in found.offers if offer.possible] == ["white"]
    assert codes(white) == []


@pytest.mark.parametrize(("wall", "who"), SAFE)
def test_the_white_wall_looks_as_if_it_had_been_there_and_the_face_is_untouched(wall: str, who: str) -> None:
    """Against the truth: the same drawing before a white wall, cut alike."""
    photo, truth = cut(WALLS[wall], who), cut(("#ffffff", "#ffffff"), who)
    face = find_faces(photo)[0]
    ground = measures.background(photo, face)
    white = whitening.whiten(photo, ground, face, lambda zones: not background_problems(zones, ONE_INCH)).photo
    assert white is not None
    away = ImageChops.difference(white, truth)
    assert max(ImageStat.Stat(away).mean) < 2.0
    inner = (face.x + 0.3 * face.width, face.y, face.x + 0.7 * face.width, face.y + 0.8 * face.height)
    box = (round(inner[0]), round(inner[1]), round(inner[2]), round(inner[3]))
    assert white.crop(box).tobytes() == photo.crop(box).tobytes()


def test_a_wall_that_is_not_safely_made_white_is_left_and_the_page_can_say_why() -> None:
    pale = PEOPLE["pale"]
    unsafe = {
        "wall_too_alike": before(WALLS["beige"], pale),
        "wall_not_plain": faulty()["background_uneven"],
        "wall_too_dark": before(("#505860", "#485058"), Person(coat=("#ffffff", "#f0f0f0"))),
    }
    for code, picture in unsafe.items():
        found = check_photo(as_jpeg(picture), ONE_INCH)
        if code == "wall_too_dark" and "too_dark" in codes(found):
            continue  # the whole picture is dark: nothing is said about its wall
        (offer,) = found.offers
        assert offer.because is not None, code
        assert (offer.step, offer.because.code, offer.because.severity) == ("white", code, "note")
        assert offer.because.en.startswith("We cannot make the background white")
        assert offer.because.zh.endswith("。")
        assert pixels(after(found, ONE_INCH, "white")).tobytes() == pixels(found).tobytes(), "asked for all the same"


def test_a_white_wall_is_offered_only_where_the_scheme_wants_one() -> None:
    picture = as_jpeg(before(WALLS["orange"], PEOPLE["brown"]))
    assert [offer.step for offer in check_photo(picture, ONE_INCH).offers] == ["white"]
    assert check_photo(picture, CGPTC).offers == ()


@pytest.mark.parametrize(("picture", "colour"), [(GREY, "grey"), (WALLS["beige"], "coloured")])
def test_a_wall_that_is_not_white_is_called_what_people_call_it(picture: Colours, colour: str) -> None:
    (problem,) = check_photo(as_jpeg(before(picture, PEOPLE["brown"])), ONE_INCH).problems
    assert problem.en.startswith(f"The background is {colour}")


def test_a_tilted_head_is_straightened() -> None:
    found = check_photo(as_jpeg(tilted(degrees=15)), CGPTC)
    assert codes(found) == ["tilted"]
    assert "about 1" in found.problems[0].en
    assert [offer.step for offer in found.offers] == ["level"]
    assert codes(after(found, CGPTC, "level")) == []


def test_a_picture_without_a_face_may_be_turned_by_hand() -> None:
    sideways = check_photo(as_jpeg(good().rotate(90, expand=True)), CGPTC)
    assert (codes(sideways), sideways.notes[0].code) == ([], "turned")
    nobody = check_photo(as_jpeg(faulty()["no_face"]), CGPTC)
    assert [offer.step for offer in nobody.offers] == ["turn_left", "turn_right"]
    assert pixels(after(nobody, CGPTC, "turn_left")).size == (413, 531)


@pytest.mark.parametrize(
    ("step", "times", "code"),
    [("down", 3, "too_low"), ("up", 3, "too_high"), ("left", 3, "too_left"), ("right", 3, "too_right")],
)
def test_a_photo_is_moved_in_its_frame_and_told_how_far_it_is_off(step: Step, times: int, code: str) -> None:
    found = check_photo(phone_photo(), CGPTC)
    moved = after(found, CGPTC, *([step] * times))
    assert codes(moved) == [code]
    assert " by 9 %" in moved.problems[0].en
    assert "9%" in moved.problems[0].zh
    assert codes(after(found, CGPTC, step, step)) == [], "six percent are within the guides"


def test_a_photo_is_shown_larger_and_smaller_until_it_leaves_the_profile() -> None:
    found = check_photo(phone_photo(), CGPTC)
    larger, smaller = after(found, CGPTC, "closer"), after(found, CGPTC, "further")
    assert smaller.measures["head_ratio"] < found.measures["head_ratio"] < larger.measures["head_ratio"]
    assert "too_close" in codes(after(found, CGPTC, "closer", "closer", "closer", "closer"))
    assert codes(after(found, CGPTC, "further", "further", "further", "further")) == ["too_far"]


def test_steps_add_up_end_at_their_limits_and_can_be_undone() -> None:
    fix = PhotoFix()
    for _ in range(100):
        fix = fix.after("closer").after("right").after("up")
    assert (fix.zoom, fix.across, fix.down) == (2.5, 0.5, -0.5)
    assert fix.after("turn_left") == PhotoFix(turn=270)
    assert fix.after("reset") == PhotoFix()
    assert PhotoFix.model_validate_json(fix.model_dump_json()) == fix
    assert {PhotoFix().after(step) == PhotoFix() for step in STEPS} == {True, False}


@pytest.mark.rule("PHO-01", "PHO-10")
@pytest.mark.parametrize("profile", [CGPTC, ONE_INCH], ids=["cgptc", "one inch"])
def test_the_finished_photo_is_known_when_it_comes_back_and_kept_byte_for_byte(profile: PhotoProfile) -> None:
    made = check_photo(as_jpeg(taken("#a07e56", "headscarf", ("#ffffff", "#ffffff"))), profile)
    again = check_photo(made.image or b"", profile)
    assert (again.image, codes(again)) == (made.image, [])
    assert [note.code for note in again.notes] == ["finished"]
    assert is_finished(made.image or b"", profile)


def test_what_only_looks_finished_is_written_anew() -> None:
    made = check_photo(phone_photo(), CGPTC).image or b""
    for changed in (
        made + b"PK\x03\x04evil",
        made[:20] + b"\xff\xfe\x00\x06evil" + made[20:],
        as_jpeg(Image.open(io.BytesIO(made))),
    ):
        assert not is_finished(changed, CGPTC)
        verdict = check_photo(changed, CGPTC)
        assert b"evil" not in (verdict.image or b"evil")
        assert "finished" not in {note.code for note in verdict.notes}
    assert not is_finished(made, ONE_INCH)


@pytest.mark.rule("PHO-03")
def test_the_photo_of_one_scheme_is_cut_again_for_another() -> None:
    """From the upright copy that was kept, so that nothing is lost on the way."""
    found = check_photo(as_jpeg(taken("#d7bd96", "short hair")), CGPTC)
    other = change_photo(found.source or b"", ONE_INCH, PhotoFix())
    assert (pixels(other).size, codes(other)) == ((295, 413), [])
    assert other.image == check_photo(as_jpeg(taken("#d7bd96", "short hair")), ONE_INCH).image


def test_equal_input_gives_equal_bytes() -> None:
    assert check_photo(phone_photo(), CGPTC) == check_photo(phone_photo(), CGPTC)


def test_everybody_of_the_varied_set_can_have_a_white_wall() -> None:
    for tone in ("#f6ede4", "#a07e56", "#292420"):
        for head in ("full hair", "turban"):
            found = check_photo(
                as_jpeg(
                    drawn(
                        scene(
                            figure(person(tone, head), 300, 380, 270), people=(person(tone, head),), wall=WALLS["blue"]
                        ),
                        700,
                    )
                ),
                ONE_INCH,
            )
            assert [(offer.step, offer.possible) for offer in found.offers] == [("white", True)], (tone, head)
            assert codes(after(found, ONE_INCH, "white")) == [], (tone, head)
