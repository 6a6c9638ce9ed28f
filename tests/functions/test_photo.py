"""The photo check: what it makes of a phone's photo, what it says about a bad one, and what it never lets through."""

import io
from functools import cache

import pytest
from PIL import Image, ImageDraw

from certification.imaging.faces import find_faces
from certification.imaging.intake import MOST_PIXELS
from certification.imaging.photo import PhotoVerdict, check_photo
from certification.imaging.profile import PhotoProfile
from certification.policies import load_policy
from tests.samples import hostile
from tests.samples.phone_photo import PEOPLE, as_jpeg, faulty, from_phone, good, phone_photo, tilted

PROFILE = PhotoProfile(
    width_px=413,
    height_px=531,
    width_mm=35,
    height_mm=45,
    head_ratio=(0.62, 0.78),
    background="plain_light",
    max_bytes=200_000,
)
FAULTS = sorted(faulty())
GPS, ORIENTATION = 0x8825, 0x0112


@cache
def checked_phone_photo() -> PhotoVerdict:
    return check_photo(phone_photo(), PROFILE)


def opened(verdict: PhotoVerdict) -> Image.Image:
    assert verdict.image is not None
    image = Image.open(io.BytesIO(verdict.image))
    image.load()
    return image


def codes(verdict: PhotoVerdict) -> list[str]:
    return sorted(problem.code for problem in verdict.problems)


def test_the_sample_is_what_a_phone_makes() -> None:
    assert 3_000_000 < len(phone_photo()) < 5_000_000
    with Image.open(io.BytesIO(phone_photo())) as image:
        exif = image.getexif()
        assert (image.size, exif[ORIENTATION]) == ((4032, 3024), 6)
        assert exif.get_ifd(GPS)[1] == "N"


@pytest.mark.rule("PHO-01", "PHO-12")
def test_a_phone_s_photo_becomes_an_id_photo_without_any_program_on_the_candidate_s_side() -> None:
    verdict = checked_phone_photo()
    assert (verdict.passed, verdict.needs_person, verdict.refused, verdict.problems) == (True, False, None, ())


@pytest.mark.rule("PHO-03")
def test_the_id_photo_has_the_size_format_and_resolution_of_the_profile() -> None:
    image = opened(checked_phone_photo())
    assert (image.format, image.size, image.mode) == ("JPEG", (413, 531), "RGB")
    assert image.info["dpi"] == (300, 300)
    assert len(checked_phone_photo().image or b"") <= PROFILE.max_bytes


def test_the_id_photo_is_upright_with_the_head_in_the_middle_and_of_the_right_size() -> None:
    (face,) = find_faces(opened(checked_phone_photo()).convert("RGB"))
    assert abs(face.x + face.width / 2 - 413 / 2) < 12
    assert 0.62 < checked_phone_photo().measures["head_ratio"] < 0.78
    (left_eye, right_eye, _nose, mouth, _) = face.points
    assert left_eye[0] < right_eye[0]
    assert mouth[1] > left_eye[1]


def test_place_time_and_phone_are_gone_and_the_candidate_can_be_told_so() -> None:
    verdict = checked_phone_photo()
    image = opened(verdict)
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    for trace in (b"Exif", b"Assay samples", b"2026:03:02"):
        assert trace in phone_photo()
        assert trace not in (verdict.image or b"")
    assert {note.code for note in verdict.notes} == {"turned", "position_removed"}


@pytest.mark.parametrize("person", PEOPLE)
def test_a_good_photo_passes_whoever_is_in_it(person: str) -> None:
    verdict = check_photo(as_jpeg(good(PEOPLE[person])), PROFILE)
    assert (verdict.passed, codes(verdict)) == (True, [])


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_and_no_other_whoever_is_in_the_photo(fault: str, person: str) -> None:
    verdict = check_photo(as_jpeg(faulty(PEOPLE[person])[fault]), PROFILE)
    may_also = {"background_dark"} if fault == "background_uneven" else set()
    assert set(fault.split(" and ")) <= set(codes(verdict)) <= set(fault.split(" and ")) | may_also


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_photo_is_not_refused_but_goes_to_a_person_with_our_best_cut(fault: str) -> None:
    verdict = check_photo(as_jpeg(faulty()[fault]), PROFILE)
    assert (verdict.passed, verdict.needs_person, verdict.refused) == (False, True, None)
    assert opened(verdict).size == (413, 531)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_problem_says_what_to_do_in_both_languages(fault: str) -> None:
    for problem in check_photo(as_jpeg(faulty()[fault]), PROFILE).problems:
        assert problem.en.endswith(".")
        assert len(problem.en.split(". ")) == 2
        assert problem.zh.endswith("。")


def test_a_problem_of_the_background_names_the_place() -> None:
    (problem,) = check_photo(as_jpeg(faulty()["background_dark"]), PROFILE).problems
    assert problem.en.startswith("The background is dark at the upper left")
    assert problem.severity == "doubtful"
    assert problem.zh.startswith("背景左上角")


@pytest.mark.parametrize(("degrees", "told"), [(3, []), (20, ["tilted"])])
def test_a_tilted_head_is_told(degrees: float, told: list[str]) -> None:
    assert codes(check_photo(as_jpeg(tilted(degrees=degrees)), PROFILE)) == told


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_whose_file_lost_its_orientation_is_turned_upright(degrees: int) -> None:
    verdict = check_photo(as_jpeg(good().rotate(degrees, expand=True)), PROFILE)
    assert verdict.passed
    assert verdict.measures["turned"] == (360 - degrees) % 360


@pytest.mark.rule("PHO-03")
def test_a_white_background_is_asked_for_only_where_the_profile_asks_for_it() -> None:
    white = PROFILE.model_copy(update={"background": "white"})
    greyish = as_jpeg(faulty()["no_face"].point(lambda value: value * 3 // 4))
    assert "background_dark" in codes(check_photo(greyish, white))
    assert "background_dark" not in codes(check_photo(greyish, PROFILE))


@pytest.mark.parametrize(("limit", "fits"), [(20_000, True), (200_000, True)])
def test_the_id_photo_obeys_the_profile_s_limit_of_bytes(limit: int, fits: bool) -> None:
    verdict = check_photo(from_phone(good()), PROFILE.model_copy(update={"max_bytes": limit}))
    assert (len(verdict.image or b"") <= limit) is fits


@pytest.mark.rule("PHO-09")
@pytest.mark.parametrize("what", hostile.refused_pictures())
def test_a_file_that_is_no_whole_photo_is_refused_with_what_to_do(what: str) -> None:
    data, code = hostile.refused_pictures()[what]
    verdict = check_photo(data, PROFILE)
    assert verdict.refused is not None
    assert verdict.refused.code == code
    assert (verdict.passed, verdict.needs_person, verdict.image) == (False, False, None)


@pytest.mark.rule("PHO-09")
@pytest.mark.parametrize(
    ("what", "named", "named_zh"),
    [
        ("PNG of 16 bits", "a PNG picture", "PNG图片"),
        ("GIF that moves", "a GIF picture", "GIF图片"),
        ("WebP that moves", "a WebP picture", "WebP图片"),
        ("HEIC from an iPhone", "an iPhone picture (HEIC)", "苹果手机图片"),
        ("a film", "a film", "视频"),
        ("TIFF", "a TIFF picture", "TIFF图片"),
        ("BMP", "a BMP picture", "BMP图片"),
        ("PDF named jpg", "a PDF document", "PDF文件"),
        ("ZIP named jpg", "a ZIP", "ZIP压缩包"),
        ("SVG with a script", "made of text", "网页"),
    ],
)
def test_a_file_that_is_not_jpg_is_called_what_it_is_with_how_to_save_it_as_jpg(
    what: str, named: str, named_zh: str
) -> None:
    problem = check_photo(hostile.refused_pictures()[what][0], PROFILE).refused
    assert problem is not None
    assert problem.severity == "unusable"
    assert named in problem.en
    assert named_zh in problem.zh
    assert "JPG" in problem.en
    assert "JPG" in problem.zh


@pytest.mark.parametrize(
    ("size", "refused"),
    [((413, 531), False), ((412, 531), True), ((413, 530), True), ((531, 413), False), ((3000, 200), True)],
)
def test_a_picture_with_fewer_pixels_than_the_photo_is_refused_with_both_numbers(
    size: tuple[int, int], refused: bool
) -> None:
    verdict = check_photo(as_jpeg(good().resize(size)), PROFILE)
    assert (verdict.refused is not None) is refused
    if verdict.refused:
        assert verdict.refused.code == "too_small"
        assert f"{size[0]} x {size[1]} pixels; at least 413 x 531" in verdict.refused.en
        assert f"{size[0]}×{size[1]}像素，至少需要413×531像素" in verdict.refused.zh


def test_colours_of_another_profile_become_those_of_every_screen() -> None:
    """A profile in which red and green have changed places: what looked red must be red in the photo we write."""
    red = Image.new("RGB", (600, 800), (40, 200, 60))
    verdict = check_photo(as_jpeg(red, icc_profile=hostile.colours_changed_places()), PROFILE)
    middle = opened(verdict).getpixel((200, 265))
    assert isinstance(middle, tuple)
    assert middle[0] > 150 > 90 > middle[1]


def test_a_black_and_white_photo_is_told() -> None:
    assert codes(check_photo(as_jpeg(good().convert("L")), PROFILE)) == ["not_colour"]


def test_a_reflection_over_the_eyes_is_told() -> None:
    glasses = good().copy()
    draw = ImageDraw.Draw(glasses)
    for left in (352, 472):
        draw.ellipse((left, 495, left + 76, 530), fill="white")
    assert "glare" in codes(check_photo(as_jpeg(glasses), PROFILE))


@pytest.mark.parametrize("what", hostile.accepted_pictures())
def test_an_odd_photo_is_taken_and_nothing_but_its_pixels_comes_out(what: str) -> None:
    verdict = check_photo(hostile.accepted_pictures()[what], PROFILE)
    assert verdict.refused is None
    image = verdict.image or b""
    assert image.startswith(b"\xff\xd8\xff")
    assert image.endswith(b"\xff\xd9")
    for trace in (b"PK\x03\x04", b"PK\x05\x06", b"evil", b"script", b"%PDF", b"rubbish"):
        assert trace not in image
    assert image.count(b"\xff\xd8\xff") == 1


def test_a_progressive_photo_of_49_megapixels_is_still_taken() -> None:
    verdict = check_photo(hostile.progressive_49_megapixels(), PROFILE)
    assert verdict.refused is None
    assert codes(verdict) == ["no_face"]


@pytest.mark.parametrize(
    ("height", "code"), [(MOST_PIXELS // 10_000, None), (MOST_PIXELS // 10_000 + 1, "too_many_pixels")]
)
def test_the_limit_of_pixels_is_read_from_the_header_before_anything_is_decoded(height: int, code: str | None) -> None:
    verdict = check_photo(hostile.claiming(10_000, height), PROFILE)
    assert (verdict.refused.code if verdict.refused else None) == code


def test_the_profile_of_a_scheme_comes_from_its_policy() -> None:
    policy, _ = load_policy("cgptc")
    profile = PhotoProfile.of(policy.photo)
    assert (profile.width_px, profile.height_px, profile.width_mm, profile.height_mm) == (413, 531, 35, 45)
    assert (profile.dpi, profile.background) == (300, "plain_light")
    assert check_photo(phone_photo(), profile).passed


def test_the_measures_are_numbers_only() -> None:
    assert all(isinstance(value, float) for value in checked_phone_photo().measures.values())
