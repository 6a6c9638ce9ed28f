"""Every letter in both languages: complete, safe, and short enough for SMS."""

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest

from certification.letters import LETTERS, NAMES, Letter, render
from certification.letters.formats import LANGUAGES, Language, deadline, short_deadline
from certification.letters.lengths import sms_parts, sms_units
from certification.rules.money import usd
from certification.rules.words import Words

SITE = "https://portal.certification.example"
EXAM = Words(en="Data Analyst, Level 2", zh="数据分析师（二级）")
WHEN = datetime(2026, 9, 27, 9, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 9, 28, 16, 0, tzinfo=UTC)
APPLICATION: dict[str, Any] = {"reference": "APP-2026-04187Q", "exam": EXAM, "name": "䶮宇航·样本"}
PROOFS: dict[str, Any] = {
    "why": Words(
        en="Proofs are needed first: you did not choose the commitment.", zh="须先提交证明材料：未选择告知承诺制。"
    ),
    "proofs": [Words(en="Education certificate", zh="学历证书")],
    "hand_in_by": WHEN,
    "advised_by": MIDNIGHT,
}
ON_SITE = {
    "when": Words(en="Weekdays in November", zh="11月工作日"),
    "where": Words(en="Sample Hall", zh="样例大厦"),
    "how": Words(en="Bring the originals", zh="携带原件"),
}
TRANSFER = {
    "amount": usd(123_456),
    "pay_by": MIDNIGHT,
    "transfer_reference": "RF97 HZ9J E3RF",
    "holder": "CGPTC Limited",
    "number": "012-345678-901",
    "bank": Words(en="Sample Bank (Hong Kong)", zh="示例银行（香港）"),
    "bank_code": "SAMPHKHH",
}

SAMPLES: dict[str, dict[str, Any]] = {
    "EmailCodeRequested": {"code": "918273", "minutes": 15, "purpose": "sign_up"},
    "PhoneCodeRequested": {"code": "918273", "minutes": 15},
    "AccountCreated": {},
    "IdentityVerified": {"name": "Sample Candidate"},
    "IdentityUnverified": {"answered": True},
    "EducationVerified": {},
    "OnSiteCheckAsked": APPLICATION | ON_SITE,
    "AppointmentBooked": APPLICATION | ON_SITE | {"at": WHEN},
    "OnSiteCheckDecided": APPLICATION | {"outcome": "missed", "note": "Nobody came at nine."},
    "ReportAwaited": APPLICATION | {"hand_in_by": MIDNIGHT},
    "ReportCheckOpened": APPLICATION | {"decided_by": MIDNIGHT},
    "ReportDecided": APPLICATION
    | {"outcome": "sent_back", "note": "The report is of another person.", "hand_in_by": WHEN},
    "EducationUnverified": {"answered": True},
    "PhotoChecked": {"problems": [Words(en="The background is not plain.", zh="背景不是纯色。")]},
    "PhotoDecided": APPLICATION
    | {"replaced": False, "asked": True, "reasons": [Words(en="It shows another person.", zh="照片与本人不一致。")]},
    "ApplicationConfirmed": APPLICATION | {"review_by": MIDNIGHT},
    "ApplicationReturned": APPLICATION
    | {
        "correct_by": WHEN,
        "reasons": [{"words": Words(en="The document is blurred.", zh="证件不清晰。"), "note": "Page 2."}],
    },
    "ApplicationRejected": APPLICATION | {"reasons": [{"words": Words(en="Level not open.", zh="级别不符。")}]},
    "ApplicationApproved": APPLICATION
    | {
        "amount": usd(123_456),
        "pay_by": WHEN,
        "no_refund_from": WHEN,
        "refund_within": Words(en="7 days", zh="7日"),
        "handling_fee": "20%",
    },
    "CandidateRegistered": APPLICATION
    | {
        "amount": usd(123_456),
        "exam_starts": WHEN,
        "ticket_opens": WHEN,
        "refund_until": MIDNIGHT,
        "handling_fee": "20%",
    },
    "PaymentQueuedForReturn": APPLICATION
    | {"amount": usd(123_456), "why": Words(en="It was paid twice.", zh="重复付款。")},
    "TransferExpected": APPLICATION | TRANSFER,
    "ShortTransferArrived": APPLICATION | TRANSFER,
    "RefundAccountAsked": APPLICATION | {"amount": usd(123_456)},
    "ApplicationLapsed": APPLICATION | {"missed": Words(en="Payment", zh="缴费"), "was_due": WHEN},
    "SeatDrawn": APPLICATION | {"sitting": "cgptc-2026-09", "exam_starts": WHEN, "ticket_opens": WHEN},
    "TicketOpened": APPLICATION
    | {
        "candidate_number": "2026090001234",
        "exam_starts": WHEN,
        "venue": Words(en="Sample Hall, 1 Example Road", zh="样例大厦，示范路1号"),
        "room": "R01",
        "seat": 12,
        "instructions": [Words(en="Bring your ID.", zh="请携带证件原件。")],
    },
    "ResultReleased": APPLICATION | {"passed": True},
    "CertificateIssued": APPLICATION | {"certificate_number": "CGPTC-2026-DA2-000042-7X"},
    "ApplicationWithdrawn": APPLICATION | {"refund": usd(123_456)},
    "SignatureAwaited": APPLICATION | {"sign_by": WHEN},
    "CommitmentSigned": APPLICATION
    | {
        "number": "COMM-0123456789abcdef0123456789abcdef",
        "signed_at": WHEN,
        "amount": usd(123_456),
        "pay_by": MIDNIGHT,
        "back_until": WHEN,
    },
    "ProofsAwaited": APPLICATION | PROOFS,
    "CommitmentWithdrawn": APPLICATION | PROOFS,
    "CommitmentBarred": APPLICATION | PROOFS,
    "ProofsSubmitted": APPLICATION | {"review_by": MIDNIGHT},
    "CheckRequested": APPLICATION
    | {
        "why": Words(en="you were drawn.", zh="您被抽中。"),
        "proofs": [Words(en="Education certificate", zh="学历证书")],
        "answer_by": WHEN,
        "forfeits": True,
        "on_paper": True,
    },
    "CheckPassed": APPLICATION,
    "RightForfeited": APPLICATION,
    "CandidateReminded": APPLICATION | {"what": Words(en="Upload your proofs.", zh="请上传证明材料。"), "by": WHEN},
}
CASE: dict[str, Any] = {
    "case": "CASE-0123456789AB",
    "about": "APP-2026-04187Q",
    "kind": Words(en="review", zh="review"),
    "desk": Words(en="Admissions desk", zh="报名审核组"),
    "promised": MIDNIGHT,
}
GROUND = Words(en="A statement is not true.", zh="承诺不实。")
SAMPLES |= {
    "CorrectionDecided": APPLICATION | {"state": "made", "note": "As on the passport."},
    "VoidHearingOpened": APPLICATION | {"ground": GROUND, "reply_by": MIDNIGHT},
    "ApplicationVoided": APPLICATION | {"ground": GROUND, "appeal_by": MIDNIGHT},
    "ApplicationReinstated": APPLICATION,
    "AppealRefused": APPLICATION | {"note": "Nothing new was shown."},
}
REFUND: dict[str, Any] = APPLICATION | {
    "number": "RFD-0123456789AB",
    "amount": usd(123_456),
    "days": Words(en="3 to 7 working days", zh="3至7个工作日"),
}
SAMPLES |= {
    "RefundSent": REFUND,
    "RefundArrived": REFUND | {"by_hand": True},
    "RefundFailed": REFUND | {"tell_us": "finance@example.org"},
    "RefundRejected": REFUND | {"note": "It was paid at the counter."},
    "PaymentTakenBack": APPLICATION | {"order": "ORD-26-000001", "amount": usd(123_456)},
    "ExamCalledOff": APPLICATION
    | {
        "why": Words(en="The hall was flooded.", zh="考场进水。"),
        "offers": [Words(en="everything back", zh="全额退款"), Words(en="another date", zh="改期")],
        "choose_by": MIDNIGHT,
        "default": Words(en="everything back", zh="全额退款"),
    },
    "RegistrationRescheduled": APPLICATION
    | {"sitting": Words(en="Sitting of May", zh="五月考试"), "exam_starts": WHEN, "free_until": MIDNIGHT},
    "RegistrationCancelled": APPLICATION | {"refund": usd(123_456), "bank_holds": True},
}
SAMPLES |= {"CasePromiseNeared": CASE, "CaseOverdue": CASE | {"days": 2}}
SAMPLES |= {
    **{name: {} for name in ("EmailChanged", "PhoneChanged", "PhoneDetached", "AnswerReserved", "AccountRecovered")},
    "AccountSearched": {"registering": False},
    "AccountHelpAsked": {"asks": "phone", "decided_from": WHEN},
    "AccountHelpDecided": {"asks": "account", "granted": True, "note": "Sample note."},
    "NamePrintingDecided": {"granted": True, "note": "Sample note.", "on_paper": "CHEN YANGBEN"},
    "StaffAddressUnknown": {},
}
BY_SMS_ALONE = {"PhoneCodeRequested"}
CODES = {"EmailCodeRequested", "PhoneCodeRequested", "StaffAddressUnknown"}


def letter(name: str, language: Language, /, **changes: Any) -> Letter:
    return render(name, language, {"site": SITE, **SAMPLES[name], **changes})


def every_letter(test: Any) -> Any:
    languages = pytest.mark.parametrize("language", LANGUAGES)
    return languages(pytest.mark.parametrize("name", NAMES)(test))


def test_there_is_a_sample_and_a_template_for_every_letter_and_no_other() -> None:
    assert set(SAMPLES) == set(NAMES) == set(LETTERS)


@every_letter
def test_a_letter_has_a_subject_a_complete_text_and_at_most_one_button(name: str, language: Language) -> None:
    written = letter(name, language)
    if name in BY_SMS_ALONE:
        assert (written.subject, written.text, written.html) == ("", "", None)
        return
    assert written.subject
    assert "\n" not in written.subject
    assert not re.search(r"[\x00-\x09\x0b-\x1f]|\{\{|\}\}|None", written.text)
    assert written.html is not None
    buttons = re.findall(r'<a href="([^"]+)" style=', written.html)
    assert len(buttons) == (0 if name in CODES else 1)
    assert all(address in written.text and address.startswith(f"{SITE}/{language}/") for address in buttons)
    assert written.html.startswith(f'<!DOCTYPE html>\n<html lang="{"zh-CN" if language == "zh" else "en"}">')
    assert "\n\n\n" not in written.text


@every_letter
def test_a_letter_about_an_application_carries_its_reference(name: str, language: Language) -> None:
    if "reference" in SAMPLES[name]:
        assert SAMPLES[name]["reference"] in letter(name, language).text


@every_letter
def test_every_word_of_the_html_is_in_the_text_part(name: str, language: Language) -> None:
    written = letter(name, language)
    if written.html is None:
        return
    body = written.html.split("</h1>")[1]
    for piece in re.findall(r">([^<>]+)<", body):
        assert unescape(piece).strip() in written.text


@every_letter
def test_an_sms_fits_its_parts_and_holds_no_personal_data(name: str, language: Language) -> None:
    sms = letter(name, language).sms
    if sms is None:
        return
    assert sms_parts(sms) <= (1 if name in CODES else 2), sms_units(sms)
    for personal in ("䶮宇航", "Sample Candidate", EXAM.en, EXAM.zh):
        assert personal not in sms
    assert not re.search("[\u2018\u2019\u201c\u201d\u2013\u2014\u00a0]", sms) or language == "zh"


def test_an_english_sms_stays_in_the_seven_bit_alphabet() -> None:
    for name in NAMES:
        sms = letter(name, "en").sms
        assert sms is None or sms_units(sms)[1] == 160, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_by_sms_is_bound_to_our_domain(language: Language) -> None:
    sms = letter("PhoneCodeRequested", language).sms
    assert sms is not None
    assert sms.splitlines()[-1] == "@portal.certification.example #918273"


def test_what_a_person_typed_cannot_become_markup_or_a_button() -> None:
    evil = "</li><a href=http://evil.example>x</a>\n\x02button\x1fPay\x1fhttp://evil.example\x03"
    reasons = [{"words": Words(en="Wrong.", zh="错误。"), "note": evil}]
    written = letter("ApplicationReturned", "en", reasons=reasons, name=evil)
    assert written.html is not None
    assert "<a href=http://evil" not in written.html
    assert 'href="http://evil.example' not in written.html
    assert written.text.count("evil.example") == 4
    assert all("\n" not in line and "\x02" not in line for line in written.text.split("\n"))


def test_a_rare_character_of_a_name_arrives_as_it_was_typed() -> None:
    written = letter("ApplicationConfirmed", "zh", name="𠮷𬭎䶮·样本")
    assert written.text.startswith("𠮷𬭎䶮·样本，您好：")


@pytest.mark.rule("ARR-05", "ARR-06")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_exam_notification_goes_both_ways_and_says_what_it_must(language: Language) -> None:
    written = letter("TicketOpened", language)
    said = "zh" if language == "zh" else "en"
    assert written.sms is not None
    for fact in ("2026090001234", getattr(SAMPLES["TicketOpened"]["venue"], said), "17:00", "R01"):
        assert fact in written.text
    assert getattr(SAMPLES["TicketOpened"]["instructions"][0], said) in written.text
    assert f"{SITE}/{language}/apply/APP-2026-04187Q" in written.text
    remote = letter("TicketOpened", language, remote_link="https://remote.example/x")
    assert "https://remote.example/x" in remote.text
    assert "R01" not in remote.text


@pytest.mark.rule("RES-04")
@pytest.mark.parametrize(
    ("passed", "language", "words"),
    [
        (True, "en", "You passed."),
        (False, "en", "You did not pass this time."),
        (True, "zh", "您已通过考试"),
        (False, "zh", "您本次未通过考试"),
    ],
)
def test_the_result_letter_says_pass_or_fail_and_leads_to_the_score_report(
    passed: bool, language: Language, words: str
) -> None:
    written = letter("ResultReleased", language, passed=passed)
    assert words in written.text
    assert f"{SITE}/{language}/apply/APP-2026-04187Q" in written.text


def test_a_scheme_without_refunds_promises_none() -> None:
    bare = {"refund_within": None, "handling_fee": None, "no_refund_from": None}
    assert "handling fee" not in letter("ApplicationApproved", "en", **bare).text
    assert "手续费" not in letter("CandidateRegistered", "zh", handling_fee=None).text


def test_an_unknown_announcement_and_wrong_data_are_refused() -> None:
    with pytest.raises(KeyError):
        render("Nothing", "en", {"site": SITE})
    with pytest.raises(ValueError, match="passed"):
        render("ResultReleased", "en", {"site": SITE, **APPLICATION})


@pytest.mark.parametrize(
    ("instant", "language", "said"),
    [
        (datetime(2026, 3, 27, 9, 0, tzinfo=UTC), "en", "27 March 2026, 17:00 (Hong Kong time)"),
        (datetime(2026, 3, 27, 9, 0, tzinfo=UTC), "zh", "2026年3月27日 17:00（香港时间）"),
        (datetime(2026, 3, 27, 16, 0, tzinfo=UTC), "en", "27 March 2026, end of day (Hong Kong time)"),
        (datetime(2026, 3, 27, 16, 0, tzinfo=UTC), "zh", "2026年3月27日 24:00（香港时间）"),
        (datetime(2026, 3, 27, 16, 1, tzinfo=UTC), "en", "28 March 2026, 00:01 (Hong Kong time)"),
    ],
)
def test_a_deadline_at_midnight_is_the_end_of_the_day_before(instant: datetime, language: Language, said: str) -> None:
    assert deadline(instant, language, "Asia/Hong_Kong") == said


def test_a_short_deadline_follows_the_same_rule() -> None:
    midnight = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert short_deadline(midnight, "en", "Asia/Hong_Kong") == "31 Dec 2026 24:00 HKT"
    assert short_deadline(midnight, "zh", "Asia/Hong_Kong") == "12月31日24:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_begins_at_midnight_begins_on_that_day(language: Language) -> None:
    midnight = datetime(2027, 1, 3, 16, 0, tzinfo=UTC)
    day, short = ("4 January 2027", "4 Jan 2027 00:00") if language == "en" else ("2027年1月4日", "1月4日00:00")
    for name in ("SeatDrawn", "CandidateRegistered"):
        written = letter(name, language, ticket_opens=midnight, exam_starts=midnight)
        assert day in written.text + written.subject
        assert short in (written.sms or "")
        assert "24:00" not in written.text.replace("28日 24:00", "") + written.subject + (written.sms or "")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("好" * 70, 1),
        ("好" * 71, 2),
        ("好" * 134, 2),
        ("好" * 135, 3),
        ("𠮷" * 35, 1),
        ("𠮷" * 36, 2),
        ("a\u2019" + "a" * 69, 2),
    ],
)
def test_parts_are_counted_as_the_network_counts_them(text: str, parts: int) -> None:
    assert sms_parts(text) == parts
