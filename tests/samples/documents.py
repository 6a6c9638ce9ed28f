"""Data of one document of each kind, about a sample candidate."""

import io
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from certification.documents.data import (
    AdmissionTicket,
    Certificate,
    Document,
    Paper,
    Receipt,
    ReceiptLine,
    ScoreReport,
    SubjectMark,
)
from certification.rules.receipts import SAYS, ReceiptKind
from certification.rules.words import Words
from local.artwork import portrait
from local.samples import drawn

NAME = "陈𬭼·䶮"
URL = "https://verify.example.org/v/DEMO-26-000042-7Q4M9XK2T8RV-3"
NUMBER = "DEMO-26-000042-7Q4M9XK2T8RV-3"


@cache
def id_photo() -> bytes:
    """A finished ID photo of nobody, 413 x 531 pixels."""
    scene = portrait.scene(portrait.figure(portrait.PALE, 300, 340, 420), people=(portrait.PALE,))
    out = io.BytesIO()
    drawn(scene, 413).crop((0, 10, 413, 541)).save(out, "JPEG", quality=90, dpi=(300, 300))
    return out.getvalue()


def words(en: str, zh: str) -> Words:
    return Words(en=en, zh=zh)


def _common(changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "issuer": words("Sample Certification Centre", "示例职业认证中心"),
        "issued_at": datetime(2026, 9, 4, 3, 0, tzinfo=UTC),
        "time_zone": "Asia/Hong_Kong",
        "verification_url": URL,
        "name": NAME,
        "name_latin": "CHEN Sample",
        "photo": id_photo(),
        "exam": words("Sample Qualification Examination", "示例职业资格考试"),
        "sitting": words("August 2026", "2026年8月场次"),
        "occupation": words("Data Analyst", "数据分析师"),
        "level": words("Senior", "高级"),
        **changes,
    }


def certificate(**changes: Any) -> Certificate:
    own = {
        "title": words("Certificate of Professional Qualification", "职业资格证书"),
        "number": NUMBER,
        "force": words(
            "Demonstration: the electronic seal can be verified and has no legal effect.",
            "演示文件：电子印章可以验证，但不具法律效力。",
        ),
        "seal": words("Sample Certification Centre", "示例职业认证中心"),
    }
    return Certificate(**_common(own | changes))


def ticket(**changes: Any) -> AdmissionTicket:
    own = {
        "number": "2608-01-000137",
        "document": words("Hong Kong identity card", "香港身份证"),
        "document_number": "Z•••••0(0)",
        "venue": words("Sample Exam Hall", "示例考点"),
        "address": words("1 Sample Road, Kowloon", "九龙示例道1号"),
        "papers": (
            _paper("Theory", "理论知识", (1, 0), (3, 0), "3A", "17"),
            _paper("Practice", "实操技能", (5, 30), (8, 0), "5C", "04"),
        ),
        "accepted": (words("Hong Kong identity card", "香港身份证"), words("Passport", "护照")),
        "rules": (
            words("Come 30 minutes before the start.", "请提前30分钟到场。"),
            words("Electronic IDs are not accepted.", "电子证件不被接受。"),
        ),
    }
    return AdmissionTicket(**_common(own | changes))


def _paper(en: str, zh: str, starts: tuple[int, int], ends: tuple[int, int], room: str, seat: str) -> Paper:
    return Paper(
        subject=words(en, zh),
        starts=datetime(2026, 8, 15, *starts, tzinfo=UTC),
        ends=datetime(2026, 8, 15, *ends, tzinfo=UTC),
        room=room,
        seat=seat,
    )


def score_report(**changes: Any) -> ScoreReport:
    own = {
        "number": "SR-2608-000137",
        "ticket_number": "2608-01-000137",
        "subjects": (
            _mark("Theory", "理论知识", mark=Decimal("78.5"), passed=True),
            _mark("Practice", "实操技能", remark=words("Absent", "缺考"), passed=False),
        ),
        "passed": False,
        "notes": (words("Marks are valid for this sitting only.", "成绩仅在本场次内有效。"),),
    }
    return ScoreReport(**_common(own | changes))


def _mark(en: str, zh: str, **values: Any) -> SubjectMark:
    return SubjectMark(subject=words(en, zh), maximum=Decimal(100), pass_mark=Decimal(60), **values)


def receipt(**changes: Any) -> Receipt:
    own = {
        "title": words("Receipt", "收据"),
        "says": SAYS[ReceiptKind.RECEIPT],
        "number": "R26-SAMPLE-000042K",
        "order": "ORD-26-000137X",
        "lines": (_line("Registration", "报名费", "USD 35.00"), _line("Examination", "考试费", "USD 100.00")),
        "total": "USD 135.00",
        "method": words("Bank card", "银行卡"),
        "happened_at": datetime(2026, 9, 4, 2, 59, tzinfo=UTC),
        "vat": words("Value-added tax is not included.", "不含增值税。"),
    }
    asked = _common(own | changes)
    return Receipt(**{name: value for name, value in asked.items() if name not in ("photo", "occupation", "level")})


def _line(en: str, zh: str, amount: str) -> ReceiptLine:
    return ReceiptLine(words=words(en, zh), amount=amount)


def every_kind(**changes: Any) -> dict[str, Document]:
    """One of each, by the name of its template."""
    return {
        "certificate": certificate(**changes),
        "ticket": ticket(**changes),
        "score_report": score_report(**changes),
        "receipt": receipt(**changes),
    }
