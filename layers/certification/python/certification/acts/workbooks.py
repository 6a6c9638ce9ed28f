"""Spreadsheets from staff: the first sheet of an XLSX file as rows of text, and nothing else of it.

A workbook is a zip of XML that anybody can make. Before it is opened it is weighed unpacked, and XML that declares a
document type is refused: entities can grow without end. Formulas are not computed; a cell shows what was typed.
"""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from certification.rules.sheets import RowProblem

SIGNATURE = b"PK\x03\x04"
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 50_000
MOST_COLUMNS = 50


class FileRefused(Exception):
    """The file as a whole cannot be used; the problem says why. It goes into the report."""

    def __init__(self, code: str, en: str, zh: str) -> None:
        super().__init__(code)
        self.problem = RowProblem(row=0, column="", value="", code=code, en=en, zh=zh)


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are a zip, as every XLSX file is: what a file is says its content, not its name."""
    return data.startswith(SIGNATURE)


def lines_of(data: bytes) -> list[list[str]]:
    """The rows of the first sheet. Raises `FileRefused` with the reason."""
    _weigh(data)
    from openpyxl import load_workbook  # type: ignore[import-untyped]  # half a second and 3 MB that other functions never need

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the declared size may say a million rows, or one
        found = [[_text(value) for value in row] for row in _bounded(sheet)]
    except FileRefused:
        raise
    except Exception:  # whatever a broken part of a workbook leads to, the answer is the same
        raise _not_xlsx() from None
    return found


def _weigh(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            listed = parts.infolist()
            unpacked = sum(part.file_size for part in listed)
            if len(listed) > MOST_PARTS or unpacked > LARGEST_UNPACKED:
                raise FileRefused(
                    "workbook_too_large",
                    "Unpacked, this workbook is too large. Keep one sheet with the columns of the template.",
                    "工作簿解压后过大，请仅保留一张模板工作表。",
                )
            for part in listed:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in parts.read(part):
                    raise _not_xlsx()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError):
        raise _not_xlsx() from None


def _not_xlsx() -> FileRefused:
    return FileRefused(
        "not_xlsx",
        "This is not a readable XLSX workbook. Save it again, or as CSV UTF-8.",
        "无法读取该 XLSX 工作簿，请重新保存或另存为 UTF-8 编码的 CSV。",
    )


def _bounded(sheet: Any) -> Any:
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
        if number > MOST_ROWS:
            raise FileRefused(
                "too_many_rows", f"Keep the sheet to {MOST_ROWS} rows.", f"工作表不得超过 {MOST_ROWS} 行。"
            )
        yield row


def _text(value: object) -> str:
    """A cell as people see it typed: 3.0 is 3, a date is ISO, an empty cell is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
