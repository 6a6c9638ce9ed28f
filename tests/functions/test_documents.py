"""What our documents say, to people, to programs and to screen readers."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import zxingcpp
from pydantic import ValidationError

from certification.documents.data import SubjectMark
from certification.documents.render import MissingGlyph, render
from certification.rules.receipts import SAYS, ReceiptKind
from local.artwork.__main__ import ASSETS, PICTURES
from tests.samples import documents as sample
from tests.samples.tools import picture_of, pictures_in, text_of

WITH_A_PHOTO = ("certificate", "ticket", "score_report")
KINDS = (*WITH_A_PHOTO, "receipt")
A4 = (595.28, 841.89)


def printed(kind: str, **changes: object) -> bytes:
    return render(kind, sample.every_kind(**changes)[kind])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "name",
    [
        "张𬭼仪",
        "䶮宇航",
        "阿依古丽·样本",
        "Nguyễn Thị Mẫu",
        "Zoë O’Sample-Müller",
        "Иван Образец",
        "Δείγμα",
        "さくら見本",
    ],
)
def test_a_name_in_any_script_is_printed_and_can_be_copied_out_unchanged(kind: str, name: str, tmp_path: Path) -> None:
    assert name in text_of(printed(kind, name=name), tmp_path)


def test_names_written_from_right_to_left_keep_all_their_letters(tmp_path: Path) -> None:
    text = text_of(printed("certificate", name="نموذج"), tmp_path)
    assert "نموذج" in text or "نموذج"[::-1] in text


@pytest.mark.parametrize("character", ["𠮷", "홍", "ก", "\U0001f600", "\ue123"])
def test_a_character_without_a_glyph_is_a_case_for_a_person_and_never_an_empty_box(character: str) -> None:
    with pytest.raises(MissingGlyph) as refusal:
        printed("certificate", name=f"陈{character}本")
    assert refusal.value.character == character
    assert refusal.value.code == "missing_glyph"
    assert refusal.value.facts == {"code_point": f"U+{ord(character):04X}"}
    assert printed("certificate")


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_says_that_it_is_archivable_and_accessible(kind: str) -> None:
    with pikepdf.open(io.BytesIO(printed(kind))) as pdf:
        claims = pdf.open_metadata()
        assert (claims["pdfaid:part"], claims["pdfaid:conformance"], claims["pdfuaid:part"]) == ("3", "A", "1")
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert claims["dc:title"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_document_is_one_sheet_of_a4(kind: str) -> None:
    with pikepdf.open(io.BytesIO(printed(kind))) as pdf:
        (page,) = pdf.pages
        assert sorted(float(side) for side in page.mediabox[2:]) == pytest.approx(A4, abs=0.1)


def test_a_certificate_stays_on_one_sheet_when_everything_is_long() -> None:
    long = sample.words("Examination for the Sample Profession " * 3, "示例专业技术人员职业资格考试" * 3)
    pdf = printed("certificate", name="样" * 40, name_latin="SAMPLE " * 12, exam=long, occupation=long)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_data_give_the_same_bytes_and_another_time_other_bytes(kind: str) -> None:
    assert printed(kind) == printed(kind)
    assert printed(kind) != printed(kind, issued_at=datetime(2026, 9, 4, 3, 1, tzinfo=UTC))


def test_text_that_looks_like_markup_stays_text(tmp_path: Path) -> None:
    name = '#read("house.typ") $x$ *b* <b> `c` \\u{41}'
    assert name in text_of(printed("certificate", name=name), tmp_path)


@pytest.mark.rule("PHO-05")
@pytest.mark.parametrize("kind", WITH_A_PHOTO)
def test_the_photo_is_on_the_document_with_its_bytes_unchanged(kind: str) -> None:
    assert pictures_in(printed(kind)) == [sample.id_photo()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_qr_code_can_be_read_from_the_printed_page(kind: str, tmp_path: Path) -> None:
    found = zxingcpp.read_barcodes(picture_of(printed(kind), tmp_path))
    assert [code.text for code in found] == [sample.URL]


@pytest.mark.rule("CER-03")
def test_the_certificate_shows_candidate_occupation_level_date_and_number(tmp_path: Path) -> None:
    text = text_of(printed("certificate"), tmp_path)
    for said in (sample.NAME, "数据分析师", "Data Analyst", "高级", "Senior", "2026年9月4日", "4 September 2026"):
        assert said in text
    assert sample.NUMBER in text
    assert "长期有效" in text


def test_a_receipt_says_who_paid_what_for_which_order(tmp_path: Path) -> None:
    text = text_of(printed("receipt"), tmp_path)
    for said in (sample.NAME, "CHEN Sample", "R26-SAMPLE-000042K", "ORD-26-000137X", "报名费", "USD 135.00", "Paid by"):
        assert said in text
    assert "2026年9月4日 10:59" in text


def test_a_credit_note_names_the_receipt_it_is_about(tmp_path: Path) -> None:
    note = sample.receipt(
        refers_to="R26-SAMPLE-000042K", number="C26-SAMPLE-000007P", says=SAYS[ReceiptKind.CREDIT_NOTE]
    )
    text = text_of(render("receipt", note), tmp_path)
    for said in ("C26-SAMPLE-000007P", "Refers to", "R26-SAMPLE-000042K", "We have returned this amount"):
        assert said in text


def test_a_certificate_that_expires_says_when(tmp_path: Path) -> None:
    text = text_of(render("certificate", sample.certificate(valid_until="2029-09-03")), tmp_path)
    assert "2029年9月3日" in text
    assert "3 September 2029" in text


def test_the_seal_says_that_it_is_a_demonstration_to_those_who_cannot_see_it_too() -> None:
    with pikepdf.open(io.BytesIO(printed("certificate"))) as pdf:
        spoken = [
            str(thing["/Alt"]) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        ]
    assert any("示范" in alt and "demonstration" in alt for alt in spoken)
    assert any(sample.NAME in alt for alt in spoken)
    assert any(sample.URL in alt for alt in spoken)


@pytest.mark.rule("TIC-03", "ARR-06")
def test_the_ticket_shows_number_place_seat_times_accepted_ids_and_rules(tmp_path: Path) -> None:
    text = text_of(printed("ticket"), tmp_path)
    for said in ("2608-01-000137", "示例考点", "九龙示例道1号", "3A", "17", "5C", "04", "护照", "Passport"):
        assert said in text
    assert "请提前30分钟到场" in text


def test_times_are_printed_as_the_clock_in_the_scheme_s_zone_shows_them(tmp_path: Path) -> None:
    text = text_of(printed("ticket"), tmp_path)
    assert "09:00–11:00" in text
    assert "13:30–16:00" in text
    assert "UTC+8" in text
    assert "01:00" not in text


@pytest.mark.parametrize(
    ("instant", "day"), [((2026, 9, 3, 15, 59), "2026年9月3日"), ((2026, 9, 3, 16, 0), "2026年9月4日")]
)
def test_the_date_of_issue_turns_at_midnight_in_the_scheme_s_zone(
    instant: tuple[int, int, int, int, int], day: str, tmp_path: Path
) -> None:
    assert day in text_of(printed("certificate", issued_at=datetime(*instant, tzinfo=UTC)), tmp_path)


@pytest.mark.rule("RES-04")
@pytest.mark.parametrize(("passed", "said"), [(True, "Pass"), (False, "Fail")])
def test_the_score_report_says_pass_or_fail_and_shows_every_mark(passed: bool, said: str, tmp_path: Path) -> None:
    text = text_of(render("score_report", sample.score_report(passed=passed)), tmp_path)
    for part in (said, "78.5", "100", "60", "缺考", "Absent"):
        assert part in text


def test_a_subject_without_mark_or_with_both_mark_and_remark_is_refused() -> None:
    subject = sample.words("Theory", "理论知识")
    remark = sample.words("Absent", "缺考")
    common: dict[str, Any] = {"subject": subject, "maximum": 100, "pass_mark": 60, "passed": False}
    with pytest.raises(ValidationError):
        SubjectMark(**common)
    with pytest.raises(ValidationError):
        SubjectMark(**common, mark=Decimal(1), remark=remark)


def test_documents_can_be_printed_from_several_threads_at_once() -> None:
    alone = [printed(kind) for kind in KINDS]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(printed, KINDS * 4)) == alone * 4


def test_an_unknown_template_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="diploma"):
        render("diploma", sample.certificate())


def test_a_photo_that_is_no_whole_jpeg_is_refused_without_repeating_it() -> None:
    with pytest.raises(ValidationError) as refusal:
        sample.certificate(photo=b"\xff\xd8\xff cut off")
    assert "cut off" not in str(refusal.value)


@pytest.mark.parametrize("name", PICTURES)
def test_the_committed_artwork_is_what_our_own_programs_draw(name: str) -> None:
    assert (ASSETS / name).read_text(encoding="utf-8") == PICTURES[name]()
